"""`metrics_by_day` adds up what metrics_daily_v shows to whoever asks, and no more."""

import pytest

from tests.sql.access_table import become
from tests.sql.asking import Asking

WHOLE = "null, null, null"
SHOWN = """select m.date, l.timezone, m.currency, sum(m.total_calls), sum(m.talk_seconds),
    sum(m.minutes_saved), sum(m.orders_count), sum(m.total_revenue_orders), sum(m.total_revenue_res_estimate),
    sum(m.other_calls)
from public.metrics_daily_v m join public.locations l on l.id = m.location_id
where {} group by 1, 2, 3 order by 1, 2, 3"""
ADDED = """select date, timezone, currency, total_calls, talk_seconds, minutes_saved, orders_count,
    total_revenue_orders, total_revenue_res_estimate, other_calls
from public.metrics_by_day('-infinity', 'infinity', {}) order by 1, 2, 3"""
PEOPLE = ("operator", "manager", "admin", "manager_lyon", "newcomer", "former")


@pytest.mark.parametrize("who", PEOPLE)
def test_everybody_gets_the_sums_of_the_days_they_may_read(asking: Asking, who: str) -> None:
    become(asking, who)
    assert asking.rows(ADDED.format(WHOLE)) == asking.rows(SHOWN.format("true"))


@pytest.mark.parametrize("who", PEOPLE)
def test_accounts_and_locations_narrow_and_never_widen(asking: Asking, who: str) -> None:
    asking.as_superuser()
    accounts = asking.column("select id from public.accounts order by id")
    places = asking.column("select id from public.locations order by id")
    become(asking, who)
    for account in accounts:
        shown = asking.rows(SHOWN.format("m.account_id = %s"), [account])
        assert asking.rows(ADDED.format("array[%s]::uuid[], null, null"), [account]) == shown
        assert asking.rows(ADDED.format("null, null, %s"), [account]) == shown
        assert asking.rows(ADDED.format("array[]::uuid[], %s, %s"), [places, account]) == shown
    for place in places:
        shown = asking.rows(SHOWN.format("m.location_id = %s"), [place])
        assert asking.rows(ADDED.format("null, array[%s]::uuid[], null"), [place]) == shown


def test_without_a_person_there_are_no_sums(asking: Asking) -> None:
    asking.as_role("authenticated", "")
    assert asking.rows(ADDED.format(WHOLE)) == []


@pytest.mark.parametrize("role", ["anon", "service_role", "certus_app"])
def test_other_roles_may_not_ask(asking: Asking, role: str) -> None:
    asking.as_role(role)
    assert asking.refusal(ADDED.format(WHOLE))[0] == "42501"
