"""What the viewer is handed by those who start it: settings, and the few deeds that other rooms do for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from core.fixity import StoredFile
from viewer.fixity_actions import FixityActions


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewerConfig:
    """Settings of the viewer.

    `public_url` has no slash at its end; `derived`, `manifests` and `cache` are folders of things that can be made
    again; `first_password_file` is removed at the first login of the first
    administrator.
    """

    public_url: str
    public_url_is_local: bool
    secret_key: str
    derived: Path
    manifests: Path
    cache: Path
    inbox: Path
    institution: str = "Muniment"
    contact: str = ""
    about: str = ""
    accent: str = ""
    first_password_file: Path | None = None

    def derived_folder(self, key: str) -> Path:
        """The folder of one page's access copy, thumbnail and ALTO."""
        return self.derived / key[:2] / key


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """Whether every part answers, what each says, and how the sample batch fares where there is one."""

    ok: bool
    parts: Mapping[str, str]
    demo: str | None = None


class Actions(FixityActions, Protocol):
    """Deeds that cost more than a query; whoever starts the viewer does them."""

    def queue(self, path: str, *, publish: bool, new_version: bool, agent: str) -> str:
        """The id of the batch that was queued from this folder."""
        ...

    def retry(self, batch_id: str, *, agent: str) -> None:
        """Nothing; what failed in the batch is tried again."""
        ...

    def publish(self, item_id: str, *, agent: str) -> None:
        """Nothing; the item is visible to everybody when this returns."""
        ...

    def publish_batch(self, batch_id: str, *, agent: str) -> None:
        """Nothing; the batch's drafts are published one by one from now on. Safe to repeat."""
        ...

    def is_publishing(self, batch_id: str) -> bool:
        """True while drafts of the batch are being published."""
        ...

    def withdraw(self, item_id: str, *, reason: str, agent: str) -> None:
        """Nothing; the item is hidden when this returns."""
        ...

    def make_again(self, item_id: str, key: str) -> None:
        """Nothing; lost files derived of the page with this key (of all pages when it is "") are made again soon."""
        ...

    def health(self) -> Health:
        """How the parts of the running house are."""
        ...

    def fetch_file(self, file: StoredFile) -> Path:
        """A local copy of a stored file, verified in full.

        Raises:
            StorageError: no store could give a good copy.
        """
        ...
