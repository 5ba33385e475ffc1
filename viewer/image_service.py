"""The IIIF Image API over local access copies, and the thumbnails beside them."""

import hashlib
from pathlib import Path

from flask import Blueprint, Response, abort, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from catalog.values import ImageView
from images import iiif as image_api
from viewer.access import cache_rule, visible_image
from viewer.house import house, today

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
    response = jsonify(image_api.info(address, derived(view, "access.tif")))
    if "application/ld+json" in request.headers.get("Accept", ""):
        response.content_type = CONTEXT
    response.headers["Vary"] = "Accept"
    return keep(response, view)


@blueprint.get("/<image_id>/<region>/<size>/<rotation>/<quality_format>")
def image(image_id: str, region: str, size: str, rotation: str, quality_format: str) -> Response:
    """The pixels asked for: 400 when the request is no IIIF, 501 when it is and we do not do it."""
    view = visible_image(image_id)
    asked = "/".join((view.derived, region, size, rotation, quality_format))
    tag = hashlib.sha256(asked.encode()).hexdigest()[:32]
    if tag in request.if_none_match:
        return keep(Response(status=304), view, tag)
    try:
        wanted = image_api.parse(region, size, rotation, quality_format)
        data, media_type = image_api.render(derived(view, "access.tif"), wanted)
    except image_api.BadRequest as error:
        return refuse(400, str(error))
    except image_api.NotSupported as error:
        return refuse(501, str(error))
    return keep(Response(data, content_type=media_type), view, tag)


@thumbnails.get("/thumbs/<image_id>.jpg")
def thumbnail(image_id: str) -> ResponseReturnValue:
    """The small picture of a page."""
    view = visible_image(image_id)
    response = keep(Response(derived(view, "thumb.jpg").read_bytes(), content_type="image/jpeg"), view, view.derived)
    return response.make_conditional(request)


def derived(view: ImageView, name: str) -> Path:
    """The page's derived file; while it is being made again the answer is 503."""
    return present(view.item_id, view.derived, name)


def present(item_id: str, key: str, name: str) -> Path:
    """A derived file by the key of its folder; one that is lost is made again, and the answer is 503 until then."""
    file = house().config.derived_folder(key) / name
    if not file.is_file():
        house().actions.make_again(item_id)
        waiting = refuse(503, "The picture of this page is being made again: ask once more in a minute.")
        waiting.headers["Retry-After"] = "60"
        abort(waiting)
    return file


def keep(response: Response, view: ImageView, tag: str = "") -> Response:
    """The answer, saying how long it may be kept."""
    response.headers["Cache-Control"] = cache_rule(view.access.public_on(today()))
    if tag:
        response.set_etag(tag)
    return response


def refuse(status: int, sentence: str) -> Response:
    """A sentence instead of a picture."""
    return Response(f"{sentence}\n", status=status, content_type="text/plain; charset=utf-8")
