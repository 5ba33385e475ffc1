"""The IIIF addresses: manifests, annotation pages, collections and searches for other people's viewers."""

import hashlib
import json
from typing import Any

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue

from catalog import items, search
from catalog.values import ItemView
from manifests.addresses import PLACEHOLDER
from manifests.annotations import build_annotation_page
from manifests.collections import build_collection
from manifests.manifest import build_manifest
from manifests.search import SearchMatch, search1, search2
from viewer.access import cache_rule, visible_item
from viewer.house import house
from viewer.people import is_staff

blueprint = Blueprint("iiif", __name__, url_prefix="/iiif")
PRESENTATION = 'application/ld+json;profile="http://iiif.io/api/presentation/3/context.json"'
SPEAK = {1: search1, 2: search2}
MOST_MEMBERS = 10_000
SEARCH_2 = 'application/ld+json;profile="http://iiif.io/api/search/2/context.json"'


@blueprint.get("/presentation/3/<item_id>/manifest")
def manifest(item_id: str) -> ResponseReturnValue:
    """The manifest as it was built at ingest, with the address of this house put in."""
    view = visible_item(item_id)
    file = house().config.manifests / f"{view.item.id}.json"
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:  # manifests can be thrown away and made again
        text = json.dumps(build_manifest(view.item, PLACEHOLDER, texts=view.has_text), ensure_ascii=False)
    return answer(text.replace(PLACEHOLDER, house().config.public_url), PRESENTATION, view)


@blueprint.get("/presentation/3/<item_id>/annotations/<page_id>")
def annotations(item_id: str, page_id: str) -> ResponseReturnValue:
    """The lines of one page's text as annotations."""
    view = visible_item(item_id)
    page = next((page for page in view.item.pages if page.id == page_id), None)
    text = items.text(house().catalog, page_id)
    if page is None or text is None:
        abort(404)
    return answer_json(build_annotation_page(view.item, page, text, house().config.public_url), PRESENTATION, view)


@blueprint.get("/presentation/3/collection", defaults={"path": ""})
@blueprint.get("/presentation/3/collection/<path:path>")
def collection(path: str) -> ResponseReturnValue:
    """A collection with its items and the collections in it, as readers see them; without a path, everything."""
    catalog = house().catalog
    known = {card.path: card for card in items.collections(catalog)}
    if path and path not in known:
        abort(404)
    cards = items.newest(catalog, limit=MOST_MEMBERS, collection=path) if path else ()
    members = [(card.id, card.title, card.first_image_id) for card in cards if card.collection == path]
    children = [(card.path, card.title) for card in known.values() if (card.parent or "") == path]
    title = known[path].title if path else house().config.institution
    return answer_json(build_collection(path, title, members, children, house().config.public_url), PRESENTATION, None)


@blueprint.get("/search/<int:version>/<item_id>")
def search_in_item(version: int, item_id: str) -> ResponseReturnValue:
    """The matches in one item, as Content Search 2 or 1 says them."""
    if version not in SPEAK:
        abort(404)
    view = visible_item(item_id)
    query = request.args.get("q", "")
    matches = [
        SearchMatch(page_id=hit.page_id, text=match.text, before=match.before, after=match.after, box=match.box)
        for hit in search.search_item(house().catalog, item_id, query)
        for match in hit.matches
    ]
    ignored = [name for name in ("motivation", "date", "user") if name in request.args]
    data = SPEAK[version](item_id, house().config.public_url, query, matches, ignored=ignored)
    return answer_json(data, SEARCH_2 if version == 2 else "application/ld+json", view)


def answer_json(data: dict[str, Any], media_type: str, view: ItemView | None) -> ResponseReturnValue:
    """The data as JSON."""
    return answer(json.dumps(data, ensure_ascii=False), media_type, view)


def answer(text: str, media_type: str, view: ItemView | None) -> ResponseReturnValue:
    """The text with its ETag, in plain JSON for those who do not ask for linked data."""
    linked = "application/ld+json" in request.headers.get("Accept", "")
    response = Response(text, content_type=media_type if linked else "application/json")
    response.set_etag(hashlib.sha256(text.encode()).hexdigest()[:32])
    response.headers["Vary"] = "Accept"
    rule = "no-cache" if view is None else cache_rule(view.public)
    # Descriptions change by a click, so caches ask again; only what nobody but staff sees is never kept.
    response.headers["Cache-Control"] = "private, no-store" if is_staff() or "no-store" in rule else "no-cache"
    return response.make_conditional(request)
