"""What people and the automation do with a knowledge request, and what the second of two is told."""

import re
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from tests.fixtures.database import Database
from tests.fixtures.pages import ClientOf
from tests.knowledge_pages import (
    LUMEN,
    SOLES,
    MakeRequest,
    act,
    claimed,
    make_request,
    person,
    stored,
)

__all__ = ["make_request"]

ACTIONS = ("approve", "reject", "retry", "withdraw")


@pytest.fixture(scope="module")
def manager(client_of: ClientOf) -> FlaskClient:
    """The manager of two accounts."""
    return client_of("manager")


@pytest.fixture(scope="module")
def admin(client_of: ClientOf) -> FlaskClient:
    """The admin, who sees everything."""
    return client_of("admin")


@pytest.fixture(scope="module")
def admin_harbour(client_of: ClientOf) -> FlaskClient:
    """The admin of one account."""
    return client_of("admin.harbour")


def course(client: FlaskClient, request_id: object) -> list[str]:
    """The steps of a request's page, the last first."""
    return re.findall(r'class="course-title">([^<]+)<', client.get(f"/knowledge/{request_id}").text)


def buttons(page: str) -> list[str]:
    """What the page offers to do."""
    return re.findall(r'action="/knowledge/[^"]+/(\w+)"', page)


def test_an_admin_approves_and_signs(
    admin: FlaskClient, database: Database, make_request: MakeRequest
) -> None:
    request_id = make_request()
    assert act(admin, request_id, "approve").status_code == 303
    row = stored(database, request_id)
    assert (row.status, row.decided_by) == ("approved", person("admin"))


def test_an_admin_rejects_with_a_reason_that_the_manager_reads(
    admin: FlaskClient, manager: FlaskClient, database: Database, make_request: MakeRequest
) -> None:
    request_id = make_request()
    for reason, words in ((" ", "Say why"), ("x" * 501, "Write up to 500 characters.")):
        refused = act(admin, request_id, "reject", reason=reason)
        assert refused.status_code == 422
        assert words in refused.text
    assert stored(database, request_id).status == "pending"
    assert act(admin, request_id, "reject", reason="Already known.").status_code == 303
    assert stored(database, request_id).decision_reason == "Already known."
    assert "Already known." in manager.get(f"/knowledge/{request_id}").text


def test_what_is_approved_can_be_stopped_until_it_is_claimed(
    admin: FlaskClient, database: Database, make_request: MakeRequest
) -> None:
    stopped, taken = make_request("approved"), make_request("approved")
    assert act(admin, stopped, "reject", reason="Too early.").status_code == 303
    page = admin.get(f"/knowledge/{taken}").text
    assert [row.id for row in claimed(database)] == [taken]
    answer = act(admin, taken, "reject", page, reason="Too early.")
    assert answer.status_code == 409
    assert "Claimed by the automation" in answer.text
    assert [stored(database, each).status for each in (stopped, taken)] == ["rejected", "processing"]


def test_a_manager_withdraws_an_own_request_that_waits(
    manager: FlaskClient, database: Database, make_request: MakeRequest
) -> None:
    own, colleagues = make_request(), make_request(by="admin_harbour")
    assert act(manager, colleagues, "withdraw").status_code == 403
    answer = act(manager, own, "withdraw")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/knowledge/")
    assert stored(database, own) is None
    assert stored(database, colleagues) is not None
    assert manager.get(f"/knowledge/{own}").status_code == 404


@pytest.mark.parametrize("action", ["approve", "reject", "retry"])
def test_a_manager_decides_nothing(
    manager: FlaskClient, database: Database, make_request: MakeRequest, action: str
) -> None:
    status = "failed" if action == "retry" else "pending"
    request_id = make_request(status)
    assert act(manager, request_id, action, reason="Mine.").status_code == 403
    assert stored(database, request_id).status == status


def test_an_admin_of_one_account_reaches_no_other(
    admin_harbour: FlaskClient, database: Database, make_request: MakeRequest
) -> None:
    own, foreign = make_request(), make_request(account=SOLES)
    for action in ACTIONS:
        assert (
            act(admin_harbour, foreign, action, admin_harbour.get(f"/knowledge/{own}").text).status_code
            == 404
        )
    assert act(admin_harbour, own, "approve").status_code == 303
    assert stored(database, foreign).status == "pending"


@pytest.mark.parametrize(
    ("status", "by", "offered"),
    [
        ("pending", "manager", ["approve", "reject"]),
        ("pending", "admin", ["approve", "withdraw", "reject"]),
        ("approved", "manager", ["reject"]),
        ("processing", "manager", ["retry"]),
        ("failed", "manager", ["retry"]),
        ("done", "manager", []),
        ("rejected", "manager", []),
    ],
)
def test_an_admin_is_offered_what_can_be_done(
    admin: FlaskClient, make_request: MakeRequest, status: str, by: str, offered: list[str]
) -> None:
    page = admin.get(f"/knowledge/{make_request(status, by=by)}").text
    assert buttons(page) == offered


@pytest.mark.parametrize(("status", "offered"), [("pending", ["withdraw"]), ("approved", []), ("failed", [])])
def test_a_manager_is_offered_to_withdraw_alone(
    manager: FlaskClient, make_request: MakeRequest, status: str, offered: list[str]
) -> None:
    assert buttons(manager.get(f"/knowledge/{make_request(status)}").text) == offered


