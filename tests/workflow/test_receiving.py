"""What an ingest looks at, it need not decode again."""

from collections.abc import Callable
from pathlib import Path

import pytest

from core.settings import Settings
from ingest.batches import read_batch
from workflow import making, pages, receiving
from workflow.workshop import Workshop


@pytest.fixture
def pictures(make_batch: Callable[..., Path]) -> Path:
    """A drop folder with an item of two pages that are pictures, the second one cut short."""
    folder = make_batch("pictures", {"views": ["East", "West"]})
    table = folder / "metadata.csv"
    table.write_text(table.read_text("utf-8").replace("Text", "StillImage"), "utf-8")
    damaged = folder / "views" / "0002.tif"
    damaged.write_bytes(damaged.read_bytes()[:-200_000])
    return folder


def test_pages_that_are_not_read_get_their_access_copies_from_the_check(shop: Workshop, pictures: Path) -> None:
    (submission,) = read_batch(pictures).submissions
    work = receiving.check_item(shop, submission, "pictures", to_keep=True)
    sound, damaged = (shop.home.derived_folder(pages.derived_key(shop, work, file, 0)) for file in submission.files)
    assert making.done(sound, with_text=False) is not None
    assert sorted(path.name for path in sound.iterdir()) == ["access.tif", "done.json", "thumb.jpg"]
    assert not damaged.exists()
    shop.catalog.close()


def test_the_check_says_the_same_whether_copies_are_made_or_not(pictures: Path, settings: Settings) -> None:
    (submission,) = read_batch(pictures).submissions
    works = []
    for name, to_keep in (("plain", False), ("kept", True)):
        shop = Workshop(settings.model_copy(update={"home": settings.home / name}))
        works.append(receiving.check_item(shop, submission, "pictures", to_keep=to_keep))
        shop.close()
        shop.catalog.close()
    plain, kept = works
    assert (plain.facts, plain.problems, plain.digests) == (kept.facts, kept.problems, kept.digests)
    assert [problem.code for problem in plain.problems if problem.refuses] == ["image-truncated"]
