"""Every file runs again, as an owner who is no superuser: it changes, loses and opens nothing."""

import subprocess
from typing import Any

import psycopg

from certus_admin.apply import apply_files
from tests.fixtures.database import Cluster, Database

RIGHTS = """
    with clients as (
        select oid, rolname::text as name from pg_roles where rolname = any (%(roles)s::text[])),
    relations as (
        select oid, oid::regclass::text as name, relkind from pg_class
        where relnamespace::regnamespace::text = any (%(schemas)s::text[])
            and relkind in ('r', 'v', 'm', 'S'))
    select r.name, c.name, a.attname::text, v.verb
        from clients r, relations c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0,
            unnest(%(columns)s::text[]) v (verb)
        where c.relkind <> 'S' and has_column_privilege(r.oid, c.oid, a.attnum, v.verb)
    union all select r.name, c.name, '', v.verb
        from clients r, relations c, unnest(%(tables)s::text[]) v (verb)
        where c.relkind <> 'S' and has_table_privilege(r.oid, c.oid, v.verb)
    union all select r.name, p.oid::regprocedure::text, '', 'execute'
        from clients r, pg_proc p
        where p.pronamespace::regnamespace::text = any (%(schemas)s::text[])
            and has_function_privilege(r.oid, p.oid, 'execute')
    union all select r.name, c.name, '', 'sequence'
        from clients r, relations c
        where case when c.relkind = 'S'
            then has_sequence_privilege(r.oid, c.oid, 'usage, select, update') else false end
    union all select r.name, n.nspname::text, '', v.verb
        from clients r, pg_namespace n, unnest(array['usage', 'create']) v (verb)
        where n.nspname = any (%(schemas)s::text[]) and has_schema_privilege(r.oid, n.oid, v.verb)
    order by 1, 2, 3, 4"""
PARAMETERS = {
    "roles": ["anon", "authenticated", "service_role", "certus_app"],
    "schemas": ["public", "private", "back_office"],
    "columns": ["select", "insert", "update", "references"],
    "tables": ["delete", "truncate", "trigger"],
}


def load(database: Database) -> list[str]:
    """Apply every file and the seed, as the owner; what was reported."""
    lines: list[str] = []
    apply_files(database.owner_url, lines.append, seed=True)
    return lines


