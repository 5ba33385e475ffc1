"""Real scans through the whole road, and what came of them against other people's schemas and validators."""

import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from ocfl.storage_root import StorageRoot

from benchmarks.ground_truth import (
    Expectation,
    character_error_rate,
    expectations,
    ground_truth_of,
    normalised,
    transcription,
)
from core.settings import Settings
from ocr.models import available
from storage.opening import open_stores
from storage.s3 import S3Access

pytestmark = [pytest.mark.services, pytest.mark.slow, pytest.mark.scans, pytest.mark.timeout(3000)]

README = Path(__file__).resolve().parents[2].parent / "shared/data/README.md"
ROWS = expectations(README.read_text("utf-8")) if README.is_file() else ()
TOLERANCE = 0.005
BATCHES = ("letters-1905", "report-1939", "maps-and-pictures", "books", "newspapers")
PAGES = {
    "letter-042": 1, "letter-241": 1, "letter-075": 3,
    "us-report-19390125": 3,
    "greenpoint": 1, "watergraafsmeer": 1, "oakland": 1, "burrard-inlet": 1, "indian-ferns": 1, "fax-test-chart": 1,
    "boy-apprenticed-1920": 2, "lusitania-1915": 1, "vanity-of-sciences": 1, "sophocles-1881": 1, "abroad-1882": 1,
    "kant-1784": 2, "kant-1784-jp2": 1, "bebel-1879": 2, "sorbonne-1863": 3, "cook-book": 1, "der-herold-1839": 1,
    "weekly-journal-18560524": 1, "weekly-journal-18560524-article": 1, "weekly-journal-18560524-pdf": 4,
    "national-tribune-18981110": 1, "national-tribune-18981110-article": 1, "luxembourg-1859-blocks": 2,
}  # fmt: skip
WHOLE_NEWSPAPER_PAGES = {"weekly-journal-18560524", "weekly-journal-18560524-pdf", "national-tribune-18981110"}
ALL_TEXT = bool(os.environ.get("MUNIMENT_ALL_TEXT"))
# The rows whose models are those that the items' own languages choose.
LANGUAGES = {"bebel-1879": "deu", "sorbonne-1863": "fra"}
HANDWRITTEN = "letter-075"
ENGLISH = {
    "abroad-1882", "boy-apprenticed-1920", "lusitania-1915", "vanity-of-sciences",
    "letter-042", "letter-075", "letter-241",
    "national-tribune-18981110-article", "weekly-journal-18560524-article", "us-report-19390125",
}  # fmt: skip
_BAG = re.compile(r"^\| (\S+) \| (\S+) \|(?:[^|]*\|){5} (\d\.\d{3}) \|$", re.MULTILINE)


