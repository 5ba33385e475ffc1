"""Tiles a second under load, against Debian's iipsrv over the same access copies, and how many wrong ones damage makes.

`python -m benchmarks.tiles [--scans FOLDER] [--pages 20] [--pairs 5] [--seconds 10]`. wrk with 8 connections asks for
random tiles of all levels of the pages, edges too, each server in turn, both warm. iipsrv 1.1 of Debian stands behind
lighttpd, by its IIIF interface, with JPEG quality 80 like ours: once as Debian sets it up (one process, a tile cache of
10 MB), once with all that helps it here (a process a core, a cache that holds every tile). Then 100 bytes in the access
copies are flipped, and every tile is asked for again: it may be the true one or none, never another.
"""

import argparse
import hashlib
import http.client
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random

from benchmarks.machine import cpu_seconds, family, peak_megabytes
from benchmarks.tables import save, table
from benchmarks.tile_servers import IIPSRV, LIGHTTPD, Server, iipsrv, ours, publish
from images.pyramid import Pyramid, open_copy
from images.render import render_page
from workflow.homes import Home
from workflow.page import ACCESS

SCANS = Path(__file__).resolve().parents[2] / "shared" / "data" / "scans"
SAMPLES = Path(__file__).resolve().parents[1] / "samples" / "batch"
PICTURES = frozenset({".tif", ".jpg", ".png", ".jp2"})
CONNECTIONS, FLIPPED = 8, 100
COLUMNS = ("server", "tiles/s", "lowest", "highest", "p50 ms", "p99 ms", "CPU ms a tile", "peak MB", "ours is")
SCRIPT = """
local asked = {}
wrk.headers["Host"] = "127.0.0.1"
for path in io.lines("%s") do asked[#asked + 1] = wrk.format("GET", path) end
math.randomseed(%d)
request = function() return asked[math.random(#asked)] end
done = function(summary, latency)
  io.write(string.format("RESULT %%d %%d %%d %%d %%d\\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99),
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write
    + summary.errors.timeout))
end
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What wrk saw of one server in one turn; latencies in milliseconds, processor seconds of the server alone."""

    tiles: int
    rate: float
    p50: float
    p99: float
    failed: int
    cpu: float
    peak_megabytes: float


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures in turn, prints one table and writes `results/tiles.json`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tiles", description=__doc__)
    parser.add_argument("--scans", type=Path, default=SCANS if SCANS.is_dir() else SAMPLES, help="a folder with scans")
    parser.add_argument("--pages", type=int, default=20)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=10)
    chosen = parser.parse_args(arguments)
    need()
    with tempfile.TemporaryDirectory(prefix="muniment-tiles-") as folder:
        home = Home(Path(folder, "home"))
        pages = make_pages(chosen.scans, home, chosen.pages)
        publish(home, pages)
        tiles = [(page, tile) for page, place in pages.items() for tile in tiles_of(place / ACCESS)]
        runs = measure(home, pages, tiles, Path(folder), chosen.pairs, chosen.seconds)
        wrong, refused = damage(home, pages, tiles)
    report(runs, len(pages), len(tiles), wrong, refused)


def need() -> None:
    """Nothing when all programs are there; SystemExit with a sentence when not."""
    for program, package in ((shutil.which("wrk"), "wrk"), (IIPSRV, "iipimage-server"), (LIGHTTPD, "lighttpd")):
        if program is None or not Path(program).exists():
            raise SystemExit(f'The tile benchmark needs Debian\'s package "{package}": install it by apt-get.')


