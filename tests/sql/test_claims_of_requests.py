"""Claims of knowledge requests: what a poller is given and may report, and claims that expire."""

from typing import Any, LiteralString
from uuid import UUID, uuid4

import pytest

from tests.sql.asking import ACCOUNT_A, ACCOUNT_C, PEOPLE, Asking

CLAIM: LiteralString = "select * from public.claim_knowledge_requests(%s)"
FINISH: LiteralString = "select public.finish_knowledge_request(%s, %s, %s, %s)"
FINISH_AS_THE_CONTRACT_SAYS: LiteralString = "select public.finish_knowledge_request(%s, %s, %s)"
STATE: LiteralString = """select status, attempts, lost_claims, message
    from public.knowledge_update_requests where id = %s"""
REQUEST = UUID("4e000000-0000-7000-8000-000000000001")
LYON = UUID("4e000000-0000-7000-8000-000000000003")


@pytest.fixture
def approved(asking: Asking) -> Asking:
    """Account A's request, approved, and C's as it was; the automation asks."""
    approve(asking, ACCOUNT_A)
    return asking.as_role("service_role")


def approve(asking: Asking, account: UUID) -> None:
    asking.as_person("admin").execute(
        "update public.knowledge_update_requests set status = 'approved' where org_id = %s", [account]
    )


def claim(asking: Asking, n: int = 10) -> list[dict[str, Any]]:
    """What a poller is given, as PostgREST would give it."""
    return [
        row[0] for row in asking.rows("select to_jsonb(c) from public.claim_knowledge_requests(%s) c", [n])
    ]


def expire(asking: Asking) -> None:
    """Let the time of every claim run out."""
    asking.as_superuser().execute(
        """update public.knowledge_update_requests set claim_expires_at = now() - interval '1 second'
        where claim_expires_at is not null"""
    )
    asking.as_role("service_role")


def test_what_is_approved_is_claimed_once(approved: Asking) -> None:
    (row,) = claim(approved)
    assert row["id"] == str(REQUEST)
    assert row["org_id"] == str(ACCOUNT_A)
    assert row["payload"]["title"] == "Winter menu"
    assert row["attempts"] == 1
    assert approved.row(STATE, [REQUEST]) == ("processing", 1, 0, None)
    assert claim(approved) == []


def test_a_claim_holds_for_as_long_as_was_asked(approved: Asking) -> None:
    approved.execute("select * from public.claim_knowledge_requests(1, 90)")
    held = (
        "select claim_expires_at - claimed_at = interval '90 minutes' from public.knowledge_update_requests"
    )
    assert approved.scalar(held + " where id = %s", [REQUEST]) is True


def test_the_oldest_come_first_and_no_more_than_asked_for(asking: Asking) -> None:
    approve(asking, ACCOUNT_A)
    approve(asking, ACCOUNT_C)
    asking.as_role("service_role")
    # Lyon's was filed a day before the other.
    assert [row["id"] for row in claim(asking, 1)] == [str(LYON)]
    assert [row["id"] for row in claim(asking, 1)] == [str(REQUEST)]


@pytest.mark.parametrize("n", [0, -1, 101, None])
def test_a_poller_asks_for_a_number_that_makes_sense(approved: Asking, n: int | None) -> None:
    assert approved.refusal(CLAIM, [n])[0] == "23514"
    assert approved.reach(CLAIM, [100]) == 1


@pytest.mark.parametrize("minutes", [0, 1441, None])
def test_a_claim_lasts_a_time_that_makes_sense(approved: Asking, minutes: int | None) -> None:
    statement: LiteralString = "select * from public.claim_knowledge_requests(1, %s)"
    assert approved.refusal(statement, [minutes])[0] == "23514"
    assert approved.reach(statement, [1440]) == 1


