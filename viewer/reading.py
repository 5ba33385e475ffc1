"""The reading room's lists: home, search, collections."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from catalog import items, search
from catalog.values import Answer, CollectionCard, ItemHits, PageHit, Question
from viewer import words
from viewer.cards import Card, card, collection_title, shelf
from viewer.house import house
from viewer.links import link, with_query
from viewer.people import is_staff
from viewer.places import Strip, strip

blueprint = Blueprint("reading", __name__)
NEWEST, PER_PAGE, LONGEST = 12, 48, 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One page with a hit."""

    href: str
    label: str
    strip: Strip | None
    snippet: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One item with its best pages; `more` leads to the item with all its hits, "" when these are all."""

    card: Card
    sentence: str
    pages: tuple[Found, ...]
    more: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pager:
    """Links to the list's previous and next part, "" where there is none, and where we are in words."""

    previous: str
    next: str
    sentence: str


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """The newest items and the collections."""
    catalog = house().catalog
    newest = items.newest(catalog, limit=NEWEST)
    shelves = [shelf(found) for found in items.collections(catalog)]
    return render_template("home.html", newest=[card(found) for found in newest], shelves=shelves)


@blueprint.get("/collections/<path:path>")
def collection(path: str) -> ResponseReturnValue:
    """What is in a collection."""
    catalog, part = house().catalog, part_number()
    public_only = not is_staff()
    known = {found.path: found for found in items.collections(catalog, public_only=public_only)}
    if path not in known:
        abort(404)
    cards = items.newest(
        catalog, limit=PER_PAGE, offset=(part - 1) * PER_PAGE, collection=path, public_only=public_only
    )
    children = [shelf(found) for found in known.values() if found.parent == path]
    return render_template(
        "collection.html",
        title=known[path].title,
        parents=trail(path),
        path=path,
        count=words.count(known[path].items, "item"),
        shelves=children,
        cards=[card(found) for found in cards],
        pager=pager(part, PER_PAGE, known[path].items, {}),
    )


@blueprint.get("/search")
def results() -> ResponseReturnValue:
    """What was found, by item, with a strip of the scan for each hit."""
    question = asked()
    shelves = [(found.path, option(found)) for found in items.collections(house().catalog, pictured=False)]
    answer = search.search(house().catalog, question) if question.text else None
    return render_template(
        "search.html",
        question=question,
        shelves=shelves,
        sentence=in_words(answer) if answer else "",
        groups=[group(hits, question) for hits in answer.hits] if answer else [],
        pager=results_pager(answer) if answer else None,
    )


@blueprint.get("/help")
def manual() -> ResponseReturnValue:
    """How to search, read, cite, and which keys do what."""
    return render_template("help.html")


def asked() -> Question:
    """The question in the address."""
    return Question(
        text=" ".join(request.args.get("q", "").split())[:LONGEST],
        exact=request.args.get("exact") == "1",
        collection=request.args.get("collection") or None,
        page=part_number(),
    )


def option(found: CollectionCard) -> str:
    """A collection in the list of those that can be searched, further in the deeper it lies."""
    indent = "\u2003" * found.path.count("/")
    return f"{indent}{found.title} ({words.count(found.items, 'item')})"


def in_words(answer: Answer) -> str:
    """What was asked and how much was found, in one sentence."""
    question = answer.question
    where = f" in {collection_title(question.collection)}" if question.collection else ""
    if not answer.items_found:
        return f"Nothing was found for “{question.text}”{where}."
    if not answer.counted:
        most = max((answer.pages_found, "pages"), (answer.items_found, "items"))
        return f"“{question.text}”{where}: more than {most[0]:,} {most[1]}, the best first"
    pages = f"{words.count(answer.pages_found, 'page')} in " if answer.pages_found else ""
    return f"“{question.text}”{where}: {pages}{words.count(answer.items_found, 'item')}"


def group(hits: ItemHits, question: Question) -> Group:
    """One item of the answer."""
    query = search_args(question)
    pages = tuple(found(hits.card.id, hit, query) for hit in hits.pages)
    rest = hits.pages_found - len(pages)
    if hits.pages_found:
        sentence = f"{words.count(hits.pages_found, 'page')} of {hits.card.pages:,}"
    else:
        sentence = "Found in the description"
    more = with_query(link("items.item", item_id=hits.card.id), query) if rest > 0 else ""
    return Group(card=card(hits.card), sentence=sentence, pages=pages, more=more)


def found(item_id: str, hit: PageHit, query: dict[str, Any]) -> Found:
    """One page of the answer."""
    return Found(
        href=with_query(link("items.page", item_id=item_id, page_id=hit.page_id), query),
        label=hit.label or str(hit.number),
        strip=strip(hit),
        snippet=hit.snippet,
    )


def search_args(question: Question) -> dict[str, Any]:
    """What an item's page needs to show the same hits."""
    return {"q": question.text} | ({"exact": "1"} if question.exact else {})


def kept(question: Question) -> dict[str, Any]:
    """The question as arguments of an address, without its page."""
    return search_args(question) | ({"collection": question.collection} if question.collection else {})


def part_number() -> int:
    """Which part of a long list is asked for, from 1."""
    text = request.args.get("page", "1")
    return int(text) if text.isdecimal() and 0 < int(text) < 10_000 else 1


def pager(part: int, size: int, total: int, arguments: dict[str, Any]) -> Pager | None:
    """The links around this part of the list, None when one part is all."""
    last = max(1, -(-total // size))
    if last == 1:
        return None
    links = {number: f"?{urlencode({**arguments, 'page': str(number)})}" for number in (part - 1, part + 1)}
    return Pager(
        previous=links[part - 1] if part > 1 else "",
        next=links[part + 1] if part < last else "",
        sentence=f"Part {part} of {last}",
    )


def results_pager(answer: Answer) -> Pager | None:
    """The links around this part of the results; how many parts there are is told where all was counted."""
    question = answer.question
    if answer.counted:
        return pager(question.page, question.per_page, answer.items_found, kept(question))
    before, after = (f"?{urlencode({**kept(question), 'page': str(question.page + step)})}" for step in (-1, 1))
    return Pager(
        previous=before if question.page > 1 else "",
        next=after if answer.goes_on else "",
        sentence=f"Part {question.page}",
    )


def trail(path: str) -> list[tuple[str, str]]:
    """Address and title of every collection above this one, the topmost first."""
    parts = path.split("/")[:-1]
    return [(link("reading.collection", path="/".join(parts[: depth + 1])), part) for depth, part in enumerate(parts)]
