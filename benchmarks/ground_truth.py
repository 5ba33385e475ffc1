"""How well a page was read: transcriptions made by people, and the distance of a machine's text to them."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

_ROW = re.compile(r"^\| (\S+/\d{4}) \| (\S+) \| (\d+) \| (\d\.\d{3}) \|", re.MULTILINE)

# Signs of the transcribers, not of the page: brackets around deletions, and the not sign for a hyphen at a line's end.
_SIGNS = {0x27E6: None, 0x27E7: None, 0xAC: "-"}


@dataclass(frozen=True, slots=True)
class Expectation:
    """One row of the table of measured pages: page, models ("grc+eng"), characters of the transcription and its CER."""

    page: str
    models: str
    characters: int
    error_rate: float


def expectations(readme: str) -> tuple[Expectation, ...]:
    """The rows of the table of measured pages in the text of a README, in their order."""
    return tuple(
        Expectation(page, models, int(characters), float(rate))
        for page, models, characters, rate in _ROW.findall(readme)
    )


def transcription(path: Path) -> str:
    """The text of a PAGE, ALTO or plain text file, a line a printed line, in the page's own characters.

    Raises:
        OSError: the file cannot be read.
        lxml.etree.XMLSyntaxError: it is named as XML and is none.
    """
    return _lines(path).translate(_SIGNS)


def _lines(path: Path) -> str:
    if path.suffix == ".txt":
        return path.read_text("utf-8")
    root = etree.fromstring(path.read_bytes(), etree.XMLParser(resolve_entities=False, no_network=True))
    page = etree.QName(root).localname == "PcGts"
    return "\n".join(_page_line(line) if page else _alto_line(line) for line in root.iter("{*}TextLine"))


def _page_line(line: etree._Element) -> str:
    """The line's own text, not that of its words."""
    texts = (equivalent.findtext("{*}Unicode") for equivalent in line.findall("{*}TextEquiv"))
    return next((text for text in texts if text), "")


def _alto_line(line: etree._Element) -> str:
    return " ".join(string.get("CONTENT", "") for string in line.iter("{*}String"))


def normalised(text: str) -> str:
    """The text in Unicode's composed form (NFC) with every run of white space as one space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def character_error_rate(reference: str, found: str) -> float:
    """Insertions, deletions and substitutions a character of the reference, both normalised; 0.0 is perfect.

    Raises:
        ValueError: the reference is empty, so there is no rate.
    """
    wanted, got = normalised(reference), normalised(found)
    if not wanted:
        raise ValueError("a rate needs a reference that has characters")
    return edit_distance(wanted, got) / len(wanted)


def edit_distance(left: str, right: str) -> int:
    """The Levenshtein distance of two texts.

    A column of the matrix of distances is kept as two whole numbers, one bit a row: where it rises and where it falls
    (G. Myers, Journal of the ACM 46, 1999, in the form of H. Hyyrö, 2003).
    """
    if not left:
        return len(right)
    places: defaultdict[str, int] = defaultdict(int)
    for row, character in enumerate(left):
        places[character] |= 1 << row
    full = (1 << len(left)) - 1
    last = 1 << (len(left) - 1)
    rises, falls, distance = full, 0, len(left)
    for character in right:
        same = places.get(character, 0)
        level = (((same & rises) + rises) ^ rises) | same | falls
        up, down = falls | ~(level | rises) & full, rises & level
        distance += bool(up & last) - bool(down & last)
        up = (up << 1) | 1
        rises = ((down << 1) | ~(level | up)) & full
        falls = up & level & full
    return distance


def scan_of(data: Path, page: str) -> Path:
    """The page image of a row such as "books/kant-1784/0001", below the folder of scans.

    Raises:
        FileNotFoundError: there is none.
    """
    return _only(data / "scans", page)


def ground_truth_of(data: Path, page: str) -> Path:
    """The transcription of a row, below the folder of ground truth.

    Raises:
        FileNotFoundError: there is none.
    """
    return _only(data / "ground-truth", page)


def _only(folder: Path, page: str) -> Path:
    found: Iterator[Path] = folder.glob(f"{page}.*")
    path = next(found, None)
    if path is None:
        raise FileNotFoundError(f'There is no file for the page "{page}" in "{folder}".')
    return path
