"""The viewer's process: builds the application, hands it what it needs, and serves it.

Started by the supervisor as `python -m workflow.serve`.
"""

import json
import logging

from core.settings import Settings
from viewer.app import create_app, door_of
from viewer.config import ViewerConfig
from workflow import front
from workflow.doors import Doors
from workflow.workshop import Workshop

THREADS = 8


def main() -> None:
    """Serves until the process is ended."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    shop = Workshop(Settings.from_environment())
    app = create_app(config(shop), shop.catalog, Doors(shop))
    address = {"host": shop.settings.host, "port": shop.settings.port}
    front.server(app, door_of(app), threads=THREADS, ident=None, **address).run()


def config(shop: Workshop) -> ViewerConfig:
    """What the viewer needs to know of the settings."""
    settings, home = shop.settings, shop.home
    return ViewerConfig(
        public_url=settings.public_url or settings.address,
        public_url_is_local=not settings.public_url,
        secret_key=json.loads(home.secrets.read_text())["web"],
        derived=home.derived,
        manifests=home.manifests,
        cache=home.cache,
        inbox=settings.inbox_folder,
        institution=settings.institution,
        contact=settings.contact,
        about=settings.about,
        accent=settings.accent,
        first_password_file=home.first_password,
    )


if __name__ == "__main__":
    main()
