"""Settings besides the voice: who reads and writes them, how large they are, and that none holds a secret."""

import json
from typing import Any, LiteralString

import psycopg
import pytest

from tests.sql.access_table import become
from tests.sql.asking import ACCOUNT_A, ACCOUNT_C, Asking, location_id

A1, C1, C2 = (location_id(name) for name in ("a1", "c1", "c2"))
READ = (
    "select 1 from public.settings where org_id = %s and location_id is not distinct from %s and key = 'menu'"
)
VIEWED = READ.replace("public.settings", "public.settings_v").replace("org_id", "account_id")
INSERT = "insert into public.settings (org_id, location_id, key, value) values (%s, %s, 'other', '{}')"
UPDATE = """update public.settings set value = '{"changed": 1}', version = version
    where org_id = %s and location_id is not distinct from %s and key = 'menu'"""
DELETE = (
    "delete from public.settings where org_id = %s and location_id is not distinct from %s and key = 'menu'"
)
SAVE = "insert into public.settings (org_id, location_id, key, value) values (%s, null, %s, %s::jsonb)"

EVERYWHERE = {"admin"}
NOBODY = {
    "operator", "operator_west", "operator_pier", "manager", "manager_lyon", "newcomer",
    "authenticated without claims", "someone deactivated", "anon", "bare certus_app",
}  # fmt: skip
# Whoever is an admin where the row is, and of an account's own row, of the whole account.
PLACES: dict[str, tuple[tuple[Any, Any], set[str]]] = {
    "an account": ((ACCOUNT_A, None), {"admin_harbour"}),
    "one of its locations": ((ACCOUNT_A, A1), {"admin_harbour"}),
    "another account": ((ACCOUNT_C, None), set()),
    "another account's location": ((ACCOUNT_C, C2), set()),
}
VERBS: dict[str, LiteralString] = {
    "select": READ, "select through the view": VIEWED, "insert": INSERT, "update": UPDATE, "delete": DELETE,
}  # fmt: skip


@pytest.fixture
def menus(asking: Asking) -> Asking:
    """A setting of the key `menu` at each place."""
    for (account, location), _ in PLACES.values():
        asking.execute(
            "insert into public.settings (org_id, location_id, key, value) values (%s, %s, 'menu', '{}')",
            [account, location],
        )
    return asking


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("who", [*sorted(EVERYWHERE | {"admin_harbour"}), *sorted(NOBODY)])
def test_only_admins_reach_settings_besides_the_voice_and_only_where_granted(
    menus: Asking, who: str, place: str, verb: str
) -> None:
    where, granted = PLACES[place]
    reached = become(menus, who).reach(VERBS[verb], where)
    if who in EVERYWHERE | granted:
        assert reached == 1
    else:
        assert reached in (0, "42501")


@pytest.mark.parametrize("verb", VERBS)
def test_an_admin_of_one_location_reads_the_accounts_setting_and_changes_the_locations(
    menus: Asking, verb: str
) -> None:
    menus.execute("update public.users set role = 'admin' where email = 'manager.lyon@certus.example'")
    menus.as_person("manager_lyon")
    assert menus.reach(VERBS[verb], [ACCOUNT_C, C2]) == 1
    assert menus.reach(VERBS[verb], [ACCOUNT_C, C1]) in (0, "42501")
    assert menus.reach(VERBS[verb], [ACCOUNT_C, None]) in ((1,) if "select" in verb else (0, "42501"))


def test_the_automation_reads_settings_and_writes_none(menus: Asking) -> None:
    become(menus, "service_role")
    assert menus.reach(READ, [ACCOUNT_A, None]) == 1
    assert menus.reach(VIEWED, [ACCOUNT_A, None]) == 1
    for verb in ("insert", "update", "delete"):
        assert menus.reach(VERBS[verb], [ACCOUNT_A, A1]) == "42501"


