"""The daily numbers mean what their definitions say, for the seed and for made-up worlds at clock changes."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sql.asking import Asking
from tests.sql.numbers import NUMBERS, Books, Key

SELECTED = f"select account_id, location_id, date, {', '.join(NUMBERS)} from "
ZONES = ("America/New_York", "Europe/Paris", "Asia/Kathmandu", "Pacific/Auckland", "America/Phoenix")

# Around both clock changes of New York and Paris, and around a year's end.
MOMENTS = [
    datetime(2026, 3, 8, 7, tzinfo=UTC),
    datetime(2026, 11, 1, 6, tzinfo=UTC),
    datetime(2026, 3, 29, 1, tzinfo=UTC),
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC),
]
moments = st.builds(
    lambda moment, minutes: moment + timedelta(minutes=minutes),
    st.sampled_from(MOMENTS),
    st.integers(-26 * 60, 26 * 60),
)
money = st.decimals(0, 200, places=2)
averages = st.none() | money
baselines = st.none() | st.integers(1, 600)
OUTCOMES = (
    ("retell", "ended", "user_hangup"),
    ("retell", "ended", "call_transfer"),
    ("retell", "ended", "dial_no_answer"),
    ("retell", "ended", "error_retell"),
    ("retell", "ended", "voicemail_reached"),
    ("retell", "ended", "registered_call_timeout"),
    ("retell", "ended", "who_knows"),
    ("twilio", "in-progress", None),
)
calls = st.fixed_dictionaries(
    {
        "place": st.integers(0, 2),
        "started_at": moments,
        "outcome": st.sampled_from(OUTCOMES),
        "intent": st.sampled_from(["order", "reservation", "catering", "general", None]),
        "direction": st.sampled_from(["inbound", "inbound", "inbound", "outbound"]),
        "seconds": st.none() | st.integers(0, 900),
    }
)
orders = st.fixed_dictionaries(
    {
        "place": st.integers(0, 2),
        "created_at": moments,
        "status": st.sampled_from(["confirmed", "completed", "canceled", "rejected", "failed", "pending"]),
        "total": money,
    }
)
reservations = st.fixed_dictionaries(
    {
        "place": st.integers(0, 2),
        "created_at": moments,
        "status": st.sampled_from(["confirmed", "requested", "canceled", "no_show", "failed", "completed"]),
        "guests": st.none() | st.integers(1, 40),
        "override": averages,
    }
)
worlds = st.fixed_dictionaries(
    {
        "zones": st.lists(st.sampled_from(ZONES), min_size=3, max_size=3),
        "account": st.tuples(averages, baselines),
        "places": st.lists(st.tuples(averages, baselines), min_size=3, max_size=3),
        "calls": st.lists(calls, max_size=12),
        "orders": st.lists(orders, max_size=6),
        "reservations": st.lists(reservations, max_size=8),
    }
)


def read(asking: Asking, relation: str) -> dict[Key, dict[str, Any]]:
    """The numbers as a relation shows them, by account, location and date."""
    rows = asking.rows(f"{SELECTED} {relation}")
    found = {row[:3]: dict(zip(NUMBERS, row[3:], strict=True)) for row in rows}
    assert len(found) == len(rows)
    return found


def assert_same_books(found: dict[Key, dict[str, Any]], expected: dict[Key, dict[str, Any]]) -> None:
    """Equal in every number; minutes are compared to a billionth."""
    for numbers in (*found.values(), *expected.values()):
        numbers["minutes_saved"] = round(Decimal(numbers["minutes_saved"]), 9)
    assert found == expected


def make_world(asking: Asking, world: dict[str, Any]) -> None:
    """One account with three locations and what happened there."""
    account, places = uuid4(), [uuid4() for _ in range(3)]
    asking.execute("insert into public.accounts (id, name) values (%s, 'Made up')", [account])
    asking.execute(
        """insert into public.account_settings (account_id, avg_spend_per_head, baseline_handle_seconds)
        values (%s, %s, %s)""",
        [account, *world["account"]],
    )
    for place, zone, values in zip(places, world["zones"], world["places"], strict=True):
        asking.execute(
            "insert into public.locations (account_id, id, name, timezone) values (%s, %s, 'Place', %s)",
            [account, place, zone],
        )
        if values != (None, None):  # a location without a settings row is one more case
            asking.execute(
                """insert into public.location_settings
                    (account_id, location_id, avg_spend_per_head, baseline_handle_seconds)
                values (%s, %s, %s, %s)""",
                [account, place, *values],
            )
    make_rows(asking, account, places, world)


def make_rows(asking: Asking, account: UUID, places: list[UUID], world: dict[str, Any]) -> None:
    """Calls, orders and reservations of a world."""
    many = asking.connection.cursor().executemany
    many(
        """insert into public.call_logs (account_id, location_id, provider, provider_call_id, provider_status,
            end_reason, intent, direction, started_at, ended_at)
        values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)""",
        [
            (
                account, places[call["place"]], call["outcome"][0], str(uuid4()), *call["outcome"][1:],
                call["intent"], call["direction"], call["started_at"],
                None if call["seconds"] is None else call["started_at"] + timedelta(seconds=call["seconds"]),
            )
            for call in world["calls"]
        ],
    )  # fmt: skip
    many(
        """insert into public.order_logs (account_id, location_id, created_at, status, total_amount)
        values (%s, %s, %s, %s, %s)""",
        [(account, places[o["place"]], o["created_at"], o["status"], o["total"]) for o in world["orders"]],
    )
    many(
        """insert into public.reservations (account_id, location_id, created_at, status, guest_count,
            avg_spend_per_head_override) values (%s, %s, %s, %s, %s, %s)""",
        [
            (account, places[r["place"]], r["created_at"], r["status"], r["guests"], r["override"])
            for r in world["reservations"]
        ],
    )


def test_the_seeds_numbers_are_right(asking: Asking) -> None:
    expected = Books(asking).daily()
    assert len(expected) == 8
    assert_same_books(read(asking, "public.mv_metrics_daily"), expected)
    assert_same_books(read(asking.as_person("admin"), "public.metrics_daily_v"), expected)


def test_an_unknown_average_is_no_zero(asking: Asking) -> None:
    unknown = """select total_revenue_res_estimate, reservations_valued, reservations_count
        from public.metrics_daily_v where location_id = '10c00000-0000-7000-8000-0000000000c1'"""
    asking.as_person("admin")
    assert asking.rows(unknown) == [(None, 0, 1)]


@settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(worlds)
def test_a_made_up_worlds_numbers_are_right(asking: Asking, world: dict[str, Any]) -> None:
    asking.as_owner()
    with asking.undone():
        make_world(asking, world)
        expected = Books(asking).daily()
        assert_same_books(read(asking, "private.metrics_daily_live"), expected)


def test_a_refresh_brings_a_made_up_world_into_the_view(asking: Asking) -> None:
    night = datetime(
        2026, 11, 1, 5, 30, tzinfo=UTC
    )  # half past one in New York, for the first time that night
    call = {"place": 0, "outcome": OUTCOMES[0], "intent": "order", "direction": "inbound", "seconds": 90}
    make_world(
        asking,
        {
            "zones": ZONES[:3],
            "account": (Decimal(30), None),
            "places": [(None, None), (Decimal(50), 60), (None, None)],
            "calls": [{**call, "started_at": night}, {**call, "started_at": night + timedelta(hours=1)}],
            "orders": [],
            "reservations": [],
        },
    )
    before = read(asking, "public.mv_metrics_daily")
    assert asking.row("select refreshed, metric_rows from private.refresh_metrics()") == (True, 9)
    after = read(asking, "public.mv_metrics_daily")
    assert_same_books(after, Books(asking).daily())
    (new,) = set(after) - set(before)
    assert (after[new]["total_calls"], after[new]["talk_seconds"]) == (2, 180)


@pytest.mark.parametrize("who", ["operator", "manager", "manager_lyon", "admin_harbour", "admin"])
def test_the_rows_behind_a_number_add_up_to_it(asking: Asking, who: str) -> None:
    asking.as_person(who)
    tiles = asking.row(
        """select sum(total_calls), sum(missed_calls), round(sum(minutes_saved), 6), sum(orders_count),
            sum(total_revenue_orders), sum(reservations_count), sum(total_revenue_res_estimate)
        from public.metrics_daily_v"""
    )
    behind_calls = asking.row(
        """select count(*), count(*) filter (where status in ('missed', 'failed', 'canceled')),
            round(coalesce(sum(saved_seconds), 0) / 60.0, 6)
        from public.calls_v where direction = 'inbound'"""
    )
    behind_orders = asking.row(
        """select count(*), coalesce(sum(total_amount), 0) from public.orders_v
        where status not in ('canceled', 'rejected', 'failed')"""
    )
    behind_reservations = asking.row(
        """select count(*), sum(estimated_revenue) from public.reservations_v
        where status not in ('canceled', 'no_show', 'failed')"""
    )
    assert tiles[0] > 0
    assert tiles[:6] == (*behind_calls, *behind_orders, behind_reservations[0])
    assert (tiles[6] or 0) == (behind_reservations[1] or 0)


@pytest.mark.parametrize(
    "who", ["operator", "manager", "manager_lyon", "admin_harbour", "newcomer", "former"]
)
def test_a_client_sees_the_numbers_of_its_own_locations(asking: Asking, who: str) -> None:
    everything = read(asking, "public.mv_metrics_daily")
    asking.as_person(who)
    own = set(asking.column("select id from public.locations"))
    expected = {key: numbers for key, numbers in everything.items() if key[1] in own}
    assert len(expected) < len(everything)
    assert read(asking, "public.metrics_daily_v") == expected


def test_the_automation_sees_every_number(asking: Asking) -> None:
    everything = read(asking, "public.mv_metrics_daily")
    assert read(asking.as_role("service_role"), "public.metrics_daily_v") == everything


def test_a_condition_of_the_reader_is_not_asked_before_the_barrier(asking: Asking) -> None:
    # A cheap function of the reader's would be shown every tenant's rows where the planner asked it first.
    asking.as_superuser().execute(
        """create schema reader; grant usage on schema reader to authenticated;
        create function reader.peek(place uuid) returns boolean language plpgsql cost 0.0000001 as
        $$ begin raise notice '%', place; return true; end $$"""
    )
    shown: list[str | None] = []
    asking.connection.add_notice_handler(lambda notice: shown.append(notice.message_primary))
    own = asking.as_person("operator").column("select location_id::text from public.metrics_daily_v")
    asking.execute("select from public.metrics_daily_v where reader.peek(location_id)")
    assert len(own) == 2
    assert set(shown) == set(own)
