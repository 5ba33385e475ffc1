"""PREMIS values of a small item, and the official schema."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree

from core.fixity import Checksum
from fixity.premis import PremisAgent, PremisEvent, PremisFile
from fixity.vocabulary import AgentKind, EventOutcome, EventType


@pytest.fixture
def master() -> PremisFile:
    return PremisFile(
        logical="masters/0001.tif",
        size=1234,
        digests=(Checksum("sha512", "a" * 128), Checksum("sha256", "b" * 64)),
        supplied=(Checksum("md5", "c" * 32),),
        format_name="image/tiff",
        pronom="fmt/353",
        original_name="Seite 1 \u00e4.tif",
    )


@pytest.fixture
def text() -> PremisFile:
    return PremisFile(
        logical="text/0123456789b.alto.xml",
        size=99,
        digests=(Checksum("sha512", "d" * 128),),
        format_name="ALTO",
        format_version="4.4",
        sources=("masters/0001.tif",),
    )


@pytest.fixture
def agents() -> tuple[PremisAgent, ...]:
    return (
        PremisAgent(id="p7", name="p7", kind=AgentKind.PERSON),
        PremisAgent(id="muniment", name="Muniment", kind=AgentKind.SOFTWARE, version="0.1.0"),
        PremisAgent(
            id="tesseract", name="Tesseract", kind=AgentKind.SOFTWARE, version="5.5.0", note="model frk, SHA-256 ee"
        ),
    )


@pytest.fixture
def events() -> tuple[PremisEvent, ...]:
    return (
        PremisEvent(
            id="e2",
            kind=EventType.CREATION,
            at=datetime(2026, 11, 20, 9, 0, 1, tzinfo=UTC),
            outcome=EventOutcome.WARNING,
            detail="OCR",
            note="2 words doubtful",
            agents=("tesseract",),
            objects=("masters/0001.tif",),
            made=("text/0123456789b.alto.xml",),
        ),
        PremisEvent(
            id="e1",
            kind=EventType.INGESTION,
            at=datetime(2026, 11, 20, 9, 0, 0, tzinfo=UTC),
            agents=("muniment", "p7"),
            objects=("",),
        ),
    )


@pytest.fixture(scope="session")
def premis_errors(shared_data: Path) -> Callable[[bytes], str]:
    """What the official schema of PREMIS 3.0 has against a document: its messages, empty when it is valid."""
    schema = etree.XMLSchema(etree.parse(shared_data / "conformance/schemas/premis/premis.xsd"))

    def errors(data: bytes) -> str:
        return "" if schema.validate(etree.fromstring(data)) else str(schema.error_log)

    return errors
