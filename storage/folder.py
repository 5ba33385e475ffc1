"""The store in a plain folder, for a second disk or a mounted share: durable file by file, create-only by hard link."""

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from core.errors import (
    ChecksumMismatchError,
    ConflictError,
    ObjectExistsError,
    ObjectNotFoundError,
    StorageError,
    StoreUnavailableError,
)
from core.fixity import Digests
from storage.checksums import CHUNK, digest_bytes, digest_chunks, source_chunks
from storage.stores import NO_TERMS, Listed, Role, Terms, safe_key

INCOMING = ".incoming"
LOCK = "lock"


class FolderStore:
    """A folder that holds AIPs. A file appears at its key whole, flushed to the disk, or not at all.

    Files grow under `.incoming` (which no listing shows) and are linked to their key when they are complete.
    """

    def __init__(self, root: Path, *, name: str, role: Role = Role.REQUIRED, terms: Terms = NO_TERMS) -> None:
        self.root = root
        self.name = name
        self.role = role
        self.terms = terms

    @property
    def place(self) -> str:
        """The folder."""
        return f"the folder {self.root}"

    def put_file(self, key: str, source: Path, digests: Digests) -> bool:
        """See `Store.put_file`; the digests are compared while the bytes are copied."""
        return self._create(key, source_chunks(source), digests)

    def put_bytes(self, key: str, data: bytes) -> bool:
        """See `Store.put_bytes`."""
        return self._create(key, (data,), digest_bytes(data))

    def copy(self, source_key: str, key: str, digests: Digests, *, fresh: bool = False) -> bool:  # noqa: ARG002
        """See `Store.copy`; a true copy, not a second link: damage to one must not be damage to both."""
        return self._create(key, self.read(source_key), digests)

    def replace(self, key: str, data: bytes, *, expected: bytes | None) -> bool:
        """See `Store.replace`; a lock in the folder keeps other processes out meanwhile."""
        target = self._path(key)
        with self._wall(key), self._locked(), self._written((data,), digest_bytes(data)) as written:
            standing = target.read_bytes() if target.exists() else None
            if standing == data:
                return False
            if standing != expected:
                raise ConflictError(f'"{key}" in the store "{self.name}" was changed meanwhile: try again.')
            self._make_folder(target.parent)
            written.replace(target)
            _flush_folder(target.parent)
        return True

    def read(self, key: str) -> Iterator[bytes]:
        """See `Store.read`; links are not followed."""
        with self._wall(key), self._open(key) as file:
            while chunk := file.read(CHUNK):
                yield chunk

    def get(self, key: str) -> bytes:
        """See `Store.get`."""
        return b"".join(self.read(key))

    def size(self, key: str) -> int | None:
        """See `Store.size`."""
        try:
            with self._wall(key):
                return self._path(key).lstat().st_size
        except ObjectNotFoundError:
            return None

    def listing(self, prefix: str) -> Iterator[Listed]:
        """See `Store.listing`; sorted."""
        self._present()
        start = self.root / prefix.rpartition("/")[0]
        for folder, folders, names in os.walk(start):
            folders[:] = sorted(name for name in folders if name != INCOMING)
            for name in sorted(names):
                path = Path(folder, name)
                key = path.relative_to(self.root).as_posix()
                if not key.startswith(prefix):
                    continue
                try:
                    size = path.lstat().st_size
                except FileNotFoundError:
                    continue  # another writer's debris, swept since its folder was read
                yield Listed(key, size)

    def delete(self, key: str) -> None:
        """See `Store.delete`; folders that became empty go too, as OCFL allows no empty ones."""
        target = self._path(key)
        with self._wall(key):
            target.unlink(missing_ok=True)
            for folder in target.parents:
                if folder == self.root or not folder.is_dir() or any(folder.iterdir()):
                    break
                folder.rmdir()

    def barrier(self) -> None:
        """Nothing to do: each file and its folder were flushed when they were written."""

    def _create(self, key: str, chunks: Iterable[bytes], digests: Digests) -> bool:
        target = self._path(key)
        with self._wall(key):
            if target.exists() or target.is_symlink():
                return self._same(key, digests)
            with self._written(chunks, digests) as written:
                self._make_folder(target.parent)
                try:
                    os.link(written, target)
                except FileExistsError:
                    return self._same(key, digests)
                _flush_folder(target.parent)
        return True

    def _same(self, key: str, digests: Digests) -> bool:
        if digest_chunks(self.read(key), ("sha512",)).values["sha512"] != digests.sha512:
            raise ObjectExistsError(self.name, key)
        return False

    @contextmanager
    def _written(self, chunks: Iterable[bytes], digests: Digests) -> Iterator[Path]:
        """A complete, flushed file with these digests, to be linked or moved to its key."""
        (self.root / INCOMING).mkdir(exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self.root / INCOMING)
        try:
            with os.fdopen(handle, "wb") as file:
                found = hashlib.sha512(usedforsecurity=False)
                for chunk in chunks:
                    found.update(chunk)
                    file.write(chunk)
                if found.hexdigest() != digests.sha512:
                    raise ChecksumMismatchError(self.name, expected=digests.sha512, found=found.hexdigest())
                file.flush()
                os.fchmod(handle, 0o644)
                os.fsync(handle)
            yield Path(name)
        finally:
            Path(name).unlink(missing_ok=True)

    def _make_folder(self, folder: Path) -> None:
        if not folder.is_dir():
            self._make_folder(folder.parent)
            folder.mkdir(exist_ok=True)
            _flush_folder(folder.parent)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        (self.root / INCOMING).mkdir(exist_ok=True)
        with (self.root / INCOMING / LOCK).open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @contextmanager
    def _wall(self, key: str) -> Iterator[None]:
        """Our own errors instead of the system's."""
        self._present()
        try:
            yield
        except (FileNotFoundError, NotADirectoryError) as error:
            raise ObjectNotFoundError(self.name, key) from error
        except OSError as error:
            sentence = f'The store "{self.name}" in "{self.root}" failed over "{key}" ({error.strerror})'
            raise StoreUnavailableError(f"{sentence}: check the disk, its space and its permissions.") from error

    def _present(self) -> None:
        if not self.root.is_dir():
            sentence = f'The folder "{self.root}" of the store "{self.name}" is not there'
            raise StoreUnavailableError(f"{sentence}: connect its disk, or make the folder.")

    def _open(self, key: str) -> BinaryIO:
        return os.fdopen(os.open(self._path(key), os.O_RDONLY | os.O_NOFOLLOW), "rb")

    def _path(self, key: str) -> Path:
        if key.split("/")[0] == INCOMING:
            raise StorageError(f'"{key}" is not for keeping: this is a fault of the program, report it.')
        return self.root / safe_key(key)


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
