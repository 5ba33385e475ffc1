"""The event chain as PREMIS 3.0: every event of an item or of all, a check of many files as one event a file.

The chain's numbers are the events' identifiers; a read within a check has the number of the check and its own.
"""

import io
import json
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Any

from lxml import etree

from core.events import Deed, Event
from core.fixity import FixityOutcome
from fixity import vocabulary as terms
from fixity.premis_xml import (
    NS,
    PREFIXES,
    SCHEMA_LOCATION,
    XSI_LOCATION,
    XSI_TYPE,
    add,
    add_term,
    identify,
    object_uri,
    written,
)
from fixity.vocabulary import AgentKind, EventOutcome, EventType

CHAIN = "Muniment event chain"
STORE_KEY = "Muniment store key"
PROGRAM = "muniment"  # what the ids of our own programs begin with
LISTS = ("files", "reads")  # facts that become links and events of their own

Link = tuple[str, str]  # the type and value of an object's identifier


@dataclass(frozen=True, slots=True)
class _Told:
    """One PREMIS event to write."""

    id: str
    deed: Deed
    outcome: str
    note: str
    links: tuple[Link, ...]


def premis_of(events: Iterable[Event], item: str, *, object_id: Callable[[str], str], version: str = "") -> bytes:
    """What was done with one item as a PREMIS document; see `write_events`."""
    out = io.BytesIO()
    write_events(out, events, items=[item], object_id=object_id, version=version)
    return out.getvalue()


def write_events(
    out: IO[bytes],
    events: Iterable[Event],
    *,
    items: Collection[str],
    object_id: Callable[[str], str],
    everything: bool = False,
    version: str = "",
) -> None:
    """Nothing; the document is in `out`, as UTF-8, written while the events come.

    A file is linked by its address in the item once an event has told it, before that and when it is bookkeeping by its
    key in the store. Characters that XML does not know are written as U+FFFD.

    Args:
        out: where the document goes.
        events: events of the chain in their order, from the first on, or the files of the items are not known.
        items: the ids of the items that it is about.
        object_id: gives the URI of an item.
        everything: true to write the events too that belong to none of these items: of stores, people and cases.
        version: of our program.
    """
    root = etree.Element(f"{{{NS}}}premis", nsmap=PREFIXES)
    place = {XSI_LOCATION.text: SCHEMA_LOCATION, "version": "3.0"}
    agents: set[str] = set()
    with etree.xmlfile(out, encoding="UTF-8") as document:
        document.write_declaration()
        with document.element(root.tag, place, nsmap=PREFIXES):
            for each in _objects(root, items, object_id, everything):
                document.write(each, pretty_print=True)
            for told in _expanded(events, frozenset(items), object_id, everything):
                agents.add(told.deed.agent)
                document.write(_event(told), pretty_print=True)
            for agent in sorted(agents):
                document.write(_agent(agent, version), pretty_print=True)


def _objects(
    root: etree._Element, items: Iterable[str], object_id: Callable[[str], str], everything: bool
) -> Iterator[etree._Element]:
    named = [("local", CHAIN, "premis:intellectualEntity")] if everything else []
    for kind, value, category in [*named, *(("URI", object_id(item), "premis:representation") for item in items)]:
        element = add(root, "object")
        element.set(XSI_TYPE.text, category)
        identify(element, "object", kind, value)
        yield element
        root.remove(element)


def _expanded(
    events: Iterable[Event], items: frozenset[str], object_id: Callable[[str], str], everything: bool
) -> Iterator[_Told]:
    """The events of the items, each read of a check on its own; files are learned from the events that told them."""
    known: dict[str, Link] = {}
    for event in events:
        deed = event.deed
        ours = everything or deed.item in items
        if ours:
            known |= _addresses(deed, object_id)
        if "reads" in deed.facts:
            yield from _reads(event, known, everything or (bool(deed.item) and ours))
        elif ours:
            facts = {name: value for name, value in deed.facts.items() if name not in LISTS}
            yield _Told(str(event.number), deed, deed.outcome, _json(facts), _links(deed, known, object_id))


