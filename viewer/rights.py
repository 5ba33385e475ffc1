"""What may be done with an item, in plain words, from a recognised address or the words as delivered."""

import re
from dataclasses import dataclass

from core.item import Rights

STATEMENTS = {
    "InC": "In copyright. Ask the holder of rights before any use that the law does not allow anyway.",
    "InC-OW-EU": "In copyright; the holder of rights is not known (orphan work in the EU).",
    "InC-EDU": "In copyright. You may use it for education.",
    "InC-NC": "In copyright. You may use it for anything that is not commercial.",
    "InC-RUU": "In copyright; the holder of rights cannot be found or is not known.",
    "NoC-CR": "No copyright, but a contract limits what may be done with it.",
    "NoC-NC": "No copyright. You may use it for anything that is not commercial.",
    "NoC-OKLR": "No copyright, but other laws limit what may be done with it.",
    "NoC-US": "No copyright in the United States; it may be different elsewhere.",
    "CNE": "Whether it is in copyright has not been found out.",
    "UND": "Whether it is in copyright cannot be said for certain.",
    "NKC": "No copyright is known of.",
}
CONDITIONS = {"by": "name its maker", "nc": "do not earn money with it", "nd": "do not change it"}


@dataclass(frozen=True, slots=True)
class PlainRights:
    """The sentence, the short sign ("CC BY 4.0"), and the address that says it in full, where there is one."""

    sentence: str
    sign: str = ""
    uri: str = ""


def plain(rights: Rights) -> PlainRights:
    """The rights as a reader wants to hear them."""
    if not rights.uri:
        return PlainRights(rights.statement or "The record says nothing about rights: ask before you use it.")
    return _creative_commons(rights.uri) or _statement(rights.uri) or PlainRights(rights.uri, uri=rights.uri)


def _creative_commons(uri: str) -> PlainRights | None:
    public = re.search(r"creativecommons\.org/publicdomain/(zero|mark)/", uri)
    if public:
        sentence = "You may copy, change and use it for anything, without asking."
        return PlainRights(sentence, "CC0 1.0" if public[1] == "zero" else "Public domain", uri)
    licence = re.search(r"creativecommons\.org/licenses/([a-z-]+)/([\d.]+)", uri)
    if licence is None:
        return None
    codes = licence[1].split("-")
    asked = [CONDITIONS[code] for code in codes if code in CONDITIONS]
    if "sa" in codes:
        asked.append("share what you make of it under the same terms")
    return PlainRights(f"You may use it when you {_and(asked)}.", f"CC {licence[1].upper()} {licence[2]}", uri)


def _statement(uri: str) -> PlainRights | None:
    found = re.search(r"rightsstatements\.org/(?:vocab|page)/([A-Za-z-]+)/", uri)
    if found is None or found[1] not in STATEMENTS:
        return None
    return PlainRights(STATEMENTS[found[1]], f"RightsStatements.org: {found[1]}", uri)


def _and(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
