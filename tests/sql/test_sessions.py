"""What the login role may call before it knows who asks: sign-in, sessions, attempts, health."""

import hashlib
from datetime import datetime
from typing import Any, LiteralString

import psycopg
import pytest

from tests.fixtures.database import Database
from tests.sql.asking import ACCOUNT_A, PEOPLE, Asking, location_id

TOKEN = hashlib.sha256(b"a token").digest()
OPEN: LiteralString = "select back_office.open_session(%s, %s, '203.0.113.7', 'Firefox')"
RESUME: LiteralString = "select * from back_office.resume_session(%s)"
FIND: LiteralString = "select * from back_office.find_sign_in(%s)"


class Front:
    """The login role at the door, and the owner who can set a session's times back."""

    def __init__(self, asking: Asking) -> None:
        self.asking = asking

    def call(self, statement: LiteralString, *values: Any) -> Any:
        """The first row, as bare certus_app."""
        return self.asking.as_role("certus_app").row(statement, values)

    def open(self, who: str = "operator", token: bytes = TOKEN) -> None:
        self.call(OPEN, PEOPLE[who], token)

    def resumes(self, token: bytes = TOKEN) -> bool:
        return self.call(RESUME, token) is not None

    def age(self, column: LiteralString, age: str) -> None:
        """Make every session's moment this old."""
        self.asking.as_owner().execute(
            f"update private.web_sessions set {column} = now() - %s::interval", [age]
        )

    def owner(self, statement: LiteralString, *values: Any) -> Any:
        """The first column of the first row, if any, as the owner."""
        cursor = self.asking.as_owner().execute(statement, values)
        return (cursor.fetchone() or [None])[0] if cursor.description else None


@pytest.fixture
def front(asking: Asking) -> Front:
    """The door, with a password for everybody."""
    return Front(asking)


def test_sign_in_finds_a_person_by_email_in_any_case(front: Front) -> None:
    user_id, password_hash, is_active = front.call(FIND, "  Operator@Certus.example ")
    assert user_id == PEOPLE["operator"]
    assert password_hash.startswith("$argon2id$")
    assert is_active is True
    assert front.call(FIND, "former@certus.example")[2] is False


@pytest.mark.parametrize("email", ["unknown@certus.example", "", None, "operator", "%@certus.example"])
def test_sign_in_finds_nobody_else(front: Front, email: str | None) -> None:
    assert front.call(FIND, email) is None


def test_who_has_no_password_cannot_sign_in(front: Front) -> None:
    front.owner("delete from private.user_passwords where user_id = %s", PEOPLE["operator"])
    assert front.call(FIND, "operator@certus.example") is None


def test_a_session_knows_its_person_role_and_reach(front: Front) -> None:
    front.open()
    user_id, session_id, email, full_name, role, sees_everything, access = front.call(RESUME, TOKEN)
    assert session_id is not None
    assert (user_id, email, full_name) == (PEOPLE["operator"], "operator@certus.example", "Operator")
    assert (role, sees_everything) == ("operator", False)
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


# Attempts --------------------------------------------------------------------------------------------

COUNT: LiteralString = "select * from back_office.count_attempt(%s, %s)"
KNOWN: LiteralString = "select * from back_office.attempts(%s)"


def test_attempts_are_counted_in_a_window_that_begins_with_the_first(front: Front) -> None:
    now: datetime = front.owner("select now()")
    counted = [front.call(COUNT, "a key", 60) for _ in range(3)]
    assert [attempts for attempts, _ in counted] == [1, 2, 3]
    assert {(resets_at - now).total_seconds() for _, resets_at in counted} == {60}
    assert front.call(KNOWN, "a key") == counted[-1]


def test_a_longer_window_does_not_stretch_the_one_that_runs(front: Front) -> None:
    _, first = front.call(COUNT, "a key", 60)
    assert front.call(COUNT, "a key", 3600)[1] == first


def test_keys_are_counted_apart(front: Front) -> None:
    front.call(COUNT, "a key", 60)
    assert front.call(COUNT, "another key", 60)[0] == 1
    assert front.call(KNOWN, "a third key") is None


def test_a_window_that_is_over_begins_anew(front: Front) -> None:
    for _ in range(5):
        front.call(COUNT, "a key", 60)
    front.owner("update private.sign_in_attempts set resets_at = now() where key = %s", "a key")
    assert front.call(KNOWN, "a key") is None
    assert front.call(COUNT, "a key", 60)[0] == 1


def test_attempts_are_forgotten_after_a_sign_in(front: Front) -> None:
    front.call(COUNT, "a key", 60)
    front.call("select back_office.forget_attempts(%s)", "a key")
    assert front.call(KNOWN, "a key") is None


def test_counters_long_over_are_swept(front: Front) -> None:
    front.call(COUNT, "an old key", 60)
    front.owner("update private.sign_in_attempts set resets_at = now() - interval '61 minutes'")
    front.call(COUNT, "a key", 60)
    assert front.owner("select array_agg(key) from private.sign_in_attempts") == ["a key"]


def test_two_workers_share_one_counter(database: Database) -> None:
    with psycopg.connect(database.app_url) as one, psycopg.connect(database.app_url) as other:
        for connection, attempts in ((one, 1), (other, 2), (one, 3)):
            row = connection.execute(COUNT, ["a shared key", 60]).fetchone()
            connection.commit()
            assert row is not None
            assert row[0] == attempts
        one.execute("select back_office.forget_attempts('a shared key')")


# Who may call ----------------------------------------------------------------------------------------

CALLS: list[LiteralString] = [
    "select back_office.find_sign_in('operator@certus.example')",
    "select back_office.open_session('05e00000-0000-7000-8000-000000000003', sha256('x'), null, null)",
    "select back_office.resume_session(sha256('x'))",
    "select back_office.end_session(sha256('x'))",
    "select back_office.save_password_hash('05e00000-0000-7000-8000-000000000003', '$argon2id$x')",
    "select back_office.count_attempt('a key', 60)",
    "select back_office.attempts('a key')",
    "select back_office.forget_attempts('a key')",
    "select back_office.health()",
]


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.split(".")[1].split("(")[0])
def test_only_the_login_role_may_call(asking: Asking, call: LiteralString) -> None:
    assert asking.as_role("certus_app").reach(call) in (0, 1)
    for who in ("operator", "admin", "newcomer"):
        assert asking.as_person(who).refusal(call)[0] == "42501"
    for role in ("anon", "authenticated", "service_role"):
        assert asking.as_role(role).refusal(call)[0] == "42501"


def test_health_tells_when_the_metrics_were_refreshed(front: Front) -> None:
    finished = front.owner("select max(finished_at) from private.metrics_refreshes")
    assert finished is not None
    assert front.call("select metrics_refreshed_at from back_office.health()") == (finished,)
