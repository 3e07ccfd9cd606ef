"""What Alembic runs. The connection, and the lock around it, come from `chatkit.store.schema`."""

from alembic import context

from chatkit.store.schema import VERSION_TABLE
from chatkit.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,  # SQLite cannot alter most things in place
)
with context.begin_transaction():
    context.run_migrations()