def test_the_second_of_two_admins_sees_what_the_first_did(
    admin: FlaskClient, admin_harbour: FlaskClient, database: Database, make_request: MakeRequest
) -> None:
    request_id = make_request()
    seen = admin.get(f"/knowledge/{request_id}").text
    assert act(admin_harbour, request_id, "reject", reason="Not now.").status_code == 303
    answer = act(admin, request_id, "approve", seen)
    assert answer.status_code == 409
    text = re.sub(r"\s+", " ", answer.text)
    assert "has moved on since you opened it" in text
    assert "<strong>Rejected</strong>: Admin Harbour" in text
    assert "Not now." in text
    row = stored(database, request_id)
    assert (row.status, row.decided_by) == ("rejected", person("admin_harbour"))


def test_a_withdrawal_comes_too_late_where_somebody_has_decided(
    manager: FlaskClient, admin: FlaskClient, database: Database, make_request: MakeRequest
) -> None:
    request_id = make_request()
    seen = manager.get(f"/knowledge/{request_id}").text
    act(admin, request_id, "approve")
    assert act(manager, request_id, "withdraw", seen).status_code == 409
    assert stored(database, request_id).status == "approved"


def test_a_retry_of_an_earlier_failure_does_not_count_for_a_later_one(
    admin: FlaskClient, database: Database, make_request: MakeRequest
) -> None:
    request_id = make_request("approved")
    claimed(database, False)
    seen = admin.get(f"/knowledge/{request_id}").text
    assert act(admin, request_id, "retry", seen).status_code == 303
    claimed(database, False)
    assert act(admin, request_id, "retry", seen).status_code == 409
    assert stored(database, request_id).status == "failed"


def test_the_course_tells_each_step_with_who_and_what_was_said(
    admin: FlaskClient, manager: FlaskClient, database: Database, make_request: MakeRequest
) -> None:
    request_id = make_request()
    act(admin, request_id, "approve")
    claimed(database, False)
    act(admin, request_id, "retry")
    claimed(database, True)
    assert course(manager, request_id) == [
        "Done", "Claimed by the automation", "Sent round again", "Failed", "Claimed by the automation",
        "Approved", "Filed",
    ]  # fmt: skip
    page = manager.get(f"/knowledge/{request_id}").text
    assert "The address answered 404." in page
    assert "Learnt." in page


def test_an_expired_claim_is_said_and_can_be_sent_round_again(
    admin: FlaskClient, database: Database, make_request: MakeRequest
) -> None:
    request_id = make_request()
    act(admin, request_id, "approve")
    claimed(database)
    held = admin.get(f"/knowledge/{request_id}").text
    assert "The automation reports by" in held
    assert buttons(held) == []
    assert act(admin, request_id, "retry").status_code == 403
    with database.owner() as owner:
        owner.execute(
            """update public.knowledge_update_requests set claim_expires_at = now() - interval '1 minute'
            where id = %s""",
            [request_id],
        )
    assert "has not reported in time" in admin.get(f"/knowledge/{request_id}").text
    assert act(admin, request_id, "retry").status_code == 303
    assert [row.id for row in claimed(database, True)] == [request_id]
    assert course(admin, request_id)[:4] == [
        "Done", "Claimed by the automation", "Sent round again", "Claimed by the automation",
    ]  # fmt: skip


def test_who_cannot_read_the_log_is_told_what_the_row_knows(
    client_of: ClientOf, admin: FlaskClient, make_request: MakeRequest
) -> None:
    request_id = make_request(account=LUMEN, by="manager_lyon")
    act(admin, request_id, "reject", reason="Not now.")
    lyon = client_of("manager.lyon")
    assert course(lyon, request_id) == ["Rejected", "Filed"]
    assert "Not now." in lyon.get(f"/knowledge/{request_id}").text


@pytest.mark.parametrize("action", ["", *ACTIONS])
def test_a_request_out_of_reach_is_like_none(
    manager: FlaskClient, database: Database, make_request: MakeRequest, action: str
) -> None:
    foreign, own = make_request(account=LUMEN, by="manager_lyon"), make_request()
    page = manager.get(f"/knowledge/{own}").text
    for request_id in (foreign, uuid4()):
        if action:
            answer = act(manager, request_id, action, page, reason="Mine.")
        else:
            answer = manager.get(f"/knowledge/{request_id}")
        assert answer.status_code == 404
        assert "It does not exist, or it is out of your reach." in answer.text
    assert stored(database, foreign).status == "pending"


@pytest.mark.parametrize("seen", ["", "yesterday", "2026-01-01T00:00:00"])
@pytest.mark.parametrize("action", ACTIONS)
def test_a_form_that_is_not_our_page_s_is_refused(
    admin: FlaskClient, database: Database, make_request: MakeRequest, action: str, seen: str
) -> None:
    request_id = make_request()
    answer = act(admin, request_id, action, reason="Why.", seen_at=seen)
    assert answer.status_code == 422
    assert "This page is out of date" in answer.text
    assert stored(database, request_id).status == "pending"
