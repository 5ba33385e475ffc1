"""A message stays until it is delivered, and a failure stays visible."""

from datetime import UTC, datetime, timedelta

import pytest

from catalog import outbox
from catalog.database import Catalog
from catalog.fixity_values import Message
from core.errors import NotFoundError

NOON = datetime(2025, 11, 21, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def message(number: int, **more: object) -> Message:
    told: dict[str, object] = {"tries": 0, "next_try": NOON, "sent": None, "trouble": "", **more}
    return Message(id=number, subject="Gut", body="Alles.", created=NOON, **told)  # type: ignore[arg-type]


def test_a_message_is_tried_until_it_is_sent(cat: Catalog) -> None:
    ids = [outbox.put(cat, "Gut", "Alles.", NOON) for _ in range(3)]
    assert outbox.due(cat, NOON - HOUR) == ()
    assert outbox.due(cat, NOON) == tuple(map(message, ids))
    outbox.sent(cat, ids[0], NOON)
    outbox.failed(cat, ids[1], "No route.", NOON + HOUR)
    outbox.failed(cat, ids[2], "No such box.", NOON, gave_up=True)
    late = message(ids[1], tries=1, trouble="No route.", next_try=NOON + HOUR)
    lost = message(ids[2], tries=1, trouble="No such box.", gave_up=True)
    assert (outbox.due(cat, NOON), outbox.due(cat, NOON + HOUR)) == ((), (late,))
    assert outbox.undelivered(cat) == (late, lost)
    outbox.sent(cat, ids[2], NOON + HOUR)
    outbox.sent(cat, ids[1], NOON + HOUR)
    assert outbox.undelivered(cat) == ()


def test_a_channel_that_has_it_is_not_asked_again(cat: Catalog) -> None:
    number = outbox.put(cat, "Gut", "Alles.", NOON)
    for channel in ("mail", "chat", "mail"):
        outbox.took(cat, number, channel)
    assert outbox.due(cat, NOON) == (message(number, taken=("mail", "chat")),)


def test_messages_are_known_by_when_they_were_written(cat: Catalog) -> None:
    first, second = (outbox.put(cat, "Gut", "Alles.", at) for at in (NOON - HOUR, NOON))
    outbox.sent(cat, second, NOON)
    assert [[found.id for found in outbox.since(cat, at)] for at in (NOON - HOUR, NOON, NOON + HOUR)] == [
        [first, second],
        [second],
        [],
    ]


def test_there_is_no_such_message(cat: Catalog) -> None:
    with pytest.raises(NotFoundError, match="no message 9"):
        outbox.sent(cat, 9, NOON)
    with pytest.raises(NotFoundError, match="no message 9"):
        outbox.failed(cat, 9, "", NOON)
    with pytest.raises(NotFoundError, match="no message 9"):
        outbox.took(cat, 9, "mail")
