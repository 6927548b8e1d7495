"""Which rows everybody can make, and that none is moved to where it could not be made."""

import pytest

from tests.sql.access_table import CLOSED, EVERYBODY, PLATFORM_TABLES, REFUSED, become, tried
from tests.sql.asking import ACCOUNT_A, Asking, location_id
from tests.sql.insert_table import CLIENT_INSERTS, INSERTS


@pytest.mark.parametrize("who", EVERYBODY)
def test_rows_that_are_inserted_by(asking: Asking, who: str) -> None:
    become(asking, who)
    for statement, parameters, welcome in INSERTS:
        reached = asking.reach(statement, parameters)
        # P0002: a call out of reach is told as no call at all.
        wanted = {1} if who in welcome.split() else {"42501", "P0002"}
        assert reached in wanted, (statement, parameters)


def test_settings_rows_are_inserted_where_they_are_missing(asking: Asking) -> None:
    asking.execute("delete from public.account_settings; delete from public.location_settings")
    account = "insert into public.account_settings (account_id) values (%s)"
    location = "insert into public.location_settings (account_id, location_id) values (%s, %s)"
    for who, of_account, of_location in (
        ("operator", "42501", "42501"),
        ("manager", 1, 1),
        ("manager_lyon", "42501", "42501"),
        ("admin_harbour", 1, 1),
    ):
        asking.as_person(who)
        assert asking.reach(account, [ACCOUNT_A]) == of_account, who
        assert asking.reach(location, [ACCOUNT_A, location_id("a1")]) == of_location, who


@pytest.mark.parametrize("who", EVERYBODY)
def test_a_relation_without_an_insert_grant_refuses_it_to(
    asking: Asking, relations: dict[str, str], who: str
) -> None:
    granted = CLIENT_INSERTS if who not in CLOSED and who != "service_role" else {}
    if who == "service_role":
        granted = dict.fromkeys(PLATFORM_TABLES, "")
    become(asking, who)
    for name in relations:
        if name.removeprefix("public.") not in granted:
            assert tried(asking, "insert into {relation} default values", name) == REFUSED, name


def test_rows_cannot_be_moved_to_where_they_could_not_be_made(asking: Asking) -> None:
    asking.as_person("admin_harbour")
    # Its key columns are granted to nobody, so a row stays where it was made.
    for statement in (
        "update public.location_hours set account_id = account_id",
        "update public.location_settings set location_id = location_id",
        "update public.settings set org_id = org_id",
        "update public.settings set key = 'ai_voice'",
        "update public.internal_notes set call_id = call_id",
        "update public.internal_notes set author_user_id = author_user_id",
        "update public.api_keys set created_by = created_by",
        "update public.knowledge_update_requests set decided_by = decided_by",
        "update public.users set id = id",
    ):
        assert asking.reach(statement) == "42501", statement


def test_an_admin_of_one_account_changes_nobody_who_also_works_elsewhere(asking: Asking) -> None:
    demote = "update public.users set role = 'operator', version = version where email = %s"
    asking.as_person("admin_harbour")
    assert asking.reach(demote, ["operator@certus.example"]) == 1
    assert asking.reach(demote, ["manager@certus.example"]) == 0
    assert asking.reach(demote, ["admin@certus.example"]) == 0


def test_an_admin_without_access_adds_nobody(asking: Asking) -> None:
    add = "insert into public.users (email, full_name, role) values ('new@certus.example', 'New', 'admin')"
    assert asking.as_person("admin_harbour").reach(add) == 1
    asking.as_owner().execute("update public.users set role = 'admin' where email like 'newcomer@%'")
    assert asking.as_person("newcomer").reach(add) == "42501"
