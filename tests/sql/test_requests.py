"""Knowledge requests: managers file, admins decide, the automation reports, and no step is skipped."""

import itertools
from typing import LiteralString

import pytest

from tests.sql.asking import ACCOUNT_A, PEOPLE, Asking

STEP: LiteralString = "update public.knowledge_update_requests set status = %s where org_id = %s"
STATUSES = ("pending", "approved", "processing", "done", "failed", "rejected")
OF_PEOPLE = {("pending", "approved"), ("pending", "rejected")}
OF_THE_AUTOMATION = {
    ("approved", "processing"),
    ("processing", "done"),
    ("processing", "failed"),
    ("processing", "approved"),
}


def brought_to(asking: Asking, status: str) -> Asking:
    """Put account A's request at a status, past the rules, as a superuser can."""
    asking.as_superuser().execute("set local session_replication_role = replica")
    asking.execute(STEP, [status, ACCOUNT_A])
    asking.execute("set local session_replication_role = origin")
    return asking


@pytest.mark.parametrize(("before", "after"), list(itertools.permutations(STATUSES, 2)))
def test_a_request_takes_the_steps_it_may_and_no_other(asking: Asking, before: str, after: str) -> None:
    step = (before, after)
    by_admin = brought_to(asking, before).as_person("admin").reach(STEP, [after, ACCOUNT_A])
    by_automation = asking.as_role("service_role").reach(STEP, [after, ACCOUNT_A])
    if step in OF_PEOPLE:
        assert by_admin == 1
    elif step == ("processing", "approved"):
        # An admin sends a stuck request round again.
        assert by_admin == 1
    elif step in OF_THE_AUTOMATION:
        assert by_admin == "42501"
    else:
        assert by_admin == "23514"
    assert by_automation == (1 if step in OF_THE_AUTOMATION | OF_PEOPLE else "23514")


def test_a_decision_is_signed(asking: Asking) -> None:
    asking.as_person("admin").execute(STEP, ["approved", ACCOUNT_A])
    signed = "select decided_by, decided_at = now() from public.knowledge_update_requests where org_id = %s"
    assert asking.row(signed, [ACCOUNT_A]) == (PEOPLE["admin"], True)


def test_a_request_is_filed_in_ones_own_name_and_waits(asking: Asking) -> None:
    asking.as_person("manager").execute(
        'insert into public.knowledge_update_requests (org_id, payload) values (%s, \'{"title": "New"}\')',
        [ACCOUNT_A],
    )
    filed = """select requested_by_user_id, status from public.knowledge_update_requests
        where payload ->> 'title' = 'New'"""
    assert asking.row(filed) == (PEOPLE["manager"], "pending")


def test_a_request_is_withdrawn_by_who_filed_it_until_somebody_decides(asking: Asking) -> None:
    withdraw = "delete from public.knowledge_update_requests where org_id = %s"
    assert asking.as_person("manager").reach(withdraw, [ACCOUNT_A]) == 1
    assert asking.as_person("admin").reach(withdraw, [ACCOUNT_A]) == 0
    asking.execute(STEP, ["approved", ACCOUNT_A])
    assert asking.as_person("manager").reach(withdraw, [ACCOUNT_A]) == 0
