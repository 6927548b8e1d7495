"""Lists of a canonical view: newest first, paged by key, counted no further than somebody reads.

One statement a page, one a summary; reach.py says how each of them keeps to the person's scope.
"""

from collections import namedtuple
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Generic, TypeVar
from uuid import UUID

from psycopg.errors import QueryCanceled
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    CursorResult,
    Select,
    Text,
    any_,
    func,
    literal,
    null,
    select,
    text,
    true,
    tuple_,
)  # fmt: skip
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import InstrumentedAttribute, aliased

from certus_admin.database import db
from certus_admin.queries.cursors import Cursor
from certus_admin.queries.finding import (
    Written,
    asked,
    found_page,
    found_summary,
    page_sql,
    summary_sql,
)
from certus_admin.queries.reach import Query, matching_rows, within
from certus_admin.queries.source import Source

PAGE_SIZE = 50
# A list is counted as far as this; to the row where somebody asks for it, and no longer than that.
QUICK_COUNT = 1_000
EXACT_COUNT_LIMIT = "5s"
LIMIT_TIME = text("select set_config('statement_timeout', :limit, true)")
LAST_ID = (1 << 128) - 1

RowType = TypeVar("RowType")


@dataclass(frozen=True)
class Page(Generic[RowType]):
    """Up to PAGE_SIZE rows, newest first; cursors to the pages beside it, None where there is none.

    A page may have fewer, even no rows, and a page beside it all the same: the search stopped there.
    """

    rows: tuple[RowType, ...]
    newer: Cursor | None = None
    older: Cursor | None = None


@dataclass(frozen=True)
class Summary:
    """How many rows match; `groups` has a row a group (currency) with key, count, each sum and `<sum>_known`.

    Where more match than were counted, `count` is what was, `capped` is True and there are no sums: they
    would be those of an arbitrary part. `late` says that an exact count was asked for and took too long.
    """

    count: int
    capped: bool = False
    groups: tuple[Any, ...] = ()
    late: bool = False


def read_page(
    source: Source, query: Query, cursor: Cursor | None = None, size: int = PAGE_SIZE
) -> Page[tuple[Any, ...]]:
    """One page; one statement, none for a scope without anything in it."""
    if query.scope.is_empty:
        return Page(())
    # Every statement of a page ends with the moment and id of the row, and whether it is one.
    found: Sequence[Any] = _page_rows(source, query, cursor, size + 1)
    hits = [row for row in found if row[-1]]
    rows, stopped = hits[:size], next((row for row in found if not row[-1]), None)
    # Where the search stopped lies beyond the rows that it found.
    edge = rows[-1] if len(hits) > size and rows else stopped
    if not rows and edge is None:
        return Page(())
    if cursor is None or not cursor.newer:
        # The row that a cursor came from lies on the other side of it.
        near = _beside(rows[0], newer=True) if rows and cursor else None
        if cursor and not rows:
            near = Cursor(cursor.at, UUID(int=max(cursor.id.int - 1, 0)), newer=True)
        return Page(tuple(row[:-3] for row in rows), near, _beside(edge, newer=False) if edge else None)
    behind = (
        _beside(rows[0], newer=False)
        if rows
        else Cursor(cursor.at, UUID(int=min(cursor.id.int + 1, LAST_ID)), newer=False)
    )
    return Page(tuple(row[:-3] for row in rows[::-1]), _beside(edge, newer=True) if edge else None, behind)


def _page_rows(source: Source, query: Query, cursor: Cursor | None, limit: int) -> Sequence[Any]:
    if query.search is None:
        return db.session.execute(page_statement(source, query, cursor, limit)).all()
    written = page_sql(source, cursor is not None and cursor.newer)
    return _read(written, asked(query.search, cursor, limit, counting=False)).all()


def _read(written: Written, values: Mapping[str, Any]) -> CursorResult[Any]:
    return db.session.connection().exec_driver_sql(written.sql, {**written.values, **values})


def _beside(row: Any, *, newer: bool) -> Cursor:
    return Cursor(row[-3], row[-2], newer)


def read_summary(source: Source, query: Query, cap: int = QUICK_COUNT) -> Summary:
    """Count and sums of everything that matches, up to `cap` rows; one statement."""
    if query.scope.is_empty:
        return Summary(0)
    if query.search is not None:
        result = _read(summary_sql(source), asked(query.search, None, cap + 1, counting=True))
        group, rows = _group(tuple(result.keys())[:-2]), list[Any](result)
        found, stopped = rows[0][-2:]
        if stopped or found > cap:
            return Summary(min(found, cap), capped=True)
        return Summary(found, groups=tuple(group(*row[:-2]) for row in rows if row[1]))
    groups = tuple(db.session.execute(summary_statement(source, query, cap)))
    count = sum(group[1] for group in groups)
    return Summary(cap, capped=True) if count > cap else Summary(count, groups=groups)


