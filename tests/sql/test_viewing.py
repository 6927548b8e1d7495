"""Looking as somebody else: who may, what is refused meanwhile, and how it ends."""

import json
from typing import Any, LiteralString

import pytest

from tests.sql.asking import ACCOUNT_B, PEOPLE, Asking, call_id
from tests.sql.front import RESUME, TOKEN, Front
from tests.sql.insert_table import INSERTS

START: LiteralString = "select public.start_viewing(%s)"
LAST_LINE: LiteralString = """select action, actor_user_id, row_id from public.audit_log
    order by at desc, id desc limit 1"""
NARROW: LiteralString = "update public.user_access set account_id = %s where user_id = %s"
ENDED: LiteralString = "select count(*) from public.audit_log where action = 'view_as_end'"


def claim(asking: Asking, who: str, session: Any = None, viewer: str | None = None) -> Asking:
    """Ask as a person in a session, or as one whom somebody looks as."""
    claims = {"sub": str(PEOPLE[who]), "role": "authenticated", "session_id": session and str(session)}
    claims |= {"act": {"sub": str(PEOPLE[viewer])}} if viewer else {}
    asking.as_person(who)
    asking.execute("select set_config('request.jwt.claims', %s, true)", [json.dumps(claims)])
    return asking


def view(front: Front, person: str, by: str = "admin") -> None:
    front.open(by)
    session = front.call(RESUME, TOKEN)[1]
    claim(front.asking, by, session).execute(START, [PEOPLE[person]])


def shown(front: Front) -> tuple[Any, Any, bool]:
    row = front.call(RESUME, TOKEN)
    return row[0], row[7], row[10]


@pytest.mark.parametrize(
    ("who", "person", "allowed"),
    [
        ("admin", "operator", True),
        ("admin", "admin_harbour", True),
        ("admin", "newcomer", True),
        ("admin", "admin", False),
        ("admin", "former", False),
        ("admin", "nobody", False),
        ("admin_harbour", "operator", True),
        ("admin_harbour", "manager", False),
        ("admin_harbour", "admin", False),
        ("admin_harbour", "newcomer", False),
        ("manager", "operator", False),
        ("operator", "operator_pier", False),
        ("former", "operator", False),
    ],
)
def test_only_admins_view_and_whom_they_reach(front: Front, who: str, person: str, allowed: bool) -> None:
    if who == "former":
        assert claim(front.asking, who).reach(START, [PEOPLE[person]]) == "P0002"
        return
    front.open(who)
    session = front.call(RESUME, TOKEN)[1]
    reached = claim(front.asking, who, session).reach(START, [PEOPLE[person]])
    assert reached == (1 if allowed else "P0002")


def test_a_view_shows_the_person_and_who_really_looks(front: Front) -> None:
    view(front, "operator")
    row = front.call(RESUME, TOKEN)
    assert row[0] == PEOPLE["operator"]
    assert (row[4], row[5], len(row[6])) == ("operator", False, 2)
    assert (row[7], row[8], row[10]) == (PEOPLE["admin"], "Admin", False)


def test_a_view_needs_a_session_of_ones_own(front: Front) -> None:
    front.open("manager")
    session = front.call(RESUME, TOKEN)[1]
    for stolen in (session, PEOPLE["nobody"], None):
        assert claim(front.asking, "admin", stolen).reach(START, [PEOPLE["operator"]]) == "42501"


def test_a_view_is_in_the_log_from_its_start_to_its_end(front: Front) -> None:
    view(front, "operator")
    assert front.asking.as_owner().row(LAST_LINE) == ("view_as", PEOPLE["admin"], PEOPLE["operator"])
    front.call("select back_office.end_viewing(%s)", TOKEN)
    assert front.asking.as_owner().row(LAST_LINE) == ("view_as_end", PEOPLE["admin"], PEOPLE["operator"])
    assert shown(front) == (PEOPLE["admin"], None, False)


