"""Pages of rows, in their order: by moment, and by insertion where two are equal."""

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa

from chatkit.store.database import Database

Scope = Callable[[sa.FromClause], sa.ColumnElement[bool]]
"""Which rows of a table, or of another name for it, are meant."""

MOST = 2**31 - 1
"""A page longer than this is cut: the drivers take no longer numbers."""


async def page_of(
    database: Database,
    table: sa.Table,
    scope: Scope,
    after: str | None,
    limit: int,
    order: str,
    before: str | None = None,
) -> tuple[Sequence[Any], bool]:
    """A page's rows, in one query, and whether there are more: one row beyond the limit tells."""
    descends, from_its_end = order == "desc", before is not None and after is None
    limit = max(0, min(limit, MOST))
    columns = [column for column in table.c if column.name in ("id", "owner", "body")]
    query = sa.select(*columns).where(scope(table)).limit(limit + 1)
    for id, is_behind in ((after, True), (before, False)):
        if id is not None:
            here, there = place(table), place_of(table, scope, id)
            query = query.where(here > there if is_behind != descends else here < there)
    upwards = descends == from_its_end
    ordered = [column.asc() if upwards else column.desc() for column in (table.c.created_at, table.c.seq)]
    rows = await database.all(query.order_by(*ordered))
    page = rows[:limit]
    return (page[::-1] if from_its_end else page), len(rows) > limit and limit > 0


def place(table: sa.FromClause) -> Any:
    """Where a row stands."""
    return sa.tuple_(table.c.created_at, table.c.seq)


def place_of(table: sa.Table, scope: Scope, id: str) -> Any:
    """The place of a row as a subquery; of an unknown one it is NULL, and nothing comes before or after that."""
    named = table.alias()
    return sa.select(named.c.created_at, named.c.seq).where(scope(named), named.c.id == id).scalar_subquery()
