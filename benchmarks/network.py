"""Ingests over a network that misbehaves: does every one end right, without hands?

`python -m benchmarks.network [--each 2] [--odds 0.15] [--seed 1]`. An object store stands behind a proxy that stalls,
cuts, swallows answers, turns bits and more; Muniment knows only the proxy. Each ingest is queued once and waited for.
An ingest is right when its items are visible and an audit of everything, over a network at peace, finds no fault.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.damages import make_batch, told
from benchmarks.faulty_proxy import SUITS, FaultyProxy
from benchmarks.installation import Installation, running
from benchmarks.tables import save, table
from storage.embedded import free_ports, wait_ready, weed_command, weed_config
from storage.s3 import S3Access

KEY, SECRET = "benchmark", "of the benchmark"
PATIENCE = 600.0  # a batch that found no store is taken up again by itself


@contextmanager
def object_store(folder: Path) -> Iterator[S3Access]:
    """An object store of the benchmark's own."""
    data, config, ports = folder / "data", folder / "s3.json", free_ports()
    data.mkdir(parents=True)
    config.write_text(json.dumps(weed_config(KEY, SECRET)))
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            weed_command(data, ports, config), cwd=data, stdout=log, stderr=log, start_new_session=True
        )
    access = S3Access(f"http://127.0.0.1:{ports.s3}", KEY, SECRET)
    try:
        wait_ready(access, 60)
        yield access
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def behind(proxy: FaultyProxy) -> Iterator[None]:
    """The environment in which an installation finds its store behind the proxy."""
    settings = {
        "AWS_ENDPOINT_URL": proxy.url,
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_DEFAULT_REGION": "us-east-1",
        "MUNIMENT_STORES": "s3=s3://muniment;copy=file:",
    }
    kept = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name, value in kept.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def ended(installation: Installation, batch: Path) -> dict[str, Any]:
    """The batch's items once every one of them is published, or when patience is over."""
    deadline = time.monotonic() + PATIENCE
    answer = told(installation, "ingest", str(batch), "--wait", "--publish", good=(0, 1))
    while {item["state"] for item in answer["items"]} != {"published"} and time.monotonic() < deadline:
        time.sleep(2)
        jobs = told(installation, "status", answer["batch"])["batches"][0]["jobs"]
        answer = {**answer, "items": [{**job, "item": job["item"]} for job in jobs]}
    return dict(answer)


def main(arguments: list[str] | None = None) -> None:
    """Prints one row a behaviour and writes `results/network.json`; exit status 1 when an ingest did not end right."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.network", description=__doc__)
    parser.add_argument("--each", type=int, default=2, help="ingests of three items a behaviour")
    parser.add_argument("--odds", type=float, default=0.15, help="the share of requests that are struck")
    parser.add_argument("--most", type=int, default=4, help="at most so many strikes an ingest")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    rows: list[list[object]] = []
    with (
        tempfile.TemporaryDirectory(prefix="muniment-network-") as place,
        object_store(Path(place, "weed")) as access,
        FaultyProxy(access.endpoint, seed=chosen.seed) as proxy,
        behind(proxy),
        running_here(Path(place, "home")) as installation,
    ):
        for fault in SUITS:
            rows.append(_row(chosen, installation, proxy, fault, Path(place)))
            print(rows[-1], flush=True)
        report = told(installation, "audit", "--all", good=(0, 1, 2))
    print(table(["behaviour", "ingests", "strikes", "right", "seconds"], rows))
    sound = not report["alerts"] and not report["unexpected"] and not report["void"]
    print(f"The audit afterwards read {report['read']:,} files: {'all intact' if sound else report}.")
    print("Saved to", save("network", {"seed": chosen.seed, "rows": rows, "audit": report["outcomes"], "sound": sound}))
    sys.exit(int(not sound or any(row[1] != row[3] for row in rows)))


@contextmanager
def running_here(home: Path) -> Iterator[Installation]:
    """A Muniment that keeps the store's settings of this environment."""
    kept = {name: value for name, value in os.environ.items() if name.startswith(("AWS_", "MUNIMENT_STORES"))}
    with running(home, settings=kept) as installation:
        yield installation


def _row(
    chosen: argparse.Namespace, installation: Installation, proxy: FaultyProxy, fault: str, place: Path
) -> list[object]:
    right = strikes = 0
    clock = time.monotonic()
    for number in range(chosen.each):
        names = [f"{fault}-{number}-{letter}" for letter in "abc"]
        batch = make_batch(place / f"{fault}-{number}", names, chosen.seed * 1000 + len(fault) * 10 + number)
        with proxy.misbehaving(fault, odds=chosen.odds, most=chosen.most):
            answer = ended(installation, batch)
            strikes += proxy.met
        right += {item["state"] for item in answer["items"]} == {"published"}
    return [fault, chosen.each, strikes, right, round(time.monotonic() - clock, 1)]


if __name__ == "__main__":
    main()