@pytest.mark.parametrize(
    "change",
    [
        "update private.web_sessions set viewing_since = now() - interval '31 minutes'",
        "update public.users set is_active = false where email = 'operator@certus.example'",
    ],
)
def test_a_view_lapses_and_says_so_once(front: Front, change: LiteralString) -> None:
    view(front, "operator")
    front.owner("update private.web_sessions set viewing_since = now() - interval '29 minutes'")
    assert shown(front)[0] == PEOPLE["operator"]
    front.owner(change)
    assert shown(front) == (PEOPLE["admin"], None, True)
    assert shown(front) == (PEOPLE["admin"], None, False)
    assert front.asking.as_owner().row(LAST_LINE)[0] == "view_as_end"


def test_a_view_ends_when_its_admin_reaches_less(front: Front) -> None:
    view(front, "operator", by="admin_harbour")
    assert shown(front)[0] == PEOPLE["operator"]
    front.owner(NARROW, ACCOUNT_B, PEOPLE["admin_harbour"])
    assert shown(front) == (PEOPLE["admin_harbour"], None, True)


@pytest.mark.parametrize(
    "change",
    [
        "update public.users set role = 'operator' where id = %s",
        "update public.users set is_active = false where id = %s",
        "update private.user_passwords set changed_at = clock_timestamp() where user_id = %s",
        "update private.web_sessions set ended_at = now() where user_id = %s",
    ],
)
def test_a_view_ends_with_the_admins_session(front: Front, change: LiteralString) -> None:
    view(front, "operator", by="admin_harbour")
    front.owner(change, PEOPLE["admin_harbour"])
    assert not front.resumes()
    assert front.owner(ENDED) == 1
    assert front.owner("select count(*) from private.web_sessions where viewing_user_id is not null") == 0


def test_a_session_that_died_of_age_ends_its_view_when_it_is_asked_for(front: Front) -> None:
    view(front, "operator")
    front.age("last_seen_at", "31 minutes")
    assert not front.resumes()
    assert front.asking.as_owner().row(LAST_LINE)[0] == "view_as_end"


def test_a_password_cannot_be_changed_in_a_view(front: Front) -> None:
    view(front, "operator")
    old = front.owner("select password_hash from private.user_passwords where user_id = %s", PEOPLE["admin"])
    change: LiteralString = "select back_office.change_password(%s, %s, '$argon2id$x', null)"
    assert front.call(change, TOKEN, old)[0] is None


def test_nothing_is_written_in_a_view_even_where_the_transaction_would_take_it(asking: Asking) -> None:
    """The claim alone stops every write, of a client that forgets to make its transaction read only, too."""
    claim(asking, "manager", viewer="admin")
    kept = [(statement, values) for statement, values, welcome in INSERTS if "manager" in welcome.split()]
    assert len(kept) > 5
    for statement, values in kept:
        assert asking.reach(statement, values) == "42501", statement
    for statement in (
        "update public.location_settings set extra_wait_seconds = 7, version = version",
        "update public.account_settings set baseline_handle_seconds = 7, version = version",
        "update public.location_hours set closes_at = '15:01', version = version",
        "update public.settings set value = '{\"speed\": 1.1}', version = version where key = 'ai_voice'",
        "update public.internal_notes set note_md = 'Changed'",
        "delete from public.location_hours",
        "delete from public.internal_notes",
        "delete from public.knowledge_update_requests",
        "select public.record_export('calls', '{}', 1)",
    ):
        assert asking.reach(statement) == "42501", statement
        assert claim(asking, "manager").reach(statement) != "42501", statement
        claim(asking, "manager", viewer="admin")
    for reveal in ("select public.reveal_caller(%s, 'a reason')", "select public.open_recording(%s)"):
        assert asking.reach(reveal, [call_id(1)]) == "42501"  # type: ignore[arg-type]


@pytest.mark.parametrize("who", ["admin", "admin_harbour"])
def test_an_admin_who_is_viewed_as_administers_nothing(asking: Asking, who: str) -> None:
    claim(asking, who, viewer="admin")
    for statement, person in (
        ("update public.users set full_name = 'Renamed', version = version where id = %s", "operator"),
        (
            "insert into public.user_access (user_id, account_id) select %s, id from public.accounts",
            "newcomer",
        ),
        ("select public.issue_link(%s, sha256('x'))", "operator"),
        ("select public.start_viewing(%s)", "operator"),
    ):
        assert asking.reach(statement, [PEOPLE[person]]) == "42501", statement  # type: ignore[arg-type]
