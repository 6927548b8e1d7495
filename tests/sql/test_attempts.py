"""Tries at sign-in are counted for all workers together; and who may call at the door at all."""

from datetime import datetime
from typing import LiteralString

import psycopg
import pytest

from tests.fixtures.database import Database
from tests.sql.asking import Asking
from tests.sql.front import Front

COUNT: LiteralString = "select * from back_office.count_attempt(%s, %s)"
KNOWN: LiteralString = "select * from back_office.attempts(%s)"


def test_attempts_are_counted_in_a_window_that_begins_with_the_first(front: Front) -> None:
    now: datetime = front.owner("select now()")
    counted = [front.call(COUNT, "a key", 60) for _ in range(3)]
    assert [attempts for attempts, _ in counted] == [1, 2, 3]
    assert {(resets_at - now).total_seconds() for _, resets_at in counted} == {60}
    assert front.call(KNOWN, "a key") == counted[-1]


def test_a_longer_window_does_not_stretch_the_one_that_runs(front: Front) -> None:
    _, first = front.call(COUNT, "a key", 60)
    assert front.call(COUNT, "a key", 3600)[1] == first


def test_keys_are_counted_apart(front: Front) -> None:
    front.call(COUNT, "a key", 60)
    assert front.call(COUNT, "another key", 60)[0] == 1
    assert front.call(KNOWN, "a third key") is None


def test_a_window_that_is_over_begins_anew(front: Front) -> None:
    for _ in range(5):
        front.call(COUNT, "a key", 60)
    front.owner("update private.sign_in_attempts set resets_at = now() where key = %s", "a key")
    assert front.call(KNOWN, "a key") is None
    assert front.call(COUNT, "a key", 60)[0] == 1


def test_attempts_are_forgotten_after_a_sign_in(front: Front) -> None:
    front.call(COUNT, "a key", 60)
    front.call("select back_office.forget_attempts(%s)", "a key")
    assert front.call(KNOWN, "a key") is None


def test_counters_long_over_are_swept(front: Front) -> None:
    front.call(COUNT, "an old key", 60)
    front.owner("update private.sign_in_attempts set resets_at = now() - interval '61 minutes'")
    front.call(COUNT, "a key", 60)
    assert front.owner("select array_agg(key) from private.sign_in_attempts") == ["a key"]


def test_two_workers_share_one_counter(database: Database) -> None:
    with psycopg.connect(database.app_url) as one, psycopg.connect(database.app_url) as other:
        for connection, attempts in ((one, 1), (other, 2), (one, 3)):
            row = connection.execute(COUNT, ["a shared key", 60]).fetchone()
            connection.commit()
            assert row is not None
            assert row[0] == attempts
        one.execute("select back_office.forget_attempts('a shared key')")


CALLS: list[LiteralString] = [
    "select back_office.find_person('operator@certus.example')",
    "select back_office.find_sign_in('operator@certus.example')",
    "select back_office.open_session('05e00000-0000-7000-8000-000000000003', sha256('x'), null, null)",
    "select back_office.resume_session(sha256('x'))",
    "select back_office.end_session(sha256('x'))",
    "select back_office.save_password_hash('05e00000-0000-7000-8000-000000000003', '$argon2id$x')",
    "select back_office.count_attempt('a key', 60)",
    "select back_office.attempts('a key')",
    "select back_office.forget_attempts('a key')",
    "select back_office.health()",
]


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.split(".")[1].split("(")[0])
def test_only_the_login_role_may_call(asking: Asking, call: LiteralString) -> None:
    assert asking.as_role("certus_app").reach(call) in (0, 1)
    for who in ("operator", "admin", "newcomer"):
        assert asking.as_person(who).refusal(call)[0] == "42501"
    for role in ("anon", "authenticated", "service_role"):
        assert asking.as_role(role).refusal(call)[0] == "42501"


def test_health_tells_when_the_metrics_were_refreshed(front: Front) -> None:
    finished = front.owner("select max(finished_at) from private.metrics_refreshes")
    assert finished is not None
    assert front.call("select metrics_refreshed_at from back_office.health()") == (finished,)
