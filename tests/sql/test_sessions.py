"""What the login role may call before it knows who asks: sign-in, sessions, attempts, health."""

import hashlib
from typing import LiteralString

import pytest

from tests.sql.asking import ACCOUNT_A, PEOPLE, location_id
from tests.sql.front import OPEN, RESUME, TOKEN, Front

FIND: LiteralString = "select * from back_office.find_sign_in(%s)"


def test_sign_in_finds_a_person_by_email_in_any_case(front: Front) -> None:
    user_id, password_hash, is_active = front.call(FIND, "  Operator@Certus.example ")
    assert user_id == PEOPLE["operator"]
    assert password_hash.startswith("$argon2id$")
    assert is_active is True
    assert front.call(FIND, "former@certus.example")[2] is False


@pytest.mark.parametrize("email", ["unknown@certus.example", "", None, "operator", "%@certus.example"])
def test_sign_in_finds_nobody_else(front: Front, email: str | None) -> None:
    assert front.call(FIND, email) is None


def test_single_sign_on_finds_active_people_alone_with_or_without_a_password(front: Front) -> None:
    find: LiteralString = "select back_office.find_person(%s)"
    assert front.call(find, " Operator@Certus.example ") == (PEOPLE["operator"],)
    front.owner("delete from private.user_passwords where user_id = %s", PEOPLE["operator"])
    assert front.call(find, "operator@certus.example") == (PEOPLE["operator"],)
    for nobody in ("former@certus.example", "unknown@certus.example", "%@certus.example", "", None):
        assert front.call(find, nobody) == (None,)


def test_who_has_no_password_cannot_sign_in(front: Front) -> None:
    front.owner("delete from private.user_passwords where user_id = %s", PEOPLE["operator"])
    assert front.call(FIND, "operator@certus.example") is None


def test_a_session_knows_its_person_role_and_reach(front: Front) -> None:
    front.open()
    user_id, session_id, email, full_name, role, sees_everything, access, *viewing = front.call(RESUME, TOKEN)
    assert session_id is not None
    assert (user_id, email, full_name) == (PEOPLE["operator"], "operator@certus.example", "Operator")
    assert (role, sees_everything) == ("operator", False)
    assert viewing == [None, None, None, False]
    assert access == [
        {"account_id": str(ACCOUNT_A), "location_id": str(location_id("a1"))},
        {"account_id": str(ACCOUNT_A), "location_id": str(location_id("a2"))},
    ]


@pytest.mark.parametrize(
    ("who", "sees_everything", "places"), [("admin", True, 1), ("manager", False, 2), ("newcomer", False, 0)]
)
def test_reach_is_what_access_says(front: Front, who: str, sees_everything: bool, places: int) -> None:
    front.open(who)
    row = front.call(RESUME, TOKEN)
    assert (row[5], len(row[6])) == (sees_everything, places)


def test_reach_follows_a_change_at_once(front: Front) -> None:
    front.open()
    front.owner("delete from public.user_access where user_id = %s", PEOPLE["operator"])
    assert front.call(RESUME, TOKEN)[6] == []


def test_an_unknown_token_resumes_nothing(front: Front) -> None:
    front.open()
    assert not front.resumes(hashlib.sha256(b"another token").digest())
    assert not front.resumes(b"")


@pytest.mark.parametrize(("age", "alive"), [("29 minutes", True), ("30 minutes", False), ("2 days", False)])
def test_a_session_dies_after_thirty_idle_minutes(front: Front, age: str, alive: bool) -> None:
    front.open()
    front.age("last_seen_at", age)
    assert front.resumes() is alive


@pytest.mark.parametrize(("age", "alive"), [("11:59:00", True), ("12:00:00", False), ("3 days", False)])
def test_a_session_dies_after_twelve_hours_however_busy(front: Front, age: str, alive: bool) -> None:
    front.open()
    front.age("opened_at", age)
    assert front.resumes() is alive


