"""Run by Alembic: hands it the open connection and the tables that should come out."""

from alembic import context

from catalog.database import is_ours
from catalog.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    include_name=is_ours,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
