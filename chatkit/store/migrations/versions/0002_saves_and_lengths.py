"""Count the saves of an item, find the checkpoints of a thread, and take ids of any length."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_KEYS = {
    "chatkit_threads": ("id", "owner"),
    "chatkit_items": ("thread_id", "id"),
    "chatkit_attachments": ("id", "owner", "thread_id", "mime_type"),
    "chatkit_checkpoints": ("turn_id", "thread_id", "owner"),
}


def upgrade() -> None:
    op.add_column("chatkit_items", sa.Column("saves", sa.Integer, nullable=False, server_default="0"))
    op.add_column("chatkit_checkpoints", sa.Column("saves", sa.Text, nullable=False, server_default="{}"))
    op.create_index("chatkit_checkpoints_of_thread", "chatkit_checkpoints", ["thread_id"])
    if op.get_bind().dialect.name == "sqlite":
        return  # SQLite does not look at lengths
    for table, columns in _KEYS.items():
        for column in columns:
            op.alter_column(table, column, type_=sa.Text, existing_type=sa.String(255))
