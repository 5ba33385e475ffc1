"""The exception family: what it means when we could not do our job, and who has to act."""

from typing import ClassVar


class MunimentError(Exception):
    """Something we could not do; the message is a full sentence that ends in what to do."""

    code: ClassVar[str] = "failed"
    exit_code: ClassVar[int] = 2


class ConfigurationError(MunimentError):
    """A setting is missing or senseless: the operator must act."""

    code = "configuration"


class NotRunningError(MunimentError):
    """A service that the command needs does not answer: start `muniment run`."""

    code = "not-running"


class SubmissionError(MunimentError):
    """The folder cannot be read as a batch at all: the archivist must act."""

    code = "not-a-batch"


class PageProcessError(MunimentError):
    """The process that worked on one page ended without an answer."""

    code = "page-process"

    def __init__(self, sentence: str, *, reason: str) -> None:
        super().__init__(sentence)
        self.reason = reason  # "crashed", "timeout" or "memory"


class OcrError(MunimentError):
    """The text of a page could not be read."""

    code = "ocr"


class EngineMissingError(OcrError):
    """The OCR program or its language data is absent."""

    code = "ocr-engine-missing"


class EngineFailedError(OcrError):
    """The OCR program ended badly; `detail` has its last words."""

    code = "ocr-engine-failed"

    def __init__(self, sentence: str, *, detail: str = "") -> None:
        super().__init__(sentence)
        self.detail = detail


class EngineTimeoutError(OcrError):
    """The OCR program met its time limit and was ended."""

    code = "ocr-timeout"


class StorageError(MunimentError):
    """A store could not be reached, or refused."""

    code = "storage"


class StoreUnavailableError(StorageError):
    """The store does not answer; a later try may help."""

    code = "store-unavailable"


class ObjectNotFoundError(StorageError):
    """There is nothing at this key."""

    code = "object-not-found"

    def __init__(self, store: str, key: str) -> None:
        super().__init__(f'The store "{store}" holds nothing at "{key}": run `muniment audit --all`.')
        self.key = key


class ObjectExistsError(StorageError):
    """The key holds other bytes already; nothing was written."""

    code = "object-exists"

    def __init__(self, store: str, key: str) -> None:
        super().__init__(
            f'The store "{store}" holds other bytes at "{key}", and nothing is ever overwritten: '
            "run `muniment audit --all` and look at what is there."
        )
        self.key = key


class ConflictError(StorageError):
    """Somebody else committed a newer version first; nothing was written."""

    code = "conflict"


class ChecksumMismatchError(StorageError):
    """The bytes read are not the bytes expected."""

    code = "checksum-mismatch"

    def __init__(self, place: str, *, expected: str, found: str) -> None:
        super().__init__(f'"{place}" should have the digest {expected} but has {found}: do not use it, run an audit.')
        self.expected = expected
        self.found = found


class CatalogError(MunimentError):
    """The catalogue could not answer."""

    code = "catalog"


class NotFoundError(CatalogError):
    """No item, batch or person of this name is known."""

    code = "not-found"
