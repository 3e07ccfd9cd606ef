"""Threads, items, attachments and checkpoints."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_SEQ = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "chatkit_threads",
        sa.Column("seq", _SEQ, primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(255), nullable=False, unique=True),
        sa.Column("owner", sa.String(255), nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("chatkit_threads_by_owner", "chatkit_threads", ["owner", "created_at", "seq"])
    op.create_table(
        "chatkit_items",
        sa.Column("seq", _SEQ, primary_key=True, autoincrement=True),
        sa.Column(
            "thread_id",
            sa.String(255),
            sa.ForeignKey("chatkit_threads.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("id", sa.String(255), nullable=False),
        sa.Column("type", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.UniqueConstraint("thread_id", "id", name="chatkit_items_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("chatkit_items_in_order", "chatkit_items", ["thread_id", "created_at", "seq"])
    op.create_table(
        "chatkit_attachments",
        sa.Column("id", sa.String(255), primary_key=True),
        sa.Column("owner", sa.String(255), nullable=False),
        sa.Column("thread_id", sa.String(255), nullable=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("mime_type", sa.String(255), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_index("chatkit_attachments_of_thread", "chatkit_attachments", ["thread_id"])
    op.create_table(
        "chatkit_checkpoints",
        sa.Column("turn_id", sa.String(255), primary_key=True),
        sa.Column(
            "thread_id",
            sa.String(255),
            sa.ForeignKey("chatkit_threads.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("owner", sa.String(255), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
