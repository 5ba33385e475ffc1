"""The pages for people say what the code does."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from core.problem_codes import CODES
from core.settings import Settings
from workflow.cli import app

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), ROOT / "samples/README.md", *DOCS.rglob("*.md")])


def entries() -> list[tuple[str, str, str]]:
    """Code, severity and explanation of every entry of docs/problems.md."""
    page = (DOCS / "problems.md").read_text(encoding="utf-8")
    return re.findall(r"^### `([a-z0-9-]+)` \((\w+)\)\n\n(.+?)(?=\n\n#|\Z)", page, re.MULTILINE | re.DOTALL)


def variables() -> dict[str, Any]:
    """Every setting's variable with its default."""
    return {
        str(field.validation_alias or f"MUNIMENT_{name.upper()}"): field.default
        for name, field in Settings.model_fields.items()
    }


def rows() -> dict[str, str]:
    """What docs/configuration.md gives as default of each variable."""
    page = (DOCS / "configuration.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^\| `([A-Z0-9_]+)` \| (.*?) \|", page, re.MULTILINE))


def _words(group: Any) -> dict[str, Any]:
    return dict(group.commands)


def commands(group: Any = None, name: str = "muniment") -> Iterator[tuple[str, set[str]]]:
    """Every command of the command line as it is typed, with its own options."""
    for word, command in _words(group or get_command(app)).items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{name} {word}")
        else:
            yield f"{name} {word}", {option for one in command.params for option in one.opts if option[:2] == "--"}


def section(command: str) -> str:
    """The part of docs/commands.md that tells of the command."""
    page = (DOCS / "commands.md").read_text(encoding="utf-8")
    first = " ".join(command.split()[:2])
    return next((part for part in re.split(r"^## ", page, flags=re.MULTILINE) if first in part.splitlines()[0]), "")


def named_commands(text: str) -> set[str]:
    """The commands of ours that a text names in backticks or on a line of a shell."""
    code = re.findall(r"`([^`\n]+)`", text) + re.findall(r"^(?:\$ |sudo )?(\S*muniment [a-z].*)$", text, re.MULTILINE)
    return {word for line in code for word in re.findall(r"(?:^|[\s/])muniment ([a-z]+)\b", line)}


@cache
def anchors(page: Path) -> frozenset[str]:
    """The anchors that the headings of a page get."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return frozenset(re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings)


def broken(page: Path) -> list[str]:
    """The links and images of a page that lead nowhere in this repository."""
    links = re.findall(
        r"\]\(([^)\s]+)\)", re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    )
    found = []
    for link in links:
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        outside = re.match(r"[a-z]+:", link)
        if not outside and not (target.exists() and (not anchor or anchor in anchors(target))):
            found.append(link)
    return found


def test_every_problem_code_is_explained_and_nothing_else() -> None:
    codes = [code for code, _, _ in entries()]
    assert sorted(codes) == sorted(CODES)


def test_severities_are_those_of_the_table() -> None:
    assert {code: severity for code, severity, _ in entries()} == {code: row[0] for code, row in CODES.items()}


def test_every_heading_of_the_third_level_is_an_entry() -> None:
    page = (DOCS / "problems.md").read_text(encoding="utf-8")
    assert len(re.findall("^### ", page, re.MULTILINE)) == len(entries())


def test_explanations_are_sentences() -> None:
    assert [code for code, _, words in entries() if words.count(".") < 2 or not words.rstrip().endswith(".")] == []


def test_every_setting_is_explained() -> None:
    assert [name for name in variables() if name not in rows()] == []


def test_numbers_that_are_defaults_are_told_rightly() -> None:
    numbers = {name: f"`{value}`" for name, value in variables().items() if type(value) is int}
    del numbers["MUNIMENT_WORKERS"]  # as many as this machine has processors
    assert {name: rows()[name] for name in numbers} == numbers


def test_words_that_are_defaults_are_told_rightly() -> None:
    told = {name: rows()[name] for name in ("MUNIMENT_HOME", "MUNIMENT_HOST", "MUNIMENT_STORES")}
    assert told == {name: f"`{variables()[name]}`" for name in told}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_page_names_a_setting_that_is_not_there(page: Path) -> None:
    named = set(re.findall(r"\bMUNIMENT_[A-Z_]*[A-Z]\b", page.read_text(encoding="utf-8")))
    assert named - variables().keys() == set()


@pytest.mark.parametrize(("command", "options"), list(commands()), ids=[name for name, _ in commands()])
def test_every_command_and_option_is_explained(command: str, options: set[str]) -> None:
    told = section(command)
    assert f"`{command}" in told
    assert [option for option in options if option not in re.findall(r"--[a-z-]+", told)] == []


def test_every_command_tells_its_exit_statuses() -> None:
    assert [command for command, _ in commands() if not re.search(r"^0\b.*", section(command), re.MULTILINE)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_page_names_a_command_that_is_not_there(page: Path) -> None:
    there = {command.split()[1] for command, _ in commands()}
    assert named_commands(page.read_text(encoding="utf-8")) - there == set()


def test_sentences_of_the_product_name_commands_that_are_there() -> None:
    there = {command.split()[1] for command, _ in commands()}
    packages = ("core", "ingest", "images", "ocr", "manifests", "storage", "fixity", "catalog", "viewer", "workflow")
    sources = [path for package in packages for path in (ROOT / package).rglob("*.py")]
    named = {word for path in sources for word in re.findall(r"`muniment ([a-z]+)", path.read_text(encoding="utf-8"))}
    assert named - there == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_and_images_lead_somewhere(page: Path) -> None:
    assert broken(page) == []


def test_a_link_to_nowhere_would_be_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# A head\n[a](#a-head) [b](#b) [c](page.md) [d](gone.md) [e](https://example.org) ![f](gone.png)\n"
    )
    assert broken(page) == ["#b", "gone.md", "gone.png"]


def test_every_direct_dependency_has_its_licence_told() -> None:
    lines = (ROOT / "requirements/runtime.in").read_text(encoding="utf-8").splitlines()
    names = [re.split(r"[<>=\[]", line)[0].strip() for line in lines if line and not line.startswith("#")]
    listed = re.findall(r"^\| ([a-z0-9, -]+) \|", (DOCS / "third-party.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(set(names) - {name for row in listed for name in row.split(", ")}) == []


def test_every_decision_is_listed() -> None:
    listed = (DOCS / "adr/README.md").read_text(encoding="utf-8")
    assert [page.name for page in sorted((DOCS / "adr").glob("0*.md")) if f"({page.name})" not in listed] == []
