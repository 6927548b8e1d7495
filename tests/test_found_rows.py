"""A list by any two filters has exactly the rows that plain SQL gives, for everybody."""

from typing import Any

import pytest
from sqlalchemy import select

from certus_admin.database import db
from certus_admin.queries.listing import Page, read_exact_summary, read_page, read_summary
from certus_admin.queries.reach import within
from certus_admin.queries.scope import Scope
from seeds.bulk import load_bulk
from tests.fixtures.database import Database
from tests.list_questions import LISTS, add_everybody, questions

CALLS = 3_000
SIZE = 20


@pytest.fixture(scope="module", params=["embedded", "debian"])
def engine_name(request: pytest.FixtureRequest) -> str:
    """PostgreSQL 18, and 15."""
    return str(request.param)


@pytest.fixture(scope="module", autouse=True)
def some_calls(database: Database) -> None:
    """A few thousand calls in accounts of every size."""
    load_bulk(database.owner_url, CALLS, 8, 1, share=False)
    add_everybody(database)


@pytest.mark.parametrize("name", LISTS)
def test_pages_and_counts_are_those_of_the_plain_conditions(name: str, scope: Scope) -> None:
    source = LISTS[name][0]
    model: Any = source.model
    for asked, filters in questions(name, scope, 6):
        query = filters.query(scope)
        moment = getattr(model, source.at)
        plain = select(model.id, moment).where(*within(model, query)).order_by(moment.desc(), model.id.desc())
        wanted = [row.id for row in db.session.execute(plain)]
        assert read_through(source, query, 2 * SIZE) == wanted[: 2 * SIZE], asked
        summary = read_summary(source, query, 50)
        assert summary.count <= len(wanted), asked
        assert summary.capped or summary.groups == read_exact_summary(source, query).groups, asked
        assert summary.capped or summary.count == len(wanted), asked


def read_through(source: Any, query: Any, rows: int) -> list[Any]:
    """Ids of the first `rows` rows, page after page, over the pages on which a search stopped."""
    found: list[Any] = []
    page: Page[Any] = read_page(source, query, size=SIZE)
    place = [column.key for column in source.columns(source.model)].index("id")
    while True:
        found += [row[place] for row in page.rows]
        if page.older is None or len(found) >= rows:
            return found[:rows]
        page = read_page(source, query, page.older, SIZE)


@pytest.mark.parametrize("name", LISTS)
def test_pages_backwards_are_the_same_rows(name: str, scope: Scope) -> None:
    source = LISTS[name][0]
    for asked, filters in list(questions(name, scope, 40)):
        query = filters.query(scope)
        first = read_page(source, query, size=SIZE)
        if first.older is None or len(first.rows) < SIZE:
            continue
        second = read_page(source, query, first.older, SIZE)
        if second.newer is None:
            continue
        back = read_page(source, query, second.newer, SIZE)
        # A search may stop on its way back, too.
        assert back.rows == first.rows[len(first.rows) - len(back.rows) :], asked
        assert back.newer or back.rows == first.rows, asked
