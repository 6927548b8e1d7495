"""The database refuses opening hours that overlap, whoever writes them and however many at once."""

import threading
from typing import LiteralString

import psycopg
import pytest

from tests.fixtures.database import Database
from tests.sql.asking import ACCOUNT_A, Asking, location_id

A3, A5 = location_id("a3"), location_id("a5")

ADD: LiteralString = """insert into public.location_hours
    (account_id, location_id, weekday, opens_at, closes_at) values (%s, %s, %s, %s, %s)"""
ADD_EXCEPTION: LiteralString = """insert into public.location_hours_exceptions
    (account_id, location_id, exception_date, is_closed, opens_at, closes_at)
    values (%s, %s, '2027-05-01', %s, %s, %s)"""


def interval(written: str) -> tuple[int, str, str]:
    """`5 17:00-00:30` as weekday, opening and closing time."""
    weekday, times = written.split()
    opens, closes = times.split("-")
    return int(weekday), opens, closes


def refused(asking: Asking, statement: LiteralString, parameters: list[object]) -> psycopg.Error:
    """The error of a statement that fails, undone."""
    with pytest.raises(psycopg.Error) as error, asking.undone():
        asking.execute(statement, parameters)
    return error.value


@pytest.mark.parametrize(
    ("there", "added"),
    [
        ("2 11:00-14:00", "2 13:59-15:00"),
        ("2 11:00-14:00", "2 10:00-11:01"),
        ("2 11:00-14:00", "2 12:00-13:00"),
        ("2 12:00-13:00", "2 11:00-14:00"),
        ("5 17:00-02:00", "6 01:59-05:00"),
        ("6 01:00-05:00", "5 17:00-02:00"),
        ("7 20:00-03:00", "1 02:59-06:00"),
        ("1 02:00-06:00", "7 20:00-03:00"),
        ("3 08:00-08:00", "3 20:00-21:00"),
        ("3 08:00-08:00", "4 07:59-09:00"),
        ("7 08:00-08:00", "1 07:00-07:30"),
        ("4 00:00-00:00", "4 23:59-00:30"),
        ("2 11:00-11:00:01", "2 11:00:00.5-12:00"),
    ],
)
def test_intervals_that_overlap_are_refused(asking: Asking, there: str, added: str) -> None:
    asking.as_person("manager").execute(ADD, [ACCOUNT_A, A5, *interval(there)])
    error = refused(asking, ADD, [ACCOUNT_A, A5, *interval(added)])
    assert error.sqlstate == "23P01"
    assert error.diag.constraint_name == "location_hours_overlap"
    assert error.diag.table_name == "location_hours"
    assert f"weekday {added[0]} {added[2:7]}" in (error.diag.message_detail or "")
    # Not in reach of one another at another location.
    assert asking.as_owner().execute("delete from public.location_hours where location_id = %s", [A3])
    assert asking.reach(ADD, [ACCOUNT_A, A3, *interval(added)]) == 1


@pytest.mark.parametrize(
    ("there", "added"),
    [
        ("2 11:00-14:00", "2 14:00-15:00"),
        ("2 11:00-14:00", "2 10:00-11:00"),
        ("5 17:00-02:00", "6 02:00-05:00"),
        ("7 20:00-03:00", "1 03:00-06:00"),
        ("7 20:00-00:00", "1 00:00-06:00"),
        ("3 08:00-08:00", "4 08:00-08:00"),
        ("7 00:00-00:00", "1 00:00-00:00"),
    ],
)
def test_intervals_that_touch_are_accepted(asking: Asking, there: str, added: str) -> None:
    asking.as_person("manager").execute(ADD, [ACCOUNT_A, A5, *interval(there)])
    assert asking.reach(ADD, [ACCOUNT_A, A5, *interval(added)]) == 1


def test_a_week_of_whole_days_is_accepted_and_leaves_no_room(asking: Asking) -> None:
    asking.as_person("manager")
    for weekday in range(1, 8):
        asking.execute(ADD, [ACCOUNT_A, A5, weekday, "06:00", "06:00"])
    assert refused(asking, ADD, [ACCOUNT_A, A5, 1, "03:00", "03:01"]).sqlstate == "23P01"


def test_a_change_is_held_to_the_same_rule(asking: Asking) -> None:
    asking.as_person("manager").execute(ADD, [ACCOUNT_A, A5, 2, "11:00", "14:00"])
    asking.execute(ADD, [ACCOUNT_A, A5, 3, "11:00", "14:00"])
    for change in ("weekday = 2, opens_at = '13:00'", "weekday = 2, closes_at = '11:30', opens_at = '10:00'"):
        moved = (
            f"update public.location_hours set {change}, version = 1 where location_id = %s and weekday = 3"
        )
        assert asking.refusal(moved, [A5])[0] == "23P01"
    shorter = "update public.location_hours set closes_at = '11:30', version = 1 where location_id = %s"
    assert asking.reach(f"{shorter} and weekday = 2", [A5]) == 1


