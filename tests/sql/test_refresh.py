"""Refreshing the numbers: once at a time, again without a difference, never into nothing."""

from typing import LiteralString

import psycopg
import pytest
from psycopg import sql

from certus_admin.apply import apply_files
from tests.fixtures.database import Database
from tests.sql.asking import ACCOUNT_A, Asking

REFRESH = "select refreshed, metric_rows, seconds from private.refresh_metrics()"
ROWS = "select count(*) from public.mv_metrics_daily"
KEPT = "select count(*) from private.metrics_daily"


def test_a_refresh_says_what_it_did(asking: Asking) -> None:
    refreshed, rows, seconds = asking.row(REFRESH)
    assert (refreshed, rows) == (True, 8)
    assert seconds >= 0


def test_a_second_refresh_changes_nothing(asking: Asking) -> None:
    everything = "select m::text from public.mv_metrics_daily m order by 1"
    before = asking.column(everything)
    assert len(before) == 8
    for _ in range(2):
        asking.execute(REFRESH)
        assert asking.column(everything) == before


def test_a_refresh_beside_another_goes_home(database: Database) -> None:
    with psycopg.connect(database.owner_url) as one, psycopg.connect(database.owner_url) as other:
        assert one.execute(REFRESH).fetchone()[0] is True  # type: ignore[index]
        assert other.execute(REFRESH).fetchone() == (False, None, None)
        one.rollback()
        assert other.execute(REFRESH).fetchone()[0] is True  # type: ignore[index]
        other.rollback()


def test_readers_read_on_while_a_refresh_runs(database: Database) -> None:
    with psycopg.connect(database.owner_url) as one, psycopg.connect(database.owner_url) as reader:
        one.execute(REFRESH)
        reader.execute("set local lock_timeout = '1s'")
        assert reader.execute(ROWS).fetchone() == (8,)
        one.rollback()


@pytest.mark.parametrize(
    "table",
    [
        "accounts",
        "locations",
        "call_logs",
        "order_logs",
        "reservations",
        "account_settings",
        "location_settings",
    ],
)
def test_an_owner_under_row_level_security_empties_nothing(asking: Asking, table: str) -> None:
    asking.execute(sql.SQL("alter table {} force row level security").format(sql.Identifier("public", table)))
    state, words = asking.refusal(REFRESH)
    assert state == "22000"
    assert "would have emptied" in (words or "")
    assert asking.as_superuser().scalar(ROWS) == 8


def test_a_refresh_that_finds_no_number_for_calls_that_are_there_is_undone(asking: Asking) -> None:
    definition = asking.scalar("select pg_get_viewdef('private.metrics_daily_live'::regclass)").rstrip(";")
    asking.execute(
        f"create or replace view private.metrics_daily_live as select * from ({definition}) x where false"
    )
    assert asking.refusal(REFRESH)[0] == "22000"
    assert asking.scalar(ROWS) == 8


def test_a_refresh_that_would_lose_days_that_have_calls_is_undone(asking: Asking) -> None:
    definition = asking.scalar("select pg_get_viewdef('private.metrics_daily_live'::regclass)").rstrip(";")
    asking.execute(
        f"""create or replace view private.metrics_daily_live as
        select * from ({definition}) x where date = (select min(date) from public.mv_metrics_daily)"""
    )
    state, words = asking.refusal(REFRESH)
    assert (state, "would have lost metrics" in (words or "")) == ("22000", True)
    assert asking.scalar(ROWS) == 8
    asking.execute("insert into private.metrics_marks default values")  # everything is to be computed anew
    assert asking.refusal("select private.update_metrics()")[0] == "22000"
    assert asking.scalar(KEPT) == 8


def test_an_account_that_leaves_takes_its_days_along(asking: Asking) -> None:
    asking.as_superuser().execute("set local session_replication_role = replica")
    asking.execute("delete from public.call_logs where account_id <> %s", [ACCOUNT_A])
    asking.execute("delete from public.order_logs where account_id <> %s", [ACCOUNT_A])
    asking.execute("delete from public.reservations where account_id <> %s", [ACCOUNT_A])
    asking.execute("set local session_replication_role = origin")
    refreshed, rows, _ = asking.as_owner().row(REFRESH)
    assert refreshed is True
    assert 0 < rows < 8 * 0.9


@pytest.mark.parametrize("emptied", ["truncate private.metrics_daily", "delete from private.metrics_daily"])
def test_numbers_that_somebody_emptied_are_back_with_the_next_run_and_counted(
    asking: Asking, emptied: LiteralString
) -> None:
    everything = "select m::text from private.metrics_daily m order by 1"
    before = asking.column(everything)
    asking.execute(emptied)
    asking.execute("select private.update_metrics()")
    assert asking.column(everything) == before
    told = asking.as_person("admin").scalar("select public.health_report()")["refreshes"]
    assert (told["differences"], told["runs"][0]["differences"]) == (8, 8)


def test_an_empty_database_has_no_numbers_and_says_so(empty_database: Database) -> None:
    apply_files(empty_database.owner_url, lambda _line: None)
    with psycopg.connect(empty_database.owner_url, autocommit=True) as owner:
        assert owner.execute("select public.metrics_refreshed_at()").fetchone() == (None,)
        for _ in range(2):
            assert owner.execute(REFRESH).fetchone()[:2] == (True, 0)  # type: ignore[index]
        assert owner.execute(
            "select public.metrics_refreshed_at() > now() - interval '1 minute'"
        ).fetchone() == (True,)


def test_the_age_of_the_numbers_is_known_to_whoever_reads_them(asking: Asking) -> None:
    age = "select public.metrics_refreshed_at()"
    before = asking.scalar(age)
    asking.execute(REFRESH)
    finished = asking.scalar("select max(finished_at) from private.metrics_refreshes")
    assert finished > before
    assert asking.as_person("operator").scalar(age) == finished
    assert asking.as_role("service_role").scalar(age) == finished
    assert asking.as_role("anon").refusal(age)[0] == "42501"


@pytest.mark.parametrize("who", ["operator", "admin"])
def test_no_client_refreshes(asking: Asking, who: str) -> None:
    asking.as_person(who)
    assert asking.refusal(REFRESH)[0] == "42501"
    assert asking.refusal("refresh materialized view public.mv_metrics_daily")[0] == "42501"
