"""The tables of the catalogue, those that prove its holdings out of `fixity_tables`.

Two more hold the words of pages and of records for searching; they are FTS5's own and made by the migrations, because
SQLAlchemy has no name for them: `page_index` (rowid is `page_texts.row`, out of which `indexing` reads the item)
and `item_index` (rowid is `items.row`).
"""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from catalog.columns import Utc, metadata
from catalog.fixity_tables import (
    case_deeds,
    cases,
    chain,
    copies,
    copy_counts,
    notes,
    outbox,
    reads,
    runs,
    stores,
    tombstones,
)

__all__ = [
    "batches",
    "case_deeds",
    "cases",
    "chain",
    "copies",
    "copy_counts",
    "files",
    "identities",
    "inbox",
    "inspections",
    "items",
    "job_pages",
    "jobs",
    "metadata",
    "notes",
    "outbox",
    "page_identities",
    "page_texts",
    "pages",
    "people",
    "reads",
    "runs",
    "shelf_counts",
    "stores",
    "tombstones",
]

identities = Table(
    "identities",
    metadata,
    Column("source_key", String, primary_key=True),
    Column("item_id", String, nullable=False, unique=True),
)

page_identities = Table(
    "page_identities",
    metadata,
    Column("id", String, primary_key=True),
    Column("item_id", String, nullable=False, index=True),
    Column("sha256", String, nullable=False),
    Column("image_index", Integer, nullable=False),
    Column("occurrence", Integer, nullable=False),
)

items = Table(
    "items",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("id", String, nullable=False, unique=True),
    Column("source_key", String, nullable=False, index=True),
    Column("title", Text, nullable=False),
    Column("date", String, nullable=False),
    Column("collection", String, nullable=False),
    Column("state", String, nullable=False),
    Column("embargo_until", Date),
    Column("record", Text, nullable=False),
    Column("access", Text, nullable=False),
    Column("batch_id", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("fingerprint", String, nullable=False),
    Column("image_fingerprint", String, nullable=False, index=True),
    Column("pages", Integer, nullable=False),
    Column("first_page_id", String, nullable=False),
    Column("first_image_id", String, nullable=False),
    Column("added", Utc, nullable=False),
    Column("changed", Utc, nullable=False),
    Column("waiting", Boolean, nullable=False, server_default=false()),
    # Only the few that wait: an index of all would draw to itself every list of those that do not.
    Index("ix_items_waiting", "waiting", sqlite_where=text("waiting = 1")),
    # Lists are walked in the index alone, with all that tells who may see an item.
    Index("ix_items_added", "added", "waiting", "state", "embargo_until", "collection"),
    Index("ix_items_collection_added", "collection", "added", "waiting", "state", "embargo_until"),
)

# How many items of each kind a collection holds itself; triggers on `items`, made by the migration, keep it. An embargo
# without an end ends in the year 9999.
shelf_counts = Table(
    "shelf_counts",
    metadata,
    Column("collection", String, primary_key=True),
    Column("state", String, primary_key=True),
    Column("waiting", Boolean, primary_key=True),
    Column("embargo_until", Date, primary_key=True),
    Column("held", Integer, nullable=False),
)

pages = Table(
    "pages",
    metadata,
    Column("id", String, primary_key=True),
    Column("item_id", ForeignKey("items.id", ondelete="CASCADE"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("label", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("source_name", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("image_id", String, nullable=False, unique=True),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("facts", JSON, nullable=False),
    Column("derived", String, nullable=False),
    Column("has_text", Boolean, nullable=False),
    UniqueConstraint("item_id", "number"),
)

page_texts = Table(
    "page_texts",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("page_id", ForeignKey("pages.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("item_id", String, nullable=False, index=True),
    Column("text", Text, nullable=False),
    Column("words", LargeBinary, nullable=False),
)

files = Table(
    "files",
    metadata,
    Column("item_id", ForeignKey("items.id", ondelete="CASCADE"), primary_key=True),
    Column("logical", Text, primary_key=True),
    Column("key", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha512", String, nullable=False),
    Column("sha256", String, nullable=False),
)

batches = Table(
    "batches",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", Text, nullable=False),
    Column("path", Text, nullable=False),
    Column("publish", Boolean, nullable=False),
    Column("new_version", Boolean, nullable=False),
    Column("state", String, nullable=False, index=True),
    Column("sentence", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("created", Utc, nullable=False, index=True),
    Column("started", Utc),
    Column("finished", Utc),
    Column("agent", String, nullable=False),
)

jobs = Table(
    "jobs",
    metadata,
    Column("batch_id", ForeignKey("batches.id", ondelete="CASCADE"), primary_key=True),
    Column("folder", Text, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("item_id", String),
    Column("state", String, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("sentence", Text, nullable=False),
    Column("problems", JSON, nullable=False),
)

job_pages = Table(
    "job_pages",
    metadata,
    Column("batch_id", ForeignKey("batches.id", ondelete="CASCADE"), primary_key=True),
    Column("folder", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("seconds", Float, nullable=False),
    Column("at", Utc, nullable=False),
    Column("problem", JSON(none_as_null=True)),
)

inbox = Table(
    "inbox",
    metadata,
    Column("path", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("signature", Text, nullable=False),
    Column("state", String, nullable=False),
    Column("items", Integer, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("languages", JSON, nullable=False),
    Column("report", JSON, nullable=False),
    Column("sentence", Text, nullable=False),
    Column("batch_id", String),
    Column("seen", Utc, nullable=False),
)

inspections = Table(
    "inspections",
    metadata,
    Column("sha256", String, primary_key=True),
    Column("tool", String, primary_key=True),
    Column("facts", JSON, nullable=False),
)

people = Table(
    "people",
    metadata,
    Column("agent_id", String, primary_key=True),
    Column("login", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("password", Text, nullable=False),
    Column("role", String, nullable=False),
    Column("disabled", Boolean, nullable=False),
)
