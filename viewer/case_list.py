"""Cases as lines of a list: open ones first, those that one audit opened together folded."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for

from catalog import items
from catalog.database import Catalog
from catalog.fixity_values import Case, CaseState
from fixity.cases import grouped
from viewer import fixity_words, words

ORDER = tuple(CaseState)
IN_GROUP = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """One case in a list."""

    href: str
    about: str
    item: str
    kind: str
    sentence: str
    state: str
    sign: str
    assigned: str
    changed: words.Moment
    recurred: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseGroup:
    """Cases that one audit opened together in one store; `says` is "" for those that stand alone."""

    says: str
    lines: tuple[CaseLine, ...]
    more: str


def folded(cat: Catalog, found: Sequence[Case]) -> tuple[CaseGroup, ...]:
    """The cases as groups, open ones first; single ones before the folded."""
    ordered = sorted(found, key=lambda case: (ORDER.index(case.state), -case.changed.timestamp()))
    together: dict[tuple[str, str], list[Case]] = {}
    for case in ordered:
        together.setdefault((case.group, case.store) if case.group else ("", ""), []).append(case)
    many = {name: some for name, some in together.items() if name[0] and grouped(len(some))}
    alone = [case for case in ordered if (case.group, case.store) not in many]
    single = CaseGroup(says="", lines=lines(cat, alone[:IN_GROUP]), more=rest(len(alone)))
    return (*((single,) if alone else ()), *(group(cat, store, some) for (_, store), some in many.items()))


def group(cat: Catalog, store: str, some: Sequence[Case]) -> CaseGroup:
    """The cases of one audit and one store behind one line."""
    at = words.moment(some[0].opened)
    says = f"{words.count(len(some), 'case')} in the store “{store}”, opened together by the audit of {at.exact}"
    return CaseGroup(says=says, lines=lines(cat, some[:IN_GROUP]), more=rest(len(some)))


def rest(count: int) -> str:
    """How many are not shown, "" when all are."""
    return f"{words.count(count - IN_GROUP, 'more case')} in the list of all cases" if count > IN_GROUP else ""


def lines(cat: Catalog, found: Sequence[Case]) -> tuple[CaseLine, ...]:
    """The cases as lines, in the order given."""
    titles = {item: title(cat, item) for item in {case.item for case in found}}
    names = {agent: fixity_words.who(cat, agent) if agent else "" for agent in {case.assigned for case in found}}
    return tuple(line(case, titles[case.item], names[case.assigned]) for case in found)


def title(cat: Catalog, item_id: str) -> str:
    """The item's title, its id when it is no longer known, "" for none."""
    view = items.get(cat, item_id) if item_id else None
    return view.item.title if view else item_id


def line(case: Case, item: str, assigned: str) -> CaseLine:
    """One case as a line."""
    times = words.count(case.recurrences, "time")
    return CaseLine(
        href=url_for("cases.case", case_id=case.id),
        about=fixity_words.about(case),
        item=item,
        kind=fixity_words.KINDS[case.kind],
        sentence=fixity_words.sentence(case),
        state=fixity_words.STATES[case.state],
        sign=fixity_words.SIGNS[case.state],
        assigned=assigned,
        changed=words.moment(case.changed),
        recurred=f"came back {times}" if case.recurrences else "",
    )
