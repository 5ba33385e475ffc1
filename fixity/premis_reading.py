"""Events and agents out of a `premis.xml` that we wrote, so that the next version can carry them on."""

from datetime import datetime

from lxml import etree

from fixity import vocabulary as terms
from fixity.premis import PremisAgent, PremisEvent
from fixity.premis_xml import NS, logical_path
from fixity.vocabulary import AgentKind, EventOutcome, EventType


def read_history(data: bytes, object_id: str) -> tuple[tuple[PremisEvent, ...], tuple[PremisAgent, ...]]:
    """The events and agents in document order; read without DTD, entities or network.

    Raises:
        ValueError: this is not a PREMIS document as `write_premis` writes it.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"The PREMIS record is not XML ({error}): take it from another copy.") from error
    return (
        tuple(_event(element, object_id) for element in root.iterfind(f"{{{NS}}}event")),
        tuple(_agent(element) for element in root.iterfind(f"{{{NS}}}agent")),
    )


def _event(element: etree._Element, object_id: str) -> PremisEvent:
    information = "eventOutcomeInformation"
    return PremisEvent(
        id=_text(element, "eventIdentifier/eventIdentifierValue"),
        kind=EventType(_text(element, "eventType")),
        at=datetime.fromisoformat(_text(element, "eventDateTime")),
        outcome=EventOutcome(_text(element, f"{information}/eventOutcome")),
        detail=_text(element, "eventDetailInformation/eventDetail"),
        note=_text(element, f"{information}/eventOutcomeDetail/eventOutcomeDetailNote"),
        agents=tuple(_texts(element, "linkingAgentIdentifier/linkingAgentIdentifierValue")),
        objects=_linked(element, object_id, terms.SOURCE.label),
        made=_linked(element, object_id, terms.OUTCOME.label),
    )


def _agent(element: etree._Element) -> PremisAgent:
    return PremisAgent(
        id=_text(element, "agentIdentifier/agentIdentifierValue"),
        name=_text(element, "agentName"),
        kind=AgentKind(_text(element, "agentType")),
        version=_text(element, "agentVersion"),
        note=_text(element, "agentNote"),
    )


def _linked(element: etree._Element, object_id: str, role: str) -> tuple[str, ...]:
    return tuple(
        logical_path(object_id, _text(linked, "linkingObjectIdentifierValue"))
        for linked in element.iterfind(f"{{{NS}}}linkingObjectIdentifier")
        if _text(linked, "linkingObjectRole") == role
    )


def _text(element: etree._Element, path: str) -> str:
    return next(iter(_texts(element, path)), "")


def _texts(element: etree._Element, path: str) -> list[str]:
    steps = "/".join(f"{{{NS}}}{step}" for step in path.split("/"))
    return [found.text or "" for found in element.iterfind(steps)]
