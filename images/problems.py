"""How the room speaks of trouble: oddities for what is wrong with a file, and one exception to carry them upwards."""

from core.errors import MunimentError
from core.images import Oddity


class UnreadableImageError(MunimentError):
    """The header or the pixels of a page cannot be read; `oddity` says why. It never leaves this room."""

    code = "image-unreadable"

    def __init__(self, kind: str, detail: str = "", page: int | None = None) -> None:
        super().__init__(f'The image cannot be read ("{kind}": {detail}): scan the page again.')
        self.oddity = Oddity(kind, detail, page)


def damaged(detail: str, page: int | None = None) -> UnreadableImageError:
    """The error for bytes that make no sense."""
    return UnreadableImageError("image-damaged", detail, page)


def truncated(detail: str, page: int | None = None) -> UnreadableImageError:
    """The error for a file that ends too early."""
    return UnreadableImageError("image-truncated", detail, page)