@pytest.mark.parametrize("who", ["operator", "manager", "admin"])
def test_people_neither_claim_nor_finish(approved: Asking, who: str) -> None:
    approved.as_person(who)
    assert approved.refusal(CLAIM, [1])[0] == "42501"
    assert approved.refusal(FINISH, [REQUEST, True, None, None])[0] == "42501"


@pytest.mark.parametrize(("ok", "status"), [(True, "done"), (False, "failed")])
def test_a_poller_reports_how_it_went(approved: Asking, ok: bool, status: str) -> None:
    (row,) = claim(approved)
    assert approved.scalar(FINISH, [REQUEST, ok, " Said so. \n", row["claim"]]) == status
    assert approved.row(STATE, [REQUEST]) == (status, 1, 0, "Said so.")
    assert claim(approved) == []


def test_three_arguments_are_enough_while_nobody_else_had_it(approved: Asking) -> None:
    claim(approved)
    assert approved.scalar(FINISH_AS_THE_CONTRACT_SAYS, [REQUEST, True, "Learnt."]) == "done"
    assert approved.row(STATE, [REQUEST]) == ("done", 1, 0, "Learnt.")


def test_a_report_whose_answer_was_lost_can_be_sent_again(approved: Asking) -> None:
    (row,) = claim(approved)
    for message in ("First.", "Second."):
        assert approved.scalar(FINISH, [REQUEST, True, message, row["claim"]]) == "done"
    assert approved.row(STATE, [REQUEST])[3] == "First."
    assert approved.refusal(FINISH, [REQUEST, False, None, row["claim"]])[0] == "PT409"


def test_an_expired_claim_is_given_out_again_and_its_poller_refused(approved: Asking) -> None:
    (dead,) = claim(approved)
    expire(approved)
    (alive,) = claim(approved)
    assert (alive["id"], alive["attempts"]) == (dead["id"], 2)
    assert alive["claim"] != dead["claim"]
    for late in (dead["claim"], uuid4()):
        assert approved.refusal(FINISH, [REQUEST, True, "Late.", late])[0] == "PT409"
    # Without its claim nobody can tell the late poller from the one that holds it.
    assert approved.refusal(FINISH_AS_THE_CONTRACT_SAYS, [REQUEST, True, "Late."])[0] == "PT409"
    assert approved.row(STATE, [REQUEST]) == ("processing", 2, 1, None)
    assert approved.scalar(FINISH, [REQUEST, True, "In time.", alive["claim"]]) == "done"
    assert approved.refusal(FINISH, [REQUEST, True, "Late.", dead["claim"]])[0] == "PT409"
    assert approved.row(STATE, [REQUEST])[3] == "In time."


def test_a_late_report_is_taken_where_nobody_else_has_it(approved: Asking) -> None:
    (row,) = claim(approved)
    expire(approved)
    assert approved.scalar(FINISH, [REQUEST, True, None, row["claim"]]) == "done"


def test_what_nobody_reports_about_is_given_up_after_five_times(approved: Asking) -> None:
    for attempt in range(1, 6):
        assert [row["attempts"] for row in claim(approved)] == [attempt]
        expire(approved)
    assert claim(approved) == []
    assert approved.row(STATE, [REQUEST]) == ("failed", 5, 5, "Claimed 5 times, and never reported back.")
    approve(approved, ACCOUNT_A)
    approved.as_role("service_role")
    (row,) = claim(approved)
    assert approved.scalar(FINISH, [REQUEST, True, None, row["claim"]]) == "done"


def test_a_poller_that_was_given_up_on_is_told(approved: Asking) -> None:
    for _ in range(5):
        (row,) = claim(approved)
        expire(approved)
    claim(approved)
    assert approved.refusal(FINISH, [REQUEST, True, None, row["claim"]]) == (
        "PT409", "this request is failed by now",
    )  # fmt: skip


