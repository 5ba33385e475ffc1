from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from core.fixity import Checksum
from fixity.premis import PremisAgent, PremisEvent, PremisFile, write_premis
from fixity.premis_reading import read_files, read_history
from fixity.premis_xml import NS, logical_path, object_uri
from fixity.vocabulary import AgentKind, EventOutcome, EventType

OBJECT = "info:muniment/f38zg8w7qkwv"
TIMES = st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC))
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), max_size=20)


def in_order(checksums: list[Checksum]) -> tuple[Checksum, ...]:
    return tuple(sorted(checksums, key=lambda checksum: (checksum.algorithm, checksum.value)))


PATHS = st.lists(st.sampled_from(["", "masters/0001.tif", "submission/a b#\u00e4%41.txt"]), max_size=3).map(tuple)
EVENTS = st.builds(
    PremisEvent,
    id=st.text("0123456789bcdf", min_size=1, max_size=6),
    kind=st.sampled_from(EventType),
    at=TIMES,
    outcome=st.sampled_from(EventOutcome),
    detail=TEXTS,
    note=TEXTS,
    agents=st.lists(st.sampled_from(["a", "b"]), max_size=2).map(tuple),
    objects=PATHS,
    made=PATHS,
)
CHECKSUMS = st.builds(
    Checksum, st.sampled_from(["md5", "sha256", "sha512", "blake2b"]), st.text("0123456789abcdef", max_size=9)
)
FILES = st.builds(
    PremisFile,
    logical=st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), min_size=1, max_size=9),
    size=st.integers(0, 10**12),
    digests=st.lists(CHECKSUMS, max_size=2, unique=True).map(in_order),
    supplied=st.lists(CHECKSUMS, max_size=2, unique=True).map(in_order),
    format_name=st.sampled_from(["", "image/tiff"]),
    format_version=st.sampled_from(["", "4.4"]),
    pronom=st.sampled_from(["", "fmt/353"]),
    original_name=st.sampled_from(["", "Seite 1 \u00e4.tif"]),
    sources=st.sampled_from([(), ("masters/0001.tif",), ("masters/0001.tif", "masters/0002.tif")]),
)
AGENTS = (
    PremisAgent(id="a", name="Muniment", kind=AgentKind.SOFTWARE, version="1"),
    PremisAgent(id="b", name="b", kind=AgentKind.ORGANIZATION, note="the house"),
)


def values(document: bytes, name: str) -> list[str]:
    return [element.text or "" for element in etree.fromstring(document).iter(f"{{{NS}}}{name}")]


@pytest.mark.scans
def test_a_whole_record_is_valid_premis(
    master: PremisFile,
    text: PremisFile,
    events: tuple[PremisEvent, ...],
    agents: tuple[PremisAgent, ...],
    premis_errors: Callable[[bytes], str],
) -> None:
    document = write_premis(OBJECT, files=[master, text], events=events, agents=agents)
    assert premis_errors(document) == ""


@pytest.mark.scans
def test_the_schema_would_notice_a_wrong_order(master: PremisFile, premis_errors: Callable[[bytes], str]) -> None:
    root = etree.fromstring(write_premis(OBJECT, files=[master], events=[], agents=[]))
    size = next(root.iter(f"{{{NS}}}size"))
    size.getparent().append(size)  # type: ignore[union-attr]
    assert "size" in premis_errors(etree.tostring(root))


@pytest.mark.scans
@settings(deadline=None)
@given(st.lists(EVENTS, max_size=3, unique_by=lambda event: event.id))
def test_any_events_are_valid_premis(premis_errors: Callable[[bytes], str], events: list[PremisEvent]) -> None:
    assert premis_errors(write_premis(OBJECT, files=[], events=events, agents=AGENTS)) == ""


@settings(deadline=None)
@given(st.lists(EVENTS, max_size=4, unique_by=lambda event: event.id))
def test_events_and_agents_are_read_back_as_written(events: list[PremisEvent]) -> None:
    document = write_premis(OBJECT, files=[], events=events, agents=AGENTS)
    in_order = tuple(sorted(events, key=lambda event: (event.at, list(EventType).index(event.kind), event.id)))
    assert read_history(document, OBJECT) == (in_order, AGENTS)


@settings(deadline=None)
@given(st.lists(FILES, max_size=4, unique_by=lambda file: file.logical))
def test_files_are_read_back_as_written(files: list[PremisFile]) -> None:
    document = write_premis(OBJECT, files=files, events=[], agents=[])
    assert read_files(document, OBJECT) == tuple(sorted(files, key=lambda file: file.logical))


def test_the_order_of_the_values_does_not_matter(
    master: PremisFile, text: PremisFile, events: tuple[PremisEvent, ...], agents: tuple[PremisAgent, ...]
) -> None:
    documents = {
        write_premis(OBJECT, files=files, events=events[::step], agents=some)
        for files in permutations([master, text])
        for some in permutations(agents)
        for step in (1, -1)
    }
    assert len(documents) == 1


