"""Who saves second is told: a settings row counts its versions and knows who saved it."""

import pytest

from tests.sql.asking import PEOPLE, Asking

VERSIONED = {
    "account_settings": "baseline_handle_seconds = 77",
    "location_settings": "extra_wait_seconds = 77",
    "location_hours": "closes_at = '15:01'",
    "location_hours_exceptions": "reason = 'changed'",
    "settings": "value = '{\"changed\": true}'",
    "users": "full_name = 'Renamed'",
}
# People are the admins' to change, all else the managers'.
WRITERS = {"users": "admin"}
DELETED_BY_VERSION = ("location_hours", "location_hours_exceptions", "settings")


def writer(table: str) -> str:
    return WRITERS.get(table, "manager")


@pytest.mark.parametrize("table", VERSIONED)
def test_a_save_counts_and_is_signed(asking: Asking, table: str) -> None:
    row = asking.as_person(writer(table)).scalar(f"select id from public.{table} order by id limit 1")
    assert asking.scalar(f"select version from public.{table} where id = %s", [row]) == 1
    asking.execute(f"update public.{table} set {VERSIONED[table]}, version = 1 where id = %s", [row])
    saved = asking.row(
        f"select version, updated_by, updated_at = now() from public.{table} where id = %s", [row]
    )
    assert saved == (2, PEOPLE[writer(table)], True)


@pytest.mark.parametrize("table", VERSIONED)
@pytest.mark.parametrize("version", [0, 1, 3])
def test_a_stale_version_is_refused(asking: Asking, table: str, version: int) -> None:
    row = asking.as_person(writer(table)).scalar(f"select id from public.{table} order by id limit 1")
    asking.execute(f"update public.{table} set {VERSIONED[table]}, version = 1 where id = %s", [row])
    stale = f"update public.{table} set {VERSIONED[table]}, version = %s where id = %s"
    assert asking.refusal(stale, [version, row])[0] == "PT409"
    assert asking.reach(stale, [2, row]) == 1


@pytest.mark.parametrize("table", VERSIONED)
def test_a_person_who_does_not_say_what_they_read_is_refused(asking: Asking, table: str) -> None:
    row = asking.as_person(writer(table)).scalar(f"select id from public.{table} order by id limit 1")
    unsaid = f"update public.{table} set {VERSIONED[table]} where id = %s"
    assert asking.refusal(unsaid, [row])[0] == "PT428"
    assert asking.refusal(f"update public.{table} set {VERSIONED[table]}, version = null")[0] == "PT409"


@pytest.mark.parametrize("table", VERSIONED)
def test_a_seed_saves_without_a_version_and_takes_the_next(asking: Asking, table: str) -> None:
    row = asking.scalar(f"select id from public.{table} order by id limit 1")
    for _ in range(2):
        asking.execute(f"update public.{table} set {VERSIONED[table]} where id = %s", [row])
    assert asking.scalar(f"select version from public.{table} where id = %s", [row]) == 3


@pytest.mark.parametrize("table", DELETED_BY_VERSION)
def test_a_row_is_deleted_as_it_was_read(asking: Asking, table: str) -> None:
    row = asking.as_person("manager").scalar(f"select id from public.{table} order by id limit 1")
    asking.execute(f"update public.{table} set {VERSIONED[table]}, version = 1 where id = %s", [row])
    delete = "select public.delete_version(%s, %s, %s)"
    for stale in (None, 0, 1, 3):
        assert asking.refusal(delete, [table, row, stale])[0] == "PT409"
    assert asking.reach(f"delete from public.{table} where id = %s and version = 1", [row]) == 0
    asking.execute(delete, [table, row, 2])
    assert asking.scalar(f"select count(*) from public.{table} where id = %s", [row]) == 0
    assert asking.refusal(delete, [table, row, 2])[0] == "P0002"


@pytest.mark.parametrize("table", DELETED_BY_VERSION)
def test_a_deletion_is_refused_to_whoever_may_not_delete(asking: Asking, table: str) -> None:
    delete = "select public.delete_version(%s, %s, 1)"
    row = asking.as_person("operator").scalar(f"select id from public.{table} order by id limit 1")
    assert asking.refusal(delete, [table, row])[0] == "42501"
    assert asking.as_person("manager").reach(delete, [table, row]) == 1
    # A row out of reach is told as no row at all.
    assert asking.as_person("manager_lyon").refusal(delete, [table, row])[0] == "P0002"
    assert asking.as_role("anon").refusal(delete, [table, row])[0] == "42501"


@pytest.mark.parametrize(
    "table", ["users", "audit_log", "location_settings; drop table public.settings", None]
)
def test_nothing_else_is_deleted_by_version(asking: Asking, table: str | None) -> None:
    delete = "select public.delete_version(%s, gen_random_uuid(), 1)"
    assert asking.as_person("admin").refusal(delete, [table])[0] == "23514"


@pytest.mark.parametrize("table", VERSIONED)
def test_nobody_signs_for_another(asking: Asking, table: str) -> None:
    asking.as_person(writer(table))
    for column in ("updated_by", "updated_at"):
        assert asking.refusal(f"update public.{table} set {column} = {column}")[0] == "42501"


def test_every_table_with_a_version_guards_it(asking: Asking) -> None:
    found = asking.column(
        """select a.attrelid::regclass::text from pg_attribute a join pg_class c on c.oid = a.attrelid
        where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attname = 'version'"""
    )
    assert {name.removeprefix("public.") for name in found} == set(VERSIONED)
