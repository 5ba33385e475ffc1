"""The event chain in a store: segments that are written once, and the notes of people beside them."""

import hashlib
from collections.abc import Iterator

from core.errors import ObjectNotFoundError
from storage.checksums import digest_bytes, verify_copy
from storage.layout import EVENTS, NOTES, note_key, segment_key
from storage.stores import Store

ENDING = ".jsonl"


def put_segment(store: Store, name: str, text: str) -> bool:
    """True when the segment was written and read back, False when the same text was there. Safe to repeat.

    `name` is its first and last number, `000000000001-000000001000.jsonl`.

    Raises:
        ObjectExistsError: the store holds another text of this name: one of the two logs was edited.
        StorageError: the store could not.
    """
    return _put(store, segment_key(name), text)


def segments(store: Store) -> tuple[str, ...]:
    """The names of the segments that the store lists, first events first."""
    found = (listed.key.removeprefix(f"{EVENTS}/") for listed in store.listing(f"{EVENTS}/"))
    return tuple(sorted(name for name in found if name.endswith(ENDING) and "/" not in name))


def read_segments(store: Store) -> Iterator[tuple[str, str]]:
    """Name and text of every segment, first events first, one in memory at a time.

    Bytes that are no text come as replacement characters: the chain's own check will say where.

    Raises:
        StorageError: a segment cannot be read.
    """
    for name in segments(store):
        yield name, store.get(segment_key(name)).decode(errors="replace")


def put_note(store: Store, sha256: str, text: str) -> bool:
    """The same as `put_segment` for a note, which the chain knows by the SHA-256 of its text.

    Raises:
        ValueError: the text has another digest.
    """
    if note_digest(text) != sha256:
        raise ValueError(f'The note "{sha256}" has another text: it was changed after it was recorded.')
    return _put(store, note_key(sha256), text)


def note(store: Store, sha256: str) -> str | None:
    """The text of a note, or None when the store holds none or another one under its name."""
    try:
        text = store.get(note_key(sha256)).decode(errors="replace")
    except ObjectNotFoundError:
        return None
    return text if note_digest(text) == sha256 else None


def notes(store: Store) -> Iterator[tuple[str, str | None]]:
    """The digest of every note that the store lists, and its text; None for one that was changed."""
    for listed in store.listing(f"{EVENTS}/{NOTES}/"):
        sha256 = listed.key.rpartition("/")[2].removesuffix(".txt")
        yield sha256, note(store, sha256)


def note_digest(text: str) -> str:
    """The SHA-256 by which the chain knows a note."""
    return hashlib.sha256(text.encode(), usedforsecurity=False).hexdigest()


def _put(store: Store, key: str, text: str) -> bool:
    data = text.encode()
    written = store.put_bytes(key, data)
    if written:
        verify_copy(store, key, digest_bytes(data))
    return written
