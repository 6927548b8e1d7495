"""The numbers against SQL that was written apart from them, for each kind of scope."""

import statistics
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from psycopg.rows import tuple_row

from certus_admin.database import Caller, acting_as
from certus_admin.queries import activities, kpis
from certus_admin.queries.activities import list_activities
from certus_admin.queries.calls import ANSWERED, CallFilters, list_calls
from certus_admin.queries.dates import LocalDates
from certus_admin.queries.kpis import Kpis, get_kpis
from certus_admin.queries.metrics import get_metrics_daily
from certus_admin.queries.period import Period, preset_period
from certus_admin.queries.scope import Scope
from tests.fixtures.database import Database

JANUARY = Period(date(2026, 1, 1), date(2026, 1, 31))
HARBOUR, SOLES, LUMEN = (UUID(f"a0000000-0000-7000-8000-00000000000{letter}") for letter in "abc")


def place(name: str) -> UUID:
    return UUID(f"10c00000-0000-7000-8000-0000000000{name}")


SCOPES = {
    "admin": (1, Scope(everything=True)),
    "manager": (2, Scope(account_ids=(HARBOUR, SOLES))),
    "operator": (3, Scope(location_ids=(place("a1"), place("a2")))),
    "manager.lyon": (5, Scope(location_ids=(place("c2"),))),
    "newcomer": (8, Scope()),
}
WITHIN = """exists (select from public.users u join public.user_access a on a.user_id = u.id
    where u.email = %(email)s and (a.account_id is null or a.account_id = x.account_id
        and (a.location_id is null or a.location_id = x.location_id)))"""
CALLS = f"""select count(*),
    count(*) filter (where x.status in ('completed', 'transferred', 'in_progress')),
    count(*) filter (where x.status in ('missed', 'failed', 'canceled')),
    count(*) filter (where x.status = 'transferred'),
    coalesce(sum(x.duration_seconds)
        filter (where x.status in ('completed', 'transferred', 'in_progress')), 0),
    percentile_cont(0.5) within group (order by x.duration_seconds)
        filter (where x.status in ('completed', 'transferred', 'in_progress'))
from public.call_logs x join public.locations l on l.id = x.location_id
where x.direction = 'inbound' and {WITHIN}
    and (x.started_at at time zone l.timezone)::date between %(first)s and %(last)s"""
SAVED = f"""select coalesce(sum(coalesce(
        (select s.baseline_handle_seconds from public.location_settings s
            where s.location_id = x.location_id),
        (select s.baseline_handle_seconds from public.account_settings s where s.account_id = x.account_id),
        x.duration_seconds)), 0) / 60.0
from public.call_logs x join public.locations l on l.id = x.location_id
where x.direction = 'inbound' and x.status in ('completed', 'in_progress') and {WITHIN}
    and (x.started_at at time zone l.timezone)::date between %(first)s and %(last)s"""
ORDERS = f"""select a.currency, count(*), sum(x.total_amount)
from public.order_logs x join public.locations l on l.id = x.location_id
join public.accounts a on a.id = x.account_id
where x.status not in ('canceled', 'rejected', 'failed') and {WITHIN}
    and (x.created_at at time zone l.timezone)::date between %(first)s and %(last)s
group by 1"""
RESERVATIONS = f"""select a.currency, count(*), count(value.amount), sum(value.amount)
from public.reservations x join public.locations l on l.id = x.location_id
join public.accounts a on a.id = x.account_id
cross join lateral (select x.guest_count * coalesce(x.avg_spend_per_head_override,
    (select s.avg_spend_per_head from public.location_settings s where s.location_id = x.location_id),
    (select s.avg_spend_per_head from public.account_settings s
        where s.account_id = x.account_id)) as amount) value
where x.status not in ('canceled', 'no_show', 'failed') and {WITHIN}
    and (x.created_at at time zone l.timezone)::date between %(first)s and %(last)s
group by 1"""


