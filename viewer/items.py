"""The item page: image, text and record of one page side by side, with what was searched marked in all of them."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from catalog import items as catalogue
from catalog import search
from catalog.values import ItemView, PageHit
from core.item import Page
from viewer import item_page, words
from viewer.access import visible_item
from viewer.house import house
from viewer.people import is_staff
from viewer.purges import wish_for
from viewer.reading import LONGEST

blueprint = Blueprint("items", __name__, url_prefix="/items")
ID_LENGTH = 12


@blueprint.get("/<item_id>")
def item(item_id: str) -> ResponseReturnValue:
    """The item, open at its first page; with a search, at the first page where something was found."""
    view, query = visible_item(item_id), asked()
    hits = found_in(view, query)
    if hits:
        return redirect(url_for("items.page", item_id=item_id, page_id=hits[0].page_id, **query), 303)
    if not view.item.pages:
        abort(404)
    return show(view, view.item.pages[0], query, hits)


@blueprint.get("/<item_id>/pages/<page_id>")
def page(item_id: str, page_id: str) -> ResponseReturnValue:
    """One page by its lasting id; a number leads to the page that has it today."""
    view, query = visible_item(item_id), asked()
    by_number = page_id.isdecimal() and len(page_id) < ID_LENGTH
    wanted = next((leaf for leaf in view.item.pages if page_id in (leaf.id, str(leaf.number))), None)
    if wanted is None:
        abort(404)
    if by_number:
        return redirect(item_page.page_address(view.item, wanted, query), 302)
    return show(view, wanted, query, found_in(view, query))


def show(view: ItemView, leaf: Page, query: dict[str, Any], hits: Sequence[PageHit]) -> ResponseReturnValue:
    """The page with everything around it."""
    config, pages = house().config, view.item.pages
    marks = [box for hit in hits if hit.page_id == leaf.id for box in hit.boxes]
    at = pages.index(leaf)
    around = [pages[at - 1] if at else None, pages[at + 1] if at + 1 < len(pages) else None]
    previous, following = (item_page.page_address(view.item, page, query) if page else "" for page in around)
    links = item_page.hit_links(view.item, leaf, hits, query)
    return render_template(
        "item.html",
        head=item_page.head(view),
        position=item_page.position(leaf, at + 1, len(pages)),
        scan=item_page.scan(leaf, marks),
        leaves=item_page.leaves(view.item, leaf, hits, query),
        previous=previous,
        following=following,
        blocks=item_page.blocks(catalogue.text(house().catalog, leaf.id), marks),
        query=query,
        found=f"{words.count(len(links), 'match', 'matches')} on {words.count(len(hits), 'page')}" if links else "",
        hits=links,
        about=item_page.about(view.item, leaf, institution=config.institution, public_url=config.public_url),
        downloads=item_page.downloads(view, leaf, catalogue.file(house().catalog, view.item.id, leaf.file)),
        batch_id=view.batch_id if is_staff() else "",
        reasons=words.REASON_CHOICES,
        wish=wish_for(view.item.id) if is_staff() else None,
    )


def asked() -> dict[str, Any]:
    """The search in the address, as arguments to be kept."""
    text = " ".join(request.args.get("q", "").split())[:LONGEST]
    exact = {"exact": "1"} if request.args.get("exact") == "1" else {}
    return {"q": text} | exact if text else {}


def found_in(view: ItemView, query: dict[str, Any]) -> Sequence[PageHit]:
    """The pages of this item on which the search finds something."""
    if not query:
        return ()
    return search.search_item(house().catalog, view.item.id, query["q"], exact="exact" in query)
