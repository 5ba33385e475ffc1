"""Messages on their way: kept until every channel took them, so that no failure of delivery is silent."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, insert, or_, select, update

from catalog.database import Catalog
from catalog.fixity_values import Message
from catalog.tables import outbox
from core.errors import NotFoundError

FAR = timedelta(days=1)  # no pause is so long: who set a next try so far off had a wrong clock


def put(cat: Catalog, subject: str, body: str, at: datetime) -> int:
    """The id of a new message, which may be sent at once."""
    row = {
        "subject": subject,
        "body": body,
        "created": at,
        "tries": 0,
        "next_try": at,
        "sent": None,
        "trouble": "",
        "gave_up": False,
        "taken": [],
    }
    with cat.writing() as connection:
        return int(connection.execute(insert(outbox).returning(outbox.c.id), row).scalar_one())


def due(cat: Catalog, now: datetime) -> tuple[Message, ...]:
    """The messages to be tried now, oldest first."""
    come = or_(outbox.c.next_try <= now, outbox.c.next_try > now + FAR)
    waiting = select(outbox).where(outbox.c.sent.is_(None), ~outbox.c.gave_up, come)
    return _messages(cat, waiting.order_by(outbox.c.id))


def sent(cat: Catalog, message_id: int, at: datetime) -> None:
    """Notes that the message is delivered; raises NotFoundError when there is no such message."""
    with cat.writing() as connection:
        _change(connection, message_id, sent=at, trouble="", gave_up=False)


def took(cat: Catalog, message_id: int, channel: str) -> None:
    """Notes that this channel has the message, whatever becomes of the others; safe to repeat.

    Raises:
        NotFoundError: there is no such message.
    """
    with cat.writing() as connection:
        taken = connection.execute(select(outbox.c.taken).where(outbox.c.id == message_id)).scalar()
        _change(connection, message_id, taken=list(dict.fromkeys([*(taken or ()), channel])))


def failed(cat: Catalog, message_id: int, trouble: str, next_try: datetime, gave_up: bool = False) -> None:
    """Notes a try that failed and when to try again, or that it was the last one.

    Raises:
        NotFoundError: there is no such message.
    """
    tried = {"tries": outbox.c.tries + 1, "trouble": trouble, "next_try": next_try, "gave_up": gave_up}
    with cat.writing() as connection:
        _change(connection, message_id, **tried)


def undelivered(cat: Catalog) -> tuple[Message, ...]:
    """The messages that are not delivered yet, those given up too, oldest first."""
    return _messages(cat, select(outbox).where(outbox.c.sent.is_(None)).order_by(outbox.c.id))


def since(cat: Catalog, at: datetime) -> tuple[Message, ...]:
    """The messages made at this moment or later, sent or not, oldest first."""
    return _messages(cat, select(outbox).where(outbox.c.created >= at).order_by(outbox.c.id))


def _messages(cat: Catalog, query: Select[Any]) -> tuple[Message, ...]:
    with cat.reading() as connection:
        rows = connection.execute(query).mappings()
        return tuple(Message(**{**row, "taken": tuple(row["taken"])}) for row in rows)


def _change(connection: Connection, message_id: int, **values: object) -> None:
    if not connection.execute(update(outbox).where(outbox.c.id == message_id).values(**values)).rowcount:
        raise NotFoundError(f"There is no message {message_id}: look at `muniment status` for those on their way.")
