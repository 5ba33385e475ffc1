"""What the item page shows: small values made from the item, its page and what was searched, ready for the template."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from catalog.values import ItemView, PageHit
from core.fixity import StoredFile
from core.item import Item, Page
from core.text import Box, Line, PageText
from viewer import words
from viewer.cards import STATES, collection_title, thumbnail
from viewer.links import link, with_query
from viewer.places import covers, picture, roomy
from viewer.rights import PlainRights, plain

SCREEN, SMALL = 1600, 800
TERMS = (
    ("dc.creator", "Creator"),
    ("dc.contributor", "Contributor"),
    ("dc.date", "Date"),
    ("dc.publisher", "Publisher"),
    ("dc.type", "Type"),
    ("dc.format", "Format"),
    ("dc.subject", "Subject"),
    ("dc.coverage", "Place and time"),
    ("dc.identifier", "Identifier"),
    ("dc.source", "Source"),
    ("dc.relation", "Related"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One page in the strip."""

    href: str
    label: str
    picture: str
    current: bool
    hits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLine:
    """One line of text: its number on the page, its box as "x,y,w,h", and its pieces with True where they match."""

    number: int
    box: str
    pieces: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """The page image: where it is, in which sizes, and the rectangles to mark."""

    image_id: str
    info: str
    src: str
    srcset: str
    width: int
    height: int
    marks: tuple[Box, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HitLink:
    """One match in the item, in its surroundings."""

    href: str
    label: str
    before: str
    text: str
    after: str
    box: str
    here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """Something to take away: what, in which format, how large ("" when that is not known before)."""

    href: str
    what: str
    format: str
    size: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """The record in words: description, rows, rights, and how to cite this page."""

    description: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    rights: PlainRights
    citation: str
    address: str
    manifest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The item in one line, and what staff should know about it ("" when everybody may see it)."""

    id: str
    title: str
    creator: str
    date: str
    collection: str
    collection_href: str
    note: str
    warning: str
    public: bool
    language: str


def head(view: ItemView) -> Head:
    """The title line."""
    item = view.item
    return Head(
        id=item.id,
        title=item.title,
        creator="; ".join(item.values("dc.creator")),
        date=dates(item),
        collection=collection_title(item.collection),
        collection_href=url_for("reading.collection", path=item.collection),
        note="" if view.public else STATES.get(view.shown_as, ""),
        warning=item.access.warning,
        public=view.public,
        language=item.languages[0] if len(item.languages) == 1 else "",
    )


def position(page: Page, place: int, of: int) -> str:
    """Where we are: "Page 3 of 12", or "Page iv (6 of 12)" where the label is not the place."""
    if of == 1:
        return f"Page {page.label or place}"
    return f"Page {place} of {of}" if page.label in ("", str(place)) else f"Page {page.label} ({place} of {of})"


def dates(item: Item) -> str:
    """The date as the record gives it."""
    return "; ".join(item.values("dc.date")) or item.date


def leaves(item: Item, current: Page, hits: Sequence[PageHit], query: dict[str, Any]) -> tuple[Leaf, ...]:
    """The strip of pages."""
    found = {hit.page_id: max(1, len(hit.matches)) for hit in hits}
    return tuple(
        Leaf(
            href=page_address(item, page, query),
            label=page.label or str(page.number),
            picture=thumbnail(page.image_id),
            current=page.id == current.id,
            hits=found.get(page.id, 0),
        )
        for page in item.pages
    )


def page_address(item: Item, page: Page, query: dict[str, Any]) -> str:
    """The lasting address of a page, the search kept."""
    return with_query(link("items.page", item_id=item.id, page_id=page.id), query)


def scan(page: Page, marks: Sequence[Box]) -> Scan:
    """The page image in two sizes, neither larger than the original."""
    width, height = page.facts.width, page.facts.height
    sizes = dict.fromkeys(fitted(width, height, longest) for longest in (SMALL, SCREEN))
    sources = [(picture(page.image_id, f"{w},{h}"), w) for w, h in sizes]
    return Scan(
        image_id=page.image_id,
        info=url_for("images.info", image_id=page.image_id),
        src=sources[-1][0],
        srcset=", ".join(f"{address} {w}w" for address, w in sources),
        width=width,
        height=height,
        marks=tuple(roomy(box) for box in marks),
    )


def fitted(width: int, height: int, longest: int) -> tuple[int, int]:
    """Width and height with the longer side at most `longest`."""
    scale = min(1.0, longest / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def blocks(text: PageText | None, marks: Sequence[Box]) -> tuple[tuple[TextLine, ...], ...]:
    """The text by blocks and lines, numbered from 1 through the page."""
    numbered = enumerate(text.lines() if text else (), 1)
    by_line = {id(line): _line(number, line, marks) for number, line in numbered}
    return tuple(tuple(by_line[id(line)] for line in block.lines) for block in (text.blocks if text else ()))


def _line(number: int, line: Line, marks: Sequence[Box]) -> TextLine:
    pieces: list[tuple[str, bool]] = []
    for word in line.words:
        matched = any(covers(mark, word.box) for mark in marks)
        if pieces and pieces[-1][1] is matched:
            pieces[-1] = (f"{pieces[-1][0]} {word.text}", matched)
        else:
            pieces += [(" ", False)] * bool(pieces) + [(word.text, matched)]
    return TextLine(number=number, box=flat(line.box), pieces=tuple(pieces))


def flat(box: Box) -> str:
    """The box as "x,y,w,h"."""
    return f"{box.x},{box.y},{box.w},{box.h}"


def hit_links(item: Item, current: Page, hits: Sequence[PageHit], query: dict[str, Any]) -> tuple[HitLink, ...]:
    """Every match in the item, in page order."""
    return tuple(
        HitLink(
            href=with_query(link("items.page", item_id=item.id, page_id=hit.page_id), query),
            label=hit.label or str(hit.number),
            before=match.before,
            text=match.text,
            after=match.after,
            box=flat(match.box),
            here=hit.page_id == current.id,
        )
        for hit in hits
        for match in hit.matches
    )


def about(item: Item, page: Page, *, institution: str, public_url: str) -> About:
    """The record and the citation of this page."""
    address = f"{public_url}{url_for('items.page', item_id=item.id, page_id=page.id)}"
    rows = [(label, item.values(term)) for term, label in TERMS]
    rows += [("Language", (words.languages(item.languages),) if item.languages else ())]
    return About(
        description=item.values("dc.description"),
        rows=tuple((label, values) for label, values in rows if values),
        rights=plain(item.rights),
        citation=citation(item, page, institution),
        address=address,
        manifest=f"{public_url}{url_for('iiif.manifest', item_id=item.id)}",
    )


def citation(item: Item, page: Page, institution: str) -> str:
    """Creator, title, date, place, page; the address follows it."""
    made = ", ".join(part for part in ("; ".join(item.values("dc.creator")), item.title, dates(item)) if part)
    place = f"{institution}, {collection_title(item.collection)}"
    where = f", page {page.label or page.number}" if len(item.pages) > 1 else ""
    return f"{made}{where}. {place}."


def downloads(view: ItemView, page: Page, master: StoredFile | None) -> tuple[Download, ...]:
    """What can be taken away of this page and of the item."""
    item, has_text = view.item, page.id in view.has_text
    place: dict[str, Any] = {"item_id": item.id, "page_id": page.id}
    size = f"{page.facts.width:,} × {page.facts.height:,} pixels"
    found = [Download(href=picture(page.image_id, "max"), what="This page as an image", format="JPEG", size=size)]
    if has_text:
        found += [
            Download(href=url_for("files.page_text", **place), what="Text of this page", format="Plain text"),
            Download(href=url_for("files.page_alto", **place), what="Its words with their places", format="ALTO XML"),
            Download(href=url_for("files.page_hocr", **place), what="The same for web tools", format="hOCR"),
        ]
    if master:
        name = master.logical.removeprefix("masters/")
        kind = name.rpartition(".")[2].upper().replace("TIF", "TIFF").replace("JPG", "JPEG")
        href = url_for("files.master", item_id=item.id, name=name)
        found += [Download(href=href, what="The master, as it was scanned", format=kind, size=words.size(master.size))]
    if view.has_text:
        found += [Download(href=url_for("files.text", item_id=item.id), what="Text of all pages", format="Plain text")]
    address, pages = url_for("files.pdf", item_id=item.id), words.count(len(item.pages), "page")
    return (*found, Download(href=address, what="The whole item", format="PDF", size=pages))
