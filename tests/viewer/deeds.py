"""What tests of the viewer share: a browser, and the deeds behind the viewer, noted or done in the catalogue."""

import io
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from PIL import Image

from catalog import cases, tombstones
from catalog.database import Catalog
from catalog.fixity_values import Case, CaseState, Tombstone
from core.errors import ConfigurationError, StorageError
from core.fixity import StoredFile
from fixity.levels import FunctionLevel
from viewer.config import Health
from viewer.fixity_actions import CopySide, StoreFace, Warning, Waypoint

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
INTERNALS = 'The store "s3" at http://10.0.0.7:9000 refused the key "k/0001.tif".'
DAMAGED = b"<script>alert(1)</script>"


class ReadingClient(FlaskClient):
    """Reads every answer to its end, so that no file stays open."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        return super().open(*args, **{"buffered": True, **kwargs})


@dataclass(slots=True)
class FakeActions:
    """Notes what it was asked to do; hands out one file for every master.

    Of damage it does in the catalogue what the machinery would: the store "copy" always holds a good copy.
    """

    master: Path
    catalog: Catalog
    folder: Path
    asked: list[tuple[Any, ...]] = field(default_factory=list)
    well: bool = True
    late: tuple[Warning, ...] = ()
    refused: str = ""

    def queue(self, path: str, *, publish: bool, new_version: bool, agent: str) -> str:
        self.asked.append(("queue", path, publish, new_version))
        return "0" * 12

    def retry(self, batch_id: str, *, agent: str) -> None:
        self.asked.append(("retry", batch_id))

    def publish(self, item_id: str, *, agent: str) -> None:
        self.asked.append(("publish", item_id))

    def publish_batch(self, batch_id: str, *, agent: str) -> None:
        self.asked.append(("publish batch", batch_id))

    def is_publishing(self, batch_id: str) -> bool:
        return ("publish batch", batch_id) in self.asked

    def withdraw(self, item_id: str, *, reason: str, agent: str) -> None:
        self.asked.append(("withdraw", item_id, reason))

    def make_again(self, item_id: str, key: str) -> None:
        self.asked.append(("make again", item_id))

    def health(self) -> Health:
        return Health(ok=self.well, parts={"store": "ok" if self.well else INTERNALS})

    def fetch_file(self, file: StoredFile) -> Path:
        if not self.well:
            raise StorageError(INTERNALS)
        return self.master

    def audit_now(self, *, agent: str) -> None:
        self.asked.append(("audit", agent))

    def drill(self, *, agent: str) -> None:
        self.asked.append(("drill", agent))

    def recheck(self, case_id: str, *, agent: str) -> Case:
        self._read(case_id, good=self._mended(case_id))
        return self.decide(case_id, "rechecked", agent=agent)

    def repair(self, case_id: str, *, agent: str) -> str:
        if self.refused:
            raise StorageError(self.refused)
        self._read(case_id, good=True)
        cases.decide(self.catalog, case_id, "repaired", agent, state=CaseState.REPAIRED)
        return "“0001.tif” was repaired from “copy” and read back."

    def decide(self, case_id: str, deed: str, *, agent: str, note: str = "", assigned: str = "") -> Case:
        state = {"acknowledged": CaseState.ACKNOWLEDGED, "closed": CaseState.CLOSED}.get(deed)
        return cases.decide(self.catalog, case_id, deed, agent, note=note, assigned=assigned, state=state)

    def sides(self, case_id: str) -> tuple[CopySide, ...]:
        case = self._case(case_id)
        if not case.key:
            return ()
        same: dict[str, Any] = {"key": case.key, "read": NOON}
        found: dict[str, Any] = {"digest": case.found, "size": case.found_size, "good": case.last_good}
        recorded: dict[str, Any] = {"digest": case.expected, "size": case.expected_size, "good": True}
        outcome = "intact" if case.last_good else str(case.kind)
        return (
            CopySide(store="s3", place="this machine", outcome=outcome, picture=False, **found, **same),
            CopySide(store="copy", place="/srv/copy", outcome="intact", picture=True, **recorded, **same),
        )

    def bytes_of(self, case_id: str, store: str) -> Path:
        if self.refused:
            raise StorageError(self.refused)
        file = self.folder / f"{case_id}-{store}"
        file.write_bytes(DAMAGED)
        return file

    def picture_of(self, case_id: str, store: str) -> bytes | None:
        out = io.BytesIO()
        Image.new("RGB", (60, 80), "grey").save(out, "JPEG")
        return out.getvalue() if store == "copy" else None

    def warnings(self) -> tuple[Warning, ...]:
        return self.late

    def faces(self) -> tuple[StoreFace, ...]:
        same: dict[str, Any] = {"state": "well", "sentence": "", "threats": "", "canaries": "ok", "role": "required"}
        pace: dict[str, Any] = {"days": 30, "daily": None, "monthly": 10**9, "free": None}
        return (
            StoreFace(name="s3", place="this machine", **same, **pace),
            StoreFace(name="copy", place="/srv/copy", **same, **pace),
        )

    def places(self) -> str:
        return "Both stores lie on one disk: one fire, theft or broken disk takes both."

    def levels(self) -> tuple[FunctionLevel, ...]:
        return (FunctionLevel("Storage", 1, "Two complete copies.", "One copy in another place."),)

    def travel(self, run_id: str) -> tuple[Waypoint, ...]:
        return (
            Waypoint(code="planted", sentence="A damaged sentinel was planted.", at=NOON, place="s3"),
            Waypoint(code="read", sentence="The audit read it.", at=NOON + timedelta(seconds=40), place="s3"),
            Waypoint(code="case", sentence="A case was opened.", at=NOON + timedelta(seconds=41), place="c1"),
            Waypoint(code="mail", sentence="No channel has taken the message yet.", at=None),
        )

    def ask_purge(self, item_id: str, *, reason: str, authority: str, agent: str) -> None:
        stone = Tombstone(
            item=item_id, title="A map", at=NOON, reason=reason, authority=authority, agents=(agent,), asked=True
        )
        tombstones.put(self.catalog, stone)

    def agree_purge(self, item_id: str, *, agent: str) -> str:
        stone = tombstones.get(self.catalog, item_id)
        assert stone is not None
        if agent in stone.agents:
            raise ConfigurationError("You asked for this purge yourself: another steward has to agree.")
        tombstones.bury(self.catalog, replace(stone, agents=(*stone.agents, agent), asked=False))
        return "“A map” was erased from 2 stores."

    def refuse_purge(self, item_id: str, *, agent: str) -> None:
        tombstones.drop(self.catalog, item_id)

    def _case(self, case_id: str) -> Case:
        case = cases.get(self.catalog, case_id)
        assert case is not None
        return case

    def _mended(self, case_id: str) -> bool:
        return self._case(case_id).last_good

    def _read(self, case_id: str, *, good: bool) -> None:
        case = self._case(case_id)
        found, size = (case.expected, case.expected_size) if good else (case.found, case.found_size)
        cases.seen(self.catalog, case_id, NOON, good, found, size)
