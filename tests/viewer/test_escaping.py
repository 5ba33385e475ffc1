"""Whatever a record, a page, a folder or a visitor says is shown as plain text."""

import html
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from catalog import batches, people
from catalog.database import Catalog, open_catalog
from catalog.values import InboxEntry, ItemEntry, JobSeed
from core.images import ImageFacts
from core.item import Access, AccessState, Item, Page, Rights
from core.problems import problem
from core.text import Block, Box, Line, PageText, Word
from viewer.app import create_app

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
CORPUS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'-alert(1)-'",
    "{{ 7 * 7 }}",
    "</title></textarea></svg><script>1</script>",
    "&lt;script&gt;",
    "javascript:alert(1)",
    "\u202eevil\u202c",
)

EVIL = ("<script>", "<img src=x", "onerror=alert(1)>", "</title></textarea>", ">49<", 'href="javascript:')


@pytest.fixture
def cat(tmp_path: Path) -> Iterator[Catalog]:
    opened = open_catalog(f"sqlite:///{tmp_path / 'hostile.db'}")
    people.add(opened, "anna", "a long secret", "archivist")
    yield opened
    opened.close()


def hostile(words: str) -> ItemEntry:
    """An item that says these words wherever it can."""
    page = Page(
        id="pppppppppppp",
        number=1,
        label=words,
        file="masters/0001.tif",
        source_name=words,
        facts=ImageFacts(index=0, width=900, height=900, mode="L", bits=8),
    )
    text = tuple(Word(part, Box(50 + 90 * at, 60, 80, 30), 0.9) for at, part in enumerate([*words.split(), "harbour"]))
    line = Line(Box(50, 60, 800, 30), text)
    item = Item(
        id="bbbbbbbbbbbb",
        source_key="k",
        title=words,
        collection=f"Town/{words.replace('/', '|')}",
        metadata=tuple((term, (words,)) for term in ("dc.creator", "dc.date", "dc.description", "dc.subject")),
        languages=("en",),
        rights=Rights(statement=words),
        access=Access(state=AccessState.PUBLISHED, warning=words),
        pages=(page,),
    )
    return ItemEntry(
        item=item,
        version=1,
        fingerprint="f",
        image_fingerprint="g",
        files=(),
        stores=(),
        derived={page.id: "00aa"},
        texts={page.id: PageText(900, 900, (Block(line.box, (line,)),), ("en",))},
        at=NOON,
    )


@pytest.mark.parametrize("words", CORPUS)
def test_hostile_words_are_only_words(words: str, cat: Catalog, config: Any, actions: Any) -> None:
    from catalog import items

    items.save(cat, hostile(words))
    complaint = problem("file-empty", file=words)
    report = [{"item": words, "id": None, "state": "refused", "pages": 1, "problems": [complaint.as_json()]}]
    batches.inbox_put(
        cat,
        InboxEntry(
            path="/in/x",
            name=words,
            signature="s",
            state="checked",
            items=1,
            pages=1,
            languages=(words,),
            report=report,
            sentence=words,
            batch_id=None,
            seen=NOON,
        ),
    )
    batch_id = batches.create(cat, name=words, path=words, publish=False, new_version=False, agent="x")
    batches.set_jobs(cat, batch_id, [JobSeed(words, 0)])
    batches.update_job(cat, batch_id, words, state="refused", problems=[complaint], sentence=words)
    client = create_app(config, cat, actions).test_client()
    with client.session_transaction() as session:
        session["_user_id"] = people.everyone(cat)[0].agent_id
    for path in (
        "/",
        "/items/bbbbbbbbbbbb?q=harbour",
        "/search?q=harbour",
        "/inbox",
        "/batches",
        f"/batches/{batch_id}",
    ):
        raw = client.get(path, follow_redirects=True).text
        assert words in html.unescape(raw), path
        assert not [evil for evil in EVIL if evil in raw], path


@pytest.mark.parametrize("words", CORPUS)
def test_what_a_visitor_types_comes_back_as_text(words: str, reader: FlaskClient) -> None:
    raw = reader.get("/search", query_string={"q": words, "collection": words}).text
    assert "<script>" not in raw
    assert "<img src=x" not in raw
    login = reader.get("/login", query_string={"next": words}).text
    assert "<script>" not in login
    assert "<img src=x" not in login
