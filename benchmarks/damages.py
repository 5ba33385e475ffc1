"""A hundred damages of ten kinds, put into a real installation's volume files and folders: does one audit find them?

`python -m benchmarks.damages [--each 10] [--seed 1]`. Nine kinds lie in the stores together and are looked for by one
audit of everything; the tenth, an edited event log, is done and undone one at a time. Each damage has an item of its
own, and names the copies that must be found and as what; whatever else the audit reports is a false alarm.
"""

import argparse
import csv
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy
from PIL import Image

from benchmarks.installation import Installation, muniment, running
from benchmarks.log_edits import edited, edits
from benchmarks.tables import save, table
from benchmarks.vandal import KINDS, STORES, Vandal

HOURGLASS = 900.0


@dataclass(frozen=True, slots=True)
class Damage:
    """What was done to one item, and what an audit must say: per copy the outcomes of which one is right."""

    kind: str
    item: str
    where: str
    expected: tuple[tuple[str, str, frozenset[str]], ...]


def make_batch(folder: Path, names: Iterable[str], seed: int) -> Path:
    """A drop folder of small pictures that are not read for text: noise, so that no two have the same bytes."""
    noise = numpy.random.default_rng(seed)
    rows = []
    for name in names:
        (folder / name).mkdir(parents=True)
        picture = noise.integers(0, 256, (48, 64), dtype=numpy.uint8)
        Image.fromarray(picture).save(folder / name / "0001.tif", dpi=(300, 300))
        rows.append([name, name, f"Picture {name}", "StillImage"])
    with (folder / "metadata.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["item", "dc.identifier", "dc.title", "dc.type"], *rows])
    return folder


def told(installation: Installation, *arguments: str, good: tuple[int, ...] = (0,)) -> Any:
    """The JSON document of a command."""
    command = [muniment(), *arguments, "--json"]
    done = subprocess.run(command, env=installation.environment, capture_output=True, text=True, timeout=HOURGLASS)
    if done.returncode not in good:
        raise RuntimeError(
            f"{' '.join(command)} ended with {done.returncode}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
        )
    return json.loads(done.stdout)


def take_in(installation: Installation, folder: Path, each: int, seed: int) -> dict[str, list[str]]:
    """The ids of the items by the kind of damage that waits for them; those for "wrong version" have two versions."""
    ids: dict[str, list[str]] = {}
    for publish, kinds in ((True, [kind for kind in KINDS if kind != "wrong version"]), (False, ["wrong version"])):
        names = {f"{kind.replace(' ', '-')}-{number:03d}": kind for kind in kinds for number in range(each)}
        batch = make_batch(folder / f"batch-{publish}", names, seed + publish)
        options = ["--wait", "--publish"] if publish else ["--wait"]
        answer = told(installation, "ingest", str(batch), *options)
        for item in answer["items"]:
            ids.setdefault(names[item["item"]], []).append(item["id"])
        if not publish:
            command = [muniment(), "publish", answer["batch"]]
            subprocess.run(command, env=installation.environment, check=True, capture_output=True, timeout=HOURGLASS)
    return ids


def damage(vandal: Vandal, ids: dict[str, list[str]]) -> list[Damage]:
    """Every item damaged as its kind says, in one store after the other."""
    done = []
    for kind, items in ids.items():
        for number, item in enumerate(items):
            store = STORES[number % 2]
            found = tuple((at, key, frozenset(said.split())) for at, key, said in KINDS[kind](vandal, store, item))
            done.append(Damage(kind, item, "both" if kind == "both copies" else store, found))
    return done


def findings(report: dict[str, Any]) -> dict[tuple[str, str], str]:
    """What the audit says of each copy: alerts by store and key, and files that nobody wrote."""
    found = {(one["store"], one["key"]): one["outcome"] for one in report["alerts"]}
    for name in report["unexpected_files"]:
        store, _, key = name.partition(": ")
        found[store, key] = "unexpected"
    return found


def main(arguments: list[str] | None = None) -> None:
    """Prints one row a kind and writes `results/damages.json`; exit status 1 when one was missed or imagined."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.damages", description=__doc__)
    parser.add_argument("--each", type=int, default=10, help="damages of each kind; ten more edit the log")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="muniment-damages-") as place:
        home = Path(place, "home")
        with running(home) as installation:
            ids = take_in(installation, Path(place), chosen.each, chosen.seed)
            good = told(installation, "audit", "--all")
            print(f"{good['read']:,} good files read, {len(good['alerts'])} false alarms.", flush=True)
            done = damage(Vandal(home, chosen.seed), ids)
            report = told(installation, "audit", "--all", good=(0, 1, 2))
            logs = list(_log_edits(installation, home, chosen.seed))
    sys.exit(_report(chosen, good, done, report, logs))


def _log_edits(installation: Installation, home: Path, seed: int) -> Iterator[tuple[str, bool, str]]:
    whole = told(installation, "audit", "--chain", good=(0, 1))["chain"]
    if not whole["ok"]:
        raise RuntimeError(f"The log is broken before anybody touched it: {whole}")
    for name, change in edits(whole["events"], seed):
        with edited(home, change):
            found = told(installation, "audit", "--chain", good=(0, 1))["chain"]
        yield name, not found["ok"], "; ".join(one["sentence"] for one in found["breaks"][:1])


def _report(
    chosen: argparse.Namespace,
    good: dict[str, Any],
    done: list[Damage],
    report: dict[str, Any],
    logs: list[tuple[str, bool, str]],
) -> int:
    found = findings(report)
    rows: list[list[object]] = []
    missed: list[str] = []
    for kind in KINDS:
        of_kind = [one for one in done if one.kind == kind]
        right = [one for one in of_kind if all(found.get((at, key)) in said for at, key, said in one.expected)]
        missed += [
            f"{kind} {at}: {key} is {found.get((at, key))}"
            for one in of_kind
            for at, key, said in one.expected
            if found.get((at, key)) not in said
        ]
        rows.append([kind, len(of_kind), len(right)])
    rows.append(["edited log", len(logs), sum(ok for _, ok, _ in logs)])
    expected = {(at, key) for one in done for at, key, _ in one.expected}
    imagined = sorted(f"{outcome} {at}: {key}" for (at, key), outcome in found.items() if (at, key) not in expected)
    rows.append(["all", sum(int(str(row[1])) for row in rows), sum(int(str(row[2])) for row in rows)])
    print(table(["damage", "done", "found"], rows))
    false = len(good["alerts"]) + good["unexpected"] + len(imagined)
    print(
        f"False alarms: {false} on {good['read']:,} good files before, and beside the damages. Void: {report['void']}."
    )
    for line in [*missed, *imagined, *(f"{name}: {said or 'NOT FOUND'}" for name, _, said in logs)]:
        print("  ", line)
    result = {"seed": chosen.seed, "rows": rows, "good_files": good["read"], "false_alarms": false, "missed": missed}
    print("Saved to", save("damages", result))
    return int(rows[-1][1] != rows[-1][2] or false > 0 or report["void"])


if __name__ == "__main__":
    main()
