"""METS of an AIP version: which files there are, and which of them make up which page."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from lxml import etree

from core.item import Item
from storage.layout import object_id

METS = "http://www.loc.gov/METS/"
XLINK = "http://www.w3.org/1999/xlink"
DC = "http://purl.org/dc/elements/1.1/"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
SCHEMA = "http://www.loc.gov/standards/mets/version1121/mets.xsd"
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# What each folder of the AIP is for, in the words of fileGrp/@USE.
USES = {"masters": "master", "text": "text", "metadata": "metadata", "submission": "submission"}
ELEMENTS = frozenset(
    {"title", "creator", "subject", "description", "publisher", "contributor", "date", "type", "format"}
    | {"identifier", "source", "language", "relation", "coverage", "rights"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AipFile:
    """One file of the version: its logical path, size in bytes, SHA-512, and media type ("" when unknown)."""

    logical: str
    size: int
    sha512: str
    media_type: str = ""


def write_mets(item: Item, files: Sequence[AipFile], created: datetime) -> bytes:
    """A METS 1.12 document: Dublin Core, a reference to `premis.xml`, the files with digests, the pages in order.

    Paths are relative to the version's logical root. A page that is one image of many in a file points to the file;
    which image it is says `metadata/structure.json`. `mets.xml` itself is left out.
    """
    names = {file.logical: f"file-{number}" for number, file in enumerate(files, 1)}
    prefixes: dict[str | None, str] = {None: METS, "xlink": XLINK, "dc": DC, "xsi": XSI}
    root = etree.Element(_mets("mets"), nsmap=prefixes)  # type: ignore[arg-type]  # the stubs know no default one
    root.set(f"{{{XSI}}}schemaLocation", f"{METS} {SCHEMA}")
    root.set("OBJID", object_id(item.id))
    root.set("LABEL", _clean(item.title))
    _header(root, created)
    _descriptive(root, item)
    _administrative(root, files)
    _files(root, files, names)
    _pages(root, item, names)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _header(root: etree._Element, created: datetime) -> None:
    stamp = created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    header = _add(root, "metsHdr", CREATEDATE=stamp)
    agent = _add(header, "agent", ROLE="CREATOR", TYPE="OTHER", OTHERTYPE="SOFTWARE")
    _add(agent, "name").text = "Muniment"


def _descriptive(root: etree._Element, item: Item) -> None:
    wrap = _add(_add(root, "dmdSec", ID="dmd-1"), "mdWrap", MDTYPE="DC", MIMETYPE="text/xml")
    data = _add(wrap, "xmlData")
    given = {**dict(item.metadata), "dc.title": item.values("dc.title") or (item.title,)}
    for name, values in given.items():
        element = name.removeprefix("dc.").split(".")[0].lower()
        for value in values if element in ELEMENTS else ():
            etree.SubElement(data, f"{{{DC}}}{element}").text = _clean(value)


def _administrative(root: etree._Element, files: Sequence[AipFile]) -> None:
    if any(file.logical == "premis.xml" for file in files):
        provenance = _add(_add(root, "amdSec", ID="amd-1"), "digiprovMD", ID="premis-1")
        _add(provenance, "mdRef", MDTYPE="PREMIS", LOCTYPE="URL", **_href("premis.xml"))


def _files(root: etree._Element, files: Sequence[AipFile], names: dict[str, str]) -> None:
    section = _add(root, "fileSec")
    groups: dict[str, etree._Element] = {}
    for file in files:
        use = USES.get(file.logical.split("/")[0])
        if use is None:
            continue  # premis.xml is referred to above; mets.xml cannot hold its own digest
        if use not in groups:
            groups[use] = _add(section, "fileGrp", USE=use)
        described = {"MIMETYPE": file.media_type} if file.media_type else {}
        entry = _add(
            groups[use],
            "file",
            ID=names[file.logical],
            SIZE=str(file.size),
            CHECKSUM=file.sha512,
            CHECKSUMTYPE="SHA-512",
            **described,
        )
        _add(entry, "FLocat", LOCTYPE="URL", **_href(file.logical))


def _pages(root: etree._Element, item: Item, names: dict[str, str]) -> None:
    whole = _add(_add(root, "structMap", TYPE="PHYSICAL"), "div", TYPE="item", DMDID="dmd-1", LABEL=_clean(item.title))
    for page in item.pages:
        label = {"LABEL": _clean(page.label), "ORDERLABEL": _clean(page.label)} if page.label else {}
        place = _add(whole, "div", TYPE="page", ID=f"page-{page.id}", ORDER=str(page.number), **label)
        for logical in (page.file, f"text/{page.id}.alto.xml"):
            if logical in names:
                _add(place, "fptr", FILEID=names[logical])


def _add(parent: etree._Element, name: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, _mets(name), attributes)


def _mets(name: str) -> str:
    return f"{{{METS}}}{name}"


def _href(path: str) -> dict[str, str]:
    return {f"{{{XLINK}}}href": quote(path), f"{{{XLINK}}}type": "simple"}


def _clean(text: str) -> str:
    """The text without the characters that XML 1.0 cannot hold."""
    return FORBIDDEN.sub("", text)
