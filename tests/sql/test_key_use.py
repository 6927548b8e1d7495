"""The platform records that a key was used: once a minute, waiting for nobody, not for keys that ended."""

import threading
from collections.abc import Callable
from typing import Any, LiteralString

import pytest

from tests.fixtures.database import Cluster
from tests.sql.access_table import CLOSED, STRANGERS, become
from tests.sql.asking import Asking
from tests.sql.audit_lines import Log
from tests.sql.key_rows import NOBODYS, OLD_WEBSITE, TILL, WEBSITE, key

TOUCH: LiteralString = "select public.touch_api_key(%s)"


def test_the_platform_records_use_once_a_minute(asking: Asking, log: Log) -> None:
    asking.as_role("service_role")
    assert [asking.scalar(TOUCH, [TILL]) for _ in range(3)] == ["recorded", "live", "live"]
    first = key(asking, TILL).last_used_at
    asking.execute(
        "update public.api_keys set last_used_at = last_used_at - interval '61 seconds' where id = %s", [TILL]
    )
    assert asking.as_role("service_role").scalar(TOUCH, [TILL]) == "recorded"
    assert key(asking, TILL).last_used_at >= first
    assert log.lines() == [], "a use writes no line of the audit log"


def test_a_key_that_has_ended_is_not_touched_and_says_so(asking: Asking) -> None:
    asking.execute(
        "update public.api_keys set expires_at = now() - interval '1 second' where id = %s", [WEBSITE]
    )
    asking.as_role("service_role")
    assert asking.scalar(TOUCH, [OLD_WEBSITE]) == "revoked"
    assert asking.scalar(TOUCH, [WEBSITE]) == "expired"
    assert asking.scalar(TOUCH, [NOBODYS]) == "unknown"
    for key_id in (OLD_WEBSITE, WEBSITE):
        assert key(asking, key_id).last_used_at is None


@pytest.mark.parametrize("who", ["operator", "manager", "admin", *STRANGERS, *CLOSED])
def test_no_key_is_touched_by(asking: Asking, who: str) -> None:
    become(asking, who)
    assert asking.refusal(TOUCH, [TILL])[0] == "42501"


@pytest.fixture
def touch(cluster: Cluster) -> Any:
    """A database to commit in, and a way to touch there, each call from a connection of its own."""
    name, database = cluster.clone()

    def call() -> str:
        with database.superuser() as connection:
            connection.execute("set lock_timeout = '1ms'; set role service_role")
            row = connection.execute(TOUCH, [TILL]).fetchone()
            assert row is not None
            return str(row[0])

    call.database = database  # type: ignore[attr-defined]
    yield call
    cluster.drop(name)


def test_whoever_touches_a_locked_key_does_not_wait(touch: Callable[[], str]) -> None:
    database = touch.database  # type: ignore[attr-defined]
    with database.owner() as other:
        other.execute("update public.api_keys set label = 'Till' where id = %s", [TILL])
        assert touch() == "live"
        other.commit()
    assert touch() == "recorded"


def test_many_at_once_write_once(touch: Callable[[], str]) -> None:
    answers: list[str] = []
    threads = [threading.Thread(target=lambda: answers.append(touch())) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["live"] * 11 + ["recorded"]
