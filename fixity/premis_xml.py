"""The small change of PREMIS XML: elements, terms, identifiers and addresses, and text that XML can carry."""

import re
from datetime import UTC, datetime
from urllib.parse import quote, unquote

from lxml import etree

from fixity.vocabulary import Term

NS = "http://www.loc.gov/premis/v3"
PREFIXES = {"premis": NS, "xsi": "http://www.w3.org/2001/XMLSchema-instance"}
SCHEMA_LOCATION = f"{NS} http://www.loc.gov/standards/premis/v3/premis.xsd"
XSI_LOCATION = etree.QName("http://www.w3.org/2001/XMLSchema-instance", "schemaLocation")
XSI_TYPE = etree.QName("http://www.w3.org/2001/XMLSchema-instance", "type")

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    """A new PREMIS element at the end of `parent`."""
    element = etree.SubElement(parent, f"{{{NS}}}{name}")
    if text is not None:
        element.text = writable(text)
    return element


def add_term(parent: etree._Element, name: str, term: Term) -> etree._Element:
    """A new element with a word of a Library of Congress vocabulary, its address and that of its list."""
    element = add(parent, name, term.label)
    element.set("authority", term.vocabulary)
    element.set("authorityURI", term.authority_uri)
    element.set("valueURI", term.value_uri)
    return element


def identify(parent: etree._Element, name: str, kind: str, value: str) -> etree._Element:
    """A new identifier: `nameIdentifier` with its type and value."""
    element = add(parent, f"{name}Identifier")
    add(element, f"{name}IdentifierType", kind)
    add(element, f"{name}IdentifierValue", value)
    return element


def object_uri(object_id: str, logical: str) -> str:
    """The address of a file in the item, percent-encoded; "" is the item itself."""
    return f"{object_id}/{quote(logical, errors='surrogateescape')}" if logical else object_id


def logical_path(object_id: str, uri: str) -> str:
    """The inverse of `object_uri`."""
    return unquote(uri.removeprefix(object_id).removeprefix("/"), errors="surrogateescape")


def utc(moment: datetime) -> datetime:
    """The moment in UTC.

    Raises:
        ValueError: the moment has no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError(f"The time {moment.isoformat()} has no zone: give UTC.")
    return moment.astimezone(UTC)


def written(moment: datetime) -> str:
    """The moment in UTC as ISO 8601 with `Z`, with a fraction of the second only where it has one."""
    return utc(moment).isoformat().replace("+00:00", "Z")


def writable(text: str) -> str:
    """The text with U+FFFD for every character that XML 1.0 (2.2) does not allow, such as halves of characters."""
    return _FORBIDDEN.sub("\ufffd", text)