def _addresses(deed: Deed, object_id: Callable[[str], str]) -> dict[str, Link]:
    """The addresses of the item's files that an event tells as [logical path, key, ...]; bookkeeping has its key."""
    rows = [row for row in deed.facts.get("files", ()) if len(row) > 2 and deed.item]
    return {row[1]: _link(deed.item, row[0], row[1], object_id) for row in rows}


def _link(item: str, logical: str, key: str, object_id: Callable[[str], str]) -> Link:
    return (STORE_KEY, key) if logical.startswith("=") else ("URI", object_uri(object_id(item), logical))


def _reads(event: Event, known: dict[str, Link], every: bool) -> Iterator[_Told]:
    for number, (key, outcome, *found) in enumerate(event.deed.facts["reads"], 1):
        if every or key in known:
            good = outcome == FixityOutcome.INTACT
            result = EventOutcome.SUCCESS if good else EventOutcome.FAIL
            note = outcome if good else _damage(outcome, found)
            yield _Told(f"{event.number}.{number}", event.deed, result, note, (known.get(key, (STORE_KEY, key)),))


def _damage(outcome: str, found: list[Any]) -> str:
    expected, digest, size = (*found, None, None, None)[:3]
    told = [f"expected SHA-512 {expected}"] if expected else []
    told += [f"found SHA-512 {digest}"] if digest else []
    told += [f"found {size} bytes"] if size is not None else []
    return "; ".join([outcome, *told])


def _links(deed: Deed, known: dict[str, Link], object_id: Callable[[str], str]) -> tuple[Link, ...]:
    """What the event was done to: the item, and every file that it tells."""
    rows = deed.facts.get("files", ())
    keys = [row[1] if len(row) > 2 else row[0] for row in rows]
    keys += [deed.facts["key"]] if isinstance(deed.facts.get("key"), str) else []
    item: list[Link] = [("URI", object_id(deed.item))] if deed.item else []
    return tuple(dict.fromkeys([*item, *(known.get(key, (STORE_KEY, key)) for key in keys)]))


def _event(told: _Told) -> etree._Element:
    element = etree.Element(f"{{{NS}}}event", nsmap=PREFIXES)
    identify(element, "event", CHAIN, told.id)
    kind = told.deed.kind
    if kind in set(EventType):
        add_term(element, "eventType", EventType(kind).term)
    else:
        add(element, "eventType", kind)
    add(element, "eventDateTime", written(told.deed.at))
    detail = "; ".join(part for part in (told.deed.detail, told.deed.store and f"store {told.deed.store}") if part)
    if detail:
        add(add(element, "eventDetailInformation"), "eventDetail", detail)
    information = add(element, "eventOutcomeInformation")
    add_term(information, "eventOutcome", EventOutcome(told.outcome).term)
    if told.note:
        add(add(information, "eventOutcomeDetail"), "eventOutcomeDetailNote", told.note)
    linked = identify(element, "linkingAgent", "local", told.deed.agent)
    add_term(linked, "linkingAgentRole", _kind(told.deed.agent).role)
    for identifier, value in told.links:
        add_term(identify(element, "linkingObject", identifier, value), "linkingObjectRole", terms.SOURCE)
    return element


def _agent(agent: str, version: str) -> etree._Element:
    """An agent by the opaque id: the chain knows no names of people."""
    element = etree.Element(f"{{{NS}}}agent", nsmap=PREFIXES)
    identify(element, "agent", "local", agent)
    kind = _kind(agent)
    add(element, "agentName", "Muniment" if kind is AgentKind.SOFTWARE else agent)
    add_term(element, "agentType", kind.term)
    if version and kind is AgentKind.SOFTWARE:
        add(element, "agentVersion", version)
    return element


def _kind(agent: str) -> AgentKind:
    return AgentKind.SOFTWARE if agent.startswith(PROGRAM) else AgentKind.PERSON


def _json(facts: dict[str, Any]) -> str:
    return json.dumps(facts, ensure_ascii=False, sort_keys=True) if facts else ""
