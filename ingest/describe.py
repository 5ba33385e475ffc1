"""The normalised record of an item, from its row of metadata.csv as received."""

import re
import unicodedata
from collections.abc import Iterator, Mapping

from core.item import Item, Rights
from core.problems import Problem, problem
from core.submission import Submission
from ingest.dates import edtf_or_empty
from ingest.languages import normal_tag, split_languages
from ingest.names import shown
from ingest.rights import named_uri, recognised_uri

LONGEST = 10_000
_ELEMENTS = frozenset(
    (
        *("contributor", "coverage", "creator", "date", "description", "format", "identifier", "language"),
        *("publisher", "relation", "rights", "source", "subject", "title", "type"),
    )
)
_SPLIT = frozenset(("dc.creator", "dc.contributor", "dc.subject", "dc.type"))
_PICTURES = frozenset(("image", "stillimage"))

type_of_terms = Mapping[str, tuple[str, ...]]


def describe(submission: Submission, batch_name: str) -> tuple[Item, tuple[Problem, ...]]:
    """The item without id and pages, and what is missing or doubtful in its metadata.

    Values are trimmed, composed (NFC), freed of control characters; rights and language become what IIIF and OCR
    need, and the words as received stay in `metadata`. Without a row the folder's name is the title.
    """
    terms = dublin_core(submission.record)
    title = next(iter(terms.get("dc.title", ())), "") or _clean(shown(submission.folder))
    tags = tuple(dict.fromkeys(filter(None, map(normal_tag, _written_languages(terms)))))
    collection = _collection(_other(submission.record, "collection"))
    item = Item(
        id="",
        source_key=_source_key(terms, collection, batch_name, submission.folder),
        title=title,
        collection=collection,
        metadata=_metadata(submission.record, terms),
        languages=tags,
        date=edtf_or_empty(_first(terms, "dc.date")),
        rights=_rights(terms),
        ocr_model=_other(submission.record, "ocr.model"),
        batch_name=batch_name,
    )
    return item, tuple(_problems(submission, item, terms))


def wants_text(item: Item) -> bool:
    """Whether the text of the item's pages is to be read.

    The column "ocr" decides; without it, an item with an "ocr.model" is read, one of type Image or StillImage alone
    or in the language "zxx" (no language at all) is not, any other is.
    """
    asked = next(iter(item.values("ocr")), "").casefold()
    if asked in ("yes", "no"):
        return asked == "yes"
    kinds = {re.sub(r"[\s_-]", "", value.rpartition("/")[2]).casefold() for value in item.values("dc.type")}
    picture = bool(kinds) and kinds <= _PICTURES
    return bool(item.ocr_model) or not (picture or item.languages == ("zxx",))


def dublin_core(record: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The Dublin Core terms of a row: "dc.title", "dc:title", "dcterms.title" and "title" are the same term.

    Creators, contributors, subjects and types are split at ";" and "|", other values are kept whole. A repeated
    column adds its values.
    """
    terms: dict[str, tuple[str, ...]] = {}
    for column, text in record.items():
        term = _term(column)
        values = re.split(r"[;|]", text) if term in _SPLIT else [text]
        kept = tuple(filter(None, map(_clean, values)))
        if term and kept:
            terms[term] = (*terms.get(term, ()), *kept)
    return terms


def _term(column: str) -> str:
    name = re.sub(r" \[\d+\]$", "", column.strip()).casefold().replace(":", ".")
    prefix, dot, rest = name.partition(".")
    if prefix in ("dc", "dcterms") and rest:
        return f"dc.{rest}"
    return f"dc.{name}" if name in _ELEMENTS and not dot else ""


def _clean(text: str) -> str:
    composed = unicodedata.normalize("NFC", text)[:LONGEST]
    # Control characters and lone surrogates can stand in no XML file, so they would stop METS and PREMIS.
    kept = (
        letter if letter in "\n\t" or unicodedata.category(letter) not in ("Cc", "Cs", "Cn") else " "
        for letter in composed
    )
    return "".join(kept).strip()


def _other(record: Mapping[str, str], column: str) -> str:
    return next((_clean(text) for name, text in record.items() if name.strip().casefold() == column), "")


def _first(terms: type_of_terms, term: str) -> str:
    return next(iter(terms.get(term, ())), "")


def _collection(text: str) -> str:
    # The path stands in addresses, and no route takes a line break; other control characters are spaces already.
    parts = (" ".join(part.split()) for part in text.split("/"))
    return "/".join(filter(None, parts)) or "Unsorted"


def _source_key(terms: type_of_terms, collection: str, batch_name: str, folder: str) -> str:
    identifier = _first(terms, "dc.identifier")
    return (
        f"{collection}\n{identifier}" if identifier else f"folder:{_clean(shown(batch_name))}/{_clean(shown(folder))}"
    )


def _metadata(record: Mapping[str, str], terms: type_of_terms) -> tuple[tuple[str, tuple[str, ...]], ...]:
    asked = _other(record, "ocr").casefold()
    wish = {"yes": "yes", "true": "yes", "1": "yes", "no": "no", "false": "no", "0": "no"}.get(asked, "")
    return (*terms.items(), *((("ocr", (wish,)),) if wish else ()))


def _written_languages(terms: type_of_terms) -> list[str]:
    return [part for value in terms.get("dc.language", ()) for part in split_languages(value)]


def _rights(terms: type_of_terms) -> Rights:
    values = terms.get("dc.rights", ())
    uri = next(filter(None, (recognised_uri(value) or named_uri(value) for value in values)), None)
    return Rights(uri=uri, statement="\n".join(value for value in values if not recognised_uri(value)))


def _problems(submission: Submission, item: Item, terms: type_of_terms) -> Iterator[Problem]:
    name = shown(submission.folder)
    if not submission.record:
        yield problem("metadata-missing", file=name)
    elif not terms.get("dc.title"):
        yield problem("metadata-title-missing", file=name)
    for column, text in submission.record.items():
        if len(text) > LONGEST:
            yield problem("metadata-too-long", column=_quoted(column), file=name, found=len(text), limit=LONGEST)
    yield from _language_problems(name, item, terms)
    if _first(terms, "dc.date") and not item.date:
        yield problem("metadata-date-unclear", value=_quoted(_first(terms, "dc.date")), file=name)
    if submission.record:
        yield from _rights_problems(name, terms)


def _language_problems(name: str, item: Item, terms: type_of_terms) -> Iterator[Problem]:
    for written in _written_languages(terms):
        if not normal_tag(written):
            yield problem("metadata-language-unknown", value=_quoted(written), file=name)
    if not item.languages and not item.ocr_model and wants_text(item):
        yield problem("metadata-language-missing", file=name)


def _rights_problems(name: str, terms: type_of_terms) -> Iterator[Problem]:
    values = terms.get("dc.rights", ())
    if not values:
        yield problem("metadata-rights-missing", file=name)
    for value in values:
        if recognised_uri(value):
            continue
        if uri := named_uri(value):
            yield problem("metadata-rights-mapped", value=_quoted(value), file=name, uri=uri)
        else:
            yield problem("metadata-rights-not-a-uri", value=_quoted(value), file=name)


def _quoted(text: str) -> str:
    """A value short enough for a sentence."""
    plain = shown(" ".join(text.split()))
    return plain if len(plain) <= 80 else plain[:79] + "…"
