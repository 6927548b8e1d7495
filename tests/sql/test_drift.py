"""The catalogue: the same on every engine once the files are applied, and what a hand changes is named."""

import pytest

from certus_admin.apply import apply_files
from certus_admin.drift import CATALOGUE_STATEMENT, Change, Entry, compare, expected_catalogue, live_catalogue
from tests.fixtures.database import Database
from tests.sql.asking import Asking

EXPECTED = expected_catalogue()

# What a hand does, and what the report then names: (what, kind and name).
HANDS: dict[str, tuple[str, str]] = {
    "alter table public.call_logs add column note text": ("added", "column public.call_logs.note"),
    "alter table public.users alter column full_name drop not null": (
        "changed",
        "column public.users.full_name",
    ),
    "alter table public.users alter column is_active set default false": (
        "changed",
        "column public.users.is_active",
    ),
    "alter table public.internal_notes drop column mentions cascade": (
        "missing",
        "column public.internal_notes.mentions",
    ),
    "alter table private.sign_in_attempts alter column key type varchar(90)": (
        "changed",
        "column private.sign_in_attempts.key",
    ),
    "drop policy call_logs_select on public.call_logs": (
        "missing",
        "policy public.call_logs.call_logs_select",
    ),
    "create policy open on public.call_logs for select to anon using (true)": (
        "added",
        "policy public.call_logs.open",
    ),
    "alter policy call_logs_select on public.call_logs using (true)": (
        "changed",
        "policy public.call_logs.call_logs_select",
    ),
    "alter policy users_insert on public.users to service_role": (
        "changed",
        "policy public.users.users_insert",
    ),
    "alter table public.api_keys disable row level security": ("changed", "table public.api_keys"),
    "alter table public.api_keys force row level security": ("changed", "table public.api_keys"),
    "grant select on public.users to anon": ("added", "grant public.users to anon"),
    "grant select (from_number) on public.call_logs to authenticated": (
        "changed",
        "grant public.call_logs to authenticated",
    ),
    "grant select on public.users to authenticated with grant option": (
        "changed",
        "grant public.users to authenticated",
    ),
    "grant execute on function private.refresh_metrics() to public": (
        "added",
        "grant private.refresh_metrics() to public",
    ),
    "revoke execute on function public.health_report() from authenticated": (
        "missing",
        "grant public.health_report() to authenticated",
    ),
    "grant usage on schema private to authenticated": ("added", "grant schema private to authenticated"),
    "create index by_hand on public.users (full_name)": ("added", "index public.by_hand"),
    "drop index public.call_logs_id_idx": ("missing", "index public.call_logs_id_idx"),
    "create or replace function private.manages() returns boolean language sql stable as 'select true'": (
        "changed",
        "function private.manages()",
    ),
    "alter function private.person_role() security invoker": ("changed", "function private.person_role()"),
    "alter function private.person_role() reset search_path": ("changed", "function private.person_role()"),
    "create function private.mine() returns int language sql return 1": ("added", "function private.mine()"),
    "drop function public.delete_version(text, uuid, integer)": (
        "missing",
        "function public.delete_version(text, uuid, integer)",
    ),
    "create function public.mask_phone(number int) returns text language sql return 'x'": (
        "added",
        "function public.mask_phone(integer)",
    ),
    "create function public.door() returns bigint language sql security definer"
    " as 'select count(*) from public.call_logs'": ("added", "function public.door()"),
    "drop trigger users_audit on public.users": ("missing", "trigger public.users.users_audit"),
    "alter table public.users disable trigger users_audit": ("changed", "trigger public.users.users_audit"),
    "create trigger mine after insert on public.users for each row execute function private.audit()": (
        "added",
        "trigger public.users.mine",
    ),
    "alter table public.locations drop constraint locations_timezone_check": (
        "missing",
        "constraint public.locations.locations_timezone_check",
    ),
    "alter table public.users add constraint mine check (length(full_name) < 900)": (
        "added",
        "constraint public.users.mine",
    ),
    "create view public.every_call as select id from public.call_logs": ("added", "view public.every_call"),
    "alter view public.calls_v set (security_invoker = false)": ("changed", "view public.calls_v"),
    "create table private.mine (id int)": ("added", "table private.mine"),
}