def test_a_file_says_what_it_is_and_where_it_came_from(master: PremisFile, text: PremisFile) -> None:
    document = write_premis(OBJECT, files=[master, text], events=[], agents=[])
    assert values(document, "objectIdentifierValue") == [
        OBJECT,
        f"{OBJECT}/masters/0001.tif",
        "masters/0001.tif",
        f"{OBJECT}/text/0123456789b.alto.xml",
        "text/0123456789b.alto.xml",
    ]
    originators = values(document, "messageDigestOriginator")
    assert list(zip(values(document, "messageDigestAlgorithm"), originators, strict=True)) == [
        ("SHA-256", "Muniment"),
        ("SHA-512", "Muniment"),
        ("MD5", "depositor"),
        ("SHA-512", "Muniment"),
    ]
    assert values(document, "formatName") == ["image/tiff", "ALTO"]
    assert values(document, "formatRegistryKey") == ["fmt/353"]
    assert values(document, "originalName") == ["Seite 1 \u00e4.tif"]
    assert values(document, "size") == ["1234", "99"]
    assert values(document, "relationshipSubType") == ["is part of", "is part of", "has source"]


def test_an_event_carries_the_addresses_of_the_vocabulary(
    events: tuple[PremisEvent, ...], agents: tuple[PremisAgent, ...]
) -> None:
    root = etree.fromstring(write_premis(OBJECT, files=[], events=events, agents=agents))
    terms = [
        (element.text, element.get("valueURI", "").rpartition("/preservation/")[2])
        for event in root.iter(f"{{{NS}}}event")
        for element in event.iter()
        if element.get("valueURI")
    ]
    assert terms == [
        ("ingestion", "eventType/ing"),
        ("success", "eventOutcome/suc"),
        ("executing program", "eventRelatedAgentRole/exe"),
        ("implementer", "eventRelatedAgentRole/imp"),
        ("source", "eventRelatedObjectRole/sou"),
        ("creation", "eventType/cre"),
        ("warning", "eventOutcome/war"),
        ("executing program", "eventRelatedAgentRole/exe"),
        ("source", "eventRelatedObjectRole/sou"),
        ("outcome", "eventRelatedObjectRole/out"),
    ]


def test_a_name_that_xml_cannot_carry_is_kept_in_its_address() -> None:
    bad = PremisFile(logical="submission/a\x01\udce4.txt", size=1, digests=(), original_name="a\x01\udce4.txt")
    document = write_premis(OBJECT, files=[bad], events=[], agents=[])
    uri = values(document, "objectIdentifierValue")[1]
    assert values(document, "originalName") == ["a\ufffd\ufffd.txt"]
    assert (uri, logical_path(OBJECT, uri)) == (f"{OBJECT}/submission/a%01%E4.txt", bad.logical)


@settings(deadline=None)
@given(TEXTS)
def test_the_address_of_a_path_has_an_inverse(path: str) -> None:
    assert logical_path(OBJECT, object_uri(OBJECT, f"x/{path}")) == f"x/{path}"


def test_a_digest_that_the_vocabulary_lacks_is_named_as_it_is() -> None:
    odd = PremisFile(logical="a", size=1, digests=(Checksum("blake2b", "aa"),))
    assert values(write_premis(OBJECT, files=[odd], events=[], agents=[]), "messageDigestAlgorithm") == ["blake2b"]


def test_times_are_written_in_utc_and_need_a_zone() -> None:
    noon = datetime(2026, 11, 20, 12, 0, tzinfo=timezone(timedelta(hours=1)))
    event = PremisEvent(id="e", kind=EventType.VALIDATION, at=noon)
    assert values(write_premis(OBJECT, files=[], events=[event], agents=[]), "eventDateTime") == [
        "2026-11-20T11:00:00Z"
    ]
    naive = PremisEvent(id="e", kind=EventType.VALIDATION, at=noon.replace(tzinfo=None))
    with pytest.raises(ValueError, match="has no zone"):
        write_premis(OBJECT, files=[], events=[naive], agents=[])


def test_events_of_one_moment_go_in_their_usual_order() -> None:
    moment = datetime(2026, 11, 20, tzinfo=UTC)
    kinds = (EventType.INGESTION, EventType.VALIDATION, EventType.DIGEST, EventType.CREATION)
    events = [PremisEvent(id=f"e-{kind}", kind=kind, at=moment) for kind in kinds]
    assert values(write_premis(OBJECT, files=[], events=events, agents=[]), "eventType") == [
        "message digest calculation",
        "validation",
        "creation",
        "ingestion",
    ]


def test_an_agent_that_is_not_given_is_refused() -> None:
    event = PremisEvent(id="e", kind=EventType.VALIDATION, at=datetime.now(UTC), agents=("nobody",))
    with pytest.raises(ValueError, match='"nobody"'):
        write_premis(OBJECT, files=[], events=[event], agents=[])


def test_what_is_not_xml_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="is not XML"):
        read_history(b"<premis", OBJECT)


def test_entities_are_not_followed() -> None:
    bomb = f'<!DOCTYPE p [<!ENTITY e "boo">]><premis xmlns="{NS}"><agent><agentName>&e;</agentName></agent></premis>'
    with pytest.raises(ValueError):  # noqa: PT011  the agent has no type, and its name stays empty
        read_history(bomb.encode(), OBJECT)
