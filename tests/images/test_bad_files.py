"""Bad files end as the table that comes with them says."""

import csv
from pathlib import Path

import pytest

from core.images import Oddity
from core.limits import PageLimits
from core.problem_codes import CODES
from images.facts import read_facts
from images.render import render_page, verify_page

# What `ingest` adds from the same facts: a resolution that is missing, a size in millimetres, a name of another format.
ADDED_BY_INGEST = {"jpeg-named-jp2.jp2": "warn", "huge-page.pdf": "warn", "g4-too-many-changes.tif": "warn"}


def verdict(oddities: tuple[Oddity, ...]) -> str:
    severities = {CODES[oddity.kind][0] for oddity in oddities}
    return "reject" if "error" in severities else "warn" if severities else "accept"


def judge(path: Path) -> tuple[Oddity, ...]:
    facts = read_facts(path, PageLimits())
    if verdict(facts.oddities) == "reject":
        return facts.oddities
    return (*facts.oddities, *(odd for page in facts.pages for odd in verify_page(path, page.index)))


@pytest.mark.scans
def test_every_bad_file_ends_as_its_table_says(shared_data: Path) -> None:
    with (shared_data / "bad/manifest.csv").open(newline="", encoding="utf-8") as table:
        rows = list(csv.DictReader(table))
    wrong = {}
    for row in rows:
        found = verdict(judge(shared_data / "bad" / row["file"]))
        if found == "accept":
            found = ADDED_BY_INGEST.get(row["file"], found)
        if found not in (row["expect"], row["also_ok"]):
            wrong[row["file"]] = (found, row["expect"])
    assert wrong == {}
    assert len(rows) == 35


@pytest.mark.scans
def test_facts_that_ingest_needs_for_its_own_warnings(shared_data: Path) -> None:
    bad = shared_data / "bad"
    assert read_facts(bad / "jpeg-named-jp2.jp2", PageLimits()).media_type == "image/jpeg"
    page = read_facts(bad / "huge-page.pdf", PageLimits()).pages[0]
    assert (page.width, page.height, page.dpi) == (9000, 9000, 300.0)
    assert read_facts(bad / "g4-too-many-changes.tif", PageLimits()).pages[0].dpi is None


@pytest.mark.scans
@pytest.mark.parametrize(
    "name", ["truncated.jpg", "crash-tags.tif", "five-pages-errors.tif", "cmyk.jpg", "resolution-broken.jpg"]
)
def test_rendering_and_verifying_judge_alike(shared_data: Path, tmp_path: Path, name: str) -> None:
    path = shared_data / "bad" / name
    rendered = render_page(path, 0, tmp_path, prepare=False)
    assert rendered.oddities == verify_page(path, 0)
    assert (rendered.width == 0) == (verdict(rendered.oddities) == "reject")
    assert (tmp_path / "access.tif").exists() == (rendered.width > 0)
