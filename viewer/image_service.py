"""The IIIF Image API over local access copies, and the thumbnails beside them."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from flask import Blueprint, Response, abort, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from catalog.values import ImageView
from images import iiif as image_api
from images.pyramid import AccessCopy, ChangedError
from viewer.access import cache_rule, visible_image
from viewer.copies import LostCopyError
from viewer.house import house, today

JPEG = "image/jpeg"
CONTEXT = 'application/ld+json;profile="http://iiif.io/api/image/3/context.json"'
blueprint = Blueprint("images", __name__, url_prefix="/iiif/image/3")
thumbnails = Blueprint("thumbnails", __name__)


@blueprint.get("/<image_id>")
def base(image_id: str) -> ResponseReturnValue:
    """The way to info.json, as the Image API asks (section 2)."""
    visible_image(image_id)
    return redirect(url_for("images.info", image_id=image_id), 303)


@blueprint.get("/<image_id>/info.json")
def info(image_id: str) -> Response:
    """What the image is and which requests it answers."""
    view = visible_image(image_id)
    address = f"{house().config.public_url}/iiif/image/3/{image_id}"
    with access_copy(view.item_id, view.derived) as copy:
        response = jsonify(image_api.info(address, copy.pyramid))
    if "application/ld+json" in request.headers.get("Accept", ""):
        response.content_type = CONTEXT
    response.headers["Vary"] = "Accept"
    return keep(response, view)


@blueprint.get("/<image_id>/<region>/<size>/<rotation>/<quality_format>")
def image(image_id: str, region: str, size: str, rotation: str, quality_format: str) -> Response:
    """The pixels asked for: 400 when the request is no IIIF, 501 when it is and we do not do it."""
    view = visible_image(image_id)
    tag = tag_of(view, region, size, rotation, quality_format)
    if tag in request.if_none_match:
        return keep(Response(status=304), view, tag)
    try:
        wanted = image_api.parse(region, size, rotation, quality_format)
        with access_copy(view.item_id, view.derived) as copy:
            data, media_type = image_api.render(copy, wanted)
    except image_api.BadRequest as error:
        return refuse(400, str(error))
    except image_api.NotSupported as error:
        return refuse(501, str(error))
    return keep(Response(data, content_type=media_type), view, tag)


@thumbnails.get("/thumbs/<image_id>.jpg")
def thumbnail(image_id: str) -> ResponseReturnValue:
    """The small picture of a page."""
    view = visible_image(image_id)
    try:
        data = house().copies.read(view.derived, "thumb.jpg")
    except LostCopyError:
        make_again(view.item_id, view.derived)
    return keep(Response(data, content_type=JPEG), view, view.derived).make_conditional(request)


@contextmanager
def access_copy(item_id: str, key: str) -> Iterator[AccessCopy]:
    """The verified access copy by the key of its folder; while it is being made again the answer is 503."""
    try:
        with house().copies.opened(key) as copy:
            yield copy
    except ChangedError:
        house().copies.forget(key)
        make_again(item_id, key)
    except LostCopyError:
        make_again(item_id, key)


def present(item_id: str, key: str, name: str) -> Path:
    """A derived file of an item that is needed whole, unread; where one is lost, all lost ones are made again: 503."""
    file = house().config.derived_folder(key) / name
    if not file.is_file():
        make_again(item_id, "")
    return file


def make_again(item_id: str, key: str) -> NoReturn:
    """The request ends with 503; what is lost or damaged of the page is made again soon."""
    house().actions.make_again(item_id, key)
    waiting = refuse(503, "The picture of this page is being made again: ask once more in a minute.")
    waiting.headers["Retry-After"] = "60"
    abort(waiting)


def tag_of(view: ImageView, region: str, size: str, rotation: str, quality_format: str) -> str:
    """The ETag of the picture: what it is made from, and how."""
    asked = "/".join((view.derived, region, size, rotation, quality_format))
    return hashlib.sha256(asked.encode()).hexdigest()[:32]


def keep(response: Response, view: ImageView, tag: str = "") -> Response:
    """The answer, saying how long it may be kept."""
    response.headers["Cache-Control"] = cache_rule(view.access.public_on(today()))
    if tag:
        response.set_etag(tag)
    return response


def refuse(status: int, sentence: str) -> Response:
    """A sentence instead of a picture."""
    return Response(f"{sentence}\n", status=status, content_type="text/plain; charset=utf-8")
