"""What keeps the cost of a question at the size of its answer: page rows by item, levels of words, counted shelves."""

import json
import zlib
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from catalog.indexing import page_row, searched, shelf_marks
from catalog.packing import pack
from core.text import Block, Box, Engine, Line, PageText, Word

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SEARCHED = "tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'"
NEVER = "9999-12-31"
PLACE = ("collection", "state", "waiting", "embargo_until")
NEW, OLD = (
    [f"{row}.{name}" for name in PLACE[:3]] + [f"coalesce({row}.embargo_until, '{NEVER}')"] for row in ("NEW", "OLD")
)
INDEX = "INSERT INTO page_index (rowid, words, parts, marks) VALUES (:row, :words, :parts, :marks)"
ADD = (
    f"INSERT INTO shelf_counts VALUES ({', '.join(NEW)}, 1)"  # noqa: S608 (names of columns)
    f" ON CONFLICT ({', '.join(PLACE)}) DO UPDATE SET held = held + 1;"
)
HERE = " AND ".join(f"{name} = {value}" for name, value in zip(PLACE, OLD, strict=True))
TAKE = (
    f"UPDATE shelf_counts SET held = held - 1 WHERE {HERE};"  # noqa: S608
    f" DELETE FROM shelf_counts WHERE {HERE} AND held = 0;"
)
COUNTERS = {
    "shelf_counts_add": f"INSERT ON items BEGIN {ADD} END",
    "shelf_counts_take": f"DELETE ON items BEGIN {TAKE} END",
    "shelf_counts_move": f"UPDATE OF {', '.join(PLACE)} ON items BEGIN {TAKE} {ADD} END",
}


def upgrade() -> None:
    _indices()
    _counts()
    _texts()


def _indices() -> None:
    seen = ["waiting", "state", "embargo_until"]
    op.drop_index(op.f("ix_items_added"), "items")
    op.drop_index("ix_items_collection_added", "items")
    op.create_index("ix_items_added", "items", ["added", *seen, "collection"])
    op.create_index("ix_items_collection_added", "items", ["collection", "added", *seen])
    op.create_index("ix_items_waiting", "items", ["waiting"])


def _counts() -> None:
    op.create_table(
        "shelf_counts",
        sa.Column("collection", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("waiting", sa.Boolean(), nullable=False),
        sa.Column("embargo_until", sa.Date(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(*PLACE, name=op.f("pk_shelf_counts")),
    )
    op.execute(
        "INSERT INTO shelf_counts SELECT collection, state, waiting,"  # noqa: S608
        f" coalesce(embargo_until, '{NEVER}'), count(*) FROM items GROUP BY 1, 2, 3, 4"
    )
    for name, when in COUNTERS.items():
        op.execute(f"CREATE TRIGGER {name} AFTER {when}")


def _texts() -> None:
    """Every text packed and numbered anew; the index is made again from the words."""
    old = op.get_bind()
    old.execute(sa.text("ALTER TABLE page_texts RENAME TO old_texts"))
    op.drop_index("ix_page_texts_item_id")
    texts = op.create_table(
        "page_texts",
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("page_id", sa.String(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["page_id"], ["pages.id"], name=op.f("fk_page_texts_page_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("row", name=op.f("pk_page_texts")),
        sa.UniqueConstraint("page_id", name=op.f("uq_page_texts_page_id")),
    )
    op.create_index("ix_page_texts_item_id", "page_texts", ["item_id"])
    op.execute("DROP TABLE page_index")
    op.execute(f"CREATE VIRTUAL TABLE page_index USING fts5(words, parts, marks, {SEARCHED})")
    for row, index in _rows():
        op.bulk_insert(texts, [row])
        old.execute(sa.text(INDEX), index)
    op.execute("DROP TABLE old_texts")


def _rows() -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """A row of the new table and one of the index for every text, item by item."""
    query = sa.text(
        "SELECT items.row, items.collection, pages.number, old_texts.page_id, old_texts.item_id, old_texts.text,"
        " old_texts.words FROM items JOIN pages ON pages.item_id = items.id"
        " JOIN old_texts ON old_texts.page_id = pages.id WHERE items.row = :row ORDER BY pages.number"
    )
    bind = op.get_bind()
    for item in bind.execute(sa.text("SELECT row FROM items ORDER BY row")).scalars().all():
        for row in bind.execute(query, {"row": item}).mappings().all():
            page, number = _page(row["words"]), page_row(item, row["number"] - 1)
            found = searched(page)
            marks = " ".join([*shelf_marks(row["collection"]), found["marks"]])
            kept = {name: row[name] for name in ("page_id", "item_id", "text")}
            yield {**kept, "row": number, "words": pack(page)}, {**found, "row": number, "marks": marks}


def _page(packed: bytes) -> PageText:
    """A text as the first form of this table has it."""
    data = json.loads(zlib.decompress(packed).decode("utf-8", "surrogatepass"))
    (width, height), told = data["size"], data["engine"]
    return PageText(
        width=width,
        height=height,
        blocks=tuple(Block(Box(*box), tuple(map(_line, lines))) for box, lines in data["blocks"]),
        languages=tuple(data["languages"]),
        engine=Engine(told[0], told[1], tuple((name, digest) for name, digest in told[2])) if told else None,
    )


def _line(data: list[Any]) -> Line:
    box, words = data
    return Line(Box(*box), tuple(Word(text, Box(*place), sure) for text, place, sure in words))


def downgrade() -> None:
    """There is none: what was packed anew is not packed back."""
    raise NotImplementedError("The catalogue cannot go back to its second form: restore its backup.")
