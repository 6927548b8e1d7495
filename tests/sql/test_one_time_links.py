"""One-time links: who makes them, for whom, and that each opens one password once."""

import hashlib
import json
from typing import Any, LiteralString
from uuid import UUID

import pytest

from tests.sql.asking import ACCOUNT_A, ACCOUNT_B, ACCOUNT_C, PEOPLE, Asking, location_id
from tests.sql.audit_lines import Log
from tests.sql.front import TOKEN, Front

INVITE: LiteralString = "select public.invite_person(%s, 'New', %s, %s, %s)"
ISSUE: LiteralString = "select public.issue_link(%s, %s)"
WITHDRAW: LiteralString = "select public.withdraw_link(%s)"
FIND: LiteralString = "select email, kind from back_office.find_link(%s)"
USE: LiteralString = "select back_office.use_link(%s, %s, '203.0.113.7')"
CHANGE: LiteralString = "select back_office.change_password(%s, %s, %s, '203.0.113.7')"
HASH = "$argon2id$v=19$m=65536,t=3,p=4$new"
LINK, OTHER_LINK = hashlib.sha256(b"a link").digest(), hashlib.sha256(b"another link").digest()
EMAIL = "new@certus.example"


def access(*places: tuple[UUID | None, UUID | None]) -> str:
    named = [{"account_id": a and str(a), "location_id": b and str(b)} for a, b in places]
    return json.dumps(named)


WHOLE_A = access((ACCOUNT_A, None))


def invited(front: Front, by: str = "admin", link: bytes = LINK) -> Any:
    return front.asking.as_person(by).scalar(INVITE, [EMAIL, "operator", WHOLE_A, link])


@pytest.mark.parametrize(
    ("places", "welcome"),
    [
        (access((ACCOUNT_A, None)), "admin admin_harbour"),
        (access((ACCOUNT_A, location_id("a3"))), "admin admin_harbour"),
        (access((ACCOUNT_B, None)), "admin"),
        (access((ACCOUNT_A, None), (ACCOUNT_C, location_id("c1"))), "admin"),
        (access((None, None)), "admin"),
    ],
)
def test_nobody_gives_more_access_than_they_have(asking: Asking, places: str, welcome: str) -> None:
    for who in ("operator", "manager", "manager_lyon", "admin_harbour", "admin", "newcomer", "former"):
        reached = asking.as_person(who).reach(INVITE, [EMAIL, "admin", places, LINK])
        assert reached == 1 if who in welcome.split() else reached in ("42501", "P0002"), who


@pytest.mark.parametrize("places", ["[]", "{}", "null", None, '"all"'])
def test_an_invitation_says_where(asking: Asking, places: str | None) -> None:
    assert asking.as_person("admin").reach(INVITE, [EMAIL, "operator", places, LINK]) == "23514"


@pytest.mark.parametrize(
    ("email", "role", "link", "state"),
    [
        ("Operator@certus.example ", "operator", LINK, "23505"),
        ("no address", "operator", LINK, "23514"),
        (EMAIL, "owner", LINK, "23514"),
        (EMAIL, "operator", b"short", "23514"),
    ],
)
def test_an_invitation_is_refused(asking: Asking, email: str, role: str, link: bytes, state: str) -> None:
    asking.as_person("admin")
    assert asking.reach(INVITE, [email, role, WHOLE_A, link]) == state


def test_an_invitation_makes_a_person_their_access_a_link_and_lines(front: Front, log: Log) -> None:
    person = invited(front)
    shown: LiteralString = "select role, state, may_be_changed from public.people_v where id = %s"
    assert front.asking.row(shown, [person]) == ("operator", "invited", True)
    front.asking.as_owner()
    kept = "select kind, created_by, expires_at - created_at = '72 hours' from private.one_time_links"
    assert front.asking.row(kept) == ("invitation", PEOPLE["admin"], True)
    told = front.asking.rows(
        """select action, table_name from public.audit_log
        where row_id = %s or after ->> 'user_id' = %s order by 1, 2""",
        [person, str(person)],
    )
    assert told == [("insert", "user_access"), ("insert", "users"), ("invite", "users")]


