"""What a check found out about a file, kept by digest, so that nothing is decoded twice."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import select

from catalog.database import Catalog
from catalog.rows import put
from catalog.tables import inspections
from core.images import FileFacts, ImageFacts, Oddity


def known(cat: Catalog, sha256: str, tool: str) -> FileFacts | None:
    """What this tool found in the bytes of this digest, or None when it has not seen them.

    `tool` names the inspecting code and its version and limits: another tool's findings are not answered.
    """
    query = select(inspections.c.facts).where(inspections.c.sha256 == sha256, inspections.c.tool == tool)
    with cat.reading() as connection:
        facts = connection.execute(query).scalar()
    return None if facts is None else _facts(facts)


def remember(cat: Catalog, sha256: str, tool: str, facts: FileFacts) -> None:
    """Keeps what a tool found; a later finding of the same tool replaces the earlier one."""
    with cat.writing() as connection:
        put(connection, inspections, [{"sha256": sha256, "tool": tool, "facts": asdict(facts)}])


def _facts(data: dict[str, Any]) -> FileFacts:
    return FileFacts(
        media_type=data["media_type"],
        pages=tuple(ImageFacts(**page) for page in data["pages"]),
        oddities=tuple(Oddity(**oddity) for oddity in data["oddities"]),
    )
