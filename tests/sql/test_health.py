"""The report about health: for admins alone, each part by itself, and without anybody's values."""

import json
from typing import Any

import pytest

from tests.fixtures.database import Database
from tests.sql.access_table import EVERYBODY, become
from tests.sql.asking import ACCOUNT_A, ACCOUNT_B, Asking, location_id

REPORT = "select public.health_report()"
PARTS = {"refreshes", "unknown_statuses", "statements", "connections", "versions", "catalogue"}
ADMINS = ("admin", "admin_harbour")
FIGURES = "select * from back_office.health_figures()"
BREAK = """create or replace view private.metrics_daily_live as
    select x.* from ({words}) x where 1 / (select count(*) from public.accounts where false) > 0"""


def add_unknown(asking: Asking, account: str, location: str, reason: str, count: int = 1) -> None:
    asking.execute(
        """insert into public.call_logs (account_id, location_id, provider, provider_call_id,
            provider_status, end_reason, started_at)
        select %s, %s, 'vapi', %s || n, 'ended', %s, now() - make_interval(mins => n)
        from generate_series(1, %s) n""",
        [account, location_id(location), reason, reason, count],
    )


def break_refresh(asking: Asking) -> None:
    words = asking.scalar("select pg_get_viewdef('private.metrics_daily_live'::regclass)").rstrip(";")
    asking.execute(BREAK.format(words=words))


@pytest.mark.parametrize("who", [who for who in EVERYBODY if who not in ADMINS])
def test_the_report_is_refused_to(asking: Asking, who: str) -> None:
    become(asking, who)
    assert asking.refusal(REPORT)[0] == "42501"


@pytest.mark.parametrize("who", ADMINS)
def test_an_admin_is_told_every_part(asking: Asking, who: str) -> None:
    become(asking, who)
    report = asking.scalar(REPORT)
    assert set(report) == PARTS
    assert [part for part in PARTS if "fault" in report[part]] == []
    assert report["connections"]["used"] >= 1
    assert report["connections"]["most"] >= report["connections"]["used"]
    assert report["versions"]["server"][:2] in ("15", "16", "17", "18")
    assert {file["file"] for file in report["versions"]["files"]} >= {"schema.sql", "policies.sql"}


@pytest.mark.parametrize(
    ("part", "breaking"),
    [
        ("refreshes", "alter table private.metrics_refreshes rename column error to mistake"),
        ("unknown_statuses", "alter table public.call_logs rename column provider to sender"),
        ("connections", "drop function private.health_connections()"),
        ("versions", "drop table private.applied_files"),
        ("statements", "drop function private.health_statements()"),
        ("catalogue", "drop function private.plain_view(oid)"),
    ],
)
def test_a_part_that_fails_fails_alone(asking: Asking, part: str, breaking: str) -> None:
    asking.execute(breaking)
    report = asking.as_person("admin").scalar(REPORT)
    assert {name for name in PARTS if "fault" in report[name]} == {part}
    assert list(report[part]) == ["fault"]


def test_a_part_without_the_right_to_read_fails_alone(asking: Asking) -> None:
    asking.as_superuser().execute("revoke select on pg_catalog.pg_stat_activity from public")
    report = asking.as_person("admin").scalar(REPORT)
    assert report["connections"] == {"fault": "42501"}
    assert "fault" not in report["versions"]


def test_unknown_statuses_are_counted_by_what_the_provider_sent(asking: Asking) -> None:
    before = asking.as_person("admin").scalar(REPORT)["unknown_statuses"]
    add_unknown(asking.as_owner(), ACCOUNT_A, "a1", "never-heard-of", 3)
    add_unknown(asking, ACCOUNT_A, "a1", "nor-of-this")
    told = asking.as_person("admin").scalar(REPORT)["unknown_statuses"]
    assert told["calls"] == before["calls"] + 4
    assert told["complete"] is True
    counted = {row["end_reason"]: row["calls"] for row in told["rows"]}
    assert (counted["never-heard-of"], counted["nor-of-this"]) == (3, 1)
    newest = next(row["last_call_id"] for row in told["rows"] if row["end_reason"] == "never-heard-of")
    assert (
        asking.scalar("select end_reason from public.call_logs where id = %s", [newest]) == "never-heard-of"
    )


def test_an_admin_of_one_account_counts_no_call_of_another(asking: Asking) -> None:
    add_unknown(asking, ACCOUNT_A, "a1", "at-harbour")
    add_unknown(asking, ACCOUNT_B, "b1", "elsewhere")
    told = json.dumps(asking.as_person("admin_harbour").scalar(REPORT)["unknown_statuses"])
    assert "at-harbour" in told
    assert "elsewhere" not in told


def test_unknown_calls_are_found_by_their_index(asking: Asking) -> None:
    asking.execute("set local enable_seqscan = off")
    plan = asking.column(
        """explain select id from public.call_logs c where c.status = 'unknown'
        and c.started_at > now() - interval '30 days' order by c.started_at desc, c.id desc limit 20000"""
    )
    assert "call_logs_started_at_id_unknown_idx" in " ".join(plan)


