"""The caretaker's process: looks after the inbox, and finishes what others may not wait for.

Started by the supervisor as `python -m workflow.caretaker`.
"""

import logging
import math
import threading
import time
from collections.abc import Callable
from functools import partial

from core.errors import MunimentError
from core.settings import Settings
from workflow import (
    approving,
    catching_up,
    inbox,
    late_audits,
    purging,
    recovery,
    rederiving,
    sending,
    shipping,
    thinning,
    visibility,
)
from workflow.workshop import Workshop

LOOK_SECONDS = 2.0
HOUR = 3600.0
log = logging.getLogger(__name__)


def main() -> None:
    """Looks again and again until the process is ended."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    shop = Workshop(Settings.from_environment())
    shop.settings.inbox_folder.mkdir(parents=True, exist_ok=True)
    # Nobody's click, no reader's picture and no store that is back waits for the check of a large folder.
    for deed in deeds(shop):
        threading.Thread(target=_again_and_again, args=(deed,), daemon=True).start()
    seen: dict[str, tuple[str, float]] = {}
    while True:
        _carefully(partial(inbox.look, shop, seen, now=time.monotonic()))
        time.sleep(LOOK_SECONDS)


def deeds(shop: Workshop) -> tuple[Callable[[], object], ...]:
    """What is looked after beside the inbox, each in a thread of its own."""
    behind = catching_up.Seen()
    hourly, thinner = Hourly(partial(recover, shop)), Hourly(partial(thinning.thin, shop))
    return (
        partial(approving.publish_approved, shop),
        partial(visibility.finish_withdrawals, shop),
        partial(rederiving.make_wanted, shop),
        lambda: catching_up.look(shop, behind, now=time.monotonic()),
        partial(shipping.ship, shop, patience=shipping.PATIENCE),
        partial(purging.finish_owed, shop),
        partial(sending.send_due, shop),
        late_audits.Patrol(shop).look,
        hourly.look,
        thinner.look,
    )


def recover(shop: Workshop) -> None:
    """Finishes what was left unfinished for an hour, and clears what waited in the stores for it."""
    recovery.finish_items(shop, older=HOUR)
    recovery.clear_stages(shop)


class Hourly:
    """A deed that is done at the start, and then each hour."""

    def __init__(self, deed: Callable[[], object]) -> None:
        self._deed, self._last = deed, -math.inf

    def look(self) -> None:
        """Does the deed when its hour has come."""
        if time.monotonic() - self._last >= HOUR:
            self._last = time.monotonic()
            self._deed()


def _again_and_again(deed: Callable[[], object]) -> None:
    while True:
        _carefully(deed)
        time.sleep(LOOK_SECONDS)


def _carefully(look: Callable[[], object]) -> None:
    """Nothing that lies in a folder may end the caretaker: what went wrong is told in the log and tried again."""
    try:
        look()
    except (MunimentError, OSError, ValueError) as error:  # ValueError: names and texts that cannot be encoded
        log.warning("A look around could not be finished and is tried again: %s", error)


if __name__ == "__main__":
    main()
