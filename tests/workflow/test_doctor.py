"""What the doctor says of audits, alerts and stores, over a catalogue and folders of its own."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from catalog import chain, outbox, runs
from catalog.fixity_values import Run, RunState
from core.events import Deed
from fixity.chain import head
from storage.folder import FolderStore
from workflow import doctor, fixity_checks, places, storekeeping
from workflow.checks import Check
from workflow.workshop import Workshop

NOW = datetime.now(UTC)


def told(shop: Workshop, alerts: str) -> Check:
    return fixity_checks.mail(Workshop(shop.settings.model_copy(update={"alerts": alerts})))


def test_a_new_home_is_well_but_for_its_services(shop: Workshop) -> None:
    found = doctor.examine(shop)
    assert [check.name for check in found.checks if not check.ok] == ["services"]
    said = {check.name: check.sentence for check in found.checks}
    assert said["audit"] == "No audit has ended yet."
    assert said["event log"] == "The event log is empty: nothing was taken in yet."
    assert said["mail"] == "Nobody is told when a file is damaged: set MUNIMENT_ALERTS."
    assert said["places"] == places.shared(shop)


def test_the_mail_check_names_who_is_told_and_what_cannot_be_used(shop: Workshop) -> None:
    mail = "mailto://me:secret@mail.example.org?to=steward@example.org"
    assert told(shop, f"{mail} json://example.org/x") == Check(
        "mail", True, "Alerts go to E-Mail at mail.example.org and JSON at example.org."
    )
    assert told(shop, f"{mail} mailbox://secret") == Check(
        "mail", False, 'Address 2 of MUNIMENT_ALERTS ("mailbox:…") cannot be used: correct it.'
    )
    outbox.put(shop.catalog, "A subject", "A body", NOW)
    sentence = "Nobody is told when a file is damaged: set MUNIMENT_ALERTS. 1 message went to nobody so far."
    assert told(shop, "") == Check("mail", True, sentence)


def test_the_last_audit_is_told_or_what_the_dead_mans_switch_says(shop: Workshop) -> None:
    storekeeping.look(shop)  # lays the store out, so that something is held
    ended = NOW - timedelta(hours=1)
    run = Run(id="r", kind="nightly", state=RunState.DONE, started=ended, finished=ended, read=1204)
    runs.finish(shop.catalog, run)
    [check] = fixity_checks.audits(shop)
    assert check.ok
    assert check.sentence.endswith(" and read 1,204 files.")
    runs.finish(shop.catalog, Run(id="s", kind="nightly", state=RunState.VOID, started=NOW, finished=NOW))
    [check] = fixity_checks.audits(shop)
    assert (check.name, check.ok) == ("audit", False)
    assert check.sentence.startswith("The last audit is void")


def test_the_head_of_the_event_log_is_told(shop: Workshop) -> None:
    [event] = chain.append(shop.catalog, [Deed(kind="ingestion", agent="a", at=NOW)])
    sentence = f"The event log has 1 event; its head is {head(event)}."
    assert fixity_checks.event_log(shop) == Check("event log", True, sentence)


def test_nothing_is_written_to_a_store_that_was_exchanged(shop: Workshop) -> None:
    storekeeping.look(shop)
    [store] = shop.stores
    assert isinstance(store, FolderStore)
    shutil.rmtree(store.root)
    store.root.mkdir()
    [seen] = storekeeping.look(shop)
    [check] = (check for check in doctor.examine(shop).checks if check.name.startswith("copy"))
    assert check == Check("copy", False, seen.sentence)
    assert list(store.root.iterdir()) == []


class Forgetful(FolderStore):
    """A store that takes bytes for another's, as an endpoint without conditional writes does."""

    def put_bytes(self, key: str, data: bytes) -> bool:
        path = self.root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return True


def test_a_store_that_breaks_the_contract_is_refused(tmp_path: Path, shop: Workshop) -> None:
    shop.__dict__["stores"] = (Forgetful(tmp_path, name="copy"),)
    bad = [check for check in doctor.examine(shop).checks if not check.ok and check.name.startswith("copy")]
    sentence = 'The store "copy" lets several writers overwrite each other: use another store.'
    assert bad == [Check("copy: create only", False, sentence)]
    assert not doctor.examine(shop).well
