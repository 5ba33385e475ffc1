"""Copies counted by day, the words of the indices one by one, and an index of the items that wait alone."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

PLACE = ("store", "was_audited", "day", "amiss")
NEW, OLD = (
    (
        f"{row}.store",
        f"{row}.audited IS NOT NULL",
        f"coalesce(substr(coalesce({row}.audited, {row}.since), 1, 10), '')",
        f"coalesce({row}.outcome, 'intact') != 'intact'",
    )
    for row in ("NEW", "OLD")
)
ADD = (
    f"INSERT INTO copy_counts VALUES ({', '.join(NEW)}, 1, NEW.size)"  # noqa: S608 (names of columns)
    f" ON CONFLICT ({', '.join(PLACE)}) DO UPDATE SET files = files + 1, bytes = bytes + excluded.bytes;"
)
HERE = " AND ".join(f"{name} = ({value})" for name, value in zip(PLACE, OLD, strict=True))
TAKE = (
    f"UPDATE copy_counts SET files = files - 1, bytes = bytes - OLD.size WHERE {HERE};"  # noqa: S608
    f" DELETE FROM copy_counts WHERE {HERE} AND files = 0;"
)
MOVED = ("store", "audited", "since", "outcome", "size")
COUNTERS = {
    "copy_counts_add": f"INSERT ON copies BEGIN {ADD} END",
    "copy_counts_take": f"DELETE ON copies BEGIN {TAKE} END",
    "copy_counts_move": f"UPDATE OF {', '.join(MOVED)} ON copies BEGIN {TAKE} {ADD} END",
}
COUNT = f"""
INSERT INTO copy_counts SELECT {", ".join(value.replace("NEW.", "") for value in NEW)}, count(*), sum(size)
FROM copies GROUP BY 1, 2, 3, 4
"""  # noqa: S608


def upgrade() -> None:
    op.create_table(
        "copy_counts",
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("was_audited", sa.Boolean(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("amiss", sa.Boolean(), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(*PLACE, name=op.f("pk_copy_counts")),
    )
    op.execute(COUNT)
    for name, when in COUNTERS.items():
        op.execute(f"CREATE TRIGGER {name} AFTER {when}")
    op.drop_index("ix_copies_plan", "copies")
    op.create_index("ix_copies_plan", "copies", ["store", "audited", "key"])
    op.create_index("ix_copies_since", "copies", ["store", "since"])
    op.create_index("ix_copies_unread", "copies", ["store", "since"], sqlite_where=sa.text("audited IS NULL"))
    op.drop_index("ix_items_waiting", "items")
    op.create_index("ix_items_waiting", "items", ["waiting"], sqlite_where=sa.text("waiting = 1"))
    for index in ("page", "item"):
        op.execute(f"CREATE VIRTUAL TABLE {index}_words USING fts5vocab({index}_index, instance)")


def downgrade() -> None:
    """There is none: what is counted would be wrong where the step before writes on."""
    raise NotImplementedError("The catalogue cannot go back to its fourth form: restore its backup.")
