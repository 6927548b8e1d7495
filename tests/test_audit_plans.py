"""A page of the log costs the same however long the log is: no walk, no sort of more than it shows."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from certus_admin.database import Caller, acting_as, db
from certus_admin.queries.audit import AUDIT, PROGRAMS, AuditFilters, get_audit_choices
from certus_admin.queries.cursors import Cursor
from certus_admin.queries.dates import LocalDates
from certus_admin.queries.listing import PAGE_SIZE, QUICK_COUNT, page_statement, summary_statement
from certus_admin.queries.scope import Scope
from tests.audit_log_lines import HARBOUR, SOLES, Plan, make_lines, plan_of
from tests.fixtures.database import Database

LINES = 250_000
PAGE = PAGE_SIZE + 1
ADMIN, MANAGER = (UUID(f"05e00000-0000-7000-8000-00000000000{n}") for n in (1, 2))
NEVER = UUID("05e00000-0000-7000-8000-000000000008")
SEAPORT = UUID("10c00000-0000-7000-8000-0000000000a1")
LYON = UUID("10c00000-0000-7000-8000-0000000000c2")

# Who asks, in which scope, and how many ranges of an index an unfiltered page reads.
PEOPLE = {
    "admin": (ADMIN, Scope(everything=True), 1),
    "manager of two accounts": (MANAGER, Scope(account_ids=(UUID(HARBOUR), UUID(SOLES))), 2),
    "manager of one location": (
        UUID("05e00000-0000-7000-8000-000000000005"), Scope(location_ids=(LYON,)), 1,
    ),
}  # fmt: skip
FILTERS = {
    "nothing": AuditFilters(),
    "a person": AuditFilters(person=MANAGER),
    "a person of hours alone": AuditFilters(person=ADMIN),
    "programs": AuditFilters(person=PROGRAMS),
    "a table": AuditFilters(table_name="location_hours"),
    "an action": AuditFilters(action="update"),
    "a rare action": AuditFilters(action="reveal"),
    "a table and an action": AuditFilters(table_name="settings", action="update"),
    "a person and a table": AuditFilters(person=MANAGER, table_name="location_hours"),
    "a person and an action": AuditFilters(person=MANAGER, action="insert"),
    "a person, a table, an action": AuditFilters(person=PROGRAMS, table_name="settings", action="update"),
    "a row": AuditFilters(row_id=UUID("0e000000-0000-7000-8000-000000000015")),
    "a time": AuditFilters(dates=LocalDates(date(2026, 8, 1), date(2026, 8, 3))),
    "a time and a person": AuditFilters(person=MANAGER, dates=LocalDates(date(2026, 8, 1), date(2026, 8, 3))),
    "a time and a table": AuditFilters(
        table_name="settings", dates=LocalDates(date(2026, 8, 1), date(2026, 8, 3))
    ),
    "a year and a table": AuditFilters(
        table_name="settings", dates=LocalDates(date(2025, 6, 1), date(2026, 8, 3))
    ),
    "an account": AuditFilters(account_id=UUID(HARBOUR)),
    "an account and a table": AuditFilters(account_id=UUID(HARBOUR), table_name="internal_notes"),
    "an account and a person": AuditFilters(account_id=UUID(HARBOUR), person=MANAGER),
    "a location": AuditFilters(location_id=SEAPORT),
    "a location and an action": AuditFilters(location_id=SEAPORT, action="delete"),
}
# What the log holds nothing of, although it holds a lot of each half.
NOTHING = {
    "a person who did nothing": AuditFilters(person=NEVER),
    "a table without lines": AuditFilters(table_name="api_keys"),
    "an action without lines": AuditFilters(action="sign_out"),
    "a table without that action": AuditFilters(table_name="settings", action="delete"),
    "a person who never touched it": AuditFilters(person=ADMIN, table_name="settings", action="update"),
    "a person who never did it": AuditFilters(person=ADMIN, action="update"),
    "an account without such lines": AuditFilters(account_id=UUID(SOLES), table_name="calls", action="play"),
    "a row that is nowhere": AuditFilters(row_id=NEVER),
    "a time before all": AuditFilters(dates=LocalDates(date(2001, 1, 1), date(2001, 1, 31))),
}


@pytest.fixture(scope="module", params=["embedded", "debian"])
def engine_name(request: pytest.FixtureRequest) -> str:
    """PostgreSQL 18, and 15: planners differ."""
    return str(request.param)


@pytest.fixture(scope="module", autouse=True)
def long_log(database: Database) -> None:
    """A few hundred thousand lines, and not one of the seed's, which would match what is to match nothing."""
    with database.superuser(autocommit=True) as superuser:
        superuser.execute("alter table public.audit_log disable trigger all")
        superuser.execute("truncate public.audit_log")
        superuser.execute("alter table public.audit_log enable trigger all")
    make_lines(database, LINES)


