"""What changes a number marks its day; a run computes those days; a comparison heals the rest."""

import pytest

from certus_admin.apply import apply_files
from tests.fixtures.database import Database
from tests.sql.asking import ACCOUNT_A, Asking, call_id
from tests.sql.metrics_rows import (
    A1,
    ADD_ORDER,
    ADD_RESERVATION,
    DIFFERENCES,
    MARKS,
    REFRESH,
    UPDATE,
    add_call,
    different,
)

REPORT = "select public.health_report() -> 'refreshes'"
SHOWN = "select sum(total_calls) from public.metrics_daily_v"


def test_a_new_call_is_in_the_numbers_after_a_run(asking: Asking) -> None:
    before = asking.as_person("operator").scalar(SHOWN)
    add_call(asking.as_role("service_role"))
    assert asking.as_person("operator").scalar(SHOWN) == before
    assert asking.as_owner().row(UPDATE)[:2] == (True, 1)
    assert asking.as_person("operator").scalar(SHOWN) == before + 1
    assert asking.as_owner().row(UPDATE)[:2] == (True, 0)


@pytest.mark.parametrize(
    "change",
    [
        "update public.call_logs set started_at = started_at - interval '3 days'",
        "update public.call_logs set ended_at = ended_at + interval '1 hour'",
        "update public.call_logs set provider_status = 'error', end_reason = 'error_retell'",
        "update public.call_logs set intent = 'catering'",
        "update public.call_logs set direction = 'outbound'",
        f"update public.call_logs set location_id = '{A1}' where account_id = '{ACCOUNT_A}'",
        "update public.order_logs set status = 'canceled'",
        "update public.order_logs set total_amount = total_amount + 1",
        "update public.order_logs set created_at = created_at + interval '1 day'",
        "delete from public.order_updates; delete from public.upsells; delete from public.order_logs",
        "update public.reservations set status = 'no_show'",
        "update public.reservations set guest_count = guest_count + 1",
        "update public.reservations set avg_spend_per_head_override = 99",
        "delete from public.reservations",
        "update public.locations set timezone = 'Pacific/Auckland'",
        "update public.location_settings set baseline_handle_seconds = 77",
        "update public.location_settings set avg_spend_per_head = 77",
        "update public.account_settings set baseline_handle_seconds = 78, avg_spend_per_head = 78",
        "delete from public.location_settings",
        "delete from public.account_settings",
        "truncate public.reservations",
        "truncate public.order_logs cascade",
        "truncate public.call_logs cascade",
    ],
)
def test_whatever_changes_a_number_is_computed_by_the_next_run(asking: Asking, change: str) -> None:
    assert different(asking) == []
    asking.as_superuser().execute(change)
    assert different(asking.as_owner()) != []
    asking.execute(UPDATE)
    assert different(asking) == []


def test_a_location_that_goes_takes_its_numbers_along(asking: Asking) -> None:
    place = asking.scalar(
        """insert into public.locations (account_id, name, timezone)
        values (%s, 'Short-lived', 'Europe/Paris') returning id::text""",
        [ACCOUNT_A],
    )
    add_call(asking, place)
    asking.execute(UPDATE)
    shown = "select count(*) from private.metrics_daily where location_id = %s"
    assert asking.scalar(shown, [place]) == 1
    asking.execute("delete from public.call_logs where location_id = %s", [place])
    asking.execute("delete from public.locations where id = %s", [place])
    asking.execute(UPDATE)
    assert asking.scalar(shown, [place]) == 0
    assert different(asking) == []


@pytest.mark.parametrize(
    "change",
    [
        "update public.call_logs set summary_md = 'Another one', recording_url = null, has_order = has_order",
        "update public.order_logs set items = '[]'",
        "update public.reservations set guest_name = 'Somebody else'",
        "update public.location_settings set busy_mode_enabled = true, extra_wait_seconds = 600",
        "update public.locations set name = name || ' again'",
    ],
)
def test_what_changes_no_number_marks_nothing(asking: Asking, change: str) -> None:
    assert asking.reach(change) not in (0, "42501")
    asking.execute(change)
    assert asking.scalar(MARKS) == 0


