"""The demo's knowledge requests: one at every status, each with a course that lies in the past."""

from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random
from typing import Any

import psycopg
import pytest

from seeds.demo_knowledge import FILED, ask_for_knowledge, row_of
from tests.fixtures.database import Database

NOW = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
SEEDED_BY_SQL = "created_at < '2026-02-01'"


@pytest.fixture(scope="module")
def demo(database: Database) -> Iterator[psycopg.Connection[Any]]:
    """A connection of the owner to a database with the requests."""
    with database.owner() as connection:
        ask_for_knowledge(connection, NOW)
    with database.owner(autocommit=True) as connection:
        yield connection


def test_there_is_one_at_every_status(demo: psycopg.Connection[Any]) -> None:
    found = demo.execute(
        f"select distinct status from public.knowledge_update_requests where not {SEEDED_BY_SQL}"
    ).fetchall()
    assert {row.status for row in found} == {
        "pending", "approved", "processing", "done", "failed", "rejected",
    }  # fmt: skip


def test_the_course_of_each_lies_in_the_past_in_its_order(demo: psycopg.Connection[Any]) -> None:
    rows = demo.execute(
        f"select * from public.knowledge_update_requests where not {SEEDED_BY_SQL}"
    ).fetchall()
    assert len(rows) == len(FILED)
    for row in rows:
        steps = [row.created_at, row.decided_at, row.claimed_at, row.finished_at]
        taken = [step for step in steps if step is not None]
        assert taken == sorted(set(taken))
        assert row.changed_at == taken[-1]
        assert taken[-1] < NOW
        assert (row.claim_expires_at is not None) == (row.status == "processing")


def test_a_second_run_adds_nothing(demo: psycopg.Connection[Any], database: Database) -> None:
    with database.owner() as connection:
        ask_for_knowledge(connection, NOW)
    count = demo.execute("select count(*) as n from public.knowledge_update_requests").fetchone()
    assert count is not None
    assert count.n == len(FILED) + 3


def test_the_same_moment_gives_the_same_rows() -> None:
    def rows() -> list[str]:
        chance = Random("same")
        return [repr(row_of(filed, NOW, chance)) for filed in FILED]

    assert rows() == rows()