def dump(cluster: Cluster, database: Database) -> list[str]:
    """Schema, data and rights as pg_dump writes them, but for the book of when which file was applied."""
    result = subprocess.run(
        [
            str(cluster.server.place.binaries / "pg_dump"),
            "--exclude-table-data=private.applied_files",
            f"--dbname={database.superuser_url}",
        ],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    # Newer pg_dumps put a random word around a dump.
    return [
        line for line in result.stdout.splitlines() if not line.startswith(("\\restrict", "\\unrestrict"))
    ]


def owned(database: Database, statement: str, parameters: Any = None) -> list[Any]:
    """Rows for the owner."""
    with psycopg.connect(database.owner_url, autocommit=True) as owner:
        cursor = owner.execute(statement.encode(), parameters)
        return cursor.fetchall() if cursor.description else []


def test_the_owner_is_no_superuser(database: Database) -> None:
    powers = "select rolsuper, rolbypassrls, rolcreatedb, rolreplication, rolcreaterole from pg_roles"
    assert owned(database, powers + " where rolname = current_user") == [(False, False, False, False, True)]


def test_a_second_and_a_third_run_change_nothing(cluster: Cluster, empty_database: Database) -> None:
    load(empty_database)
    owned(empty_database, "select private.refresh_metrics()")
    first = dump(cluster, empty_database)
    assert sum(line.startswith("CREATE TABLE public.") for line in first) == 19
    assert sum(line.startswith("CREATE POLICY") for line in first) > 40
    for _ in range(2):
        lines = load(empty_database)
        assert [line for line in lines if line.endswith(": applied")] == [
            f"{name}.sql: applied" for name in ("local", "schema", "policies", "cron", "seed")
        ]
        assert dump(cluster, empty_database) == first
    assert owned(empty_database, "select count(*) from public.mv_metrics_daily") == [(8,)]


def test_what_people_and_the_platform_wrote_stays_as_they_left_it(empty_database: Database) -> None:
    load(empty_database)
    owned(empty_database, "update public.locations set name = 'Renamed' where name like '%%Seaport'")
    owned(empty_database, "insert into public.accounts (name) values ('A new customer')")
    owned(empty_database, "update private.user_passwords set changed_at = now()")
    tables = owned(
        empty_database,
        """select oid::regclass::text from pg_class
        where relkind = 'r' and relnamespace::regnamespace::text in ('public', 'private') order by 1""",
    )
    assert len(tables) > 20
    counts = " union all ".join(f"select '{table}', count(*) from {table}" for (table,) in tables)
    before = owned(empty_database, counts)
    load(empty_database)
    assert owned(empty_database, counts) == before
    assert owned(empty_database, "select count(*) from public.locations where name = 'Renamed'") == [(1,)]


def test_default_privileges_of_a_hosted_database_open_nothing(
    database: Database, empty_database: Database
) -> None:
    for what in ("tables", "functions", "sequences", "routines"):
        owned(
            empty_database,
            f"alter default privileges in schema public grant all on {what}"
            " to anon, authenticated, service_role",
        )
    owned(empty_database, "alter default privileges grant all on tables to anon, authenticated, service_role")
    owned(empty_database, "create table public.probe (id int)")
    assert owned(empty_database, "select has_table_privilege('anon', 'public.probe', 'truncate')") == [
        (True,)
    ]
    owned(empty_database, "drop table public.probe")
    ordinary = owned(database, RIGHTS, PARAMETERS)
    assert len(ordinary) > 400
    for _ in range(2):
        load(empty_database)
        assert owned(empty_database, RIGHTS, PARAMETERS) == ordinary


def test_tables_of_others_in_public_are_left_alone(empty_database: Database) -> None:
    load(empty_database)
    owned(empty_database, "create table public.of_the_dashboard (id int)")
    owned(empty_database, "grant select on public.of_the_dashboard to anon")
    load(empty_database)
    found = """select has_table_privilege('anon', 'public.of_the_dashboard', 'select'), relrowsecurity
        from pg_class where oid = 'public.of_the_dashboard'::regclass"""
    assert owned(empty_database, found) == [(True, False)]


def test_a_right_given_by_hand_is_taken_back(database: Database, empty_database: Database) -> None:
    load(empty_database)
    for grant in (
        "grant select on public.call_logs to authenticated",
        "grant select (from_number) on public.call_logs to authenticated",
        "grant select on public.mv_metrics_daily to anon",
        "grant usage on schema private to authenticated",
        "grant select on all tables in schema private to authenticated",
        "grant execute on all functions in schema private to public",
        "grant update (account_id) on public.internal_notes to authenticated",
    ):
        owned(empty_database, grant)
    ordinary = owned(database, RIGHTS, PARAMETERS)
    assert owned(empty_database, RIGHTS, PARAMETERS) != ordinary
    load(empty_database)
    assert owned(empty_database, RIGHTS, PARAMETERS) == ordinary


def test_a_policy_and_a_trigger_dropped_by_hand_come_back(cluster: Cluster, empty_database: Database) -> None:
    load(empty_database)
    before = dump(cluster, empty_database)
    owned(empty_database, "drop policy call_logs_select on public.call_logs")
    owned(empty_database, "drop trigger users_audit on public.users")
    owned(empty_database, "drop view public.orders_v")
    assert dump(cluster, empty_database) != before
    load(empty_database)
    assert sorted(dump(cluster, empty_database)) == sorted(before)


def test_where_pg_cron_is_not_preloaded_here_a_notice_says_what_to_do(empty_database: Database) -> None:
    notices = [line for line in load(empty_database) if line.startswith("cron.sql: notice")]
    assert len(notices) == 1
    assert "pg_cron" in notices[0]
    assert "refresh" in notices[0] or "create extension" in notices[0]
    assert owned(empty_database, "select to_regnamespace('cron') is null") == [(True,)]