def test_an_outbound_call_marks_nothing(asking: Asking) -> None:
    add_call(asking, direction="outbound")
    assert asking.scalar(MARKS) == 0


def test_one_statement_of_many_calls_computes_each_day_once(asking: Asking) -> None:
    asking.execute(
        """insert into public.call_logs (account_id, location_id, provider, provider_call_id, started_at)
        select account_id, id, 'vapi', 'many-' || n,
            timestamptz '2026-11-20 10:00Z' + mod(n, 2) * interval '1 day'
        from public.locations, generate_series(1, 500) n where id = %s""",
        [A1],
    )
    assert asking.row(UPDATE)[1] == 2
    assert different(asking) == []


@pytest.mark.parametrize(
    "at", ["0001-01-01 00:00Z", "1969-12-31 00:00Z", "2199-12-31 23:59Z", "9999-12-31 00:00Z", "infinity"]
)
def test_a_call_of_an_odd_year_stops_no_run(asking: Asking, at: str) -> None:
    if at != "infinity":  # a call that ends later than never cannot be written
        add_call(asking, at=at)
    asking.execute(ADD_ORDER, {"place": A1, "at": at})
    asking.execute(ADD_RESERVATION, {"place": A1, "at": at})
    asking.execute(UPDATE)
    assert different(asking) == []


@pytest.mark.parametrize(
    ("zone", "midnight"),
    [
        ("America/Havana", "2026-11-01 04:30Z"),  # 0:30 for the first of two times
        ("America/St_Johns", "2006-10-29 02:30Z"),  # at 0:01 the clock went back to 23:01 of the day before
        ("Africa/Cairo", "2026-04-23 22:00Z"),  # no 0:00 that day
        ("Pacific/Apia", "2011-12-30 09:59Z"),  # the last minute before a day that never was
        ("Asia/Kathmandu", "2026-11-20 18:14Z"),
    ],
)
def test_days_are_found_whole_where_clocks_change_at_midnight(
    asking: Asking, zone: str, midnight: str
) -> None:
    asking.execute("update public.locations set timezone = %s where id = %s", [zone, A1])
    for minutes in range(-200, 201, 10):
        moment = asking.scalar(
            "select (%s::timestamptz + make_interval(mins => %s))::text", [midnight, minutes]
        )
        add_call(asking, at=moment)
    asking.execute(UPDATE)
    assert different(asking) == []


def test_an_owner_under_row_level_security_computes_nothing(asking: Asking) -> None:
    add_call(asking)
    asking.execute("alter table public.call_logs force row level security")
    assert asking.refusal(UPDATE)[0] == "22000"


def test_a_refresh_heals_what_no_mark_names_and_says_how_much(asking: Asking) -> None:
    asking.execute("delete from private.metrics_daily where location_id = %s", [A1])
    asking.execute("update private.metrics_daily set total_calls = total_calls + 1 where total_calls = 1")
    wrong = len(different(asking))
    assert wrong >= 2
    asking.execute(UPDATE)
    assert len(different(asking)) == wrong
    asking.execute(REFRESH)
    assert different(asking) == []
    assert asking.scalar(DIFFERENCES) == wrong
    told = asking.as_person("admin").scalar(REPORT)
    assert (told["compared"]["differences"], told["differences"]) == (wrong, wrong)
    asking.as_owner().execute(REFRESH)
    assert asking.scalar(DIFFERENCES) == 0


def test_a_refresh_heals_hours_that_are_not_all_of_their_day(asking: Asking) -> None:
    asking.execute("delete from private.metrics_hours where location_id = %s", [A1])
    asking.execute("update private.metrics_hours set calls[1] = calls[1] + 1 where location_id <> %s", [A1])
    assert different(asking)
    asking.execute(REFRESH)
    assert different(asking) == []


