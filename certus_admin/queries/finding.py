"""Lists by many filters: ids from `find_rows`, which knows the indexes; the rows under the policies.

`find_rows` (supabase/schema.sql) looks at a bounded number of rows. Where no index serves a filter it may
stop before it has a page: then the page is shorter, and the next one begins where it stopped.
"""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    DateTime,
    Select,
    Text,
    Uuid,
    and_,
    bindparam,
    cast,
    column,
    func,
    literal,
    null,
    or_,
    select,
    true,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import JSONB, TSQUERY
from sqlalchemy.orm import aliased

from certus_admin.queries.cursors import Cursor
from certus_admin.queries.dates import PERIODS, LocalDates

if TYPE_CHECKING:
    from certus_admin.queries.listing import Source

Search = Mapping[str, Any]


def search_of(
    account_id: UUID | None, location_id: UUID | None, dates: LocalDates, **filters: Any
) -> dict[str, Any]:
    """The filters as find_rows takes them; what is None or empty is left out."""
    first_back, last_back = PERIODS[dates.period] if dates.period else (None, None)
    found = {
        "account_id": account_id,
        "location_id": location_id,
        "first": dates.first,
        "last": dates.last,
        "day": dates.day,
        "first_back": first_back,
        "last_back": last_back,
        **{name: list(value) if isinstance(value, tuple) else value for name, value in filters.items()},
    }
    return {
        name: value if isinstance(value, bool | int | list) else str(value)
        for name, value in found.items()
        if value is not None and value != []
    }


def found_page(source: "Source", search: Search, cursor: Cursor | None, limit: int) -> Select[Any]:
    """The columns of `source`, then row_at, row_id, is_found: False in a last row, where a search stopped."""
    newer = cursor is not None and cursor.newer
    found = _found(source, search, cursor, limit, counting=False)
    row: Any = aliased(source.model, name="row")
    at, key = found.c.row_at, found.c.row_id
    return (
        select(*source.columns(row), at, key, found.c.is_found)
        .select_from(found)
        .outerjoin(row, and_(found.c.is_found, row.account_id == found.c.account_id, row.id == key))
        .where(or_(found.c.is_found.is_(False), row.id.is_not(None)))
        .order_by(*((at.asc(), key.asc()) if newer else (at.desc(), key.desc())))
    )


def found_summary(source: "Source", search: Search, cap: int) -> Select[Any]:
    """(key, count, sums) by group unless more than `cap` match; then how many, and whether it stopped."""
    found = _found(source, search, None, cap + 1, counting=True)
    counted = select(found).cte("counted").prefix_with("MATERIALIZED", dialect="postgresql")
    total = (
        select(
            func.count().filter(counted.c.is_found).label("rows"),
            func.coalesce(func.bool_or(~counted.c.is_found), False).label("stopped"),
        )
        .select_from(counted)
        .cte("total")
    )
    row: Any = aliased(source.model, name="row")
    sums = list(source.sums(row))
    key = getattr(row, source.group) if source.group else null()
    groups = (
        select(
            key.label("key"),
            func.count().label("count"),
            *(func.sum(each).label(str(each.key)) for each in sums),
            *(func.count(each).label(f"{each.key}_known") for each in sums),
        )
        .select_from(counted)
        .join(row, and_(row.account_id == counted.c.account_id, row.id == counted.c.row_id))
        .where(select(and_(total.c.rows <= cap, ~total.c.stopped)).scalar_subquery())
    )
    if source.group:
        groups = groups.group_by(key).order_by(key)
    parts = groups.subquery("parts")
    return select(*parts.c, total.c.rows, total.c.stopped).select_from(total.outerjoin(parts, true()))


def _found(source: "Source", search: Search, cursor: Cursor | None, limit: int, *, counting: bool) -> Any:
    return func.public.find_rows(
        literal(source.relation, Text),
        cast(bindparam("search", json.dumps(dict(search)), type_=Text, unique=True), JSONB),
        literal(cursor.at if cursor else None, DateTime(timezone=True)),
        literal(cursor.id if cursor else None, Uuid),
        literal(cursor is not None and cursor.newer, Boolean),
        limit,
        counting,
    ).table_valued(
        column("account_id", Uuid),
        column("row_id", Uuid),
        column("row_at", DateTime(timezone=True)),
        column("is_found", Boolean),
        name="found",
    )


def mentions(text: Any, words: str) -> ColumnElement[bool]:
    """`text` has all of `words`, as they stand or as beginnings, as private.words_wanted reads a search.

    For exports and exact counts, which read all that the other filters leave.
    """
    found = func.to_tsvector("simple", func.coalesce(text, ""))
    wanted = cast(func.websearch_to_tsquery("simple", words), Text)
    beginnings = cast(func.regexp_replace(wanted, "('(?:[^']|'')*')", r"\1:*", "g"), TSQUERY)
    return found.op("@@", is_comparison=True)(beginnings)
