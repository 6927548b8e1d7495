"""Lists of a canonical view: newest first, paged by key, counted no further than somebody reads.

One statement a page, one a summary; reach.py says how each of them keeps to the person's scope.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from sqlalchemy import ARRAY, ColumnElement, Row, Select, Text, any_, func, literal, null, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, aliased

from certus_admin.database import Base, db
from certus_admin.queries.cursors import Cursor
from certus_admin.queries.dates import LocalDates
from certus_admin.queries.reach import Query, matching_rows

PAGE_SIZE = 50
# A list that nobody narrowed down to a period is counted as far as this; one of a period, to the row.
QUICK_COUNT = 1_000
EXACT_COUNT = 100_000

Columns = Callable[[Any], Sequence[ColumnElement[Any]]]
RowType = TypeVar("RowType")


@dataclass(frozen=True)
class Source:
    """What a list reads: a view with account_id, location_id and id, its sort column, the columns of a row.

    `columns` and `sums` are functions of the (aliased) model. The sort column needs indexes on
    (account_id, at, id), (account_id, location_id, at, id) and (at, id). `by_tenant` says that the primary
    key begins with the account; where a row may belong to none, it is found by its id alone.
    """

    model: type[Base]
    at: str
    columns: Columns
    sums: Columns = lambda _model: ()
    group: str | None = None
    by_tenant: bool = True


@dataclass(frozen=True)
class Page(Generic[RowType]):
    """Up to PAGE_SIZE rows, newest first; cursors to the pages beside it, None where there is none."""

    rows: tuple[RowType, ...]
    newer: Cursor | None = None
    older: Cursor | None = None


@dataclass(frozen=True)
class Summary:
    """How many rows match; `groups` has a row a group (currency) with key, count, each sum and `<sum>_known`.

    When more than the cap match, `count` is the cap, `capped` is True and there are no sums: they would be
    those of an arbitrary part.
    """

    count: int
    capped: bool = False
    groups: tuple[Row[Any], ...] = ()


def read_page(
    source: Source, query: Query, cursor: Cursor | None = None, size: int = PAGE_SIZE
) -> Page[Row[Any]]:
    """One page; one statement, none for a scope without anything in it."""
    if query.scope.is_empty:
        return Page(())
    newer = cursor is not None and cursor.newer
    found = db.session.execute(page_statement(source, query, cursor, size + 1)).all()
    rows = tuple(found[:size])
    more = len(found) > size
    if newer:
        rows = rows[::-1]
    if not rows:
        return Page(())
    # The row that a cursor came from lies on the other side of it.
    has_newer = more if newer else cursor is not None
    has_older = True if newer else more
    return Page(
        rows,
        Cursor(getattr(rows[0], source.at), rows[0].id, newer=True) if has_newer else None,
        Cursor(getattr(rows[-1], source.at), rows[-1].id) if has_older else None,
    )


def read_summary(source: Source, query: Query, cap: int) -> Summary:
    """Count and sums of everything that matches, up to `cap` rows; one statement."""
    if query.scope.is_empty:
        return Summary(0)
    groups = tuple(db.session.execute(summary_statement(source, query, cap)))
    count = sum(group[1] for group in groups)
    return Summary(cap, capped=True) if count > cap else Summary(count, groups=groups)


def count_cap(dates: LocalDates) -> int:
    """How far to count: to the row within a period, else as far as somebody reads."""
    return EXACT_COUNT if dates else QUICK_COUNT


def one_of(column: Any, values: Sequence[str]) -> list[ColumnElement[bool]]:
    """`column` is one of `values`; no values mean any."""
    if len(values) < 2:
        return [column == value for value in values]
    return [column == any_(literal(list(values), ARRAY(Text)))]


def page_statement(source: Source, query: Query, cursor: Cursor | None, limit: int) -> Select[Any]:
    """Keys of the page through the index first, then the columns of these rows alone."""
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
        select(*source.columns(row))
        .join_from(page, row, (row.account_id == page.c.account_id) & same if source.by_tenant else same)
        .order_by(*ordered(page.c))
    )


def summary_statement(source: Source, query: Query, cap: int) -> Select[Any]:
    """(key, count, each sum, each `<sum>_known`) by group; reads `cap` + 1 rows at most."""
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
