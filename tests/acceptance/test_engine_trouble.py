"""A Tesseract that hangs, crashes or eats memory costs the text of one page each, and nothing else."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ocr.models import find_program

pytestmark = [pytest.mark.services, pytest.mark.slow, pytest.mark.timeout(900)]

# It knows its victims by the width of the picture, and is the real program for all others.
FAKE = """#!{python} -S
import os, sys, time
width = 0
if len(sys.argv) > 2 and os.path.isfile(sys.argv[1]):
    with open(sys.argv[1], "rb") as picture:
        width = int.from_bytes(picture.read(24)[16:20], "big")
if width == 910:
    child = os.fork()  # a child that hangs, too
    time.sleep(3600)
if width == 920:
    os.abort()
if width == 930:
    held = []
    try:
        while True:
            held.append(bytearray(b"x" * 50_000_000))
    except MemoryError:
        os.abort()  # what a program in C++ does then
if width == 940:
    open(sys.argv[2] + ".tsv", "wb").write(b"\\xff\\xfe nonsense")
    sys.exit(0)
os.execv({real!r}, [{real!r}, *sys.argv[1:]])
"""


@pytest.fixture(scope="module")
def troubled(
    make_muniment: Any, leave_nobody: Callable[[Any], None], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    """An installation with the troublesome program and little patience."""
    folder = tmp_path_factory.mktemp("troubled")
    fake = folder / "tesseract"
    fake.write_text(FAKE.format(python=sys.executable, real=str(find_program())))
    fake.chmod(0o755)
    made = make_muniment(folder / "home", MUNIMENT_TESSERACT=str(fake), MUNIMENT_PAGE_SECONDS="15")
    try:
        made.start()
        yield made
        made.stop()
    finally:
        leave_nobody(made)


def test_one_page_each_is_flagged_and_the_rest_is_read(troubled: Any, make_batch: Callable[..., Path]) -> None:
    pages = [("First Page", 900), ("It Hangs", 910), ("It Crashes", 920), ("It Eats", 930), ("It Babbles", 940)]
    folder = make_batch("troubled", {"victim": [*pages, ("Sixth Page", 900)], "bystander": ["Quiet Page"]})
    with troubled.memory() as peaks:
        said = troubled.cli("ingest", folder, "--wait", "--publish", "--json")
    assert said.status == 0
    victim, bystander = said.json["items"]
    assert (victim["state"], bystander["state"]) == ("published", "published")
    flagged = sorted((one["page"], one["code"], one["severity"]) for one in victim["problems"])
    assert flagged == [
        (2, "ocr-timeout", "warning"),
        (3, "ocr-failed", "warning"),
        (4, "ocr-failed", "warning"),
        (5, "ocr-failed", "warning"),
    ]
    assert bystander["problems"] == []
    assert {name: peak for name, peak in peaks.items() if peak > 1500} == {}
    assert _texts(troubled, victim["id"]) == ["First Page", "", "", "", "", "Sixth Page"]
    assert _texts(troubled, bystander["id"]) == ["Quiet Page"]
    assert [command for command in troubled.processes().values() if "tesseract" in command] == []
    (batch,) = troubled.cli("status", "--json").json["batches"]
    assert [batch[key] for key in ("state", "pages", "pages_done")] == ["done", 7, 7]


def _texts(installation: Any, item: str) -> list[str]:
    """The text of each page; nothing for a page that has none."""
    manifest = installation.get(f"/iiif/presentation/3/{item}/manifest").json
    ids = [canvas["id"].rpartition("/")[2] for canvas in manifest["items"]]
    replies = [installation.get(f"/items/{item}/pages/{page}/text.txt") for page in ids]
    return [reply.text.strip() if reply.status == 200 else "" for reply in replies]
