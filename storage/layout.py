"""The one place for keys: where everything in a store lies.

A store has siblings: `ocfl/` (the OCFL storage root and nothing else), `stage/`, `events/`, `drafts/`, `canaries/`,
`quarantine/` and `store.json`. Objects lie as extension 0003-hash-and-id-n-tuple-storage-layout with its defaults says.
"""

import hashlib
import re

OCFL = "ocfl"
STAGE = "stage"
EVENTS = "events"
DRAFTS = "drafts"
CANARIES = "canaries"
QUARANTINE = "quarantine"
NOTES = "notes"  # below EVENTS
STORE_JSON = "store.json"

LAYOUT = "0003-hash-and-id-n-tuple-storage-layout"
LAYOUT_CONFIG = {"extensionName": LAYOUT, "digestAlgorithm": "sha256", "tupleSize": 3, "numberOfTuples": 3}
ID_PREFIX = "info:muniment/"


def object_id(item_id: str) -> str:
    """The OCFL object id of an item: a URI."""
    return ID_PREFIX + item_id


def item_id(of_object: str) -> str | None:
    """The inverse of `object_id`; None for an object that is not ours."""
    return of_object.removeprefix(ID_PREFIX) if of_object.startswith(ID_PREFIX) else None


def object_root(of_object: str) -> str:
    """The key of an object's root, without a slash at the end: `ocfl/` and the path of extension 0003."""
    digest = hashlib.sha256(of_object.encode(), usedforsecurity=False).hexdigest()
    return "/".join((OCFL, digest[0:3], digest[3:6], digest[6:9], _encapsulation(of_object, digest)))


def stage_key(hint: str, sha256: str) -> str:
    """Where a file waits until its object is committed; the hint (a batch or item) only helps people and clean-up."""
    return f"{stage_prefix(hint)}{sha256}"


def stage_prefix(hint: str) -> str:
    """What all staged files of this hint begin with."""
    return f"{STAGE}/{re.sub(r'[^A-Za-z0-9._-]', '-', hint).strip('.')[:60] or 'unnamed'}/"


def quarantine_prefix(case: str) -> str:
    """What all files begin with that were put aside for this case."""
    return f"{QUARANTINE}/{case}/"


def case_id(store: str, key: str) -> str:
    """The id of the case about a copy: it follows from the store's name and the key, so one damage is one case."""
    return hashlib.sha256(f"{store}\0{key}".encode(errors="surrogatepass"), usedforsecurity=False).hexdigest()[:12]


def segment_key(name: str) -> str:
    """Where a segment of the event chain lies; `name` ends in `.jsonl`."""
    return f"{EVENTS}/{name}"


def note_key(sha256: str) -> str:
    """Where a note of a person lies, by the SHA-256 of its text."""
    return f"{EVENTS}/{NOTES}/{sha256}.txt"


def content_path(version: int, logical: str, sha512: str) -> str:
    """The path of a new content file inside its object, with the beginning of its own digest in the name.

    The digest keeps the left-overs of a crashed try from standing in the way of the next one. Only our own safe names
    appear; names that came from outside (`submission/…`) live in the logical path alone.
    """
    folder, _, name = logical.rpartition("/")
    stem, dot, extension = name.rpartition(".")
    tag = sha512[:16]
    if not folder.startswith("submission") and re.fullmatch(r"([a-z0-9][a-z0-9._-]*/)*[a-z0-9][a-z0-9._-]*", logical):
        file = f"{stem}-{tag}.{extension}" if dot and stem else f"{name}-{tag}"
        return "/".join(part for part in (f"v{version}/content", folder, file) if part)
    ending = f".{extension.lower()}" if dot and re.fullmatch(r"[A-Za-z0-9]{1,8}", extension) else ""
    top = logical.split("/")[0]
    return f"v{version}/content/{top if re.fullmatch(r'[a-z]+', top) and folder else 'other'}/{tag}{ending}"


def _encapsulation(of_object: str, digest: str) -> str:
    name = "".join(
        chr(byte) if chr(byte).isascii() and (chr(byte).isalnum() or chr(byte) in "-_") else f"%{byte:02x}"
        for byte in of_object.encode()
    )
    return f"{name[:100]}-{digest}" if len(name) > 100 else name
