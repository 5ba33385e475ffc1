"""The application: blueprints, sessions, protection and headers put together."""

import hashlib
from datetime import timedelta
from functools import cache
from pathlib import Path

from flask import Flask, Response
from flask_wtf.csrf import CSRFProtect

from catalog.database import Catalog
from viewer import (
    desk,
    files,
    fixity_cases,
    fixity_desk,
    fixity_trail,
    health,
    iiif,
    image_service,
    items,
    people,
    purges,
    reading,
    receipts,
)
from viewer.colour import theme_css
from viewer.config import Actions, Health, ViewerConfig
from viewer.copies import AccessCopies
from viewer.counting import put_counts
from viewer.errors import put_error_pages
from viewer.headers import put_headers
from viewer.house import House, house, move_in
from viewer.links import link, with_query
from viewer.roles import put_guard
from viewer.tiles import TileDoor
from viewer.watch import put_watch

__all__ = ["Actions", "Health", "ViewerConfig", "create_app"]
ROOMS = (
    reading.blueprint,
    items.blueprint,
    iiif.blueprint,
    image_service.blueprint,
    image_service.thumbnails,
    files.blueprint,
    desk.blueprint,
    fixity_desk.blueprint,
    fixity_cases.blueprint,
    fixity_trail.blueprint,
    purges.blueprint,
    receipts.blueprint,
    people.blueprint,
    health.blueprint,
)
LARGEST_FORM = 64 * 1024


def create_app(config: ViewerConfig, catalog: Catalog, actions: Actions) -> Flask:
    """The viewer as a WSGI application over this catalogue; it starts nothing and opens nothing."""
    app = Flask(__name__)
    app.config.from_mapping(settings(config))
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    house = House(config, catalog, actions, AccessCopies(config.derived_folder))
    move_in(app, house)
    CSRFProtect(app)
    people.open_doors(app)
    put_guard(app)
    put_watch(app)
    for room in ROOMS:
        app.register_blueprint(room)
    app.add_url_rule("/theme.css", view_func=theme)
    app.context_processor(common)
    put_error_pages(app)
    put_headers(app)
    counts = put_counts(app)
    app.wsgi_app = TileDoor(app.wsgi_app, house, counts)  # type: ignore[method-assign]
    return app


def door_of(app: Flask) -> TileDoor:
    """The door for tiles in front of the application."""
    assert isinstance(app.wsgi_app, TileDoor)
    return app.wsgi_app


def settings(config: ViewerConfig) -> dict[str, object]:
    """What Flask and its extensions are told."""
    return {
        "SECRET_KEY": config.secret_key,
        "SESSION_COOKIE_NAME": "muniment",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": config.public_url.startswith("https:"),
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=12),
        "WTF_CSRF_TIME_LIMIT": None,
        "MAX_CONTENT_LENGTH": LARGEST_FORM,
        "SEND_FILE_MAX_AGE_DEFAULT": timedelta(hours=1),
    }


def common() -> dict[str, object]:
    """What every template knows."""
    return {"config": house().config, "asset": asset, "link": link}


def asset(name: str) -> str:
    """The address of a static file; it changes with the file, so that no browser keeps an old one."""
    return with_query(link("static", filename=name), {"v": fingerprint(name)})


@cache
def fingerprint(name: str) -> str:
    """The first digits of the file's digest."""
    return hashlib.sha256((Path(__file__).parent / "static" / name).read_bytes()).hexdigest()[:8]


def theme() -> Response:
    """The institution's own colour, where it has set one."""
    return Response(theme_css(house().config.accent), content_type="text/css; charset=utf-8")