@pytest.fixture(scope="module")
def taken(running: Any, shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The answers of the five batches, by item, in their order."""
    found: dict[str, Any] = {}
    for batch in BATCHES:
        folder = shared_data / "scans" / batch
        found |= running.ingest(folder if ALL_TEXT else quicker(folder, tmp_path_factory.mktemp("quicker") / batch))
    return found


def quicker(batch: Path, folder: Path) -> Path:
    """The same batch, but whole newspaper pages are called pictures, which are taken in and not read for text.

    Reading them costs ten minutes; `python -m benchmarks.yardstick` and MUNIMENT_ALL_TEXT=1 do it.
    """
    rows = (batch / "metadata.csv").read_text("utf-8").splitlines(keepends=True)
    if not any(row.startswith(f"{name},") for row in rows for name in WHOLE_NEWSPAPER_PAGES):
        return batch
    shutil.copytree(batch, folder, copy_function=shutil.copyfile)
    folder.chmod(0o755)
    told = [
        row.replace(",Text,", ",StillImage,") if row.split(",")[0] in WHOLE_NEWSPAPER_PAGES else row for row in rows
    ]
    (folder / "metadata.csv").write_text("".join(told), "utf-8")
    return folder


@pytest.fixture(scope="module")
def manifests(running: Any, taken: dict[str, Any]) -> dict[str, Any]:
    """The manifest of each item as strangers get it."""
    return {name: json.loads(running.get(item["manifest"]).body) for name, item in taken.items()}


def test_all_items_come_in_with_their_pages(taken: dict[str, Any]) -> None:
    assert {name: item["pages"] for name, item in taken.items()} == PAGES
    assert list(taken) == list(PAGES)
    assert {item["state"] for item in taken.values()} == {"published"}


def test_pages_stand_in_the_order_of_their_files(running: Any, taken: dict[str, Any], manifests: Any) -> None:
    for name, manifest in manifests.items():
        labels = [canvas["label"] for canvas in manifest["items"]]
        assert [next(iter(label.values())) for label in labels] == [[str(n)] for n in range(1, PAGES[name] + 1)], name
    assert [canvas["width"] for canvas in manifests["weekly-journal-18560524"]["items"]] == [10200]
    (cook,) = manifests["cook-book"]["items"]
    assert (cook["width"], cook["height"]) == (2448, 3264)


def page_ids(manifest: Any) -> list[str]:
    return [canvas["id"].rpartition("/")[2] for canvas in manifest["items"]]


def served_text(running: Any, taken: dict[str, Any], manifests: Any, page: str) -> str:
    """The text that a reader gets of a row's page; nothing where no word was found."""
    _, name, number = page.split("/")
    item = taken[name]["id"]
    reply = running.get(f"/items/{item}/pages/{page_ids(manifests[name])[int(number) - 1]}/text.txt")
    assert reply.status in (200, 404)
    return str(reply.text) if reply.status == 200 else ""


def own_language(row: Expectation) -> bool:
    name = row.page.split("/")[1]
    return row.models == ("eng" if name in ENGLISH else LANGUAGES.get(name))


# What the reading picture and the second look make of pages that plain Tesseract reads worse.
BETTER = {
    "books/sorbonne-1863/0003": 0.017,
    "books/vanity-of-sciences/0001": 0.080,
    "letters-1905/letter-042/0001": 0.027,
    "letters-1905/letter-075/0001": 0.847,
    "letters-1905/letter-075/0002": 0.853,
    "letters-1905/letter-075/0003": 0.746,
    "letters-1905/letter-241/0001": 0.093,
}
CHOSEN = [row for row in ROWS if own_language(row)]


def test_a_letter_that_no_engine_can_read_is_an_item_like_any_other(taken: dict[str, Any], running: Any) -> None:
    letter = taken[HANDWRITTEN]
    assert [one for one in letter["problems"] if one["code"].startswith("ocr-")] == []
    assert running.get(f"/items/{letter['id']}").status == 200


@pytest.mark.parametrize("row", CHOSEN, ids=lambda row: f"{row.page}-{row.models}")
def test_the_served_text_is_that_of_plain_tesseract_or_as_much_better_as_it_was(
    running: Any, taken: dict[str, Any], manifests: Any, shared_data: Path, row: Expectation
) -> None:
    if row.models not in available(running.home / "tessdata"):
        pytest.skip(f'The model "{row.models}" is not on this machine.')
    truth = transcription(ground_truth_of(shared_data, row.page))
    found = served_text(running, taken, manifests, row.page)
    if "bebel" in row.page:  # the order of its regions is not that of its transcription
        wanted = {(page, models): float(rate) for page, models, rate in _BAG.findall(README.read_text("utf-8"))}
        rate, plain = bag_error_rate(truth, found), wanted[row.page, row.models]
    else:
        rate, plain = character_error_rate(truth, found), row.error_rate
    assert rate <= plain + TOLERANCE
    assert rate == pytest.approx(BETTER.get(row.page, plain), abs=TOLERANCE)


_FOLDED = str.maketrans({"ſ": "s", "’": "'", "‘": "'", "“": '"', "”": '"', "„": '"', "—": "-", "–": "-", "⸗": "-"})


def bag_error_rate(reference: str, found: str) -> float:
    """Words of the reference that were not found, wherever they stand; signs folded and cut words joined."""
    wanted, got = (Counter(_joined(text).split()) for text in (reference, found))
    return (wanted - got).total() / wanted.total()


def _joined(text: str) -> str:
    folded = "\n".join(" ".join(line.split()) for line in text.translate(_FOLDED).splitlines())
    return normalised(re.sub(r"(?<=\w)-\n+(?=[a-zäöüß])", "", folded))


def test_enough_rows_are_compared() -> None:
    if not ROWS:
        pytest.skip("The real scans are not on this machine.")
    assert len(CHOSEN) == 2 + 3 + 15


def test_every_object_is_valid_in_both_stores(running: Any, taken: dict[str, Any], tmp_path: Path) -> None:
    """By ocfl-py, which reads the folder itself, and of the object store a full download."""
    s3, copy = stores(running)
    for listed in s3.listing("ocfl/"):
        path = tmp_path / listed.key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(s3.get(listed.key))
    verdicts = [judged(root / "ocfl") for root in (copy.root, tmp_path)]
    assert verdicts[0] == verdicts[1]
    objects, good, errors = verdicts[0]
    assert (good, errors) == (objects, [])
    assert objects >= 27


def judged(root: Path) -> tuple[int, int, list[object]]:
    """Objects found, objects that are good (its own `validate()` answers True over damaged ones), and errors."""
    found = StorageRoot(root=str(root))
    assert found.validate(log_warnings=True)
    return found.num_objects, found.good_objects, found.errors


def stores(running: Any) -> Any:
    run = json.loads((running.home / "run.json").read_text())
    specification = Settings.model_fields["stores"].default
    return open_stores(specification, home=running.home, s3=S3Access(**run["s3"]))


@pytest.fixture(scope="module")
def objects(running: Any, taken: dict[str, Any]) -> dict[str, Path]:
    """The folder of the newest content of every item in the second store, by item id."""
    found = {}
    for inventory in sorted((running.home / "copy/ocfl").rglob("inventory.json")):
        content = json.loads(inventory.read_text())
        if not re.fullmatch(r"v\d+", inventory.parent.name):
            found[content["id"].rpartition("/")[2]] = inventory.parent
    return {item["id"]: found[item["id"]] for item in taken.values()}


def files(root: Path, wanted: Callable[[str], bool]) -> Iterator[Path]:
    """The files of an object's newest version whose logical path is wanted."""
    inventory = json.loads((root / "inventory.json").read_text())
    for digest, names in inventory["versions"][inventory["head"]]["state"].items():
        for name in names:
            if wanted(name):
                yield root / inventory["manifest"][digest][0]


@pytest.mark.parametrize(
    ("schema", "logical", "most"),
    [
        ("mets/version1121/mets.xsd", r"mets\.xml", 27),
        ("premis/premis.xsd", r"premis\.xml", 27),
        ("alto/v4/alto-4-4.xsd", r"text/.*\.alto\.xml", 30 if ALL_TEXT else 24),
    ],
)
def test_every_xml_file_is_valid(
    objects: dict[str, Path], xml_schema: Callable[[str], etree.XMLSchema], schema: str, logical: str, most: int
) -> None:
    validator, count = xml_schema(schema), 0
    for root in objects.values():
        for file in files(root, lambda name: bool(re.fullmatch(logical, name))):
            validator.assertValid(etree.fromstring(file.read_bytes()))
            count += 1
    assert count >= most


def test_every_master_is_what_was_delivered(objects: dict[str, Path], taken: Any, shared_data: Path) -> None:
    for batch in BATCHES:
        for folder in (path for path in (shared_data / "scans" / batch).iterdir() if path.is_dir()):
            masters = files(objects[taken[folder.name]["id"]], lambda name: name.startswith("masters/"))
            held = sorted(master.read_bytes() for master in masters)
            assert held == sorted(path.read_bytes() for path in folder.iterdir()), folder.name


def test_every_manifest_is_valid(manifests: dict[str, Any], iiif_errors: Callable[[Any], list[str]]) -> None:
    assert {name: errors for name, manifest in manifests.items() if (errors := iiif_errors(manifest))} == {}


def links(resource: Any) -> Iterator[str]:
    """Every address in a resource that a client may follow; ids of canvases and annotations are names."""
    if isinstance(resource, list):
        for part in resource:
            yield from links(part)
    elif isinstance(resource, dict):
        kind, address = resource.get("type", ""), resource.get("id") or resource.get("@id")
        service = kind.startswith("Image") and "profile" in resource
        if service:
            yield f"{address}/info.json"
        elif address and (kind in ("Image", "Text", "Dataset", "Manifest", "Collection") or is_page(resource)):
            yield address
        yield from (link for part in resource.values() for link in links(part))


def is_page(resource: Any) -> bool:
    """True for an annotation page that is only named here: whoever wants it has to fetch it."""
    return resource.get("type") == "AnnotationPage" and "items" not in resource


def test_every_link_in_a_manifest_answers(
    running: Any, manifests: dict[str, Any], iiif_errors: Callable[[Any], list[str]]
) -> None:
    followed: dict[str, int] = {}
    for manifest in manifests.values():
        for address in sorted({link for link in links(manifest) if link.startswith(running.url)}):
            reply = running.get(address)
            followed[address] = reply.status
            if "/annotations/" in address:
                assert iiif_errors(reply.json) == []
    assert {address: status for address, status in followed.items() if status != 200} == {}
    assert len(followed) > 27 * 5


def test_every_byte_of_it_is_found_intact(running: Any, taken: dict[str, Any]) -> None:
    said = running.cli("audit", "--all", "--json")
    assert (said.status, said.json["alerts"], said.json["unexpected"]) == (0, [], 0)