@pytest.mark.parametrize(
    ("query", "shape"),
    [
        ("select  $1,\n  'a guest''s name' from t", "select $1, ? from t"),
        ("select 42, -1.5, t2.c3 from t2 limit 7", "select ?, -?, t2.c3 from t2 limit ?"),
        ("select $q$+1 617 555 0101$q$ -- for Anna\nfrom t /* Berta */", "select ? from t"),
        ("select E'it\\'s', \"Column\" from t", 'select E?s?, "Column" from t'),
    ],
)
def test_shapes_hold_no_values(asking: Asking, query: str, shape: str) -> None:
    told = asking.scalar("select private.query_shape(%s)", [query])
    assert told == shape or (query.startswith("select E") and "it" not in told)


def test_without_the_extension_the_report_says_whether_the_server_has_it(asking: Asking) -> None:
    told = asking.as_person("admin").scalar(REPORT)["statements"]
    there = asking.as_superuser().scalar(
        "select count(*) > 0 from pg_available_extensions where name = 'pg_stat_statements'"
    )
    assert told == {"installed": False, "available": there}


def test_slow_statements_are_told_without_values_and_utilities(
    asking: Asking, database: Database, engine_name: str
) -> None:
    if engine_name == "embedded":
        assert asking.scalar("select count(*) from pg_available_extensions where name like 'pg_stat%%'") == 0
        return
    asking.as_superuser().execute("create extension pg_stat_statements schema private")
    # The slowest are told: what other tests of the run have asked of this server is not among them.
    asking.as_superuser().execute("select private.pg_stat_statements_reset()")
    with database.owner(autocommit=True) as owner:
        owner.execute("select 'Anna Guest', pg_sleep(0.01)")
        owner.execute("set application_name = 'Anna Guest'")
    told = asking.as_person("admin").scalar(REPORT)["statements"]
    assert told["installed"] is True
    assert any("pg_sleep($" in row["shape"] for row in told["rows"])
    assert "Anna" not in json.dumps(told)
    assert [row for row in told["rows"] if row["shape"].lower().startswith("set")] == []


def test_a_refresh_is_written_down_with_who_ran_it(asking: Asking) -> None:
    asking.execute("select private.refresh_metrics_by('somebody')")
    last = asking.as_person("admin").scalar(REPORT)["refreshes"]["runs"][0]
    assert (last["started_by"], last["error_code"], last["metric_rows"]) == ("somebody", None, 8)


def test_a_refresh_that_fails_is_written_down_and_loses_nothing(asking: Asking) -> None:
    before = asking.scalar("select public.metrics_refreshed_at()")
    break_refresh(asking)
    ended = asking.row("select refreshed, error_code, error from private.refresh_metrics_by('somebody')")
    assert tuple(ended) == (False, "22012", "a value could not be computed")
    assert asking.scalar("select count(*) from public.mv_metrics_daily") == 8
    told = asking.as_person("admin").scalar(REPORT)["refreshes"]
    assert told["runs"][0]["error_code"] == "22012"
    assert told["failing_since"] is not None
    assert asking.as_person("operator").scalar("select public.metrics_refreshed_at()") == before
    assert asking.scalar("select public.metrics_failing_since()") is not None


def test_the_first_failure_dates_a_row_of_them_and_a_success_ends_it(asking: Asking) -> None:
    since = "select public.metrics_failing_since()"
    assert asking.scalar(since) is None
    for minutes in (30, 20, 10):
        asking.execute(
            """insert into private.metrics_refreshes (started_at, finished_at, error_code, error)
            select at, at, '22000', 'no' from (select now() - make_interval(mins => %s) as at) t""",
            [minutes],
        )
    assert asking.scalar("select public.metrics_failing_since() = now() - interval '30 minutes'") is True
    asking.execute("select private.refresh_metrics_by('somebody')")
    assert asking.scalar(since) is None


def test_words_of_our_own_refusals_are_kept(asking: Asking) -> None:
    asking.execute("alter table public.call_logs force row level security")
    error: Any = asking.scalar("select error from private.refresh_metrics_by('somebody')")
    assert "would have emptied" in error


def test_old_refreshes_are_forgotten_and_the_last_good_one_never(asking: Asking) -> None:
    asking.execute("update private.metrics_refreshes set finished_at = now() - interval '90 days'")
    break_refresh(asking)
    asking.execute("select private.refresh_metrics_by('somebody')")
    assert asking.scalar("select public.metrics_refreshed_at() < now() - interval '80 days'") is True
    assert asking.scalar("select count(*) from private.metrics_refreshes where error_code is null") == 1


def test_the_exporter_counts_the_last_day(asking: Asking) -> None:
    before = asking.as_role("certus_app").row(FIGURES)
    add_unknown(asking.as_owner(), ACCOUNT_A, "a1", "never-heard-of", 3)
    break_refresh(asking)
    asking.execute("select private.refresh_metrics_by('somebody')")
    after = asking.as_role("certus_app").row(FIGURES)
    assert after[3] == before[3] + 3
    assert after[2] == before[2] + 1
    assert after[1] is not None


@pytest.mark.parametrize("who", ["operator", "admin", "service_role", "anon"])
def test_the_exporters_figures_are_for_the_login_role_alone(asking: Asking, who: str) -> None:
    become(asking, who)
    assert asking.refusal(FIGURES)[0] == "42501"
