"""From the outbox to the people: every message to every channel, tried again until each took it or it is too old.

A message is noted as taken after a channel took it: a crash in between sends it twice, never not at all.
"""

import random
from datetime import UTC, datetime, timedelta

from catalog import outbox
from catalog.fixity_values import Message
from workflow import leases
from workflow.channels import Channel, channels, tell
from workflow.workshop import Workshop

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)
GIVE_UP_AFTER = timedelta(days=3)
NOBODY = "Nobody is told: set MUNIMENT_ALERTS."
SENDING = "sending"


def send_due(shop: Workshop, now: datetime | None = None) -> int:
    """How many messages have now been taken by every channel; what failed is kept in the outbox with its trouble.

    Safe to call from several processes at once: one sends, the others come back with 0.
    """
    moment = now or datetime.now(UTC)
    if not outbox.due(shop.catalog, moment):
        return 0
    with leases.leased(shop.home, SENDING) as free:
        if not free:
            return 0
        known = channels(shop.settings.channels)
        # Asked again under the lock: another process may have sent them since.
        return sum(_send(shop, message, known, moment) for message in outbox.due(shop.catalog, moment))


def _send(shop: Workshop, message: Message, known: tuple[Channel, ...], now: datetime) -> bool:
    troubles = [trouble for channel in known if (trouble := _told(shop, message, channel))]
    if known and not troubles:
        outbox.sent(shop.catalog, message.id, now)
        return True
    trouble = " ".join(troubles) or NOBODY
    too_old = now - message.created >= GIVE_UP_AFTER
    outbox.failed(shop.catalog, message.id, trouble, now + pause(message.tries), gave_up=too_old)
    return False


def _told(shop: Workshop, message: Message, channel: Channel) -> str:
    """The channel's trouble, "" when it has the message, now or since an earlier try."""
    if channel.name in message.taken:
        return ""
    if trouble := tell(channel, message.subject, message.body):
        return trouble
    outbox.took(shop.catalog, message.id, channel.name)
    return ""


def pause(tries: int) -> timedelta:
    """How long to wait after so many failed tries: twice as long each time up to an hour, and never quite the same."""
    whole = min(FIRST_PAUSE * (1 << min(tries, 10)), LONGEST_PAUSE)
    return whole * random.uniform(0.5, 1)  # noqa: S311 - spreads the load, guards nothing
