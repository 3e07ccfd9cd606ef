"""The tables of SQLStore: one row per thread, item and attachment; key columns beside the model's JSON."""

from collections.abc import Iterable
from datetime import datetime, timezone
from functools import cache
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter

from chatkit.types import ThreadItem


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


class Name(sa.TypeDecorator[str]):
    """An id or a name, of any length.

    PostgreSQL takes no NUL character; what a client makes up must find nothing, not fail. (JSON escapes it in bodies.)
    """

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        return None if value is None else value.replace("\0", "␀")


SEQ = sa.BigInteger().with_variant(sa.Integer, "sqlite")

metadata = sa.MetaData()

threads = sa.Table(
    "chatkit_threads",
    metadata,
    sa.Column("seq", SEQ, primary_key=True, autoincrement=True),
    sa.Column("id", Name, nullable=False, unique=True),
    sa.Column("owner", Name, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Index("chatkit_threads_by_owner", "owner", "created_at", "seq"),
    # No index over everybody's threads: PostgreSQL would take it for one person's list, and read past all the others.
    sqlite_autoincrement=True,
)

items = sa.Table(
    "chatkit_items",
    metadata,
    sa.Column("seq", SEQ, primary_key=True, autoincrement=True),
    sa.Column("thread_id", Name, sa.ForeignKey("chatkit_threads.id", ondelete="CASCADE"), nullable=False),
    sa.Column("id", Name, nullable=False),
    sa.Column("type", sa.String(64), nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("saves", sa.Integer, nullable=False, server_default="0"),  # how often it was replaced
    sa.UniqueConstraint("thread_id", "id", name="chatkit_items_id"),
    sa.Index("chatkit_items_in_order", "thread_id", "created_at", "seq"),
    sqlite_autoincrement=True,
)

attachments = sa.Table(
    "chatkit_attachments",
    metadata,
    sa.Column("id", Name, primary_key=True),
    sa.Column("owner", Name, nullable=False),
    sa.Column("thread_id", Name, nullable=True),
    sa.Column("name", Name, nullable=False),
    sa.Column("mime_type", Name, nullable=False),
    sa.Column("created_at", Instant, nullable=True),  # when it was first saved
    sa.Column("body", sa.Text, nullable=False),
    sa.Index("chatkit_attachments_of_thread", "thread_id"),
)

checkpoints = sa.Table(
    "chatkit_checkpoints",
    metadata,
    sa.Column("turn_id", Name, primary_key=True),
    sa.Column("thread_id", Name, sa.ForeignKey("chatkit_threads.id", ondelete="CASCADE"), nullable=False),
    sa.Column("owner", Name, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("saves", sa.Text, nullable=False, server_default="{}"),  # of its items, when it was written
    # When it was written, by the database's clock: workers' own may differ. Seconds since 1970.
    sa.Column("written_at", sa.Double, nullable=False, server_default="0"),
    sa.Index("chatkit_checkpoints_of_thread", "thread_id"),
    sa.Index("chatkit_checkpoints_by_age", "written_at"),
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


def to_bodies(models: Iterable[Any]) -> str:
    """Several models as one JSON array."""
    return f"[{','.join(map(to_body, models))}]"


@cache
def _items() -> TypeAdapter[list[ThreadItem]]:
    return TypeAdapter(list[ThreadItem])  # it takes 30 ms to make


def items_from(bodies: str) -> list[ThreadItem]:
    """The items that `to_bodies` has written, with naive local times."""
    return [local_times(item) for item in _items().validate_json(bodies)]
