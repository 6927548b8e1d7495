"""The statement of an export: the rows of the list for every scope, in order by indexes, sorted by none."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from certus_admin.database import Caller, acting_as, own_session
from certus_admin.queries.export_columns import AUDIT_EXPORT, CALL_EXPORT, ORDER_EXPORT, RESERVATION_EXPORT
from certus_admin.queries.export_rows import Export, export_statements
from certus_admin.queries.exports import AVOID_SORTS
from certus_admin.queries.reach import Query, within
from certus_admin.queries.scope import Scope
from tests.fixtures.database import Database
from tests.made_calls import HARBOUR, LYON, SEAPORT, SOLES, make_calls
from tests.sql.asking import PEOPLE

EXPORTS = {export.relation: export for export in (CALL_EXPORT, ORDER_EXPORT, RESERVATION_EXPORT)}
ONE, OTHER = UUID(HARBOUR), UUID(SOLES)
PLACE, FAR_PLACE = UUID(SEAPORT), UUID(LYON)
QUERIES = {
    "everything": Query(Scope(everything=True)),
    "everything, one account": Query(Scope(everything=True), account_id=ONE),
    "everything, one location": Query(Scope(everything=True), location_id=PLACE),
    "two accounts": Query(Scope(account_ids=(ONE, OTHER))),
    "two accounts, one of them": Query(Scope(account_ids=(ONE, OTHER)), account_id=OTHER),
    "two locations": Query(Scope(location_ids=(PLACE, FAR_PLACE))),
    "two locations, one account": Query(Scope(location_ids=(PLACE, FAR_PLACE)), account_id=ONE),
    "two locations, one of them": Query(Scope(location_ids=(PLACE, FAR_PLACE)), location_id=FAR_PLACE),
    "an account and a location in it": Query(Scope(account_ids=(ONE,), location_ids=(PLACE,))),
    "an account and a location elsewhere": Query(Scope(account_ids=(OTHER,), location_ids=(PLACE,))),
    "a location, of its account": Query(Scope(False, (OTHER,), (PLACE,)), account_id=ONE),
    "a location out of reach": Query(Scope(location_ids=(PLACE,)), location_id=FAR_PLACE),
    "an account out of reach": Query(Scope(account_ids=(OTHER,)), account_id=ONE),
    "nothing": Query(Scope()),
}  # fmt: skip
MERGED = {
    "two accounts",
    "two locations",
    "two locations, one account",
    "an account and a location in it",
    "an account and a location elsewhere",
}
EMPTY = {"a location out of reach", "an account out of reach", "nothing"}


@pytest.fixture(scope="module", autouse=True)
def many_calls(database: Database) -> None:
    """Calls, orders and reservations everywhere, many of them at the same moment."""
    make_calls(database, "plans ", 60)
    with database.owner(autocommit=True) as owner:
        owner.execute("analyze")


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A transaction of somebody who sees everything."""
    with app.app_context(), acting_as(Caller(PEOPLE["admin"])), own_session() as session:
        yield session


@pytest.mark.parametrize("relation", EXPORTS)
@pytest.mark.parametrize("name", QUERIES)
def test_arms_share_no_row_and_leave_none_out(relation: str, name: str, session: Session) -> None:
    export, query = EXPORTS[relation], QUERIES[name]
    model: Any = export.source.model
    at = getattr(model, export.source.at)
    wanted = session.scalars(
        select(model.id).where(*within(model, query)).order_by(at.desc(), model.id.desc())
    ).all()
    statements = export_statements(export, query)
    assert [row.id for row in session.execute(statements.rows)] == wanted
    assert session.scalar(statements.count) == len(wanted)
    assert bool(wanted) == (name not in EMPTY)


def plan_of(session: Session, export: Export, query: Query) -> str:
    """As PostgreSQL reads a large export."""
    session.execute(AVOID_SORTS)
    connection = session.connection()
    compiled = export_statements(export, query).rows.compile(dialect=connection.dialect)
    driver_connection: Any = connection.connection.driver_connection
    rows = psycopg.ClientCursor(driver_connection).execute(
        f"explain {compiled.string}".encode(), compiled.params
    )
    return "\n".join(row[0] for row in rows)


@pytest.mark.parametrize("relation", EXPORTS)
@pytest.mark.parametrize("name", sorted(QUERIES.keys() - EMPTY))
def test_a_large_export_reads_indexes_in_order_and_sorts_nothing(
    relation: str, name: str, session: Session
) -> None:
    plan = plan_of(session, EXPORTS[relation], QUERIES[name])
    assert "Sort  (" not in plan
    table = {"calls": "call_logs", "orders": "order_logs", "reservations": "reservations"}[relation]
    assert f"Seq Scan on {table}" not in plan
    assert ("Merge Append" in plan) == (name in MERGED)


def test_more_arms_than_are_worth_planning_are_one_statement(session: Session) -> None:
    places = session.scalars(text("select id from public.locations")).all()
    many = tuple(places) + tuple(UUID(int=number) for number in range(100))
    plan = plan_of(session, CALL_EXPORT, Query(Scope(location_ids=many)))
    assert "Append" not in plan


def test_an_export_of_the_log_merges_too(session: Session) -> None:
    plan = plan_of(session, AUDIT_EXPORT, Query(Scope(account_ids=(ONE, OTHER))))
    assert "Merge Append" in plan
    assert "Sort  (" not in plan
