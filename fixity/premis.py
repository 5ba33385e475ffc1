"""What happened to the files of an item, as PREMIS 3.0: `premis.xml` of an AIP."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from core.fixity import Checksum
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
    utc,
    written,
)
from fixity.vocabulary import AgentKind, EventOutcome, EventType, Term

HASHES = {name: f"{name[:3].upper()}-{name[3:]}" for name in ("sha1", "sha224", "sha256", "sha384", "sha512")} | {
    "md5": "MD5"
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PremisAgent:
    """Who acted: a program with its version, or a person or house by an opaque id (names stay out of an AIP)."""

    id: str
    name: str
    kind: AgentKind
    version: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PremisFile:
    """One file of the AIP by its logical path.

    `size` is bytes; `digests` are ours, `supplied` came with the delivery; `format_name` is a media type or a name,
    `pronom` an id such as "fmt/353" or ""; `original_name` is the name as it arrived; `sources` are the logical paths
    of the files it was made from.
    """

    logical: str
    size: int
    digests: tuple[Checksum, ...]
    supplied: tuple[Checksum, ...] = ()
    format_name: str = ""
    format_version: str = ""
    pronom: str = ""
    original_name: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PremisEvent:
    """What was done, when, how it ended, by whom and to what.

    `detail` says what was done, `note` what came of it (our own words for an outcome). `agents` are ids of agents;
    `objects` are logical paths of what it was done to, `made` of what came out of it; "" stands for the whole item.
    """

    id: str
    kind: EventType
    at: datetime
    outcome: EventOutcome = EventOutcome.SUCCESS
    detail: str = ""
    note: str = ""
    agents: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()
    made: tuple[str, ...] = ()


def write_premis(
    object_id: str,
    *,
    files: Iterable[PremisFile],
    events: Iterable[PremisEvent],
    agents: Iterable[PremisAgent],
) -> bytes:
    """The PREMIS document as UTF-8: the item as a representation, then files, events and agents.

    The same values give the same bytes in whatever order they come: files go by path, agents by id, events by time,
    and events of one moment in the usual order of their types. Characters that XML does not know are written as U+FFFD.

    Args:
        object_id: the URI of the item, which is also its OCFL object id.
        files: every file of the AIP but `premis.xml` and what is written after it.
        events: all events up to this commit, those of earlier versions too.
        agents: everyone who is named by an event.

    Raises:
        ValueError: an event names an agent that is not given, or its time has no zone.
    """
    known = {agent.id: agent for agent in agents}
    root = etree.Element(f"{{{NS}}}premis", {"version": "3.0"}, nsmap=PREFIXES)
    root.set(XSI_LOCATION.text, SCHEMA_LOCATION)
    _representation(root, object_id)
    for file in sorted(files, key=lambda file: file.logical):
        _file(root, object_id, file)
    for event in sorted(events, key=_moment):
        _event(root, object_id, event, known)
    for _, agent in sorted(known.items()):
        _agent(root, agent)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _moment(event: PremisEvent) -> tuple[datetime, int, str]:
    return utc(event.at), list(EventType).index(event.kind), event.id


def _representation(root: etree._Element, object_id: str) -> None:
    item = add(root, "object")
    item.set(XSI_TYPE.text, "premis:representation")
    identify(item, "object", "URI", object_id)


def _file(root: etree._Element, object_id: str, file: PremisFile) -> None:
    element = add(root, "object")
    element.set(XSI_TYPE.text, "premis:file")
    identify(element, "object", "URI", object_uri(object_id, file.logical))
    identify(element, "object", "OCFL logical path", file.logical)
    traits = add(element, "objectCharacteristics")
    add(traits, "compositionLevel", "0")
    for checksum in sorted(file.digests, key=lambda checksum: checksum.algorithm):
        _fixity(traits, checksum, "Muniment")
    for checksum in sorted(file.supplied, key=lambda checksum: (checksum.algorithm, checksum.value)):
        _fixity(traits, checksum, "depositor")
    add(traits, "size", str(file.size))
    _format(traits, file)
    if file.original_name:
        add(element, "originalName", file.original_name)
    _relate(element, terms.STRUCTURAL, terms.IS_PART_OF, [object_id])
    _relate(element, terms.DERIVATION, terms.HAS_SOURCE, [object_uri(object_id, path) for path in sorted(file.sources)])


def _fixity(traits: etree._Element, checksum: Checksum, originator: str) -> None:
    fixity = add(traits, "fixity")
    label = HASHES.get(checksum.algorithm)
    if label:
        add_term(fixity, "messageDigestAlgorithm", Term("cryptographicHashFunctions", checksum.algorithm, label))
    else:
        add(fixity, "messageDigestAlgorithm", checksum.algorithm)
    add(fixity, "messageDigest", checksum.value)
    add(fixity, "messageDigestOriginator", originator)


def _format(traits: etree._Element, file: PremisFile) -> None:
    form = add(traits, "format")
    designation = add(form, "formatDesignation")
    add(designation, "formatName", file.format_name or "unknown")
    if file.format_version:
        add(designation, "formatVersion", file.format_version)
    if file.pronom:
        registry = add(form, "formatRegistry")
        add(registry, "formatRegistryName", "PRONOM")
        add(registry, "formatRegistryKey", file.pronom)
        add_term(registry, "formatRegistryRole", Term("formatRegistryRole", "spe", "specification"))


def _relate(element: etree._Element, kind: Term, sub: Term, related: Sequence[str]) -> None:
    if not related:
        return
    relationship = add(element, "relationship")
    add_term(relationship, "relationshipType", kind)
    add_term(relationship, "relationshipSubType", sub)
    for address in related:
        identify(relationship, "relatedObject", "URI", address)


def _event(root: etree._Element, object_id: str, event: PremisEvent, agents: dict[str, PremisAgent]) -> None:
    element = add(root, "event")
    identify(element, "event", "local", event.id)
    add_term(element, "eventType", event.kind.term)
    add(element, "eventDateTime", written(event.at))
    if event.detail:
        add(add(element, "eventDetailInformation"), "eventDetail", event.detail)
    information = add(element, "eventOutcomeInformation")
    add_term(information, "eventOutcome", event.outcome.term)
    if event.note:
        add(add(information, "eventOutcomeDetail"), "eventOutcomeDetailNote", event.note)
    for name in event.agents:
        if name not in agents:
            raise ValueError(f'The event "{event.id}" names the agent "{name}", who is not given: give all agents.')
        linked = identify(element, "linkingAgent", "local", name)
        add_term(linked, "linkingAgentRole", agents[name].kind.role)
    for path, role in [
        *((path, terms.SOURCE) for path in event.objects),
        *((path, terms.OUTCOME) for path in event.made),
    ]:
        linked = identify(element, "linkingObject", "URI", object_uri(object_id, path))
        add_term(linked, "linkingObjectRole", role)


def _agent(root: etree._Element, agent: PremisAgent) -> None:
    element = add(root, "agent")
    identify(element, "agent", "local", agent.id)
    add(element, "agentName", agent.name)
    add_term(element, "agentType", agent.kind.term)
    if agent.version:
        add(element, "agentVersion", agent.version)
    if agent.note:
        add(element, "agentNote", agent.note)
