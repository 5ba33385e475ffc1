"""What killed writers left in a store: files that grew and never came to their key."""

import time
from pathlib import Path

from core.errors import StoreUnavailableError
from storage.folder import INCOMING, LOCK, FolderStore
from storage.stores import Store

OLD_SECONDS = 3600


def clear_debris(store: Store) -> int:
    """How many left-overs were removed from a folder's `.incoming`: files untouched for more than an hour.

    Always 0 for S3, where an upload that was broken off leaves nothing. No committed file lies there. Safe to repeat,
    also while others write: a file that grows is touched all the time.

    Raises:
        StoreUnavailableError: the folder cannot be read or written.
    """
    if not isinstance(store, FolderStore):
        return 0
    incoming = store.root / INCOMING
    try:
        found = [path for path in incoming.iterdir() if path.name != LOCK] if incoming.is_dir() else []
        return sum(map(_removed, found))
    except OSError as error:
        sentence = f'The left-overs in "{incoming}" of the store "{store.name}" cannot be removed ({error.strerror})'
        raise StoreUnavailableError(f"{sentence}: check the disk and its permissions.") from error


def _removed(path: Path) -> bool:
    """True when the file was old and is gone by our own doing."""
    try:
        if path.lstat().st_mtime >= time.time() - OLD_SECONDS:
            return False
        path.unlink()
    except FileNotFoundError:  # Its writer was done with it just now.
        return False
    return True
