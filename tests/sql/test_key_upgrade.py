"""A database of the version before: keys without successors and reasons, with whatever scopes there were."""

from random import Random

from certus_admin.apply import apply_files
from tests.fixtures.database import Database
from tests.secret_samples import SHAPES
from tests.sql.key_rows import OLD_WEBSITE, TILL, WEBSITE

AS_IT_WAS = """
drop view public.api_keys_v;
drop trigger api_keys_guard on public.api_keys;
drop index public.api_keys_account_id_label_current_idx;
alter table public.api_keys drop constraint api_keys_scopes_check;
alter table public.api_keys drop column succeeds_id, drop column replaced_at,
    drop column revoked_by cascade, drop column revoked_reason cascade;
create or replace function private.looks_like_secret(words text) returns boolean
    language sql immutable parallel safe return false;
create unique index api_keys_account_id_label_live_idx
    on public.api_keys (account_id, label) where revoked_at is null;
"""
KEYS = "select id, label, scopes, revoked_at from public.api_keys order by id"


def test_keys_of_the_version_before_stay_with_known_scopes_and_labels_that_are_no_keys(
    empty_database: Database,
) -> None:
    secret = SHAPES["payments"](Random("the version before"))
    apply_files(empty_database.owner_url, lambda _line: None, seed=True)
    with empty_database.owner() as owner:
        for statement in AS_IT_WAS.split(";\n"):
            owner.execute(statement.encode())
        owner.execute("update public.api_keys set label = %s where id = %s", [secret, WEBSITE])
        owner.execute("update public.api_keys set scopes = '{orders:write,everything}' where id = %s", [TILL])
    for _ in range(2):
        apply_files(empty_database.owner_url, lambda _line: None, seed=True)
        with empty_database.owner() as owner:
            found = {row.id: row for row in owner.execute(KEYS).fetchall()}
            states = dict(owner.execute("select id, state from public.api_keys_v").fetchall())
        assert {key_id: row.label for key_id, row in found.items()} == {
            TILL: "Point of sale",
            WEBSITE: "Withdrawn 0000 0000 0002",
            OLD_WEBSITE: "Old website",
        }
        assert found[TILL].scopes == ["orders:write"]
        assert states == {TILL: "active", WEBSITE: "active", OLD_WEBSITE: "revoked"}
    with empty_database.superuser() as connection:
        connection.execute("set role service_role")
        touched = connection.execute("select public.touch_api_key(%s)", [WEBSITE]).fetchone()
        assert tuple(touched or ()) == ("recorded",)
