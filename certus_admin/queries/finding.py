"""Lists by many filters: ids from `find_rows`, which knows the indexes; the rows under the policies.

`find_rows` (supabase/schema.sql) looks at a bounded number of rows. Where no index serves a filter it may
stop before it has a page: then the page is shorter, and the next one begins where it stopped.
"""

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    DateTime,
    Integer,
    Select,
    Text,
    Uuid,
    and_,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    null,
    or_,
    select,
    true,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import JSONB, TSQUERY
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from certus_admin.queries.cursors import Cursor
from certus_admin.queries.dates import PERIODS, LocalDates
from certus_admin.queries.source import Source

Search = Mapping[str, Any]
ASKED = frozenset({"search", "cursor_at", "cursor_id", "is_newer", "row_limit", "is_counting"})


class Written(NamedTuple):
    """A statement as the driver takes it, with the values that are always the same."""

    sql: str
    values: Mapping[str, Any]


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


@lru_cache
def page_sql(source: Source, newer: bool) -> Written:
    """found_page, written once: `asked` has all that differs from page to page."""
    return _written(found_page(source, newer))


@lru_cache
def summary_sql(source: Source) -> Written:
    """found_summary, written once."""
    return _written(found_summary(source))


def found_page(source: Source, newer: bool) -> Select[Any]:
    """The columns of `source`, then row_at, row_id, is_found: False in a last row, where a search stopped."""
    found = _found(source)
    columns = source.columns(source.model)
    row = _row_of(source, found, columns)
    at, key = found.c.row_at, found.c.row_id
    return (
        select(*(row.c[column.key] for column in columns), at, key, found.c.is_found)
        .select_from(found)
        .outerjoin(row, found.c.is_found)
        .where(or_(found.c.is_found.is_(False), row.c.id.is_not(None)))
        .order_by(*((at.asc(), key.asc()) if newer else (at.desc(), key.desc())))
    )


def found_summary(source: Source) -> Select[Any]:
    """(key, count, sums) by group unless more than `cap` match; then how many, and whether it stopped."""
    counted = select(_found(source)).cte("counted").prefix_with("MATERIALIZED", dialect="postgresql")
    total = (
        select(
            func.count().filter(counted.c.is_found).label("rows"),
            func.coalesce(func.bool_or(~counted.c.is_found), False).label("stopped"),
        )
        .select_from(counted)
        .cte("total")
    )
    sums = source.sums(source.model)
    group = [getattr(source.model, source.group)] if source.group else []
    row = _row_of(source, counted, [*sums, *group])
    key = row.c[source.group] if source.group else null()
    names = [str(each.key) for each in sums]
    cap = bindparam("row_limit", type_=Integer) - 1
    groups = (
        select(
            key.label("key"),
            func.count().label("count"),
            *(func.sum(row.c[name]).label(name) for name in names),
            *(func.count(row.c[name]).label(f"{name}_known") for name in names),
        )
        .select_from(counted)
        .join(row, true())
        .where(select(and_(total.c.rows <= cap, ~total.c.stopped)).scalar_subquery())
    )
    if source.group:
        groups = groups.group_by(key).order_by(key)
    parts = groups.subquery("parts")
    return select(*parts.c, total.c.rows, total.c.stopped).select_from(total.outerjoin(parts, true()))


def asked(search: Search, cursor: Cursor | None, limit: int, *, counting: bool) -> dict[str, Any]:
    """What both statements bind: up to `limit` rows from `cursor` on, or counted."""
    return {
        "search": json.dumps(dict(search)),
        "cursor_at": cursor.at if cursor else None,
        "cursor_id": cursor.id if cursor else None,
        "is_newer": cursor is not None and cursor.newer,
        "row_limit": limit,
        "is_counting": counting,
    }


def _row_of(source: Source, found: Any, columns: Sequence[Any]) -> Any:
    """The row of each id that was found; looked up one by one, which no estimate may change."""
    model: Any = source.model
    here = and_(model.account_id == found.c.account_id, model.id == found.c.row_id)
    return select(*columns).where(here).offset(0).correlate(found).lateral("row")


def _found(source: Source) -> Any:
    return func.public.find_rows(
        literal_column(f"'{source.relation}'", Text),
        cast(bindparam("search", type_=Text), JSONB),
        bindparam("cursor_at", type_=DateTime(timezone=True)),
        bindparam("cursor_id", type_=Uuid),
        bindparam("is_newer", type_=Boolean),
        bindparam("row_limit", type_=Integer),
        bindparam("is_counting", type_=Boolean),
    ).table_valued(
        column("account_id", Uuid),
        column("row_id", Uuid),
        column("row_at", DateTime(timezone=True)),
        column("is_found", Boolean),
        name="found",
    )


def _written(statement: Select[Any]) -> Written:
    # Building and recognising the statement took a quarter of a list's time, more than PostgreSQL's own.
    expanded = statement.compile(dialect=PGDialect_psycopg()).construct_expanded_state(dict.fromkeys(ASKED))
    fixed = {name: value for name, value in expanded.parameters.items() if name not in ASKED}
    return Written(expanded.statement, fixed)


def mentions(text: Any, words: str) -> ColumnElement[bool]:
    """`text` has all of `words`, as they stand or as beginnings, as private.words_wanted reads a search.

    For exports and exact counts, which read all that the other filters leave.
    """
    found = func.to_tsvector("simple", func.coalesce(text, ""))
    wanted = cast(func.websearch_to_tsquery("simple", words), Text)
    beginnings = cast(func.regexp_replace(wanted, "('(?:[^']|'')*')", r"\1:*", "g"), TSQUERY)
    return found.op("@@", is_comparison=True)(beginnings)