def test_an_admin_takes_back_no_claim_that_still_holds(approved: Asking) -> None:
    (row,) = claim(approved)
    again: LiteralString = "update public.knowledge_update_requests set status = 'approved' where id = %s"
    approved.as_person("admin")
    assert approved.reach(again, [REQUEST]) == "23514"
    expire(approved)
    approved.as_person("admin").execute(again, [REQUEST])
    approved.as_role("service_role")
    assert approved.refusal(FINISH, [REQUEST, True, None, row["claim"]])[0] == "PT409"
    assert approved.refusal(FINISH_AS_THE_CONTRACT_SAYS, [REQUEST, True, None])[0] == "PT409"
    assert [row["attempts"] for row in claim(approved)] == [1]


def test_only_what_is_there_and_claimed_is_finished(approved: Asking) -> None:
    assert approved.refusal(FINISH, [uuid4(), True, None, None])[0] == "P0002"
    assert approved.refusal(FINISH, [REQUEST, None, None, None])[0] == "23514"
    for status in (True, False):
        assert approved.refusal(FINISH, [REQUEST, status, None, None])[0] == "PT409"
    assert approved.refusal(FINISH, [REQUEST, True, None, uuid4()])[0] == "PT409"


def test_a_message_keeps_to_its_size_and_holds_no_key(approved: Asking) -> None:
    (row,) = claim(approved)
    message = "401 for Bearer sk-ant-0123456789abcdefgh at https://x.example/y " + "x" * 3000
    approved.execute(FINISH, [REQUEST, False, message, row["claim"]])
    kept = approved.row(STATE, [REQUEST])[3]
    assert kept.startswith("401 for (not recorded) at https://x.example/y xxx")
    assert len(kept) == 2000


def test_each_step_of_the_automation_is_in_the_audit_log(approved: Asking) -> None:
    approved.execute("select set_config('request.headers', %s, true)", ['{"x-application": "n8n knowledge"}'])
    (row,) = claim(approved)
    approved.execute(FINISH, [REQUEST, True, "Learnt.", row["claim"]])
    lines = approved.rows(
        """select after ->> 'status', actor_role, actor_user_id, application from public.audit_log
        where row_id = %s and action = 'update' order by id""",
        [REQUEST],
    )
    assert lines[0][:3] == ("approved", "authenticated", PEOPLE["admin"])
    assert lines[1:] == [
        ("processing", "service_role", None, "n8n knowledge"),
        ("done", "service_role", None, "n8n knowledge"),
    ]


@pytest.fixture
def long_history(asking: Asking) -> Asking:
    """Twenty thousand requests that are done, and a few that wait or are held."""
    asking.as_superuser().execute("set local session_replication_role = replica")
    asking.execute(
        """insert into public.knowledge_update_requests
            (org_id, requested_by_user_id, payload, status, created_at, claim_expires_at, attempts)
        select %s, %s, '{"title": "Menu", "text": "Words."}', case when n <= 19800 then 'done'
            when mod(n, 2) = 0 then 'approved' else 'processing' end,
            now() - make_interval(mins => 20001 - n),
            case when n > 19800 and mod(n, 2) = 1 then now() + make_interval(mins => n - 19900) end,
            case when mod(n, 5) = 0 then 5 else 1 end
        from generate_series(1, 20000) n""",
        [ACCOUNT_A, PEOPLE["manager"]],
    )
    asking.execute("set local session_replication_role = origin")
    asking.execute("analyze public.knowledge_update_requests")
    return asking


def test_claiming_and_finishing_read_by_an_index_however_much_is_done(long_history: Asking) -> None:
    scans: LiteralString = """select seq_scan, idx_scan from pg_stat_xact_user_tables
        where relid = 'public.knowledge_update_requests'::regclass"""
    before = long_history.as_superuser().row(scans)
    long_history.as_role("service_role")
    rows = claim(long_history, 100)
    assert len(rows) == 100
    for row in rows[:10]:
        long_history.execute(FINISH, [row["id"], True, None, row["claim"]])
    after = long_history.as_superuser().row(scans)
    assert after[0] == before[0]
    assert after[1] > before[1] + 10
