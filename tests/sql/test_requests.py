"""Knowledge requests: managers file, admins decide, the automation reports, and no step is skipped."""

import itertools
from typing import LiteralString

import psycopg
import pytest

from tests.sql.access_table import EVERYBODY, become
from tests.sql.asking import ACCOUNT_A, ACCOUNT_C, PEOPLE, Asking, location_id

STEP: LiteralString = "update public.knowledge_update_requests set status = %s where org_id = %s"
REJECT: LiteralString = """update public.knowledge_update_requests
    set status = 'rejected', decision_reason = %s where org_id = %s"""
FILE: LiteralString = "insert into public.knowledge_update_requests (org_id, payload) values (%s, %s)"
STATUSES = ("pending", "approved", "processing", "done", "failed", "rejected")
OF_PEOPLE = {
    ("pending", "approved"),
    ("pending", "rejected"),
    # Approved too early; sent round again after a failure, or after a claim that nobody came back with.
    ("approved", "rejected"),
    ("failed", "approved"),
    ("processing", "approved"),
}
OF_THE_AUTOMATION = {("approved", "processing"), ("processing", "done"), ("processing", "failed")}


def brought_to(asking: Asking, status: str) -> Asking:
    """Put account A's request at a status, past the rules, as a superuser can."""
    asking.as_superuser().execute("set local session_replication_role = replica")
    asking.execute(STEP, [status, ACCOUNT_A])
    asking.execute("set local session_replication_role = origin")
    return asking


@pytest.mark.parametrize(("before", "after"), list(itertools.permutations(STATUSES, 2)))
def test_a_request_takes_the_steps_it_may_and_no_other(asking: Asking, before: str, after: str) -> None:
    step = (before, after)
    brought_to(asking, before).as_person("admin")
    by_admin = asking.reach(
        "update public.knowledge_update_requests set status = %s, decision_reason = 'Why.' where org_id = %s",
        [after, ACCOUNT_A],
    )
    by_owner = asking.as_owner().reach(STEP, [after, ACCOUNT_A])
    assert by_admin == (1 if step in OF_PEOPLE else "42501" if step in OF_THE_AUTOMATION else "23514")
    assert by_owner == (1 if step in OF_THE_AUTOMATION else "42501" if step in OF_PEOPLE else "23514")


@pytest.mark.parametrize("status", STATUSES)
def test_the_automation_takes_no_step_but_by_its_functions(asking: Asking, status: str) -> None:
    for after in STATUSES:
        by_automation = brought_to(asking, status).as_role("service_role").reach(STEP, [after, ACCOUNT_A])
        assert by_automation == "42501"


def test_a_decision_is_signed(asking: Asking) -> None:
    asking.as_person("admin").execute(STEP, ["approved", ACCOUNT_A])
    signed = "select decided_by, decided_at = now() from public.knowledge_update_requests where org_id = %s"
    assert asking.row(signed, [ACCOUNT_A]) == (PEOPLE["admin"], True)


@pytest.mark.parametrize("reason", [None, "", "  \n"])
def test_a_rejection_without_a_reason_is_refused(asking: Asking, reason: str | None) -> None:
    asking.as_person("admin")
    assert asking.reach(REJECT, ["Already known.", ACCOUNT_A]) == 1
    assert asking.reach(REJECT, [reason, ACCOUNT_A]) == "23514"


def test_a_reason_stays_with_its_decision(asking: Asking) -> None:
    asking.as_person("admin").execute(REJECT, [" Already known. ", ACCOUNT_A])
    kept = "select decision_reason from public.knowledge_update_requests where org_id = %s"
    assert asking.scalar(kept, [ACCOUNT_A]) == "Already known."
    rewrite = "update public.knowledge_update_requests set decision_reason = 'Other.' where org_id = %s"
    assert asking.reach(rewrite, [ACCOUNT_A]) == "23514"
    assert asking.as_owner().reach(rewrite, [ACCOUNT_A]) == "23514"


def test_what_failed_goes_round_again_without_what_was_said_of_it(asking: Asking) -> None:
    asking.as_superuser().execute("set local session_replication_role = replica")
    asking.execute(
        """update public.knowledge_update_requests
        set status = 'failed', message = 'No.', attempts = 5, finished_at = now() where org_id = %s""",
        [ACCOUNT_A],
    )
    asking.execute("set local session_replication_role = origin")
    asking.as_person("admin").execute(STEP, ["approved", ACCOUNT_A])
    left = """select status, attempts, message, finished_at, decided_by
        from public.knowledge_update_requests where org_id = %s"""
    assert asking.row(left, [ACCOUNT_A]) == ("approved", 0, None, None, PEOPLE["admin"])


def test_a_request_is_filed_in_ones_own_name_and_waits(asking: Asking) -> None:
    asking.as_person("manager").execute(FILE, [ACCOUNT_A, '{"title": "New", "text": "It is new."}'])
    filed = """select requested_by_user_id, status from public.knowledge_update_requests
        where payload ->> 'title' = 'New'"""
    assert asking.row(filed) == (PEOPLE["manager"], "pending")