def test_a_visit_is_written_down_once_a_minute(front: Front) -> None:
    seen: LiteralString = "select now() - last_seen_at from private.web_sessions where token_hash = %s"
    front.open()
    for age, written in (("50 seconds", False), ("70 seconds", True)):
        front.age("last_seen_at", age)
        assert front.resumes()
        assert (front.owner(seen, TOKEN).total_seconds() == 0) is written


def test_who_is_signed_in_reads_on_where_nothing_can_be_written(front: Front) -> None:
    front.open()
    front.age("last_seen_at", "5 minutes")
    front.call("select set_config('transaction_read_only', 'on', true)")
    assert front.resumes()


def test_a_visit_keeps_a_session_alive(front: Front) -> None:
    front.open()
    front.age("last_seen_at", "20 minutes")
    assert front.resumes()
    assert front.owner("select last_seen_at = now() from private.web_sessions where token_hash = %s", TOKEN)


def test_signing_out_ends_this_session_alone(front: Front) -> None:
    other = hashlib.sha256(b"another device").digest()
    front.open()
    front.open(token=other)
    front.call("select back_office.end_session(%s)", TOKEN)
    assert not front.resumes()
    assert front.resumes(other)


@pytest.mark.parametrize(
    ("change", "ends"),
    [
        ("update public.users set role = 'admin' where id = %s", True),
        ("update public.users set is_active = false where id = %s", True),
        ("update private.user_passwords set changed_at = clock_timestamp() where user_id = %s", True),
        ("update public.users set full_name = 'Renamed' where id = %s", False),
        ("update public.users set role = role, is_active = true where id = %s", False),
    ],
)
def test_a_new_role_or_password_and_deactivation_end_sessions(
    front: Front, change: LiteralString, ends: bool
) -> None:
    front.open()
    front.open("manager", hashlib.sha256(b"a colleague").digest())
    front.owner(change, PEOPLE["operator"])
    assert front.resumes() is not ends
    assert front.resumes(hashlib.sha256(b"a colleague").digest())


def test_someone_reactivated_signs_in_anew(front: Front) -> None:
    front.open()
    for active in (False, True):
        front.owner("update public.users set is_active = %s where id = %s", active, PEOPLE["operator"])
    assert not front.resumes()


def test_a_better_hash_of_the_same_password_keeps_the_sessions(front: Front) -> None:
    front.open()
    better = "$argon2id$v=19$m=65536,t=4,p=2$better"
    front.call("select back_office.save_password_hash(%s, %s)", PEOPLE["operator"], better)
    assert front.call(FIND, "operator@certus.example")[1] == better
    assert front.resumes()


def test_only_argon2id_hashes_are_kept(front: Front) -> None:
    front.asking.as_role("certus_app")
    save: LiteralString = "select back_office.save_password_hash(%s, %s)"
    assert front.asking.refusal(save, [PEOPLE["operator"], "plain words"])[0] == "23514"


@pytest.mark.parametrize("who", ["former", "nobody"])
def test_no_session_opens_for(front: Front, who: str) -> None:
    front.asking.as_role("certus_app")
    assert front.asking.refusal(OPEN, [PEOPLE[who], TOKEN])[0] == "P0002"


def test_a_token_is_never_kept_short_or_twice(front: Front) -> None:
    front.open()
    front.asking.as_role("certus_app")
    assert front.asking.refusal(OPEN, [PEOPLE["operator"], TOKEN])[0] == "23505"
    assert front.asking.refusal(OPEN, [PEOPLE["operator"], b"short"])[0] == "23514"


def test_a_sign_in_writes_its_line(front: Front) -> None:
    front.open()
    line: LiteralString = """select action, table_name, actor_user_id, actor_role, host(address), application
        from public.audit_log order by at desc, id desc limit 1"""
    assert front.asking.as_owner().row(line) == (
        "sign_in",
        "web_sessions",
        PEOPLE["operator"],
        "certus_app",
        "203.0.113.7",
        "back office",
    )


def test_old_rows_go_when_a_new_session_opens(front: Front) -> None:
    front.open()
    front.age("opened_at", "31 days")
    front.open(token=hashlib.sha256(b"a month later").digest())
    assert front.owner("select count(*) from private.web_sessions") == 1
