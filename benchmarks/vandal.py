"""Somebody who has a store's disks and keys, and nine things they may do to an item in it."""

import hashlib
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3

from storage.layout import object_id, object_root

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BUCKET = "muniment"
STORES = ("s3", "copy")
Found = tuple[str, str, str]  # store, key, and the outcomes of which one is right


class Vandal:
    """Reaches into the stores as somebody would who has their disks and keys."""

    def __init__(self, home: Path, seed: int) -> None:
        self.home, self.random = home, random.Random(seed)
        access = json.loads((home / "run.json").read_text())["s3"]
        self.client: S3Client = boto3.session.Session().client(
            "s3",
            endpoint_url=access["endpoint"],
            region_name="us-east-1",
            aws_access_key_id=access["access_key"],
            aws_secret_access_key=access["secret_key"],
        )

    def read(self, store: str, key: str) -> bytes:
        """The bytes of a copy."""
        if store == "copy":
            return (self.home / "copy" / key).read_bytes()
        return self.client.get_object(Bucket=BUCKET, Key=key)["Body"].read()

    def write(self, store: str, key: str, data: bytes) -> None:
        """Puts these bytes there, whatever was there."""
        if store == "copy":
            path = self.home / "copy" / key
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        else:
            self.client.put_object(Bucket=BUCKET, Key=key, Body=data)

    def delete(self, store: str, key: str) -> None:
        """Takes a copy away."""
        if store == "copy":
            (self.home / "copy" / key).unlink()
        else:
            self.client.delete_object(Bucket=BUCKET, Key=key)

    def flip(self, store: str, key: str) -> None:
        """Turns one bit of a copy where it lies: in its file, or in the volume file of the object store."""
        data = self.read(store, key)
        place = self.random.randrange(64, len(data))
        if store == "copy":
            self.write(store, key, _flipped(data, place))
            return
        for volume in (self.home / "store").rglob("*.dat"):
            held = bytearray(volume.read_bytes())
            start = held.find(data)
            while start >= 0:
                with volume.open("r+b") as file:
                    file.seek(start + place)
                    file.write(bytes([held[start + place] ^ 4]))
                start = held.find(data, start + 1)

    def inventory(self, store: str, item: str) -> tuple[str, dict[str, Any]]:
        """The key of the object's root and its inventory."""
        root = object_root(object_id(item))
        return root, json.loads(self.read(store, f"{root}/inventory.json"))


def _flipped(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 4]) + data[place + 1 :]


def _key(vandal: Vandal, store: str, item: str, logical: str) -> str:
    root, inventory = vandal.inventory(store, item)
    state = inventory["versions"][inventory["head"]]["state"]
    digest = next(digest for digest, names in state.items() if any(name.startswith(logical) for name in names))
    return f"{root}/{inventory['manifest'][digest][0]}"


def flip(vandal: Vandal, store: str, item: str) -> Iterator[Found]:
    """One bit of the master; an object store that knows of it does not give the file out at all."""
    key = _key(vandal, store, item, "masters/")
    vandal.flip(store, key)
    yield store, key, "altered" if store == "copy" else "altered unreadable"


def truncate(vandal: Vandal, store: str, item: str) -> Iterator[Found]:
    """The master's second half is gone."""
    key = _key(vandal, store, item, "masters/")
    data = vandal.read(store, key)
    vandal.write(store, key, data[: len(data) // 2])
    yield store, key, "altered"


def delete(vandal: Vandal, store: str, item: str) -> Iterator[Found]:
    """The master is gone."""
    key = _key(vandal, store, item, "masters/")
    vandal.delete(store, key)
    yield store, key, "missing"


def swap(vandal: Vandal, store: str, item: str) -> Iterator[Found]:
    """Two files of the item changed places."""
    one, other = (_key(vandal, store, item, logical) for logical in ("masters/", "mets.xml"))
    first, second = vandal.read(store, one), vandal.read(store, other)
    vandal.write(store, one, second)
    vandal.write(store, other, first)
    yield from ((store, key, "altered") for key in (one, other))


def extra(vandal: Vandal, store: str, item: str) -> Iterator[Found]:
    """A file that nobody wrote, inside the object."""
    key = f"{object_root(object_id(item))}/v1/content/ghost.bin"
    vandal.write(store, key, b"boo")
    yield store, key, "unexpected"


def stale_sidecar(vandal: Vandal, store: str, item: str) -> Iterator[Found]:
    """The sidecar of the root inventory names another digest."""
    key = f"{object_root(object_id(item))}/inventory.json.sha512"
    vandal.write(store, key, f"{'0' * 128} inventory.json\n".encode())
    yield store, key, "altered"


def forge(vandal: Vandal, store: str, item: str) -> Iterator[Found]:
    """The master, both inventories and both sidecars, rewritten so that every validator is content."""
    key = _key(vandal, store, item, "masters/")
    root, inventory = vandal.inventory(store, item)
    before = vandal.read(store, key)
    after = _flipped(before, len(before) - 1)
    vandal.write(store, key, after)
    text = json.dumps(inventory)
    for algorithm in ("sha512", "sha256", "md5", "sha1"):
        text = text.replace(hashlib.new(algorithm, before).hexdigest(), hashlib.new(algorithm, after).hexdigest())
    raw = json.dumps(json.loads(text), indent=2, sort_keys=True).encode()
    sidecar = f"{hashlib.sha512(raw).hexdigest()} inventory.json\n".encode()
    yield store, key, "altered"
    for folder in (root, f"{root}/{inventory['head']}"):
        vandal.write(store, f"{folder}/inventory.json", raw)
        vandal.write(store, f"{folder}/inventory.json.sha512", sidecar)
        yield store, f"{folder}/inventory.json", "altered"
        yield store, f"{folder}/inventory.json.sha512", "altered"


def wrong_version(vandal: Vandal, store: str, item: str) -> Iterator[Found]:
    """The root inventory and its sidecar are those of the first version again."""
    root = object_root(object_id(item))
    for name in ("inventory.json", "inventory.json.sha512"):
        vandal.write(store, f"{root}/{name}", vandal.read(store, f"{root}/v1/{name}"))
        yield store, f"{root}/{name}", "altered"


def both(vandal: Vandal, _: str, item: str) -> Iterator[Found]:
    """The master is damaged in every store."""
    for store in STORES:
        yield from flip(vandal, store, item)


KINDS: dict[str, Callable[[Vandal, str, str], Iterator[Found]]] = {
    "bit flip": flip,
    "truncation": truncate,
    "deletion": delete,
    "swap": swap,
    "extra file": extra,
    "stale sidecar": stale_sidecar,
    "consistent forgery": forge,
    "wrong version": wrong_version,
    "both copies": both,
}