def test_a_request_is_withdrawn_by_who_filed_it_until_somebody_decides(asking: Asking) -> None:
    withdraw = "delete from public.knowledge_update_requests where org_id = %s"
    assert asking.as_person("manager").reach(withdraw, [ACCOUNT_A]) == 1
    assert asking.as_person("admin").reach(withdraw, [ACCOUNT_A]) == 0
    asking.execute(STEP, ["approved", ACCOUNT_A])
    assert asking.as_person("manager").reach(withdraw, [ACCOUNT_A]) == 0


def test_a_request_about_one_location_is_seen_by_who_works_there(asking: Asking) -> None:
    file = """insert into public.knowledge_update_requests (org_id, payload) values (%s, jsonb_build_object(
        'title', 'Door', 'text', 'Ring twice.', 'location_id', %s::text))"""
    asking.as_person("admin")
    for place in ("c1", "c2"):
        asking.execute(file, [ACCOUNT_C, location_id(place)])
    seen = "select location_id from public.knowledge_update_requests where payload ->> 'title' = 'Door'"
    assert set(asking.column(seen)) == {location_id("c1"), location_id("c2")}
    assert asking.as_person("manager_lyon").column(seen) == [location_id("c2")]
    assert asking.as_person("manager").column(seen) == []


def test_a_location_of_another_account_cannot_be_meant(asking: Asking) -> None:
    file = """insert into public.knowledge_update_requests (org_id, payload) values (%s, jsonb_build_object(
        'title', 'Door', 'text', 'Ring twice.', 'location_id', %s::text))"""
    asking.as_person("manager")
    assert asking.reach(file, [ACCOUNT_A, location_id("a1")]) == 1
    assert asking.reach(file, [ACCOUNT_A, location_id("b1")]) == "23503"
    # Out of reach is the same as not there.
    assert asking.reach(file, [ACCOUNT_A, location_id("c1")]) == "42501"
    assert asking.reach(file, [ACCOUNT_A, "10c00000-0000-7000-8000-00000000ffff"]) == "42501"


PAYLOADS = [
    ("{}", "$.title: required"),
    ("[]", "$: type object"),
    ('{"title": "Menu"}', "$.text: required"),
    ('{"title": " ", "text": "Words."}', "$.title: pattern"),
    ('{"title": "Two\\nlines", "text": "Words."}', "$.title: pattern"),
    ('{"title": "Menu", "text": "\\n "}', "$.text: pattern"),
    ('{"title": "Menu", "text": "Words.", "kind": "gossip"}', "$.kind: enum"),
    ('{"title": "Menu", "text": "Words.", "location_id": "Seaport"}', "$.location_id: pattern"),
    ('{"title": "Menu", "text": "Words.", "location_id": null}', "$.location_id: type string"),
    ('{"title": "Menu", "text": "Words.", "url": "javascript:alert(1)"}', "$.url: pattern"),
    ('{"title": "Menu", "text": "Words.", "url": "https://me:secret@menu.example/"}', "$.url: pattern"),
    ('{"title": "' + "x" * 121 + '", "text": "Words."}', "$.title: maxLength 120"),
    ('{"title": "Menu", "text": "' + "x" * 5001 + '"}', "$.text: maxLength 5000"),
    ('{"title": "Menu", "text": "Words.", "more": "' + "x" * 33000 + '"}', "$: at most 32768 bytes"),
    ('{"title": "Menu", "text": "Use sk_live_0123456789abcdefgh."}', "$.text: looks like a key"),
    (
        '{"title": "Menu", "text": "Words.", "more": {"k": "ghp_0123456789abcdefgh"}}',
        "$.more: looks like a key",
    ),
]


@pytest.mark.parametrize(("payload", "fault"), PAYLOADS)
def test_what_a_request_holds_is_refused_where_it_does_not_fit(
    asking: Asking, payload: str, fault: str
) -> None:
    asking.as_person("manager")
    with pytest.raises(psycopg.errors.CheckViolation) as refused, asking.undone():
        asking.execute(FILE, [ACCOUNT_A, payload])
    detail = refused.value.diag.message_detail or ""
    assert detail.startswith(fault)


@pytest.mark.parametrize(
    "text",
    [
        "Ask for the asian-street-food-menu-2026 at https://menu.example/asian-street-food-menu-2026.",
        "Call +1 617 555 0101 or write to terrasse@lumen.example.",
        "Pasta e fagioli, boeuf bourguignon, Königsberger Klopse.",
    ],
)
def test_words_about_food_are_no_keys(asking: Asking, text: str) -> None:
    asking.as_person("manager")
    file = """insert into public.knowledge_update_requests (org_id, payload)
        values (%s, jsonb_build_object('title', 'Menu', 'text', %s::text))"""
    assert asking.reach(file, [ACCOUNT_A, text]) == 1


@pytest.mark.parametrize("who", EVERYBODY)
def test_who_filed_is_told_to_those_who_see_the_requests(asking: Asking, who: str) -> None:
    told = become(asking, who).reach("select * from public.knowledge_requesters()")
    people = {"manager": 1, "manager_lyon": 1, "admin_harbour": 1, "admin": 2}
    closed = who == "service_role" or who.startswith(("anon", "bare"))
    assert told == ("42501" if closed else people.get(who, 0))