@pytest.fixture(autouse=True)
def app_context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def kpis_of(name: str, period: Period = JANUARY, **where: UUID) -> Kpis:
    number, scope = SCOPES[name]
    with acting_as(Caller(UUID(f"05e00000-0000-7000-8000-00000000000{number}"))):
        return get_kpis(scope, period, **where)


def ask(database: Database, statement: str, name: str, period: Period = JANUARY) -> list[Any]:
    values = {"email": f"{name}@certus.example", "first": period.first, "last": period.last}
    with database.owner() as owner:
        return owner.cursor(row_factory=tuple_row).execute(statement.encode(), values).fetchall()


@pytest.mark.parametrize("name", SCOPES)
def test_calls_add_up_for_each_scope(database: Database, name: str) -> None:
    kpis = kpis_of(name)
    totals = kpis.totals
    found = (totals.total_calls, totals.answered_calls, totals.missed_calls, totals.transferred_calls)
    [expected] = ask(database, CALLS, name)
    assert (*found, totals.talk_seconds, kpis.median_handle_seconds) == expected
    assert sum(totals.calls_by_type) == totals.total_calls
    assert float(totals.minutes_saved) == pytest.approx(float(ask(database, SAVED, name)[0][0]))


@pytest.mark.parametrize("name", SCOPES)
def test_money_stays_in_its_currency_for_each_scope(database: Database, name: str) -> None:
    money = kpis_of(name).totals.money
    orders = {row.currency: (row.orders_count, row.order_revenue) for row in money if row.orders_count}
    assert orders == {row[0]: row[1:] for row in ask(database, ORDERS, name)}
    tables = {
        row.currency: (row.reservations_count, row.reservations_valued, row.reservation_estimate)
        for row in money
        if row.reservations_count
    }
    assert tables == {row[0]: row[1:] for row in ask(database, RESERVATIONS, name)}


def test_an_operator_counts_only_the_calls_of_their_locations() -> None:
    everything, theirs = kpis_of("admin").totals, kpis_of("operator").totals
    assert everything.total_calls > theirs.total_calls > 0
    assert kpis_of("operator", location_id=place("b1")).totals.total_calls == 0
    assert kpis_of("admin", location_id=place("b1")).totals.total_calls > 0
    assert kpis_of("operator", account_id=HARBOUR).totals == theirs
    assert kpis_of("operator", account_id=SOLES).totals.total_calls == 0


def test_reservations_that_nobody_can_value_are_unknown_and_not_nothing() -> None:
    lumen = kpis_of("admin", account_id=LUMEN).totals
    assert (lumen.reservations_count, lumen.reservations_valued) == (1, 0)
    assert lumen.money_in("EUR").reservation_estimate is None
    assert kpis_of("admin", account_id=LUMEN).totals.money_in("USD").reservation_estimate == 0


def test_the_period_before_is_compared_and_missing_where_there_is_nothing() -> None:
    fifteenth = Period(date(2026, 1, 15), date(2026, 1, 15))
    day_before = kpis_of("admin", Period(date(2026, 1, 14), date(2026, 1, 14)))
    assert kpis_of("admin", fifteenth).previous == day_before.totals
    assert day_before.totals.total_calls > 0
    assert kpis_of("admin").previous is None


def test_a_day_without_calls_is_zero_and_its_ratios_are_unknown() -> None:
    kpis = kpis_of("admin")
    assert [day.date for day in kpis.course] == list(JANUARY.dates)
    second = kpis.course[1].totals
    assert (second.total_calls, second.missed_rate, second.containment) == (0, None, None)
    assert sum(day.totals.total_calls for day in kpis.course) == kpis.totals.total_calls


def test_a_single_day_is_drawn_within_its_week() -> None:
    kpis = kpis_of("admin", Period(date(2026, 1, 15), date(2026, 1, 15)))
    assert [day.date.day for day in kpis.course] == [9, 10, 11, 12, 13, 14, 15]
    assert kpis.course[5].totals.total_calls > 0


