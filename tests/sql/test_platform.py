"""The voice platform writes calls and what came of them, as service_role."""

import pytest

from tests.sql.asking import ACCOUNT_A, Asking, location_id

# An upsert names what changes: to set a number from `excluded` would be to read it.
SAVE = """insert into public.call_logs (account_id, location_id, provider, provider_call_id, provider_status,
        end_reason, intent, started_at, from_number, recording_url)
    values (%s, %s, %s, 'new', %s, %s, 'order', now(), '+1 617-555-0101', 'https://recordings.example/1.wav')
    on conflict (account_id, provider, provider_call_id) do update
    set provider_status = excluded.provider_status, end_reason = excluded.end_reason
    returning status"""
NEW = "select has_order, has_reservation, needs_review from public.call_logs where provider_call_id = 'new'"
ADD = """insert into public.{table} (account_id, location_id, call_id)
    select account_id, location_id, id from public.call_logs where provider_call_id = 'new'"""


@pytest.mark.parametrize(
    ("provider", "end_reason", "status"),
    [
        ("retell", "user_hangup", "completed"),
        ("vapi", "customer-did-not-answer", "missed"),
        ("twilio", None, "unknown"),
        ("somebody-new", "over", "unknown"),
    ],
)
def test_a_call_is_saved_while_it_runs_and_again_when_it_ends(
    asking: Asking, provider: str, end_reason: str | None, status: str
) -> None:
    asking.as_role("service_role")
    place = [ACCOUNT_A, location_id("a1"), provider]
    assert asking.scalar(SAVE, [*place, "in-progress", None]) == "in_progress"
    assert asking.scalar(SAVE, [*place, "ended", end_reason]) == status
    assert asking.scalar("select count(*) from public.call_logs where provider_call_id = 'new'") == 1


def test_an_order_and_a_reservation_of_a_call_are_saved(asking: Asking) -> None:
    asking.as_role("service_role")
    asking.scalar(SAVE, [ACCOUNT_A, location_id("a1"), "vapi", "ended", "customer-ended-call"])
    assert tuple(asking.rows(NEW)[0]) == (False, False, True)
    asking.execute(ADD.format(table="order_logs"))
    asking.execute(ADD.format(table="reservations"))
    assert tuple(asking.rows(NEW)[0]) == (True, True, False)


def test_not_even_an_upsert_reads_a_number(asking: Asking) -> None:
    asking.as_role("service_role")
    save = SAVE.replace("returning status", ", from_number = excluded.from_number")
    place = [ACCOUNT_A, location_id("a1"), "vapi", "ended", "customer-ended-call"]
    assert asking.reach(save, place) == "42501"
