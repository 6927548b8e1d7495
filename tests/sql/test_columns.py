"""Which columns are read and written by whom; full numbers by nobody, in any way."""

import psycopg
import pytest
from psycopg import sql

from tests.sql.access_table import CLOSED, EVERYBODY, OUR_SCHEMAS, PLATFORM_TABLES, STRANGERS, become
from tests.sql.asking import Asking, call_id
from tests.sql.insert_table import CLIENT_INSERTS

CLIENT_UPDATES = {
    "location_settings": "busy_mode_enabled extra_wait_seconds busy_until busy_reason avg_spend_per_head"
    " baseline_handle_seconds version",
    "account_settings": "avg_spend_per_head baseline_handle_seconds version",
    "location_hours": "weekday opens_at closes_at version",
    "location_hours_exceptions": "exception_date is_closed opens_at closes_at reason version",
    "settings": "value version",
    "knowledge_update_requests": "status decision_reason",
    "internal_notes": "note_md mentions",
    "api_keys": "label scopes expires_at revoked_at revoked_reason",
    "users": "email full_name role is_active version",
}
UNREADABLE = {"call_logs": {"from_number", "to_number", "recording_url"}, "reservations": {"guest_phone"}}


def columns_granted(asking: Asking, role: str, verb: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for table, column in asking.rows(
        """select c.relname, a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid
        where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
            and a.attnum > 0 and not a.attisdropped and has_column_privilege(%s, c.oid, a.attnum, %s)""",
        [role, verb],
    ):
        found.setdefault(table, set()).add(column)
    return found


def split(table: dict[str, str]) -> dict[str, set[str]]:
    return {name: set(columns.split()) for name, columns in table.items()}


def test_clients_write_the_columns_meant_for_them_and_no_other(asking: Asking) -> None:
    assert columns_granted(asking, "authenticated", "insert") == split(CLIENT_INSERTS)
    assert columns_granted(asking, "authenticated", "update") == split(CLIENT_UPDATES)


def test_the_platform_writes_its_own_tables_alone(asking: Asking) -> None:
    assert set(columns_granted(asking, "service_role", "insert")) == set(PLATFORM_TABLES)
    assert set(columns_granted(asking, "service_role", "update")) == set(PLATFORM_TABLES)


@pytest.mark.parametrize("role", ["anon", "certus_app"])
@pytest.mark.parametrize("verb", ["select", "insert", "update", "references"])
def test_no_column_at_all_is_granted_to(asking: Asking, role: str, verb: str) -> None:
    assert columns_granted(asking, role, verb) == {}


@pytest.mark.parametrize("role", ["authenticated", "service_role"])
def test_every_column_but_full_numbers_and_recordings_is_read_by(asking: Asking, role: str) -> None:
    readable = columns_granted(asking, role, "select")
    everything = columns_granted(asking, "certus_owner", "select")
    hidden = {table: everything[table] - readable.get(table, set()) for table in everything}
    assert {table: columns for table, columns in hidden.items() if columns} == UNREADABLE


@pytest.mark.parametrize("who", [who for who in EVERYBODY if who != "service_role"])
@pytest.mark.parametrize("verb", ["references", "trigger", "truncate"])
def test_no_table_grants_more_than_it_means_to(asking: Asking, who: str, verb: str) -> None:
    role = {**STRANGERS, **CLOSED}.get(who, ("authenticated", None))[0]
    granted = asking.column(
        """select c.relname from pg_class c where c.relnamespace::regnamespace::text = any (%s)
        and c.relkind in ('r', 'v', 'm') and has_table_privilege(%s, c.oid, %s)""",
        [OUR_SCHEMAS, role, verb],
    )
    assert granted == []


PEEKS = (
    "select {column} from {table}",
    "select * from {table}",
    "select c from {table} c",
    "select c::text from {table} c",
    "select to_jsonb(c) from {table} c",
    "select row_to_json(c) from {table} c",
    "select (c).{column} from {table} c",
    "select c.* from {table} c",
    "select count(*) from {table} where {column} like '+1%%'",
    "select id from {table} order by {column}",
    "select max({column}) from {table}",
    "select x.{column} from {table} c cross join lateral (select c.*) x",
    "select 1 from {table} c where c is not null",
    "select id from {table} natural join (values ('+1 617-555-0142')) v ({column})",
    "copy {table} to stdout",
    "copy {table} ({column}) to stdout",
    "update {table} set created_at = created_at where {column} is not null",
    "update {table} set created_at = created_at returning {column}",
    "update {table} set created_at = created_at returning *",
    "create temporary table peek as select {column} from {table}",
)
HIDDEN = [(table, column) for table, columns in UNREADABLE.items() for column in sorted(columns)]


@pytest.mark.parametrize("who", ["admin", "operator", "service_role", "anon", "bare certus_app"])
@pytest.mark.parametrize(("table", "column"), HIDDEN)
def test_a_hidden_column_cannot_be_read_in_any_way_by(
    asking: Asking, who: str, table: str, column: str
) -> None:
    names = {"table": sql.Identifier("public", table), "column": sql.Identifier(column)}
    filled = sql.SQL("select count({column}) from {table}").format(**names)
    assert asking.scalar(filled) > 0
    become(asking, who)
    for peek in PEEKS:
        state, _ = asking.refusal(sql.SQL(peek).format(**names))
        assert state == "42501", peek


@pytest.mark.parametrize("who", ["admin", "service_role"])
def test_statistics_tell_nothing_of_a_hidden_column_to(asking: Asking, who: str) -> None:
    asking.execute("analyze public.call_logs, public.reservations")
    told = """select attname::text from pg_catalog.pg_stats
        where schemaname = 'public' and tablename in ('call_logs', 'reservations') and attname = any (%s)"""
    names = [column for _, column in HIDDEN]
    assert sorted(asking.as_superuser().column(told, [names])) == sorted(names)
    assert become(asking, who).column(told, [names]) == []


def test_an_error_of_the_platform_shows_no_number_it_did_not_send(asking: Asking) -> None:
    asking.as_role("service_role")
    with pytest.raises(psycopg.Error) as refused, asking.undone():
        asking.execute("update public.call_logs set direction = 'sideways'")
    assert refused.value.sqlstate == "23514"
    assert "555" not in str(refused.value)
    assert "+1" not in (refused.value.diag.message_detail or "")


def test_no_view_shows_a_full_number(asking: Asking, relations: dict[str, str]) -> None:
    assert "+1 617-555-0142" in asking.column("select from_number from public.call_logs")
    asking.as_person("admin")
    for name in relations:
        if relations[name] == "v" and name.startswith("public."):
            shown = asking.column(
                sql.SQL("select to_jsonb(v)::text from {} v").format(sql.Identifier(*name.split(".")))
            )
            assert shown, name
            assert not [row for row in shown if "617-555-01" in row or "99 00 01 6" in row], name


def test_a_call_shows_the_way_to_its_recording_and_not_the_recording(asking: Asking) -> None:
    kept = asking.scalar("select recording_url from public.call_logs where id = %s", [call_id(1)])
    assert kept == "/recordings/demo-1.wav"
    asking.as_person("operator")
    shown = asking.scalar("select recording_url from public.calls_v where id = %s", [call_id(1)])
    assert shown == f"/calls/{call_id(1)}/recording"