@lru_cache
def _group(names: tuple[str, ...]) -> Any:
    return namedtuple("Group", names)


def read_exact_summary(source: Source, query: Query) -> Summary:
    """Count and sums to the row, under a time limit: `late` where it was not enough. The transaction goes on.

    Two statements, and a savepoint around them.
    """
    if query.scope.is_empty:
        return Summary(0)
    group: Any = getattr(source.model, source.group) if source.group else null()
    sums = source.sums(source.model)
    statement = select(
        group.label("key"),
        func.count().label("count"),
        *(func.sum(each).label(str(each.key)) for each in sums),
        *(func.count(each).label(f"{each.key}_known") for each in sums),
    ).where(*within(source.model, query))
    if source.group:
        statement = statement.group_by(group).order_by(group)
    statement = statement.select_from(source.model)
    try:
        with db.session.begin_nested():
            db.session.execute(LIMIT_TIME, {"limit": EXACT_COUNT_LIMIT})
            groups = tuple(row for row in db.session.execute(statement) if row[1])
    except OperationalError as error:
        if not isinstance(error.orig, QueryCanceled):
            raise
        return Summary(0, capped=True, late=True)
    return Summary(sum(row[1] for row in groups), groups=groups)


def one_of(column: Any, values: Sequence[str]) -> list[ColumnElement[bool]]:
    """`column` is one of `values`; no values mean any."""
    if len(values) < 2:
        return [column == value for value in values]
    return [column == any_(literal(list(values), ARRAY(Text)))]


def page_statement(source: Source, query: Query, cursor: Cursor | None, limit: int) -> Select[Any]:
    """Keys of the page through the index first, then the columns of these rows alone.

    Besides: the moment and id of each row, and whether it is one; see found_page.
    """
    if query.search is not None:
        values = asked(query.search, cursor, limit, counting=False)
        return found_page(source, cursor is not None and cursor.newer).params(values)
    newer = cursor is not None and cursor.newer
    at: InstrumentedAttribute[Any] = getattr(source.model, source.at)
    identity: InstrumentedAttribute[Any] = getattr(source.model, "id")  # noqa: B009 - any model of ours
    if cursor is not None:
        here, there = tuple_(at, identity), tuple_(cursor.at, cursor.id)
        query = replace(query, conditions=(*query.conditions, here > there if newer else here < there))

    def ordered(columns: Any) -> list[ColumnElement[Any]]:
        moment, key = columns[source.at], columns["id"]
        return [moment.asc(), key.asc()] if newer else [moment.desc(), key.desc()]

    keys = matching_rows(
        source.model,
        query,
        lambda model: (model.account_id, model.id, getattr(model, source.at)),
        lambda statement: statement.order_by(*ordered(source.model.__table__.c)).limit(limit),
    )
    page = select(keys).order_by(*ordered(keys.c)).limit(limit).subquery("page")
    row: Any = aliased(source.model, name="row")
    same = row.id == page.c.id
    return (
        select(*source.columns(row), page.c[source.at], page.c.id, true())
        .join_from(page, row, (row.account_id == page.c.account_id) & same if source.by_tenant else same)
        .order_by(*ordered(page.c))
    )


def summary_statement(source: Source, query: Query, cap: int) -> Select[Any]:
    """(key, count, each sum, each `<sum>_known`) by group; reads `cap` + 1 rows at most."""
    if query.search is not None:
        return found_summary(source).params(asked(query.search, None, cap + 1, counting=True))
    group = source.group

    def columns(model: Any) -> list[ColumnElement[Any]]:
        return [model.id, *source.sums(model), *([getattr(model, group)] if group else [])]

    found = matching_rows(source.model, query, columns, lambda statement: statement.limit(cap + 1))
    counted = select(found).limit(cap + 1).subquery("counted")
    key: ColumnElement[Any] = counted.c[group] if group else null()
    names = [str(column.key) for column in source.sums(source.model)]
    statement = select(
        key.label("key"),
        func.count().label("count"),
        *(func.sum(counted.c[name]).label(name) for name in names),
        *(func.count(counted.c[name]).label(f"{name}_known") for name in names),
    ).select_from(counted)
    return statement.group_by(key).order_by(key) if group else statement
