"""From the outbox to a real mail server and a real web hook: once each, again after trouble, and never lost."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from catalog import outbox
from catalog.fixity_values import Message
from core.settings import Settings
from workflow import leases, sending
from workflow.channels import channels
from workflow.services import free_port
from workflow.workshop import Workshop

NOW = datetime(2026, 11, 22, 1, 40, tzinfo=UTC)
SUBJECT = "1 file is damaged: act"
BODY = 'Act: 1 file is damaged.\n\n  "page-1.tif" <of> „Brief & Siegel“ in the store "copy".\n'


class MailBox:
    """A mail server that keeps what it gets, or refuses it."""

    def __init__(self) -> None:
        self.got: list[EmailMessage] = []
        self.refusing = False

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802 - its name
        if self.refusing:
            return "451 4.3.0 The disk is full"
        content = envelope.content
        assert isinstance(content, bytes)
        message = message_from_bytes(content, policy=policy.default)
        self.got.append(message)
        return "250 OK"


class Hook:
    """A web hook that keeps what it gets; `status` is what it answers."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.status = 200
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.got.append(asked)
                self.send_response(outer.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"json://127.0.0.1:{self.http.server_port}/hooks/a-secret-word"


@pytest.fixture
def mailbox() -> Iterator[tuple[MailBox, str]]:
    box = MailBox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    address = f"mailto://127.0.0.1:{controller.port}?from=muniment@example.org&to=steward@example.org&mode=insecure"
    yield box, address
    controller.stop()


@pytest.fixture
def hook() -> Iterator[Hook]:
    hook = Hook()
    thread = threading.Thread(target=hook.http.serve_forever)
    thread.start()
    yield hook
    hook.http.shutdown()
    thread.join()
    hook.http.server_close()


def workshop(tmp_path: Path, *addresses: str) -> Workshop:
    return Workshop(Settings(home=tmp_path / "home", stores="copy=file:", alerts=" ".join(addresses)))


def kept(shop: Workshop) -> list[tuple[int, str, bool]]:
    """Tries, trouble and whether it was given up, of every message that is not sent."""
    return [(one.tries, one.trouble, one.gave_up) for one in outbox.undelivered(shop.catalog)]


def test_a_mail_arrives_as_it_was_written(tmp_path: Path, mailbox: tuple[MailBox, str]) -> None:
    box, address = mailbox
    shop = workshop(tmp_path, address)
    outbox.put(shop.catalog, SUBJECT, BODY, NOW)
    assert sending.send_due(shop, NOW) == 1
    [mail] = box.got
    assert (mail["Subject"], mail["To"], mail["From"]) == (SUBJECT, "steward@example.org", "muniment@example.org")
    assert (mail.get_content_type(), mail.get_content().replace("\r\n", "\n").rstrip()) == ("text/plain", BODY.rstrip())
    assert (sending.send_due(shop, NOW), len(box.got), kept(shop)) == (0, 1, [])


def test_a_hook_gets_title_and_text(tmp_path: Path, hook: Hook) -> None:
    shop = workshop(tmp_path, hook.url)
    outbox.put(shop.catalog, SUBJECT, BODY, NOW)
    assert sending.send_due(shop, NOW) == 1
    assert [(one["title"], one["message"].rstrip()) for one in hook.got] == [(SUBJECT, BODY.rstrip())]


def test_what_one_channel_refuses_is_tried_again_there_alone(
    tmp_path: Path, mailbox: tuple[MailBox, str], hook: Hook
) -> None:
    box, address = mailbox
    shop, box.refusing = workshop(tmp_path, address, hook.url), True
    outbox.put(shop.catalog, SUBJECT, BODY, NOW)
    assert sending.send_due(shop, NOW) == 0
    [(tries, trouble, gave_up)] = kept(shop)
    assert (tries, gave_up, len(hook.got)) == (1, False, 1)
    assert trouble.startswith("E-Mail at 127.0.0.1 did not take it (")
    assert sending.send_due(shop, NOW + timedelta(seconds=29)) == 0  # not before the pause is over
    assert len(kept(shop)) == 1
    box.refusing = False
    assert sending.send_due(shop, NOW + timedelta(minutes=1)) == 1
    assert (len(box.got), len(hook.got), kept(shop)) == (1, 1, [])


def test_trouble_holds_no_secret(tmp_path: Path, hook: Hook) -> None:
    hook.status = 500
    wrong = "mailtos://somebody:pass-word@"
    shop = workshop(tmp_path, hook.url, wrong, "nonsense-with-pass-word")
    outbox.put(shop.catalog, SUBJECT, BODY, NOW)
    sending.send_due(shop, NOW)
    [(_, trouble, _)] = kept(shop)
    assert trouble == (
        "JSON at 127.0.0.1 did not take it (Failed to send JSON POST notification: Internal server error., error=500). "
        'Address 2 of MUNIMENT_ALERTS ("mailtos:…") cannot be used: correct it. '
        "Address 3 of MUNIMENT_ALERTS cannot be used: correct it."
    )
    assert "pass-word" not in " ".join(one.name + one.words for one in channels(shop.settings.channels))


def test_what_nobody_takes_is_given_up_after_three_days_and_stays_visible(tmp_path: Path, hook: Hook) -> None:
    hook.status = 503
    shop, now = workshop(tmp_path, hook.url), NOW
    outbox.put(shop.catalog, SUBJECT, BODY, NOW)
    tries = 0
    while not any(gave_up for _, _, gave_up in kept(shop)):
        assert sending.send_due(shop, now) == 0
        [message] = outbox.undelivered(shop.catalog)
        assert now < message.next_try <= now + sending.LONGEST_PAUSE
        now, tries = message.next_try, tries + 1
    assert sending.GIVE_UP_AFTER <= now - NOW < sending.GIVE_UP_AFTER + 2 * sending.LONGEST_PAUSE
    assert (len(hook.got), 72 < tries < 170) == (tries, True)
    assert sending.send_due(shop, now + timedelta(days=9)) == 0
    assert (len(hook.got), [(one[0], one[2]) for one in kept(shop)]) == (tries, [(tries, True)])


def test_without_channels_messages_are_kept_and_sent_when_there_is_one(tmp_path: Path, hook: Hook) -> None:
    silent = workshop(tmp_path)
    outbox.put(silent.catalog, SUBJECT, BODY, NOW)
    assert (sending.send_due(silent, NOW), kept(silent)) == (0, [(1, sending.NOBODY, False)])
    told = workshop(tmp_path, hook.url)
    assert sending.send_due(told, NOW + timedelta(hours=1)) == 1
    assert (kept(told), len(hook.got)) == ([], 1)


def test_a_message_is_sent_once_however_many_want_to_send_it(tmp_path: Path, hook: Hook) -> None:
    shop = workshop(tmp_path, hook.url)
    for number in range(5):
        outbox.put(shop.catalog, f"Message {number}", BODY, NOW)
    others = [workshop(tmp_path, hook.url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        sent = sum(pool.map(lambda other: sending.send_due(other, NOW), others))
    sent += sending.send_due(shop, NOW)  # what was left by those who found the door closed
    assert (sent, [one["title"] for one in hook.got]) == (5, [f"Message {number}" for number in range(5)])


def test_nobody_sends_while_another_process_does(tmp_path: Path, hook: Hook) -> None:
    shop = workshop(tmp_path, hook.url)
    outbox.put(shop.catalog, SUBJECT, BODY, NOW)
    with leases.leased(shop.home, sending.SENDING) as free:
        assert free
        assert (sending.send_due(shop, NOW), hook.got) == (0, [])
    assert sending.send_due(shop, NOW) == 1


def test_a_crash_after_the_sending_sends_again_and_loses_nothing(
    tmp_path: Path, hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    shop = workshop(tmp_path, hook.url)
    outbox.put(shop.catalog, SUBJECT, BODY, NOW)
    with monkeypatch.context() as crash:
        crash.setattr(outbox, "took", killed)
        with pytest.raises(KeyboardInterrupt):
            sending.send_due(shop, NOW)
    assert [message.tries for message in waiting(shop)] == [0]
    assert (sending.send_due(shop, NOW), len(hook.got)) == (1, 2)


def waiting(shop: Workshop) -> tuple[Message, ...]:
    return outbox.due(shop.catalog, NOW)


def test_pauses_grow_to_an_hour() -> None:
    pauses = [sending.pause(tries) for tries in range(20)]
    wholes = [min(sending.FIRST_PAUSE * 2**tries, sending.LONGEST_PAUSE) for tries in range(20)]
    assert all(whole / 2 <= pause <= whole for pause, whole in zip(pauses, wholes, strict=True))
    assert len(set(pauses)) == 20