def test_a_refresh_heals_sums_of_accounts_and_counts_them(asking: Asking) -> None:
    lost = asking.execute("delete from private.metrics_accounts where account_id = %s", [ACCOUNT_A]).rowcount
    wrong = asking.execute("update private.metrics_accounts set total_calls = total_calls + 1").rowcount
    assert lost
    assert wrong
    assert different(asking)
    asking.execute(REFRESH)
    assert different(asking) == []
    assert asking.scalar(DIFFERENCES) == lost + wrong


def test_a_change_that_waits_for_its_run_is_no_difference(asking: Asking) -> None:
    add_call(asking)
    day = """select changed, unexplained from private.compute_days(
        array[%s]::uuid[], array[%s]::uuid[], array['2026-11-20'::date])"""
    assert asking.row(day, [ACCOUNT_A, A1]) == (1, 0)


def test_calls_that_wait_are_computed_by_a_full_refresh_too(asking: Asking) -> None:
    add_call(asking)
    asking.execute(REFRESH)
    assert (asking.scalar(MARKS), asking.scalar(DIFFERENCES)) == (0, 0)
    assert different(asking) == []


def test_an_upgrade_starts_from_the_view_and_computes_everything_once(empty_database: Database) -> None:
    apply_files(empty_database.owner_url, lambda _line: None, seed=True)
    with empty_database.owner(autocommit=True) as owner:
        owner.execute(REFRESH)
        owner.execute("truncate private.metrics_daily")
        owner.execute("drop trigger call_logs_metrics_inserted on public.call_logs")
        add_call(owner)
        apply_files(empty_database.owner_url, lambda _line: None)
        assert owner.execute("select count(*) from private.metrics_daily").fetchone() == (8,)
        assert len(different(owner)) == 1
        owner.execute(UPDATE)
        assert different(owner) == []


PLANNED = {"call_logs": "started_at", "order_logs": "created_at", "reservations": "created_at"}


def test_days_are_read_through_indexes(asking: Asking) -> None:
    asking.execute(
        """insert into public.call_logs (account_id, location_id, provider, provider_call_id, started_at)
        select l.account_id, l.id, 'vapi', gen_random_uuid()::text, now() - n * interval '3 minutes'
        from public.locations l, generate_series(1, 2500) n"""
    )
    for table in ("order_logs", "reservations"):
        asking.execute(
            f"""insert into public.{table} (account_id, location_id, created_at)
            select l.account_id, l.id, now() - n * interval '3 minutes'
            from public.locations l, generate_series(1, 1000) n"""
        )
    asking.execute("analyze public.call_logs, public.order_logs, public.reservations")
    body = asking.scalar("select prosrc from pg_proc where proname = 'metrics_of_days'")
    for name, kind in (("account_ids", "uuid"), ("location_ids", "uuid"), ("dates", "date")):
        body = body.replace(f"metrics_of_days.{name}", f"(select array_agg(x) from unnest($1::{kind}[]) x)")
    asking.execute("set local plan_cache_mode = force_generic_plan")
    plan = "\n".join(asking.column("explain " + body.replace("$1", "null")))
    for table, at in PLANNED.items():
        assert f"Seq Scan on {table}" not in plan
        index = f"{table}_account_id_location_id_{at}_id_idx on {table}"
        assert index in plan
        condition = plan.split(index, 1)[1].split("Index Cond: ", 1)[1].split("\n", 1)[0]
        assert all(column in condition for column in ("account_id", "location_id", f"{at} >=", f"{at} <="))


def test_marks_are_not_read_back_by_clients(asking: Asking) -> None:
    assert add_call(asking.as_role("service_role")) != call_id(1)
    assert asking.refusal(MARKS)[0] == "42501"
    assert asking.refusal("insert into private.metrics_marks default values")[0] == "42501"