def test_a_link_opens_one_password_once(front: Front) -> None:
    person = invited(front)
    assert front.call(FIND, LINK) == (EMAIL, "invitation")
    assert front.call(USE, LINK, HASH)[0] == person
    assert front.call("select password_hash from back_office.find_sign_in(%s)", EMAIL)[0] == HASH
    assert front.call(FIND, LINK) is None
    assert front.call(USE, LINK, "$argon2id$v=19$another")[0] is None
    assert front.call("select password_hash from back_office.find_sign_in(%s)", EMAIL)[0] == HASH
    assert front.owner("select state from public.people_v where id = %s", person) == "active"


@pytest.mark.parametrize(
    "spoil",
    [
        "update private.one_time_links set expires_at = now()",
        "update private.one_time_links set withdrawn_at = now()",
        "update private.one_time_links set used_at = now()",
        "update public.users set is_active = false where email = 'new@certus.example'",
        "update private.one_time_links set token_hash = sha256('somebody else''s')",
    ],
)
def test_a_link_that_is_spoiled_looks_like_none(front: Front, spoil: LiteralString) -> None:
    invited(front)
    front.owner(spoil)
    assert front.call(FIND, LINK) is None
    assert front.call(USE, LINK, HASH)[0] is None
    assert front.owner("select count(*) from private.user_passwords p where p.password_hash = %s", HASH) == 0


def test_a_new_link_takes_the_place_of_the_one_before(front: Front) -> None:
    person = invited(front)
    front.asking.execute(ISSUE, [person, OTHER_LINK])
    assert front.call(FIND, LINK) is None
    assert front.call(FIND, OTHER_LINK) == (EMAIL, "invitation")
    front.asking.as_person("admin").execute(WITHDRAW, [person])
    assert front.call(FIND, OTHER_LINK) is None


def test_a_reset_ends_sessions_and_the_old_password_at_once(front: Front) -> None:
    front.open()
    front.open("manager", hashlib.sha256(b"a colleague").digest())
    front.asking.as_person("admin").execute(ISSUE, [PEOPLE["operator"], LINK])
    assert not front.resumes()
    assert front.resumes(hashlib.sha256(b"a colleague").digest())
    assert front.call("select from back_office.find_sign_in('operator@certus.example')") is None
    assert front.call(FIND, LINK) == ("operator@certus.example", "reset")
    later = hashlib.sha256(b"opened meanwhile").digest()
    front.open(token=later)
    assert front.call(USE, LINK, HASH)[0] == PEOPLE["operator"]
    assert not front.resumes(later)


@pytest.mark.parametrize(
    ("who", "person", "allowed"),
    [
        ("admin", "operator", True),
        ("admin", "admin", False),
        ("admin", "former", False),
        ("admin", "nobody", False),
        ("admin_harbour", "operator", True),
        ("admin_harbour", "manager", False),
        ("admin_harbour", "admin", False),
        ("admin_harbour", "newcomer", False),
        ("admin_harbour", "admin_harbour", False),
        ("manager", "operator", False),
        ("operator", "operator", False),
        ("former", "operator", False),
    ],
)
def test_a_link_is_made_for_whom_one_may_change_alone(
    asking: Asking, who: str, person: str, allowed: bool
) -> None:
    reached = asking.as_person(who).reach(ISSUE, [PEOPLE[person], LINK])
    assert reached == (1 if allowed else "P0002")
    if not allowed and person not in ("admin", "former", "admin_harbour"):
        assert asking.reach(WITHDRAW, [PEOPLE[person]]) == "P0002"


def test_a_changed_password_ends_every_session(front: Front) -> None:
    other = hashlib.sha256(b"another device").digest()
    front.open()
    front.open(token=other)
    old = front.call("select password_hash from back_office.find_sign_in('operator@certus.example')")[0]
    assert front.call(CHANGE, TOKEN, "$argon2id$another", HASH)[0] is None
    assert front.resumes(other)
    assert front.call(CHANGE, TOKEN, old, HASH)[0] == PEOPLE["operator"]
    assert not front.resumes()
    assert not front.resumes(other)
    assert front.call(CHANGE, TOKEN, HASH, old)[0] is None


def test_the_links_and_their_hashes_are_nobodys_to_read(front: Front) -> None:
    invited(front)
    for table in ("private.one_time_links", "private.last_sign_ins"):
        assert front.asking.reach(f"select from {table}") == "42501"
    shown = front.asking.rows("select to_jsonb(p)::text from public.people_v p")
    assert not [row for (row,) in shown if LINK.hex() in row]