# Made for these tests: no key of anybody's.
LIVE_KEY = "_".join(("sk", "live", "4eC39HqLyjWDarjtT1zdp7dc"))
HIDDEN: dict[str, tuple[object, str]] = {
    "a text": (LIVE_KEY, "$"),
    "a value": ({"provider": {"token": LIVE_KEY}}, "$.provider.token"),
    "an item": ({"tokens": ["none", {"a": LIVE_KEY}]}, "$.tokens[1].a"),
    "a name": ({"of": {LIVE_KEY: True}}, "$.of.(a name)"),
    "words around it": ({"note": f"use Bearer {LIVE_KEY} for it"}, "$.note"),
    "part of an address": ({"hook": f"https://hooks.example/services/{LIVE_KEY}"}, "$.hook"),
    "a long run of letters and digits": ({"a": "a1b2c3d4e5f6a7b8c9d0"}, "$.a"),
}
HARMLESS: dict[str, object] = {
    "an id": {"location": "10c00000-0000-7000-8000-0000000000a1"},
    "ids": {"all": "10c00000-0000-7000-8000-0000000000a1,10C00000-0000-7000-8000-0000000000A2"},
    "an address": {"page": "https://restaurant.example/menus/winter/lunch-and-dinner?table=12"},
    "joined words": {"overflow": "overflow_transfer_destination_default", "key-card": "skip-the-line-please"},
    "joined words as names": {"after-closing-hours-play-the-voicemail": True},
    "a sentence": {"note": "Ask whether the guest would like a table by the window, and write it down."},
    "numbers": {"a": 12345678901234567890, "b": 0.1},
    "a number of a phone": {"to": "+16175550101"},
}


@pytest.mark.parametrize("where", HIDDEN)
def test_what_looks_like_a_secret_is_refused_wherever_it_stands_and_not_repeated(
    asking: Asking, where: str
) -> None:
    value, path = HIDDEN[where]
    asking.as_person("admin")
    with pytest.raises(psycopg.errors.CheckViolation) as refused, asking.undone():
        asking.execute(SAVE, [ACCOUNT_A, "other", json.dumps(value)])
    assert refused.value.diag.constraint_name == "settings_value_secret"
    assert refused.value.diag.message_detail == path
    assert "4eC39" not in str(refused.value)
    change = "update public.settings set value = %s::jsonb, version = version where key = 'routing'"
    assert asking.refusal(change, [json.dumps(value)])[0] == "23514"


@pytest.mark.parametrize("what", HARMLESS)
def test_ids_addresses_and_words_are_no_secrets(asking: Asking, what: str) -> None:
    assert asking.as_person("admin").reach(SAVE, [ACCOUNT_A, "other", json.dumps(HARMLESS[what])]) == 1


def test_a_key_is_no_place_for_a_secret_either(asking: Asking) -> None:
    asking.as_person("admin")
    assert asking.refusal(SAVE, [ACCOUNT_A, "key_a1b2c3d4e5f6a7b8", "{}"])[0] == "23514"


def test_a_voice_may_be_a_providers_id_and_its_greeting_no_secret(asking: Asking) -> None:
    asking.as_person("admin")
    change = """update public.settings set value = %s::jsonb, version = version
        where key = 'ai_voice' and org_id = %s"""
    assert asking.reach(change, ['{"voice": "21m00Tcm4TlvDq8ikWAM"}', ACCOUNT_A]) > 0
    assert asking.refusal(change, [json.dumps({"greeting": LIVE_KEY}), ACCOUNT_A])[0] == "23514"


@pytest.mark.parametrize(
    ("value", "constraint"),
    [
        (json.dumps(["word " * 20] * 700), "settings_value_size"),
        ("[" * 34 + "]" * 34, "settings_value_depth"),
        ("[" * 33 + "1" + "]" * 33, "settings_value_depth"),
        ('{"a":' * 33 + "1" + "}" * 33, "settings_value_depth"),
    ],
)
def test_a_value_that_nobody_could_read_is_refused(asking: Asking, value: str, constraint: str) -> None:
    asking.as_person("admin")
    with pytest.raises(psycopg.errors.CheckViolation) as refused, asking.undone():
        asking.execute(SAVE, [ACCOUNT_A, "other", value])
    assert refused.value.diag.constraint_name == constraint


@pytest.mark.parametrize(
    "value", [json.dumps(["word " * 20] * 600), "[" * 32 + "1" + "]" * 32, '{"a":' * 32 + "1" + "}" * 32]
)
def test_a_value_up_to_the_limits_is_taken(asking: Asking, value: str) -> None:
    assert asking.as_person("admin").reach(SAVE, [ACCOUNT_A, "other", value]) == 1


def test_the_view_counts_the_locations_whose_own_row_wins(asking: Asking) -> None:
    asking.execute(
        "insert into public.settings (org_id, location_id, key, value) values (%s, %s, 'routing', '{}')",
        [ACCOUNT_A, A1],
    )
    count = """select location_rows from public.settings_v
        where key = 'routing' and location_id is not distinct from %s"""
    assert asking.as_person("admin").scalar(count, [None]) == 1
    assert asking.scalar(count, [A1]) == 0
