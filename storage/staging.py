"""Where masters wait: in the store, under their own digest, until their object is committed."""

from pathlib import Path

from core.fixity import Digests
from storage.checksums import verify_copy
from storage.layout import stage_key, stage_prefix
from storage.stores import Store


def stage(store: Store, source: Path, digests: Digests, key_hint: str) -> str:
    """The key of the staged file, written create-only with its checksum and then read back in full; safe to repeat.

    Raises:
        ChecksumMismatchError: the source, or what the store gave back, has other digests.
        StorageError: the store could not.
    """
    key = stage_key(key_hint, digests.sha256)
    if store.put_file(key, source, digests):
        verify_copy(store, key, digests)
    return key


def clear_stage(store: Store, key_hint: str) -> int:
    """How many staged files of this hint were removed; only for a batch or item whose objects are committed."""
    keys = [listed.key for listed in store.listing(stage_prefix(key_hint))]
    for key in keys:
        store.delete(key)
    return len(keys)
