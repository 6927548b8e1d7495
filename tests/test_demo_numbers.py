"""Tiles, Analytics, its file and the lists behind them give one answer, that of SQL written apart."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from psycopg.rows import tuple_row

from certus_admin.database import Caller, acting_as
from certus_admin.queries.analytics import get_analytics
from certus_admin.queries.calls import CallFilters, count_calls
from certus_admin.queries.dates import LocalDates
from certus_admin.queries.kpis import get_kpis
from certus_admin.queries.listing import Summary
from certus_admin.queries.orders import OrderFilters, count_orders
from certus_admin.queries.period import Period
from certus_admin.queries.reservations import ReservationFilters, count_reservations
from certus_admin.queries.scope import Scope
from certus_admin.queries.totals import Totals, add_up
from seeds.demo import load_demo
from seeds.dialogues import load_dialogues
from tests.fixtures.database import Database
from tests.fixtures.pages import ClientOf
from tests.test_seed_dialogues import PACIFIC, WHOLE_FILE

ADMIN = Caller(UUID("05e00000-0000-7000-8000-000000000001"))
EVERYTHING = Scope(everything=True)
TODAY = date.today()  # noqa: DTZ011 - a day more or less does not matter here
FRIDAY = TODAY - timedelta(days=(TODAY.weekday() - 4) % 7 or 7)
PERIODS = {
    "the last Friday": (FRIDAY, FRIDAY),
    "a week up to today": (TODAY - timedelta(days=6), TODAY),
    "a month before": (TODAY - timedelta(days=60), TODAY - timedelta(days=31)),
    "everything": (TODAY - timedelta(days=120), TODAY + timedelta(days=1)),
}
ANSWERED = ("completed", "transferred", "in_progress")
MISSED = ("missed", "failed", "canceled")
KEPT = ("completed", "in_progress")
LIVE_ORDERS = ("pending", "confirmed", "preparing", "ready", "completed")
LIVE_TABLES = ("requested", "confirmed", "seated", "completed")
TYPES = ("order", "reservation", "catering", "general", "other")

HERE = """(%(account)s::uuid is null or x.account_id = %(account)s)
    and (%(location)s::uuid is null or x.location_id = %(location)s)"""
CALLS = f"""select count(*), count(*) filter (where answered), count(*) filter (where missed),
    count(*) filter (where status = 'transferred'), coalesce(sum(seconds) filter (where answered), 0),
    coalesce(sum(saved) filter (where status in ('completed', 'in_progress')), 0),
    count(*) filter (where call_type = 'order'), count(*) filter (where call_type = 'reservation'),
    count(*) filter (where call_type = 'catering'), count(*) filter (where call_type = 'general'),
    count(*) filter (where call_type = 'other')
from (
    select x.status, x.call_type, x.duration_seconds as seconds,
        x.status in ('completed', 'transferred', 'in_progress') as answered,
        x.status in ('missed', 'failed', 'canceled') as missed,
        coalesce(own.baseline_handle_seconds, whole.baseline_handle_seconds, x.duration_seconds) as saved
    from public.call_logs x join public.locations l on l.id = x.location_id
    left join public.location_settings own on own.location_id = x.location_id
    left join public.account_settings whole on whole.account_id = x.account_id
    where x.direction = 'inbound' and {HERE}
        and (x.started_at at time zone l.timezone)::date between %(first)s and %(last)s
) call"""
ORDERS = f"""select a.currency, count(*), sum(x.total_amount)
from public.order_logs x join public.locations l on l.id = x.location_id
join public.accounts a on a.id = x.account_id
where x.status not in ('canceled', 'rejected', 'failed') and {HERE}
    and (x.created_at at time zone l.timezone)::date between %(first)s and %(last)s
group by 1 order by 1"""
TABLES = f"""select a.currency, count(*), count(worth.amount), sum(worth.amount)
from public.reservations x join public.locations l on l.id = x.location_id
join public.accounts a on a.id = x.account_id
left join public.location_settings own on own.location_id = x.location_id
left join public.account_settings whole on whole.account_id = x.account_id
cross join lateral (select x.guest_count * coalesce(
    x.avg_spend_per_head_override, own.avg_spend_per_head, whole.avg_spend_per_head) as amount) worth