def make_pages(scans: Path, home: Home, count: int) -> dict[str, Path]:
    """Folders with an access copy each, by the page's id, from pictures spread evenly over the scans."""
    found = sorted(path for path in scans.rglob("*") if path.suffix in PICTURES)
    chosen = [found[number * len(found) // count] for number in range(count)] if len(found) > count else found
    pages = {}
    for number, path in enumerate(chosen):
        folder = home.derived_folder(hashlib.sha256(str(path).encode()).hexdigest()[:32])
        folder.mkdir(parents=True)
        if render_page(path, 0, folder, prepare=False).width:
            pages[f"page{number:08d}"] = folder
    return pages


def tiles_of(access: Path) -> Iterator[str]:
    """Region and size of every tile of every level, in the sizes that the levels have."""
    with open_copy(access) as copy:
        pyramid: Pyramid = copy.pyramid
    for number, level in enumerate(pyramid.levels):
        for left in range(0, level.width, level.tile):
            for top in range(0, level.height, level.tile):
                x, y, span = left << number, top << number, level.tile << number
                w, h = min(span, pyramid.width - x), min(span, pyramid.height - y)
                size = f"{min(level.tile, level.width - left)},{min(level.tile, level.height - top)}"
                yield f"{x},{y},{w},{h}/{size}"


def measure(
    home: Home, pages: Mapping[str, Path], tiles: Sequence[tuple[str, str]], folder: Path, pairs: int, seconds: int
) -> dict[str, list[Run]]:
    """All servers in turn, after a turn of each that is thrown away."""
    with ExitStack() as stack:
        servers = {
            "Muniment": stack.enter_context(ours(home)),
            "iipsrv as Debian sets it": stack.enter_context(iipsrv(folder / "plain", pages, processes=1, cache_mb=10)),
            "iipsrv, 2 processes, 500 MB": stack.enter_context(
                iipsrv(folder / "best", pages, processes=2, cache_mb=500)
            ),
        }
        runs: dict[str, list[Run]] = {name: [] for name in servers}
        for turn in range(pairs + 1):
            for name, server in servers.items():
                if turn == 0:
                    _warm(server, tiles)
                else:
                    runs[name].append(load(server, tiles, folder, seconds, turn))
                    print(f"{turn} {name}: {runs[name][-1]}", file=sys.stderr, flush=True)
    return runs


def _warm(server: Server, tiles: Sequence[tuple[str, str]]) -> None:
    """Every tile once, twice over, so that each of two processes has had its turn."""
    for _ in range(2):
        fetch(server, tiles)


def load(server: Server, tiles: Sequence[tuple[str, str]], folder: Path, seconds: int, seed: int) -> Run:
    """One turn of wrk.

    Raises:
        RuntimeError: wrk said nothing that can be read.
    """
    paths, script = folder / "paths", folder / "tiles.lua"
    paths.write_text("".join(f"{server.address(*tile)}\n" for tile in tiles))
    script.write_text(SCRIPT % (paths, seed))
    before = cpu_seconds(server.pid)
    command = ["wrk", "-t", "1", "-c", str(CONNECTIONS), "-d", f"{seconds}s", "-s", str(script)]
    said = subprocess.run([*command, f"http://127.0.0.1:{server.port}"], capture_output=True, text=True).stdout
    found = re.search(r"RESULT (\d+) (\d+) (\d+) (\d+) (\d+)", said)
    if found is None:
        raise RuntimeError(f"wrk gave no result: {said}")
    count, micro, p50, p99, failed = map(int, found.groups())
    return Run(
        tiles=count,
        rate=count / micro * 1e6,
        p50=p50 / 1000,
        p99=p99 / 1000,
        failed=failed,
        cpu=cpu_seconds(server.pid) - before,
        peak_megabytes=sum(peak_megabytes(pid) for pid in family(server.pid)),
    )


def fetch(server: Server, tiles: Sequence[tuple[str, str]]) -> list[tuple[int, str]]:
    """Status and digest of every tile."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    found = []
    for page, tile in tiles:
        connection.request("GET", server.address(page, tile))
        answer = connection.getresponse()
        found.append((answer.status, hashlib.sha256(answer.read()).hexdigest()))
    connection.close()
    return found


def damage(home: Home, pages: Mapping[str, Path], tiles: Sequence[tuple[str, str]]) -> tuple[int, int]:
    """How many tiles are wrong, and how many refused, when bytes are flipped under a running viewer and a new one."""
    with ours(home) as server:
        true = fetch(server, tiles)
        _flip([folder / ACCESS for folder in pages.values()])
        found = fetch(server, tiles)
    with ours(home) as server:
        found += fetch(server, tiles)
    pairs = list(zip(found, true * 2, strict=True))
    wrong = sum(now[0] == 200 and now != before for now, before in pairs)
    return wrong, sum(now[0] != 200 for now, _ in pairs)


def _flip(files: Sequence[Path]) -> None:
    """One bit in each of 100 bytes, anywhere in the files."""
    chance = Random(100)
    for file in chance.choices(files, weights=[file.stat().st_size for file in files], k=FLIPPED):
        with file.open("r+b") as stream:
            stream.seek(place := chance.randrange(file.stat().st_size))
            byte = stream.read(1)
            stream.seek(place)
            stream.write(bytes([byte[0] ^ (1 << chance.randrange(8))]))


def report(runs: Mapping[str, Sequence[Run]], pages: int, tiles: int, wrong: int, refused: int) -> None:
    """Print the table and save all of it."""
    print(table(COLUMNS, [_row(name, found, runs["Muniment"]) for name, found in runs.items()]))
    failed = {name: sum(run.failed for run in found) for name, found in runs.items()}
    print(f"{tiles} tiles of {pages} pages; medians of {len(runs['Muniment'])} turns; failed requests: {failed}.")
    print(f"After {FLIPPED} flipped bytes: {wrong} wrong tiles, {refused} of {2 * tiles} refused until made again.")
    told = {name: [asdict(run) for run in found] for name, found in runs.items()}
    result = {"pages": pages, "tiles": tiles, "runs": told, "wrong": wrong, "refused": refused}
    print(f"Saved as {save('tiles', result)}.")


def _row(name: str, runs: Sequence[Run], mine: Sequence[Run]) -> tuple[object, ...]:
    rates = [run.rate for run in runs]
    ratios = [one.rate / other.rate for one, other in zip(mine, runs, strict=True)]
    return (
        *(name, round(statistics.median(rates)), round(min(rates)), round(max(rates))),
        *(statistics.median(run.p50 for run in runs), statistics.median(run.p99 for run in runs)),
        statistics.median(1000 * run.cpu / run.tiles for run in runs),
        round(max(run.peak_megabytes for run in runs)),
        f"{statistics.median(ratios):.2f} times ({min(ratios):.2f}-{max(ratios):.2f})",
    )


if __name__ == "__main__":
    main()
