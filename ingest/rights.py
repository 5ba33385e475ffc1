"""dc.rights: the addresses of Creative Commons and RightsStatements.org, and the few names that mean exactly one."""

import re

_CC = re.compile(
    r"https?://(?:www\.)?creativecommons\.org/"
    r"(?P<kind>licenses/(?:by(?:-nc)?(?:-nd|-sa)?)/(?:1\.0|2\.0|2\.1|2\.5|3\.0|4\.0)(?:/(?:igo|[a-z]{2,3}|scotland))?"
    r"|publicdomain/(?:zero|mark)/1\.0)(?:/(?:deed|legalcode)(?:\.[a-z]{2}(?:[_-][a-z]{2,4})?)?)?/?",
    re.IGNORECASE,
)
_STATEMENTS = (
    "InC",
    "InC-OW-EU",
    "InC-EDU",
    "InC-NC",
    "InC-RUU",
    "NoC-CR",
    "NoC-NC",
    "NoC-OKLR",
    "NoC-US",
    "CNE",
    "UND",
    "NKC",
)
_RS = re.compile(
    r"https?://(?:www\.)?rightsstatements\.org/(?:vocab|page|data)/(?P<code>[a-z-]+)/1\.0/?(?:\?[a-z=&]*)?",
    re.IGNORECASE,
)
_VERSION = r" (?P<version>[1-4]\.[05])(?: international| unported| generic)?"
_CC_NAME = re.compile(r"(?:cc|creative commons) (?P<terms>by(?: nc)?(?: nd| sa)?)" + _VERSION)
_CC_WORDS = re.compile(
    r"(?:creative commons )?attribution(?P<terms>(?: non ?commercial)?(?: no ?deriv(?:ative)?s| share ?alike)?)"
    + _VERSION
)
_VERSIONS = ("1.0", "2.0", "2.5", "3.0", "4.0")
_ZERO = "http://creativecommons.org/publicdomain/zero/1.0/"
_MARK = "http://creativecommons.org/publicdomain/mark/1.0/"
_NAMES = {
    "cc0": _ZERO,
    "cc0 1.0": _ZERO,
    "cc zero": _ZERO,
    "cc0 1.0 universal": _ZERO,
    "creative commons zero": _ZERO,
    "public domain mark": _MARK,
    "public domain mark 1.0": _MARK,
    "in copyright": "InC",
    "in copyright eu orphan work": "InC-OW-EU",
    "in copyright educational use permitted": "InC-EDU",
    "in copyright non commercial use permitted": "InC-NC",
    "in copyright rights holder(s) unlocatable or unidentifiable": "InC-RUU",
    "no copyright contractual restrictions": "NoC-CR",
    "no copyright non commercial use only": "NoC-NC",
    "no copyright other known legal restrictions": "NoC-OKLR",
    "no copyright united states": "NoC-US",
    "copyright not evaluated": "CNE",
    "copyright undetermined": "UND",
    "no known copyright": "NKC",
}


def recognised_uri(text: str) -> str | None:
    """The address as IIIF wants it (http, trailing slash, no deed) when the text is one, else None.

    IIIF Presentation 3.0, property "rights".
    """
    written = text.strip()
    if found := _CC.fullmatch(written):
        return f"http://creativecommons.org/{found['kind'].lower()}/"
    if found := _RS.fullmatch(written):
        code = next((code for code in _STATEMENTS if code.casefold() == found["code"].casefold()), None)
        return _statement(code) if code else None
    return None


def named_uri(text: str) -> str | None:
    """The address that this name means when it can mean only one ("CC BY 4.0", "In Copyright"), else None."""
    plain = " ".join(re.split(r"[\s\-_–—]+", text.strip().casefold()))
    if plain in _NAMES:
        meant = _NAMES[plain]
        return meant if meant.startswith("http") else _statement(meant)
    found = _CC_NAME.fullmatch(plain) or _CC_WORDS.fullmatch(plain)
    if found is None or found["version"] not in _VERSIONS:
        return None
    return f"http://creativecommons.org/licenses/{_terms(found['terms'])}/{found['version']}/"


def _terms(words: str) -> str:
    squeezed = re.sub(r"[^a-z]", "", words)
    terms = ["by"]
    terms += ["nc"] if re.match(r"(by)?n(on)?c", squeezed) else []
    terms += ["nd"] if re.search(r"nd$|noderiv", squeezed) else []
    terms += ["sa"] if re.search(r"sa$|sharealike", squeezed) else []
    return "-".join(terms)


def _statement(code: str) -> str:
    return f"http://rightsstatements.org/vocab/{code}/1.0/"