where x.status not in ('canceled', 'no_show', 'failed') and {HERE}
    and (x.created_at at time zone l.timezone)::date between %(first)s and %(last)s
group by 1 order by 1"""


@dataclass(frozen=True)
class Numbers:
    """Calls as CALLS has them, orders and reservations by currency as ORDERS and TABLES have them."""

    calls: tuple[int, ...]
    orders: list[tuple[Any, ...]]
    tables: list[tuple[Any, ...]]


@dataclass(frozen=True)
class Where:
    """Dates and place, as each of the readers takes them."""

    first: date
    last: date
    account: UUID | None = None
    location: UUID | None = None

    @property
    def place(self) -> dict[str, Any]:
        return {"account_id": self.account, "location_id": self.location}


@pytest.fixture(scope="module")
def demo(database: Database) -> Database:
    """The demo up to now, and its numbers."""
    load_demo(database.owner_url, lambda _: None)
    return refreshed(database)


@pytest.fixture(scope="module")
def dialogues(demo: Database) -> Database:
    """The real dialogues besides."""
    if not WHOLE_FILE.is_file():
        pytest.skip("the file of dialogues is absent (CERTUS_SHARED_DATA names its folder)")
    load_dialogues(demo.owner_url, WHOLE_FILE, PACIFIC)
    return refreshed(demo)


@pytest.fixture(scope="module")
def admin(demo: Database, client_of: ClientOf) -> FlaskClient:
    """The admin, signed in once."""
    return client_of("admin")


@pytest.fixture
def as_admin(app: Flask) -> Iterator[None]:
    """The readers of numbers ask as the admin does."""
    with app.app_context(), acting_as(ADMIN):
        yield


def refreshed(database: Database) -> Database:
    with database.owner(autocommit=True) as owner:
        owner.execute("select private.refresh_metrics()")
    return database


def ask(database: Database, statement: str, values: dict[str, Any] | None = None) -> list[Any]:
    with database.owner() as owner:
        return owner.cursor(row_factory=tuple_row).execute(statement.encode(), values).fetchall()


def by_sql(database: Database, where: Where) -> Numbers:
    """What happened, read from the rows themselves."""
    values = vars(where)
    [calls] = ask(database, CALLS, values)
    return Numbers(calls, ask(database, ORDERS, values), ask(database, TABLES, values))


def by_totals(totals: Totals) -> Numbers:
    """What a page adds up."""
    return Numbers(
        (
            totals.total_calls, totals.answered_calls, totals.missed_calls, totals.transferred_calls,
            totals.talk_seconds, seconds(totals.minutes_saved), *totals.calls_by_type,
        ),
        [
            (each.currency, each.orders_count, each.order_revenue)
            for each in totals.money
            if each.orders_count
        ],
        [
            (each.currency, each.reservations_count, each.reservations_valued, each.reservation_estimate)
            for each in totals.money
            if each.reservations_count
        ],
    )  # fmt: skip


def seconds(minutes: Decimal) -> int:
    """Minutes are sixtieths with an end: what is off by less than a millionth of a second is the same."""
    whole = round(minutes * 60)
    assert abs(minutes * 60 - whole) < Decimal("1e-6")
    return whole


def by_file(client: FlaskClient, where: Where) -> Numbers:
    """The sums of the columns of metrics.csv."""
    query: dict[str, Any] = {"from": where.first, "to": where.last}
    query |= {"location": where.location} if where.location else {}
    query |= {"account": where.account} if where.account and not where.location else {}
    answer = client.get("/analytics/metrics.csv", query_string=query)
    assert answer.status_code == 200
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))
    answer.close()

    def total(name: str, currency: str | None = None) -> Decimal:
        chosen = (row for row in rows if currency in (None, row["currency"]))
        return sum((Decimal(row[name] or 0) for row in chosen), Decimal(0))

    counts = ["total_calls", "answered_calls", "missed_calls", "transferred_calls", "talk_seconds"]
    calls = [int(total(name)) for name in counts] + [seconds(total("minutes_saved"))]
    calls += [int(total(f"{kind}_calls")) for kind in TYPES]
    orders, tables = [], []
    for currency in sorted({row["currency"] for row in rows}):
        if count := total("orders_count", currency):
            orders.append((currency, count, total("total_revenue_orders", currency)))
        if count := total("reservations_count", currency):
            valued = total("reservations_valued", currency)
            estimate = total("total_revenue_res_estimate", currency) if valued else None
            tables.append((currency, count, valued, estimate))
    return Numbers(tuple(calls), orders, tables)


def groups_of(summary: Summary) -> list[tuple[Any, ...]]:
    """Currency, count, sum, and how many of them have an amount."""
    return list(map(tuple, summary.groups))


def by_lists(where: Where) -> Numbers:
    """The summaries of the lists that tiles and bars lead to."""
    dates = LocalDates(where.first, where.last)

    def calls(*statuses: str, kind: str | None = None) -> Summary:
        types = (kind,) if kind else ()
        inbound = CallFilters(dates=dates, direction="inbound", statuses=statuses, call_types=types)
        return count_calls(EVERYTHING, replace(inbound, **where.place))

    def sum_of(summary: Summary, name: str) -> int:
        return sum(getattr(group, name) or 0 for group in summary.groups)

    orders = count_orders(EVERYTHING, OrderFilters(**where.place, dates=dates, statuses=LIVE_ORDERS))
    tables = count_reservations(
        EVERYTHING, ReservationFilters(**where.place, dates=dates, statuses=LIVE_TABLES)
    )
    return Numbers(
        (
            calls().count,
            calls(*ANSWERED).count,
            calls(*MISSED).count,
            calls("transferred").count,
            sum_of(calls(*ANSWERED), "talk_seconds"),
            sum_of(calls(*KEPT), "saved_seconds"),
            *(calls(kind=kind).count for kind in TYPES),
        ),
        [(currency, count, amount) for currency, count, amount, _ in groups_of(orders)],
        [(currency, count, valued, amount) for currency, count, amount, valued in groups_of(tables)],
    )


def check(database: Database, client: FlaskClient, where: Where) -> Numbers:
    """All of them agree to the cent and the second."""
    expected = by_sql(database, where)
    period = Period(where.first, where.last)
    assert by_totals(get_kpis(EVERYTHING, period, **where.place).totals) == expected, where
    analytics = get_analytics(EVERYTHING, period, None, **where.place)
    assert by_totals(analytics.totals) == expected, where
    assert by_totals(add_up(day.totals for day in analytics.days)) == expected, where
    assert by_totals(add_up(analytics.locations.values())) == expected, where
    assert by_file(client, where) == expected, where
    assert by_lists(where) == expected, where
    return expected


@pytest.mark.usefixtures("as_admin")
@pytest.mark.parametrize("name", PERIODS)
def test_the_demo_s_numbers_agree_everywhere(demo: Database, admin: FlaskClient, name: str) -> None:
    first, last = PERIODS[name]
    whole = check(demo, admin, Where(first, last))
    assert whole.calls[0] > 0
    assert whole.orders
    assert whole.tables
    parts = [check(demo, admin, Where(first, last, row[0])) for row in ask(demo, "select id from accounts")]
    assert sum(part.calls[0] for part in parts) == whole.calls[0]
    # One location of each account.
    for account, location in ask(
        demo, "select distinct on (account_id) account_id, id from locations order by account_id, id desc"
    ):
        check(demo, admin, Where(first, last, account, location))
        check(demo, admin, Where(first, last, None, location))


@pytest.mark.usefixtures("as_admin")
def test_the_dialogues_numbers_agree_everywhere(dialogues: Database, admin: FlaskClient) -> None:
    busiest = ask(
        dialogues,
        """select account_id, min(started_at)::date - 1, max(started_at)::date + 1,
            (array_agg(location_id order by location_id))[1]
        from call_logs where provider_call_id not like 'demo-%%' and started_at < '2020-01-01'
        group by 1 order by count(*) desc, 1 limit 3""",
        {},
    )
    assert busiest
    for account, first, last, location in busiest:
        middle = first + (last - first) / 2
        whole = check(dialogues, admin, Where(first, last, account))
        assert whole.calls[0] > 0
        assert whole.tables
        check(dialogues, admin, Where(middle, last, account))
        check(dialogues, admin, Where(first, last, account, location))
