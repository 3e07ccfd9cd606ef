"""The tables of SQLStore: one row per thread, item and attachment; key columns beside the model's JSON."""

import json
from datetime import datetime, timezone
from typing import Any

import sqlalchemy as sa


class Instant(sa.TypeDecorator[datetime]):
    """A moment: UTC in the column, naive local time in Python (ST-15).

    SQLite keeps no zone, so both sides are converted here and the column means UTC in every database.
    """

    impl = sa.DateTime(timezone=False)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return None if value is None else value.astimezone(timezone.utc).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=timezone.utc).astimezone().replace(tzinfo=None)


metadata = sa.MetaData()

threads = sa.Table(
    "chatkit_threads",
    metadata,
    sa.Column(
        "seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True
    ),
    sa.Column("id", sa.String(255), nullable=False, unique=True),
    sa.Column("owner", sa.String(255), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Index("chatkit_threads_by_owner", "owner", "created_at", "seq"),
)

items = sa.Table(
    "chatkit_items",
    metadata,
    sa.Column(
        "seq", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True
    ),
    sa.Column(
        "thread_id", sa.String(255), sa.ForeignKey("chatkit_threads.id", ondelete="CASCADE"), nullable=False
    ),
    sa.Column("id", sa.String(255), nullable=False),
    sa.Column("type", sa.String(64), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.UniqueConstraint("thread_id", "id", name="chatkit_items_id"),
    sa.Index("chatkit_items_in_order", "thread_id", "created_at", "seq"),
)

attachments = sa.Table(
    "chatkit_attachments",
    metadata,
    sa.Column("id", sa.String(255), primary_key=True),
    sa.Column("owner", sa.String(255), nullable=False),
    sa.Column("thread_id", sa.String(255), nullable=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("mime_type", sa.String(255), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Index("chatkit_attachments_of_thread", "thread_id"),
)

checkpoints = sa.Table(
    "chatkit_checkpoints",
    metadata,
    sa.Column("turn_id", sa.String(255), primary_key=True),
    sa.Column(
        "thread_id", sa.String(255), sa.ForeignKey("chatkit_threads.id", ondelete="CASCADE"), nullable=False
    ),
    sa.Column("owner", sa.String(255), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
)


def to_body(model: Any) -> str:
    """A model's JSON with its time in UTC, so that the text alone says which moment it means."""
    moment: datetime | None = getattr(model, "created_at", None)
    if moment is not None:
        model = model.model_copy(update={"created_at": moment.astimezone(timezone.utc)})
    return model.model_dump_json()


def local_times(model: Any) -> Any:
    """The model with naive local time, as apps know it (ST-15)."""
    return model.model_copy(update={"created_at": model.created_at.astimezone().replace(tzinfo=None)})


def to_bodies(models: Any) -> str:
    """Several models as one JSON array."""
    return json.dumps([json.loads(to_body(model)) for model in models], ensure_ascii=False)
