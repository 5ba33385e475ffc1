"""Station 8, first half: the files of an AIP, gathered for one version.

Masters and texts lie where they are; what describes them is written into a folder of the work room, then every file is
named with its logical path, its digests and where its bytes are.
"""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from core.fixity import Checksum, Digests
from core.item import Item
from core.record import access_json, record_json, structure_json
from fixity.premis import PremisAgent, PremisEvent, PremisFile, write_premis
from ingest.pronom import identify
from storage.checksums import digest_file
from storage.layout import object_id
from storage.mets import AipFile, write_mets
from storage.ocfl import VersionFile
from workflow.itemwork import EXTENSIONS, ItemWork

MEDIA_TYPES = {
    ".json": "application/json",
    ".csv": "text/csv",
    ".xml": "application/xml",
    ".txt": "text/plain",
    **{f".{extension}": kind for kind, extension in EXTENSIONS.items()},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AipPart:
    """One file of the AIP but the two reports: where it is, what it is, and where it came from."""

    logical: str
    source: Path | None
    digests: Digests
    media_type: str = "application/octet-stream"
    pronom: str = ""
    original_name: str = ""
    supplied: tuple[Checksum, ...] = ()
    made_from: tuple[str, ...] = ()
    staged: str | None = None

    def version_file(self) -> VersionFile:
        """The file as the OCFL commit wants it."""
        extra = {checksum.algorithm: checksum.value for checksum in self.supplied}
        return VersionFile(
            logical=self.logical, digests=self.digests, source=self.source, staged=self.staged, extra=extra
        )


def submitted_parts(work: ItemWork, texts: Mapping[str, Path], folder: Path) -> list[AipPart]:
    """Masters, texts, description and paperwork of an item that came from the drop folder."""
    item = work.described
    parts = [_master(work, file.name, file.path) for file in work.submission.files]
    parts += [
        _made(path, f"text/{page.id}.alto.xml", made_from=(page.file,))
        for page in item.pages
        if (path := texts.get(page.id))
    ]
    parts += described_parts(item, folder)
    if work.submission.record:
        parts.append(_write(folder, "metadata/received.csv", _csv(work.submission.record)))
    for file in work.submission.paperwork:
        parts.append(
            AipPart(
                logical=f"submission/{file.name}",
                source=file.path,
                digests=digest_file(file.path),
                media_type=media_type(file.path),
                original_name=file.name,
            )
        )
    parts.append(_write(folder, "submission/muniment-batch.json", _delivery(item)))
    return parts


def described_parts(item: Item, folder: Path) -> list[AipPart]:
    """The three JSON files that say what the item is, how its pages stand, and who may see it."""
    return [
        _write(folder, "metadata/record.json", record_json(item)),
        _write(folder, "metadata/structure.json", structure_json(item)),
        access_part(item, folder),
    ]


def access_part(item: Item, folder: Path) -> AipPart:
    """Who may see the item."""
    return _write(folder, "metadata/access.json", access_json(item))


def reports(
    item: Item,
    parts: Iterable[AipPart],
    *,
    folder: Path,
    created: datetime,
    events: Iterable[PremisEvent],
    agents: Iterable[PremisAgent],
) -> list[AipPart]:
    """`premis.xml` and `mets.xml` over all other files."""
    parts = list(parts)
    files = [
        PremisFile(
            logical=part.logical,
            size=part.digests.size,
            digests=tuple(Checksum(name, part.digests.values[name]) for name in ("sha512", "sha256")),
            supplied=part.supplied,
            format_name=part.media_type,
            pronom=part.pronom,
            original_name=part.original_name,
            sources=part.made_from,
        )
        for part in parts
    ]
    premis = write_premis(object_id(item.id), files=files, events=events, agents=agents)
    parts.append(_write(folder, "premis.xml", premis))
    listed = [_listed(part) for part in parts]
    return [parts[-1], _write(folder, "mets.xml", write_mets(item, listed, created))]


def _listed(part: AipPart) -> AipFile:
    return AipFile(logical=part.logical, size=part.digests.size, sha512=part.digests.sha512, media_type=part.media_type)


def media_type(path: Path) -> str:
    """What a file of an AIP is, by its ending: our own names tell the truth, a delivered note's may not."""
    return MEDIA_TYPES.get(path.suffix.lower(), "application/octet-stream")


def _master(work: ItemWork, name: str, path: Path) -> AipPart:
    supplied = tuple(one.checksum for one in work.submission.supplied.get(name, ()))
    return AipPart(
        logical=work.master(name),
        source=path,
        digests=work.digests[name],
        media_type=work.facts[name].media_type,
        pronom=identify(path),
        original_name=name,
        supplied=supplied,
        staged=work.staged.get(name),
    )


def _made(path: Path, logical: str, *, made_from: tuple[str, ...] = ()) -> AipPart:
    digests = digest_file(path)
    return AipPart(logical=logical, source=path, digests=digests, media_type=media_type(path), made_from=made_from)


def _write(folder: Path, logical: str, content: str | bytes) -> AipPart:
    path = folder / logical
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return _made(path, logical)


def _csv(row: Mapping[str, str]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(row.keys())
    writer.writerow(row.values())
    return text.getvalue()


def _delivery(item: Item) -> str:
    return json.dumps({"batch": item.batch, "batch_name": item.batch_name}, ensure_ascii=False, indent=2) + "\n"
