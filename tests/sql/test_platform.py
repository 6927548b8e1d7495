"""The voice platform writes calls and what came of them, as service_role."""

import pytest

from tests.sql.asking import ACCOUNT_A, Asking, location_id

SAVE = """insert into public.call_logs (account_id, location_id, provider, provider_call_id, provider_status, end_reason,
        intent, started_at, from_number, recording_url)
    values (%s, %s, %s, 'new', %s, %s, 'order', now(), '+1 617-555-0101', 'https://recordings.example/1.wav')
    on conflict (account_id, provider, provider_call_id) do update
    set provider_status = excluded.provider_status, end_reason = excluded.end_reason, from_number = excluded.from_number
    returning status"""


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
    assert asking.scalar("select needs_review from public.calls_v where id in (select id from public.call_logs"
                         " where provider_call_id = 'new')")  # fmt: skip
    for table, column in (("order_logs", "total_amount"), ("reservations", "guest_count")):
        value = 0 if table == "order_logs" else 4
        asking.execute(
            f"""insert into public.{table} (account_id, location_id, call_id, {column})
            select account_id, location_id, id, %s from public.call_logs where provider_call_id = 'new'""",
            [value],
        )
    marks = (
        "select has_order, has_reservation, needs_review from public.call_logs where provider_call_id = 'new'"
    )
    assert tuple(asking.rows(marks)[0]) == (True, True, False)