def drift_of(asking: Asking) -> list[Change]:
    """What differs now, as the owner reads it."""
    return list(compare(EXPECTED, [Entry(*row) for row in asking.rows(CATALOGUE_STATEMENT)]).changes)


def named(asking: Asking) -> set[tuple[str, str]]:
    return {(change.what, change.name) for change in drift_of(asking)}


def test_a_fresh_database_is_as_the_committed_catalogue_says(empty_database: Database) -> None:
    apply_files(empty_database.owner_url, lambda _line: None)
    live = {entry.key: entry.definition for entry in live_catalogue(empty_database.owner_url)}
    assert len(live) > 500
    assert live == EXPECTED, "run flask db catalogue after supabase/*.sql has changed"


def test_applying_again_and_seeding_make_no_drift(empty_database: Database) -> None:
    for _ in range(2):
        apply_files(empty_database.owner_url, lambda _line: None, seed=True)
    drift = compare(EXPECTED, live_catalogue(empty_database.owner_url))
    assert (drift.changes, drift.beside) == ((), ())


@pytest.mark.parametrize("by_hand", HANDS)
def test_what_a_hand_changes_is_named(asking: Asking, by_hand: str) -> None:
    assert named(asking) == set()
    asking.execute(by_hand)
    assert HANDS[by_hand] in named(asking)


def test_a_right_that_is_taken_away_is_named(asking: Asking) -> None:
    asking.execute("revoke select on public.calls_v from authenticated")
    assert named(asking) == {("missing", "grant public.calls_v to authenticated")}


def test_a_view_whose_words_change_is_named(asking: Asking) -> None:
    words = asking.scalar("select pg_get_viewdef('private.metrics_daily_live'::regclass)").rstrip(";")
    asking.execute(
        f"create or replace view private.metrics_daily_live as select * from ({words}) x where false"
    )
    assert named(asking) == {("changed", "view private.metrics_daily_live")}


def test_a_change_says_what_it_should_be_and_what_it_is(asking: Asking) -> None:
    asking.execute("alter table public.users alter column full_name drop not null")
    assert drift_of(asking) == [Change("changed", "column public.users.full_name", "text not null", "text")]


def test_what_a_hand_undoes_again_is_no_drift(asking: Asking) -> None:
    asking.execute("grant select on public.users to anon")
    assert named(asking) != set()
    asking.execute("revoke select on public.users from anon")
    assert named(asking) == set()


def test_tables_and_functions_of_others_in_public_are_named_apart(asking: Asking) -> None:
    asking.execute("create table public.of_the_dashboard (id int primary key)")
    asking.execute("create index on public.of_the_dashboard (id)")
    asking.execute("grant select on public.of_the_dashboard to anon")
    asking.execute("create function public.of_the_dashboard() returns int language sql return 1")
    drift = compare(EXPECTED, [Entry(*row) for row in asking.rows(CATALOGUE_STATEMENT)])
    assert drift.changes == ()
    assert drift.beside == ("public.of_the_dashboard", "public.of_the_dashboard()")


def test_applying_puts_back_what_a_hand_took(empty_database: Database) -> None:
    apply_files(empty_database.owner_url, lambda _line: None)
    with empty_database.owner(autocommit=True) as owner:
        owner.execute("drop policy call_logs_select on public.call_logs")
        owner.execute("grant select on public.users to anon")
        owner.execute("alter table public.api_keys disable row level security")
    assert len(compare(EXPECTED, live_catalogue(empty_database.owner_url)).changes) == 3
    apply_files(empty_database.owner_url, lambda _line: None)
    assert compare(EXPECTED, live_catalogue(empty_database.owner_url)).changes == ()
