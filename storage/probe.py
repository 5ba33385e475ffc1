"""What a store really does, tried out: a store that would lose or mix up bytes is refused with the reason."""

import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from core.errors import ConflictError, ObjectExistsError, StorageError
from core.ids import mint
from storage.checksums import digest_bytes
from storage.layout import STAGE
from storage.stores import Store

RACERS = 8


@dataclass(frozen=True, slots=True)
class Check:
    """One thing tried: its name, whether it went as it must, and a sentence for people."""

    name: str
    ok: bool
    sentence: str


def probe(store: Store) -> tuple[Check, ...]:
    """What each trial on the store showed; small files under `stage/probe-…`, removed afterwards.

    A store that does not answer gives failed checks, not an error.
    """
    place = f"{STAGE}/probe-{mint()}"
    checks = tuple(
        _tried(store, name, good, bad, trial, f"{place}/{number}")
        for number, (name, good, bad, trial) in enumerate(TRIALS)
    )
    try:
        for listed in list(store.listing(f"{place}/")):
            store.delete(listed.key)
    except StorageError as error:
        return (*checks, Check("clean-up", False, str(error)))
    return checks


def _tried(store: Store, name: str, good: str, bad: str, trial: Callable[[Store, str], bool], key: str) -> Check:
    try:
        ok = trial(store, key)
    except StorageError as error:
        return Check(name, False, f'The store "{store.name}" ({store.place}) failed at this: {error}')
    return Check(name, ok, f'The store "{store.name}" {good if ok else f"{bad}: use another store."}')


def _read_after_write(store: Store, key: str) -> bool:
    data = bytes(range(256)) * 20_000
    return store.put_bytes(key, data) and store.get(key) == data and store.size(key) == len(data)


def _create_only(store: Store, key: str) -> bool:
    """Of several writers at once exactly one wins, and its bytes stand."""

    def create(number: int) -> bytes | None:
        data = b"racer %d" % number
        try:
            return data if store.put_bytes(key, data) else None
        except ObjectExistsError:
            return None

    with ThreadPoolExecutor(RACERS) as pool:
        winners = [data for data in pool.map(create, range(RACERS)) if data]
    late = create(RACERS)
    return late is None and winners == [store.get(key)]


def _compare_and_swap(store: Store, key: str) -> bool:
    store.replace(key, b"1", expected=None)

    def swap(number: int) -> bool:
        try:
            return store.replace(key, b"2 by %d" % number, expected=b"1")
        except ConflictError:
            return False

    with ThreadPoolExecutor(RACERS) as pool:
        won = list(pool.map(swap, range(RACERS))).count(True)
    return won == 1 and not swap(RACERS)  # the last one comes too late in any case


def _wrong_digest(store: Store, key: str) -> bool:
    with tempfile.TemporaryDirectory(prefix="muniment-") as folder:
        source = Path(folder, "probe")
        source.write_bytes(b"what is sent")
        try:
            store.put_file(key, source, digest_bytes(b"what was said"[:12]))
        except StorageError:
            return store.size(key) is None
    return False


def _listing(store: Store, key: str) -> bool:
    names = [f"{key}/a", f"{key}/b/c"]
    for name in names:
        store.put_bytes(name, b"x")
    return sorted(listed.key for listed in store.listing(f"{key}/")) == names


def _keys_apart(store: Store, key: str) -> bool:
    """OCFL's layout writes `%3a` for a colon; a store that decodes keys would fold the two."""
    store.put_bytes(f"{key}/info%3ax", b"encoded")
    return store.size(f"{key}/info:x") is None and store.get(f"{key}/info%3ax") == b"encoded"


def _gone_after_delete(store: Store, key: str) -> bool:
    store.put_bytes(key, b"x")
    store.delete(key)
    return store.size(key) is None


TRIALS: tuple[tuple[str, str, str, Callable[[Store, str], bool]], ...] = (
    ("read after write", "gives back what was written.", "does not give back what was just written", _read_after_write),
    ("create only", "lets one of several writers win.", "lets several writers overwrite each other", _create_only),
    ("compare and swap", "exchanges only what was expected.", "overwrites what somebody else wrote", _compare_and_swap),
    ("wrong digest", "refuses bytes with a wrong digest.", "takes bytes with a wrong digest", _wrong_digest),
    ("listing", "lists what was written.", "does not list what was written", _listing),
    ("keys apart", "keeps keys apart.", "mixes up keys with percent signs", _keys_apart),
    ("delete", "forgets what was deleted.", "still shows what was deleted", _gone_after_delete),
)
