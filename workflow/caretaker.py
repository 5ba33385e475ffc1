"""The caretaker's process: looks after the inbox, and finishes what others may not wait for.

Started by the supervisor as `python -m workflow.caretaker`.
"""

import logging
import threading
import time
from collections.abc import Callable
from functools import partial

from core.errors import MunimentError
from core.settings import Settings
from workflow import approving, inbox, rederiving, visibility
from workflow.workshop import Workshop

LOOK_SECONDS = 2.0
log = logging.getLogger(__name__)


def main() -> None:
    """Looks again and again until the process is ended."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    shop = Workshop(Settings.from_environment())
    shop.settings.inbox_folder.mkdir(parents=True, exist_ok=True)
    # Nobody's click, and no reader's picture, waits for the check of a large folder.
    for deed in (approving.publish_approved, visibility.finish_withdrawals, rederiving.make_wanted):
        threading.Thread(target=_again_and_again, args=(partial(deed, shop),), daemon=True).start()
    seen: dict[str, tuple[str, float]] = {}
    while True:
        _carefully(partial(inbox.look, shop, seen, now=time.monotonic()))
        time.sleep(LOOK_SECONDS)


def _again_and_again(deed: Callable[[], None]) -> None:
    while True:
        _carefully(deed)
        time.sleep(LOOK_SECONDS)


def _carefully(look: Callable[[], None]) -> None:
    """Nothing that lies in a folder may end the caretaker: what went wrong is told in the log and tried again."""
    try:
        look()
    except (MunimentError, OSError, ValueError) as error:  # ValueError: names and texts that cannot be encoded
        log.warning("A look around could not be finished and is tried again: %s", error)


if __name__ == "__main__":
    main()
