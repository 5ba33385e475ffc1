"""The tables that prove what is held: copies and their reads, the event chain, runs, cases, messages, tombstones.

Rows of `chain` can be added and read: triggers, made by the migration, refuse to change, replace or delete one.
"""

from sqlalchemy import JSON, Boolean, Column, Index, Integer, String, Table, Text, text

from catalog.columns import Utc, metadata

# Copies outlive the version that brought them: what an earlier version put into a store is still to be audited.
copies = Table(
    "copies",
    metadata,
    Column("store", String, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("item_id", String, nullable=False, index=True),
    Column("logical", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha512", String, nullable=False),
    Column("sha256", String, nullable=False),
    Column("last_read", Utc),
    Column("outcome", String),
    Column("event", Integer),
    Column("audited", Utc),
    Column("since", Utc),
    Index("ix_copies_key", "key"),
    # The order of the audit's plan.
    Index("ix_copies_plan", "store", "audited", "key"),
    # What came in first, and what came in first of what no audit ever read.
    Index("ix_copies_since", "store", "since"),
    Index("ix_copies_unread", "store", "since", sqlite_where=text("audited IS NULL")),
)

# How many copies a store holds by the day of their last audit, or of their arrival where none ever read them ("" where
# neither is known); triggers on `copies`, made by the migration, keep it.
copy_counts = Table(
    "copy_counts",
    metadata,
    Column("store", String, primary_key=True),
    Column("was_audited", Boolean, primary_key=True),
    Column("day", String, primary_key=True),
    Column("amiss", Boolean, primary_key=True),
    Column("files", Integer, nullable=False),
    Column("bytes", Integer, nullable=False),
)

reads = Table(
    "reads",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("store", String, nullable=False),
    Column("key", Text, nullable=False),
    Column("outcome", String, nullable=False),
    Column("expected", String, nullable=False),
    Column("found", String),
    Column("at", Utc, nullable=False),
    Column("agent", String, nullable=False),
    Column("run", String, nullable=False, server_default=""),
    Column("size", Integer),
    Column("event", Integer),
    Index("ix_reads_store_key", "store", "key"),
    Index("ix_reads_run", "run"),
)

chain = Table(
    "chain",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("digest", String, nullable=False),
    Column("previous", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("item_id", String, nullable=False, index=True),
    Column("store", String, nullable=False),
    Column("agent", String, nullable=False),
    Column("outcome", String, nullable=False),
    Column("at", Utc, nullable=False),
    Column("body", Text, nullable=False),
)

notes = Table(
    "notes",
    metadata,
    Column("digest", String, primary_key=True),
    Column("text", Text, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("state", String, nullable=False),
    Column("started", Utc, nullable=False, index=True),
    Column("finished", Utc),
    Column("read", Integer, nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("outcomes", JSON, nullable=False),
    Column("unexpected", Integer, nullable=False),
    Column("opened", Integer, nullable=False),
    Column("stores", JSON, nullable=False),
    Column("sentence", Text, nullable=False),
    Column("head", String, nullable=False),
)

cases = Table(
    "cases",
    metadata,
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("state", String, nullable=False, index=True),
    Column("store", String, nullable=False),
    Column("key", Text, nullable=False),
    Column("item", String, nullable=False, index=True),
    Column("file", Text, nullable=False),
    Column("expected", String),
    Column("found", String),
    Column("expected_size", Integer),
    Column("found_size", Integer),
    Column("hint", Text, nullable=False),
    Column("assigned", String, nullable=False),
    Column("opened", Utc, nullable=False, index=True),
    Column("changed", Utc, nullable=False),
    Column("recurrences", Integer, nullable=False),
    Column("last_read", Utc),
    Column("last_good", Boolean, nullable=False),
    Column("group", String, nullable=False),
)

# `note` is the digest of what a person wrote, as the chain has it; the words are in `notes`.
case_deeds = Table(
    "case_deeds",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("case_id", String, nullable=False, index=True),
    Column("deed", String, nullable=False),
    Column("agent", String, nullable=False),
    Column("at", Utc, nullable=False),
    Column("note", String, nullable=False),
    Column("event", Integer, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("created", Utc, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_try", Utc, nullable=False),
    Column("sent", Utc),
    Column("trouble", Text, nullable=False),
    Column("gave_up", Boolean, nullable=False),
    Column("taken", JSON, nullable=False),
    Index("ix_outbox_sent_next_try", "sent", "next_try"),
)

stores = Table(
    "stores",
    metadata,
    Column("name", String, primary_key=True),
    Column("store_id", String, nullable=False),
    Column("state", String, nullable=False),
    Column("since", Utc, nullable=False),
    Column("sentence", Text, nullable=False),
)

tombstones = Table(
    "tombstones",
    metadata,
    Column("item", String, primary_key=True),
    Column("title", Text, nullable=False),
    Column("at", Utc, nullable=False),
    Column("reason", Text, nullable=False),
    Column("authority", Text, nullable=False),
    Column("agents", JSON, nullable=False),
    Column("owed", JSON, nullable=False),
    Column("asked", Boolean, nullable=False),
)
