"""How fast the audit reads, against a plain loop that gets and hashes the same files, and how much memory it takes.

`python -m benchmarks.audit_speed [--items 40] [--files 25] [--kilobytes 2000] [--s3] [--runs 3]`. The loop reads every
file of every store in full and takes one digest, in one thread; the audit does all that it always does. Ratios are of
bytes a second within one run of this program, the best of the runs.
"""

import argparse
import hashlib
import json
import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from benchmarks.tables import save
from catalog import audits, copies
from core.events import Deed
from core.settings import Settings
from storage.checksums import digest_bytes
from storage.layout import object_id
from storage.ocfl import NewVersion, VersionFile, commit, read_inventory
from workflow import auditing, deeds, storekeeping
from workflow.workshop import Workshop


def fill(shop: Workshop, folder: Path, items: int, files: int, size: int) -> None:
    """Puts objects of random bytes into the first store."""
    [store] = shop.stores
    storekeeping.look(shop)
    for number in range(items):
        item = f"{number:012d}"
        made = tuple(_file(folder, f"masters/{index:04d}.tif", size) for index in range(files))
        version = NewVersion(
            object_id=object_id(item), files=made, message="Ingest", agent="a1", created=datetime.now(UTC)
        )
        commit(store, version)
        inventory = read_inventory(store, version.object_id)
        assert inventory is not None
        came = deeds.come_with(store, inventory, since=1)
        facts = {"version": 1, "inventory": inventory.sha512, "stores": [store.name], "files": deeds.rows(came)}
        told = Deed(kind="ingestion", agent="a1", at=datetime.now(UTC), item=item, facts=facts)
        copies.add(shop.catalog, store.name, came, item=item, at=datetime.now(UTC), deeds=(told,))
        for file in made:
            assert file.source is not None
            file.source.unlink()


def _file(folder: Path, name: str, size: int) -> VersionFile:
    data = os.urandom(size)
    digests = digest_bytes(data)
    source = folder / digests.sha256
    source.write_bytes(data)
    return VersionFile(logical=name, digests=digests, source=source)


def plain(shop: Workshop, algorithm: str) -> tuple[float, int]:
    """Seconds and bytes of the loop."""
    [store] = shop.stores
    keys = [copy.key for copy in audits.due(shop.catalog, store.name)]
    begun, size = time.perf_counter(), 0
    for key in keys:
        found = hashlib.new(algorithm)
        for chunk in store.read(key):
            found.update(chunk)
            size += len(chunk)
        found.hexdigest()
    return time.perf_counter() - begun, size


def audited(shop: Workshop) -> tuple[float, int]:
    """Seconds and bytes of the audit."""
    begun = time.perf_counter()
    report = auditing.audit(shop, everything=True, tell=lambda _: None)
    assert report.exit_code == 0, report.as_json()
    return time.perf_counter() - begun, report.bytes


@contextmanager
def stored(folder: Path, *, s3: bool) -> Iterator[str]:
    """The specification of the store that is read: a folder, or an object store started for it."""
    if not s3:
        yield f"one=file:{folder}/one"
        return
    from benchmarks.network import KEY, SECRET, object_store

    with object_store(folder / "weed") as access:
        os.environ |= {
            "AWS_ENDPOINT_URL": access.endpoint,
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_DEFAULT_REGION": "us-east-1",
        }
        yield "one=s3://muniment"


def best(measure: Callable[[], tuple[float, int]], runs: int) -> tuple[float, float]:
    """Bytes a second of the fastest run, by the clock and by this process's own CPU time."""
    rates = []
    for _ in range(runs):
        begun = time.process_time()
        seconds, size = measure()
        rates.append((size / seconds, size / (time.process_time() - begun)))
    return max(rate for rate, _ in rates), max(rate for _, rate in rates)


def main(arguments: list[str] | None = None) -> None:
    """Prints rates and ratios and writes `results/audit_speed.json`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.audit_speed", description=__doc__)
    parser.add_argument("--items", type=int, default=40)
    parser.add_argument("--files", type=int, default=25, help="of each item")
    parser.add_argument("--kilobytes", type=int, default=2000, help="of each file")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--s3", action="store_true", help="read the embedded object store instead of a folder")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="muniment-speed-") as place, stored(Path(place), s3=chosen.s3) as stores:
        shop = Workshop(Settings(home=Path(place, "home"), stores=stores))
        fill(shop, Path(place), chosen.items, chosen.files, chosen.kilobytes * 1000)
        loops = {name: best(partial(plain, shop, name), chosen.runs) for name in ("sha256", "sha512")}
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        audit = best(partial(audited, shop), chosen.runs)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        shop.close()
    found = {
        "store": "s3" if chosen.s3 else "folder",
        "files": chosen.items * chosen.files,
        "kilobytes": chosen.kilobytes,
        "megabytes_a_second": {name: rate[0] / 1e6 for name, rate in {**loops, "audit": audit}.items()},
        "ratio_to_sha256_loop": audit[0] / loops["sha256"][0],
        "ratio_to_sha512_loop": audit[0] / loops["sha512"][0],
        "cpu_ratio_to_sha512_loop": audit[1] / loops["sha512"][1],
        "memory_grown_mb": memory / 1024,
    }
    print(json.dumps(found, indent=2))
    save(f"audit_speed_{found['store']}", found)


if __name__ == "__main__":
    main()
