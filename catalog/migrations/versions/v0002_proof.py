"""The event chain takes the place of the plain log; runs, cases, messages, known stores and tombstones."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from core.events import GENESIS, Deed, line, seal

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

GUARDS = {
    "chain_no_update": "UPDATE ON chain",
    "chain_no_delete": "DELETE ON chain",
    "chain_no_replace": "INSERT ON chain WHEN EXISTS (SELECT 1 FROM chain WHERE number = NEW.number)",
}
REFUSAL = "an event of the chain is never changed"


def upgrade() -> None:
    op.add_column("items", sa.Column("waiting", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("copies", sa.Column("event", sa.Integer(), nullable=True))
    op.add_column("copies", sa.Column("audited", sa.DateTime(), nullable=True))
    op.add_column("copies", sa.Column("since", sa.DateTime(), nullable=True))
    op.create_index("ix_copies_key", "copies", ["key"])
    op.create_index("ix_copies_plan", "copies", ["store", "audited", "key", "size", "outcome", "since"])
    op.add_column("reads", sa.Column("run", sa.String(), nullable=False, server_default=""))
    op.add_column("reads", sa.Column("size", sa.Integer(), nullable=True))
    op.add_column("reads", sa.Column("event", sa.Integer(), nullable=True))
    op.create_index("ix_reads_run", "reads", ["run"])
    _chain()
    _runs_and_cases()
    _messages_stores_tombstones()


def _chain() -> None:
    chain = op.create_table(
        "chain",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("item_id", sa.String(), nullable=False),
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_chain")),
    )
    op.create_index(op.f("ix_chain_item_id"), "chain", ["item_id"])
    _carry_over(chain)
    for name, when in GUARDS.items():
        op.execute(f"CREATE TRIGGER {name} BEFORE {when} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END")
    op.drop_index(op.f("ix_events_item_id"), "events")
    op.drop_table("events")
    op.create_table(
        "notes",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_notes")),
    )


def _carry_over(chain: sa.Table) -> None:
    """Seals the rows of the plain log in their order; a number that was never given leaves no gap."""
    previous = GENESIS
    old = op.get_bind().execute(sa.text("SELECT kind, item_id, agent, outcome, detail, at FROM events ORDER BY number"))
    for number, row in enumerate(old.all(), 1):
        at = datetime.fromisoformat(row.at).replace(tzinfo=UTC)
        deed = Deed(
            kind=row.kind, agent=row.agent, at=at, outcome=row.outcome, item=row.item_id or "", detail=row.detail
        )
        event = seal(deed, number=number, previous=previous)
        op.bulk_insert(
            chain,
            [
                {
                    "number": number,
                    "digest": event.digest,
                    "previous": previous,
                    "kind": deed.kind,
                    "item_id": deed.item,
                    "store": "",
                    "agent": deed.agent,
                    "outcome": deed.outcome,
                    "at": at.replace(tzinfo=None),
                    "body": line(event),
                }
            ],
        )
        previous = event.digest


def _runs_and_cases() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("started", sa.DateTime(), nullable=False),
        sa.Column("finished", sa.DateTime(), nullable=True),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("outcomes", sa.JSON(), nullable=False),
        sa.Column("unexpected", sa.Integer(), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("stores", sa.JSON(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("head", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
    )
    op.create_index(op.f("ix_runs_started"), "runs", ["started"])
    op.create_table(
        "cases",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("store", sa.String(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("expected", sa.String(), nullable=True),
        sa.Column("found", sa.String(), nullable=True),
        sa.Column("expected_size", sa.Integer(), nullable=True),
        sa.Column("found_size", sa.Integer(), nullable=True),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("assigned", sa.String(), nullable=False),
        sa.Column("opened", sa.DateTime(), nullable=False),
        sa.Column("changed", sa.DateTime(), nullable=False),
        sa.Column("recurrences", sa.Integer(), nullable=False),
        sa.Column("last_read", sa.DateTime(), nullable=True),
        sa.Column("last_good", sa.Boolean(), nullable=False),
        sa.Column("group", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
    )
    for name in ("item", "opened", "state"):
        op.create_index(op.f(f"ix_cases_{name}"), "cases", [name])
    op.create_table(
        "case_deeds",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("deed", sa.String(), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("event", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_case_deeds")),
    )
    op.create_index(op.f("ix_case_deeds_case_id"), "case_deeds", ["case_id"])


def _messages_stores_tombstones() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_try", sa.DateTime(), nullable=False),
        sa.Column("sent", sa.DateTime(), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("gave_up", sa.Boolean(), nullable=False),
        sa.Column("taken", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index("ix_outbox_sent_next_try", "outbox", ["sent", "next_try"])
    op.create_table(
        "stores",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("store_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_stores")),
    )
    op.create_table(
        "tombstones",
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("agents", sa.JSON(), nullable=False),
        sa.Column("owed", sa.JSON(), nullable=False),
        sa.Column("asked", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("item", name=op.f("pk_tombstones")),
    )


def downgrade() -> None:
    """There is none: the plain log cannot hold what the chain says."""
    raise NotImplementedError("The event chain cannot become a plain log again: restore the backup of the catalogue.")
