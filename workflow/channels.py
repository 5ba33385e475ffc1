"""The channels of MUNIMENT_ALERTS: mail and whatever else apprise can reach, each spoken to by itself."""

import hashlib
import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import apprise

NAME = "Muniment"


@dataclass(frozen=True, slots=True)
class Channel:
    """Where messages go. `name` tells it from the others and holds no secret; `words` are for people.

    `plugin` is None when the address could not be understood; `words` then say so.
    """

    name: str
    words: str
    plugin: apprise.NotifyBase | None


def channels(addresses: Iterable[str]) -> tuple[Channel, ...]:
    """The channels behind the addresses, in their order; nothing is sent, nobody is asked."""
    return tuple(_channel(number, address) for number, address in enumerate(addresses, 1))


def tell(channel: Channel, subject: str, body: str) -> str:
    """What went wrong, in a sentence without any secret; "" when the channel took the message."""
    if channel.plugin is None:
        return channel.words
    sender = apprise.Apprise(asset=_asset())
    sender.add(channel.plugin)
    with _overheard() as said:
        if sender.notify(body=body, title=subject, body_format=apprise.NotifyFormat.TEXT):
            return ""
    reason = said[-1].strip().rstrip(".") if said else "no reason was given"
    return f"{channel.words} did not take it ({reason})."


def _channel(number: int, address: str) -> Channel:
    with _overheard():
        plugin = apprise.Apprise.instantiate(address, asset=_asset())
    if not isinstance(plugin, apprise.NotifyBase):
        kind = re.match(r"[A-Za-z0-9]{1,20}(?=:)", address)
        which = f' ("{kind[0]}:…")' if kind else ""
        return Channel(str(number), f"Address {number} of MUNIMENT_ALERTS{which} cannot be used: correct it.", None)
    if "format=" not in address:
        plugin.notify_format = apprise.NotifyFormat.TEXT  # our text is laid out by lines; as HTML it would not wrap
    masked: str = plugin.url(privacy=True)  # type: ignore[no-untyped-call]
    host = getattr(plugin, "host", None)
    words = f"{plugin.service_name} at {host}" if host else str(plugin.service_name)
    return Channel(f"{number}:{hashlib.sha256(masked.encode()).hexdigest()[:8]}", words, plugin)


def _asset() -> apprise.AppriseAsset:
    """Speaks in our name, in the caller's thread, and keeps nothing on the disk."""
    return apprise.AppriseAsset(app_id=NAME, app_desc=NAME, app_url="", async_mode=False)


class _Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@contextmanager
def _overheard() -> Iterator[list[str]]:
    """What apprise logs meanwhile; kept out of our own logs, since an address it cannot read may hold a password."""
    log, ear = logging.getLogger("apprise"), _Lines()
    passed_on, log.propagate = log.propagate, False
    log.addHandler(ear)
    try:
        yield ear.lines
    finally:
        log.removeHandler(ear)
        log.propagate = passed_on
