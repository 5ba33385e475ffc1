"""Lists of items and collections as the templates want them: small values, every address made."""

from dataclasses import dataclass

from catalog.values import CollectionCard, ItemCard
from core.item import AccessState
from viewer import words
from viewer.links import link

STATES: dict[str, str] = {
    AccessState.DRAFT: "Draft, not visible to readers",
    AccessState.STAFF: "For staff only",
    AccessState.EMBARGOED: "Under embargo",
    AccessState.WITHDRAWN: "Withdrawn",
    "stored": "Stored, not visible until every store that must hold it has it",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One item in a list; `note` says what staff should know about its visibility, "" when everybody may see it."""

    href: str
    title: str
    date: str
    collection: str
    collection_href: str
    pages: str
    picture: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """One collection in a list, with how far it is indented below the topmost one."""

    href: str
    title: str
    items: str
    picture: str
    path: str
    depth: int


def card(source: ItemCard) -> Card:
    """The card of an item."""
    return Card(
        href=link("items.item", item_id=source.id),
        title=source.title,
        date=source.date,
        collection=collection_title(source.collection),
        collection_href=link("reading.collection", path=source.collection),
        pages=words.count(source.pages, "page"),
        picture=thumbnail(source.first_image_id),
        note=STATES.get(source.shown_as, ""),
    )


def shelf(source: CollectionCard) -> Shelf:
    """The card of a collection."""
    return Shelf(
        href=link("reading.collection", path=source.path),
        title=source.title,
        items=words.count(source.items, "item"),
        picture=thumbnail(source.first_image_id),
        path=source.path,
        depth=source.path.count("/"),
    )


def thumbnail(image_id: str) -> str:
    """The address of a small picture, "" when there is no image."""
    return link("thumbnails.thumbnail", image_id=image_id) if image_id else ""


def collection_title(path: str) -> str:
    """The path as people read it."""
    return path.replace("/", " › ")
