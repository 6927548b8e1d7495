"""A page of calls, orders or reservations reads a bounded number of rows, whatever is asked and by whom."""

import pytest
from flask import Flask
from sqlalchemy import text

from certus_admin.database import Caller, acting_as, db
from certus_admin.queries.cursors import Cursor
from certus_admin.queries.listing import PAGE_SIZE, QUICK_COUNT, page_statement, summary_statement
from certus_admin.queries.scope import Scope
from seeds.bulk import load_bulk
from tests.fixtures.database import Database
from tests.list_questions import ADMIN, LISTS, MIDDLE, add_everybody, questions

CALLS = 60_000
TABLES = {"calls": "call_logs", "orders": "order_logs", "reservations": "reservations"}
# What no index serves is looked at in passes of 1,500 rows until 3,000 are read; heads of ranges come on top.
MOST_READ = 6_000
READ = text("""select coalesce(sum(seq_tup_read), 0)::bigint as walked,
    coalesce(sum(idx_tup_fetch), 0)::bigint as fetched
from pg_stat_xact_all_tables where relname = :table""")


@pytest.fixture(scope="module", params=["embedded", "debian"])
def engine_name(request: pytest.FixtureRequest) -> str:
    """PostgreSQL 18, and 15: planners differ."""
    return str(request.param)


@pytest.fixture(scope="module", autouse=True)
def many_calls(database: Database) -> None:
    """Sixty thousand calls, 14% of them in one account."""
    load_bulk(database.owner_url, CALLS, 20, 1, share=False)
    add_everybody(database)


def rows_read(name: str, statement: object) -> int:
    """How many rows of the list's table a statement fetched; none may be walked through."""
    before = db.session.execute(READ, {"table": TABLES[name]}).one()
    db.session.execute(statement).all()  # type: ignore[call-overload]
    after = db.session.execute(READ, {"table": TABLES[name]}).one()
    assert after.walked == before.walked
    return int(after.fetched - before.fetched)


@pytest.mark.parametrize("name", LISTS)
def test_what_a_page_and_its_count_read_is_bounded(name: str, scope: Scope) -> None:
    source = LISTS[name][0]
    for asked, filters in questions(name, scope, 6):
        query = filters.query(scope)
        for cursor in (None, MIDDLE, Cursor(MIDDLE.at, MIDDLE.id, newer=True)):
            assert rows_read(name, page_statement(source, query, cursor, PAGE_SIZE + 1)) <= MOST_READ, asked
        assert rows_read(name, summary_statement(source, query, QUICK_COUNT)) <= MOST_READ, asked


def test_the_reader_of_rows_sees_a_walk(app: Flask) -> None:
    with app.app_context(), acting_as(Caller(ADMIN)), pytest.raises(AssertionError):
        rows_read("calls", text("select count(*) from public.calls_v where end_reason = 'none'"))