@pytest.fixture(params=PEOPLE)
def asked_by(request: pytest.FixtureRequest, app: Flask) -> Iterator[tuple[Scope, int]]:
    """Ask as that person, within what they were given."""
    person, scope, arms = PEOPLE[request.param]
    with app.app_context(), acting_as(Caller(person)):
        yield scope, arms


def page_plan(filters: AuditFilters, scope: Scope, cursor: Cursor | None = None) -> tuple[Plan, int]:
    """The plan of a page, and how many ranges it is made of."""
    filters = with_kinds(filters)
    return plan_of(page_statement(AUDIT, filters.query(scope), cursor, PAGE)), max(1, len(filters.ranges()))


def with_kinds(filters: AuditFilters) -> AuditFilters:
    """The filters as the page's form makes them."""
    values = {name: getattr(filters, name) for name in AuditFilters.__dataclass_fields__}
    return AuditFilters(**values | {"kinds": get_audit_choices().kinds})


@pytest.mark.parametrize("name", FILTERS)
def test_a_page_reads_no_more_lines_than_it_could_show(asked_by: tuple[Scope, int], name: str) -> None:
    scope, arms = asked_by
    plan, ranges = page_plan(FILTERS[name], scope)
    assert not plan.walked
    # Each range gives at most a page of keys; the page's own lines are read once more.
    most = PAGE * arms * ranges
    # Whole local dates are cut out of a time that is at most a day and a half longer at both ends.
    spare = 4 * 1440 if FILTERS[name].dates else 0
    assert plan.touched <= most + PAGE + spare, plan
    assert plan.most_sorted <= most + spare, plan


@pytest.mark.parametrize("name", NOTHING)
def test_what_matches_nothing_is_known_without_looking_at_lines(
    asked_by: tuple[Scope, int], name: str
) -> None:
    scope, _ = asked_by
    plan, _ = page_plan(NOTHING[name], scope)
    assert not plan.walked
    assert plan.touched == 0, plan


@pytest.mark.parametrize("name", ["nothing", "a person", "a table", "an account"])
def test_a_page_in_the_middle_costs_what_the_first_does(asked_by: tuple[Scope, int], name: str) -> None:
    scope, arms = asked_by
    middle = Cursor(datetime(2026, 8, 1, tzinfo=UTC), NEVER)
    for cursor in (middle, Cursor(middle.at, middle.id, newer=True)):
        plan, ranges = page_plan(FILTERS[name], scope, cursor)
        assert not plan.walked
        assert plan.touched <= PAGE * (arms * ranges + 1), plan


@pytest.mark.parametrize("name", [*FILTERS, *NOTHING])
def test_a_count_stops_at_its_cap(asked_by: tuple[Scope, int], name: str) -> None:
    scope, arms = asked_by
    filters = with_kinds((FILTERS | NOTHING)[name])
    plan = plan_of(summary_statement(AUDIT, filters.query(scope), QUICK_COUNT))
    # Whole local dates are cut out of a time that is at most a day and a half longer at both ends.
    spare = 4 * 1440 if filters.dates else 0
    assert plan.touched <= spare + (QUICK_COUNT + 1) * arms * max(1, len(filters.ranges())), plan


def test_what_there_is_to_choose_from_is_found_by_looking_into_indexes(
    asked_by: tuple[Scope, int], app: Flask
) -> None:
    choices = get_audit_choices()
    assert ("location_hours", "delete") in choices.kinds
    assert "Account Manager" in [name for _, name in choices.people]
    assert NEVER not in [identity for identity, _ in choices.people]
    reads = "select coalesce(sum(seq_tup_read), 0) from pg_stat_xact_all_tables where relname = 'audit_log'"
    assert db.session.connection().exec_driver_sql(reads).scalar_one() == 0


def test_the_plans_reader_sees_a_walk_and_a_sort(app: Flask) -> None:
    with app.app_context(), acting_as(Caller(ADMIN)):
        model = AUDIT.model.__table__
        plan = plan_of(select(model.c.id).order_by(model.c.application).limit(5))
    assert plan.walked
    assert plan.touched == plan.most_sorted == LINES