def test_a_save_of_several_statements_may_overlap_in_between(asking: Asking) -> None:
    asking.as_person("manager").execute(ADD, [ACCOUNT_A, A5, 2, "11:00", "14:00"])
    asking.execute("set constraints public.location_hours_overlap deferred")
    asking.execute(ADD, [ACCOUNT_A, A5, 2, "13:00", "16:00"])
    check = "set constraints public.location_hours_overlap immediate"
    assert asking.refusal(check)[0] == "23P01"
    asking.execute("delete from public.location_hours where location_id = %s and opens_at = '11:00'", [A5])
    asking.execute(check)


def test_two_in_one_statement_are_refused(asking: Asking) -> None:
    both = """insert into public.location_hours (account_id, location_id, weekday, opens_at, closes_at)
        select %s, %s, 2, '10:00'::time + n * interval '1 hour', '12:00'::time + n * interval '1 hour'
        from generate_series(0, %s) n"""
    asking.as_person("manager")
    assert asking.reach(both, [ACCOUNT_A, A5, 0]) == 1
    assert asking.refusal(both, [ACCOUNT_A, A5, 1])[0] == "23P01"


@pytest.mark.parametrize(
    ("there", "added", "fits"),
    [
        ((False, "11:00", "14:00"), (False, "13:00", "15:00"), False),
        ((False, "11:00", "14:00"), (False, "14:00", "15:00"), True),
        ((False, "18:00", "02:00"), (False, "23:00", "23:30"), False),
        # The tail of a day lies on the next date, and has no part in this one.
        ((False, "18:00", "02:00"), (False, "01:00", "03:00"), True),
        ((False, "09:00", "09:00"), (False, "08:00", "09:00"), True),
        ((True, None, None), (False, "11:00", "14:00"), False),
        ((False, "11:00", "14:00"), (True, None, None), False),
    ],
)
def test_exceptions_of_a_date_are_closed_or_do_not_overlap(
    asking: Asking, there: tuple[object, ...], added: tuple[object, ...], fits: bool
) -> None:
    asking.as_person("manager").execute(ADD_EXCEPTION, [ACCOUNT_A, A5, *there])
    if fits:
        assert asking.reach(ADD_EXCEPTION, [ACCOUNT_A, A5, *added]) == 1
        return
    error = refused(asking, ADD_EXCEPTION, [ACCOUNT_A, A5, *added])
    assert (error.sqlstate, error.diag.constraint_name) == ("23P01", "location_hours_exceptions_overlap")
    assert "2027-05-01" in (error.diag.message_detail or "")


@pytest.mark.parametrize("isolation", list(psycopg.IsolationLevel)[1:])
@pytest.mark.parametrize(
    ("statement", "first", "second"),
    [
        (ADD, interval("2 11:00-14:00"), interval("2 13:00-15:00")),
        (ADD_EXCEPTION, (False, "11:00", "14:00"), (True, None, None)),
    ],
)
def test_of_two_at_once_one_is_refused(
    database: Database,
    isolation: psycopg.IsolationLevel,
    statement: LiteralString,
    first: tuple[object, ...],
    second: tuple[object, ...],
) -> None:
    outcome: list[str | None] = []
    with database.owner() as one, database.owner() as other:
        other.isolation_level = isolation
        other.execute("select count(*) from public.location_hours")
        one.execute(statement, [ACCOUNT_A, A5, *first])

        def add() -> None:
            try:
                other.execute(statement, [ACCOUNT_A, A5, *second])
                other.commit()
                outcome.append("saved")
            except psycopg.Error as error:
                outcome.append(error.sqlstate)

        waiting = threading.Thread(target=add)
        waiting.start()
        waiting.join(0.3)
        assert waiting.is_alive(), "the second does not wait for the first"
        one.commit()
        waiting.join(10)
        # Who reads a state older than the other's save is told to begin again, instead of missing it.
        assert outcome == ["23P01" if isolation is psycopg.IsolationLevel.READ_COMMITTED else "40001"]
        for table in ("location_hours", "location_hours_exceptions"):
            one.execute(f"delete from public.{table} where location_id = %s", [A5])
        one.commit()


def test_places_do_not_wait_for_each_other(database: Database) -> None:
    with database.owner() as one, database.owner() as other:
        one.execute(ADD, [ACCOUNT_A, A5, 2, "11:00", "14:00"])
        other.execute("set local lock_timeout = '1s'")
        other.execute(ADD, [ACCOUNT_A, A3, 1, "11:00", "14:00"])
        one.rollback()
        other.rollback()


def test_calls_come_in_while_hours_are_saved(database: Database) -> None:
    with database.owner() as one, database.owner() as other:
        one.execute(ADD, [ACCOUNT_A, A5, 2, "11:00", "14:00"])
        other.execute("set local lock_timeout = '1s'")
        other.execute(
            """insert into public.call_logs (account_id, location_id, provider, provider_call_id, started_at)
            values (%s, %s, 'retell', 'while hours are saved', now())""",
            [ACCOUNT_A, A5],
        )
        one.rollback()
        other.rollback()


def test_what_the_seed_holds_overlaps_nowhere(asking: Asking) -> None:
    rows = asking.scalar("select count(*) from public.location_hours")
    assert rows == 132
    touched = asking.execute("update public.location_hours set opens_at = opens_at")
    assert touched.rowcount == rows