def test_a_local_date_is_that_of_the_location() -> None:
    # 03:10 UTC on the 15th is still the 14th in San Francisco.
    fourteenth = Period(date(2026, 1, 14), date(2026, 1, 14))
    assert kpis_of("admin", fourteenth, location_id=place("b1")).totals.missed_calls == 1


def test_today_counts_each_location_on_its_own_date() -> None:
    # 07:00 UTC on the 15th: the 15th has begun in Paris and in Boston, not yet in San Francisco.
    now = datetime(2026, 1, 15, 7, tzinfo=UTC)
    today = preset_period("today", ["Europe/Paris", "America/Los_Angeles"], now)
    assert kpis_of("admin", today, location_id=place("b1")).totals.total_calls == 2
    lyon = kpis_of("admin", today, location_id=place("c2")).totals
    assert (lyon.total_calls, lyon.missed_calls) == (2, 1)


def test_daily_rows_are_those_of_the_scope() -> None:
    def rows(name: str) -> tuple[Any, ...]:
        number, scope = SCOPES[name]
        with acting_as(Caller(UUID(f"05e00000-0000-7000-8000-00000000000{number}"))):
            return get_metrics_daily(scope, JANUARY)

    assert {row.location_id for row in rows("admin")} > {row.location_id for row in rows("operator")}
    assert {row.location_id for row in rows("operator")} <= {place("a1"), place("a2")}
    assert sum(row.total_revenue_orders for row in rows("operator")) == Decimal("59.92")
    assert rows("newcomer") == ()


def test_activities_are_one_stream_newest_first_and_stay_within_the_scope() -> None:
    def stream(name: str, limit: int = 100) -> tuple[Any, ...]:
        number, scope = SCOPES[name]
        with acting_as(Caller(UUID(f"05e00000-0000-7000-8000-00000000000{number}"))):
            return list_activities(scope, JANUARY, limit=limit)

    everything = stream("admin")
    assert {item.kind for item in everything} == {"call", "order", "reservation", "note"}
    assert [item.at for item in everything] == sorted((item.at for item in everything), reverse=True)
    assert stream("admin", limit=5) == everything[:5]
    assert any(item.review_reasons for item in everything if item.kind == "call")
    assert {item.location_name for item in everything} > {item.location_name for item in stream("operator")}
    assert {item.location_name for item in stream("operator")} == {
        "Harbour & Vine Seaport", "Harbour & Vine Market",
    }  # fmt: skip
    assert stream("newcomer") == ()


def test_a_median_that_does_not_cover_all_stands_on_the_newest_calls(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kpis, "MEDIAN_SAMPLE", 4)
    monkeypatch.setattr(kpis, "FEWEST_EACH", 2)
    found = kpis_of("operator", JANUARY)
    assert not found.median_covers_all
    assert found.measured_calls > 0
    january = LocalDates(JANUARY.first, JANUARY.last)
    answered = CallFilters(dates=january, direction="inbound", statuses=ANSWERED)
    number, scope = SCOPES["operator"]
    with acting_as(Caller(UUID(f"05e00000-0000-7000-8000-00000000000{number}"))):
        calls = [call for call in list_calls(scope, answered).rows if call.duration_seconds is not None]
    newest = [call.duration_seconds for call in calls[: found.measured_calls]]
    assert found.median_handle_seconds == statistics.median(newest)


@pytest.mark.parametrize("name", ["manager", "operator", "manager.lyon"])
def test_activities_are_the_same_however_many_locations_they_are_read_from(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, scope = SCOPES[name]
    with acting_as(Caller(UUID(f"05e00000-0000-7000-8000-00000000000{number}"))):
        few = list_activities(scope, JANUARY)
        monkeypatch.setattr(activities, "MANY", 0)
        assert list_activities(scope, JANUARY) == few
    assert few
