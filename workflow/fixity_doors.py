"""The deeds of the fixity desk: it shows and asks, we do."""

import time
from datetime import UTC, datetime
from pathlib import Path

from catalog import chain
from catalog.fixity_values import Case
from core.events import Deed
from fixity.levels import FunctionLevel, levels
from viewer.fixity_actions import CopySide, StoreFace, Warning, Waypoint
from workflow import casework, copy_sides, drill_travel, places, queueing, repairing, runfile, store_faces, watchman
from workflow.workshop import Workshop

FRESH_SECONDS = 5.0  # how long the answer of the dead-man's switch is kept: every page of staff asks it


class FixityDoors:
    """Implements `viewer.fixity_actions.FixityActions` for one installation."""

    def __init__(self, shop: Workshop) -> None:
        self.shop = shop
        self._warned: tuple[float, tuple[Warning, ...]] = (0.0, ())

    def audit_now(self, *, agent: str) -> None:
        """Nothing; the worker audits what is due soon. Asked for twice in one minute, it runs once.

        Raises:
            NotRunningError: Prefect does not answer; the nightly audit comes all the same.
        """
        self._queue("demand", agent)

    def drill(self, *, agent: str) -> None:
        """Nothing; the worker plants a damaged file soon, finds it, and tells everybody. Raises as `audit_now`."""
        self._queue("drill", agent)

    def recheck(self, case_id: str, *, agent: str) -> Case:
        """The case, after every copy of its file was read in full."""
        return casework.recheck(self.shop, case_id, agent=agent)

    def repair(self, case_id: str, *, agent: str) -> str:
        """What was done, in a sentence; nothing is written when no good copy is found."""
        return repairing.repair(self.shop, case_id, agent).sentence

    def decide(self, case_id: str, deed: str, *, agent: str, note: str = "", assigned: str = "") -> Case:
        """The case after it was acknowledged, assigned, noted or closed."""
        return casework.decide(self.shop, case_id, deed, agent=agent, note=note, assigned=assigned)

    def sides(self, case_id: str) -> tuple[CopySide, ...]:
        """The copies of the case's file, store by store, as the last full reads found them."""
        return copy_sides.sides(self.shop, case_id)

    def bytes_of(self, case_id: str, store: str) -> Path:
        """A local file with the copy's bytes as they can be read now, damaged or not."""
        return copy_sides.bytes_of(self.shop, case_id, store)

    def picture_of(self, case_id: str, store: str) -> bytes | None:
        """The copy as a JPEG made anew by a page process; None when it shows nothing."""
        return copy_sides.picture_of(self.shop, case_id, store)

    def warnings(self) -> tuple[Warning, ...]:
        """The dead-man's switch; from memory for some seconds."""
        asked, found = self._warned
        if not asked or time.monotonic() - asked > FRESH_SECONDS:
            found = watchman.warnings(self.shop, datetime.now(UTC))
            self._warned = (time.monotonic(), found)
        return found

    def faces(self) -> tuple[StoreFace, ...]:
        """The stores in their order."""
        return store_faces.faces(self.shop)

    def places(self) -> str:
        """One sentence on what one fire or theft would take."""
        return places.shared(self.shop)

    def levels(self) -> tuple[FunctionLevel, ...]:
        """What the configuration supports, function by function."""
        return levels(places.level_facts(self.shop))

    def travel(self, run_id: str) -> tuple[Waypoint, ...]:
        """How far the alarm of a drill has come."""
        return drill_travel.travel(self.shop, run_id)

    def ask_purge(self, item_id: str, *, reason: str, authority: str, agent: str) -> None:
        """Nothing; a second steward has to agree before a byte is erased."""
        from workflow import purging

        purging.ask(self.shop, item_id, reason=reason, authority=authority, agent=agent)

    def agree_purge(self, item_id: str, *, agent: str) -> str:
        """What was erased, in a sentence; refused when `agent` is the one who asked."""
        from workflow import purging

        return purging.agree(self.shop, item_id, agent=agent)

    def refuse_purge(self, item_id: str, *, agent: str) -> None:
        """Nothing; the wish to purge is withdrawn."""
        from workflow import purging

        purging.refuse(self.shop, item_id, agent=agent)

    def _queue(self, kind: str, agent: str) -> None:
        now = datetime.now(UTC)
        prefect_api = runfile.running(self.shop.home).prefect_api
        queueing.queue_audit(prefect_api, kind=kind, once=f"{kind}:{now:%Y%m%d%H%M}")
        asked = Deed(kind="metadata modification", agent=agent, at=now, facts={"audit": kind, "deed": "asked"})
        chain.append(self.shop.catalog, [asked])
