"""Text that XML can carry, and the one parser for markup that came from elsewhere."""

import re

from lxml import etree

_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """The text without the characters that XML 1.0 (section 2.2) forbids, such as form feeds and lone surrogates."""
    return _ILLEGAL.sub("", text)


def parse(data: bytes) -> etree._Element:
    """The root element; no entity is expanded, no DTD loaded, nothing fetched.

    Raises:
        ValueError: the bytes are not well-formed XML.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"not well-formed XML: {error}") from error
