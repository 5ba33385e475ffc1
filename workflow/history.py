"""The events of an item that its `premis.xml` tells, from the delivery to the commit."""

from collections.abc import Iterable
from datetime import datetime
from importlib.metadata import version

from core.item import Item
from core.problems import Problem
from core.text import Engine
from fixity.premis import PremisAgent, PremisEvent
from fixity.vocabulary import AgentKind, EventOutcome, EventType
from ingest.checksums import provenance_note
from workflow.itemwork import ItemWork


def ingest_events(
    work: ItemWork, *, number: int, at: datetime, agent: str, engine: Engine | None, texts: Iterable[str]
) -> list[PremisEvent]:
    """What was done to the item of this version (`number`) before its commit."""
    item, masters = work.described, tuple(dict.fromkeys(page.file for page in work.described.pages))
    warnings = [problem for problem in work.problems if not problem.refuses]
    events = [
        _event(
            item,
            number,
            EventType.DIGEST,
            at,
            masters,
            detail=f"SHA-512 and SHA-256 taken. {provenance_note(work.submission)}",
        ),
        _event(item, number, EventType.IDENTIFICATION, at, masters, detail="PRONOM signatures, by opf-fido"),
        _event(
            item,
            number,
            EventType.VALIDATION,
            at,
            masters,
            detail="Every page was decoded in full.",
            outcome=EventOutcome.WARNING if warnings else EventOutcome.SUCCESS,
            note=_note(warnings),
        ),
    ]
    if engine:
        made = tuple(f"text/{page_id}.alto.xml" for page_id in texts)
        names = ", ".join(name for name, _ in engine.models)
        detail = f"Text recognition by {engine.name} {engine.version} with {names}"
        by = (_engine_id(engine),)
        events.append(_event(item, number, EventType.CREATION, at, masters, made=made, detail=detail, by=by))
    kind = EventType.INGESTION if number == 1 else EventType.MODIFICATION
    detail = f'Batch {item.batch} ("{item.batch_name}"), access state {item.access.state}'
    events.append(_event(item, number, kind, at, ("",), detail=detail, by=(agent,)))
    return events


def access_event(item: Item, *, number: int, at: datetime, agent: str) -> PremisEvent:
    """A change of who may see the item."""
    detail = f"Access state {item.access.state}" + (f", reason {item.access.reason}" if item.access.reason else "")
    return _event(item, number, EventType.METADATA_MODIFICATION, at, ("",), detail=detail, by=(agent,))


def agents(person: str, engine: Engine | None = None) -> tuple[PremisAgent, ...]:
    """This program in this version, the engine that read the pages with its models, and the person by an opaque id."""
    program = PremisAgent(id=program_id(), name="Muniment", kind=AgentKind.SOFTWARE, version=version("muniment"))
    people = PremisAgent(id=person, name=person, kind=AgentKind.PERSON)
    return (program, people, *([_engine_agent(engine)] if engine else []))


def program_id() -> str:
    """The agent id of this version of the program: a later version did not do what this one did."""
    return f"muniment-{version('muniment')}"


def _engine_id(engine: Engine) -> str:
    return f"{engine.name}-{engine.version}".lower().replace(" ", "-")


def _engine_agent(engine: Engine) -> PremisAgent:
    models = "; ".join(f"model {name}, SHA-256 {digest}" for name, digest in engine.models)
    return PremisAgent(
        id=_engine_id(engine), name=engine.name, kind=AgentKind.SOFTWARE, version=engine.version, note=models
    )


def _event(
    item: Item,
    number: int,
    kind: EventType,
    at: datetime,
    objects: tuple[str, ...],
    *,
    made: tuple[str, ...] = (),
    detail: str = "",
    note: str = "",
    outcome: EventOutcome = EventOutcome.SUCCESS,
    by: tuple[str, ...] = (),
) -> PremisEvent:
    return PremisEvent(
        id=f"{item.id}-v{number}-{kind.name.lower().replace('_', '-')}",
        kind=kind,
        at=at,
        outcome=outcome,
        detail=detail,
        note=note,
        agents=(program_id(), *by),
        objects=objects,
        made=made,
    )


def _note(warnings: Iterable[Problem]) -> str:
    return " ".join(dict.fromkeys(problem.sentence for problem in warnings))
