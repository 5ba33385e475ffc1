"""Files, events and agents out of a `premis.xml` that we wrote, so that the next version can carry them on."""

from datetime import datetime

from lxml import etree

from core.fixity import Checksum
from fixity import vocabulary as terms
from fixity.premis import HASHES, PremisAgent, PremisEvent, PremisFile
from fixity.premis_xml import NS, XSI_TYPE, logical_path
from fixity.vocabulary import AgentKind, EventOutcome, EventType


def read_history(data: bytes, object_id: str) -> tuple[tuple[PremisEvent, ...], tuple[PremisAgent, ...]]:
    """The events and agents in document order; read without DTD, entities or network.

    Raises:
        ValueError: this is not a PREMIS document as `write_premis` writes it.
    """
    root = _root(data)
    return (
        tuple(_event(element, object_id) for element in root.iterfind(f"{{{NS}}}event")),
        tuple(_agent(element) for element in root.iterfind(f"{{{NS}}}agent")),
    )


def read_files(data: bytes, object_id: str) -> tuple[PremisFile, ...]:
    """The files in document order, with everything that was told of them; raises as `read_history` does."""
    objects = _root(data).iterfind(f"{{{NS}}}object")
    return tuple(_file(each, object_id) for each in objects if each.get(XSI_TYPE.text) == "premis:file")


def _root(data: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"The PREMIS record is not XML ({error}): take it from another copy.") from error


def _file(element: etree._Element, object_id: str) -> PremisFile:
    traits, form = "objectCharacteristics", "objectCharacteristics/format"
    name = _text(element, f"{form}/formatDesignation/formatName")
    return PremisFile(
        logical=logical_path(object_id, _text(element, "objectIdentifier/objectIdentifierValue")),
        size=int(_text(element, f"{traits}/size")),
        digests=_digests(element, "Muniment"),
        supplied=_digests(element, "depositor"),
        format_name="" if name == "unknown" else name,
        format_version=_text(element, f"{form}/formatDesignation/formatVersion"),
        pronom=_text(element, f"{form}/formatRegistry/formatRegistryKey"),
        original_name=_text(element, "originalName"),
        sources=tuple(
            logical_path(object_id, address)
            for related in element.iterfind(f"{{{NS}}}relationship")
            if _text(related, "relationshipSubType") == terms.HAS_SOURCE.label
            for address in _texts(related, "relatedObjectIdentifier/relatedObjectIdentifierValue")
        ),
    )


def _digests(element: etree._Element, originator: str) -> tuple[Checksum, ...]:
    names = {label: name for name, label in HASHES.items()}
    told = [
        (_text(fixity, "messageDigestAlgorithm"), _text(fixity, "messageDigest"))
        for fixity in element.iterfind(f"{{{NS}}}objectCharacteristics/{{{NS}}}fixity")
        if _text(fixity, "messageDigestOriginator") == originator
    ]
    return tuple(Checksum(names.get(label, label), value) for label, value in told)


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
