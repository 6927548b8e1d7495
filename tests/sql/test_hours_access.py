"""Who learns the state of a location, and who changes what decides it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.sql.access_table import STRANGERS, become
from tests.sql.asking import ACCOUNT_A, ACCOUNT_B, Asking, location_id

A1, A3, B1, B2, C2 = (location_id(name) for name in ("a1", "a3", "b1", "b2", "c2"))
STATE = "select * from public.location_state_at(%s, %s)"
EVENING = datetime(2026, 1, 14, 23, tzinfo=UTC)

WRITES: dict[str, tuple[str, list[Any]]] = {
    "add hours": (
        """insert into public.location_hours (account_id, location_id, weekday, opens_at, closes_at)
        values (%s, %s, 1, '09:00', '10:00')""",
        [ACCOUNT_A],
    ),
    "change hours": (
        """update public.location_hours set closes_at = '14:00', version = version
        where account_id = %s and location_id = %s and weekday = 3 and opens_at = '11:30'""",
        [ACCOUNT_A],
    ),
    "delete hours": (
        "delete from public.location_hours where account_id = %s and location_id = %s and weekday = 3",
        [ACCOUNT_A],
    ),
    "add an exception": (
        """insert into public.location_hours_exceptions (account_id, location_id, exception_date)
        values (%s, %s, '2027-01-01')""",
        [ACCOUNT_A],
    ),
    "make it busy": (
        """update public.location_settings set busy_mode_enabled = true, version = version
        where account_id = %s and location_id = %s""",
        [ACCOUNT_A],
    ),
    "set its voice": (
        """insert into public.settings (org_id, location_id, key, value)
        values (%s, %s, 'ai_voice', '{"speed": 1}')""",
        [ACCOUNT_A],
    ),
}


@pytest.mark.parametrize("what", WRITES)
def test_what_decides_is_changed_by_managers_where_granted(asking: Asking, what: str) -> None:
    statement, account = WRITES[what]
    for who in ("manager", "admin_harbour", "admin"):
        reached = become(asking, who).reach(statement, [*account, A3])  # type: ignore[arg-type]
        assert reached in (1, 2), who
    for who in ("operator", "operator_west", "manager_lyon", "newcomer", *STRANGERS):
        person = become(asking, who) if who in STRANGERS else asking.as_person(who)
        # An operator reads a1 and may still not touch it; whoever does not see a3 finds nothing to change.
        place = A1 if who == "operator" and what != "set its voice" else A3
        assert person.reach(statement, [*account, place]) in (0, "42501"), who  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("operator", {A1}),
        ("operator_west", {B1}),
        ("manager", {A1, A3, B1}),
        ("manager_lyon", {C2}),
        ("admin", {A1, A3, B1, C2}),
        ("service_role", {A1, A3, B1, C2}),
        ("newcomer", set()),
        *((name, set()) for name in STRANGERS),
    ],
)
def test_the_state_of_a_location_is_told_to_whoever_sees_it(asking: Asking, who: str, seen: set[Any]) -> None:
    person = asking.as_person(who) if who == "newcomer" else become(asking, who)
    told = person.column(
        """select s.location_id from unnest(%s::uuid[]) l (id)
        cross join lateral public.location_state_at(l.id) s""",
        [[A1, A3, B1, C2]],
    )
    assert set(told) == seen


@pytest.mark.parametrize("who", ["anon", "bare certus_app"])
def test_the_state_of_a_location_is_refused_to(asking: Asking, who: str) -> None:
    assert become(asking, who).refusal(STATE, [A1, EVENING])[0] == "42501"


def test_a_person_and_the_owner_are_told_the_same(asking: Asking) -> None:
    instants = [EVENING + timedelta(hours=hour) for hour in range(0, 24 * 30, 5)]
    every = """select s.* from unnest(%s::timestamptz[]) i (instant)
        cross join lateral public.location_state_at(%s, i.instant) s order by i.instant"""
    wanted = asking.rows(every, [instants, A1])
    assert {row[3] for row in wanted} == {True, False}
    assert asking.as_person("operator").rows(every, [instants, A1]) == wanted


def test_busy_mode_with_an_end_is_over_when_the_end_is_past(asking: Asking) -> None:
    ends = EVENING + timedelta(minutes=30)
    asking.execute(
        """update public.location_settings set busy_mode_enabled = true, busy_until = %s,
            busy_reason = 'Street fair', extra_wait_seconds = 900 where location_id = %s""",
        [ends, B2],
    )
    busy = "select busy, busy_until, busy_reason, extra_wait_seconds from public.location_state_at(%s, %s)"
    just_before = ends - timedelta(microseconds=1)
    assert asking.row(busy, [B2, just_before]) == (True, ends, "Street fair", 900)
    assert asking.row(busy, [B2, ends]) == (False, None, None, 0)
    asking.execute("update public.location_settings set busy_until = null where location_id = %s", [B2])
    assert asking.row(busy, [B2, ends]) == (True, None, "Street fair", 900)
    asking.execute(
        "update public.location_settings set busy_mode_enabled = false where location_id = %s", [B2]
    )
    assert asking.row(busy, [B2, ends]) == (False, None, None, 0)


def test_a_location_without_settings_is_not_busy(asking: Asking) -> None:
    asking.execute("delete from public.location_settings where account_id = %s", [ACCOUNT_B])
    busy = "select busy, extra_wait_seconds from public.location_state_at(%s)"
    assert asking.row(busy, [B2]) == (False, 0)


def test_the_instant_is_now_where_none_is_given(asking: Asking) -> None:
    now = "select local_time = now() at time zone timezone from public.location_state_at(%s)"
    assert asking.scalar(now, [A1]) is True
    given = "select local_time = now() at time zone timezone from public.location_state_at(%s, null)"
    assert asking.scalar(given, [A1]) is True
    assert asking.rows(STATE, [A1, "infinity"]) == []
    assert asking.rows(STATE, [None, EVENING]) == []


def test_an_exceptions_reason_is_told_while_it_decides(asking: Asking) -> None:
    told = "select is_open, rule, reason from public.location_state_at(%s, %s)"
    christmas = datetime(2026, 12, 25, 20, tzinfo=UTC)
    assert asking.row(told, [A1, christmas]) == (False, "exception", "Christmas Day")
    new_year = datetime(2027, 1, 1, 6, tzinfo=UTC)
    assert asking.row(told, [A1, new_year]) == (True, "exception", "New Year's Eve")
    assert asking.row(told, [A1, EVENING]) == (True, "weekly", None)
