"""Which calls want a look, and why."""

import pytest
from psycopg.types.json import Jsonb

from tests.sql.asking import Asking, call_id

REASONS = "select review_reasons from public.calls_v where id = %s"
NEEDS = "select needs_review from public.calls_v where id = %s"
ORDER_OF_CALL_1 = "0dde0000-0000-7000-8000-000000000001"


def test_these_calls_of_the_seed_want_a_look(asking: Asking) -> None:
    found = dict(
        asking.as_person("admin").rows("select id, review_reasons from public.calls_v where needs_review")
    )
    assert found == {
        call_id(4): ["transfer_unanswered"],
        call_id(5): ["order_missing"],
        call_id(7): ["status_unknown"],
        call_id(11): ["total_differs"],
    }


def test_a_reservation_that_was_wanted_and_not_made_is_missing(asking: Asking) -> None:
    assert asking.scalar(REASONS, [call_id(2)]) == []
    asking.execute("delete from public.reservations where call_id = %s", [call_id(2)])
    assert asking.scalar(REASONS, [call_id(2)]) == ["reservation_missing"]
    assert asking.scalar(NEEDS, [call_id(2)])


@pytest.mark.parametrize(
    ("provider_status", "end_reason", "missing"),
    [
        ("ended", "user_hangup", True),
        ("ended", "voicemail_reached", True),
        ("ended", "error_retell", True),
        ("ongoing", None, False),
        ("ended", "call_transfer", False),
        ("ended", "dial_no_answer", False),
        ("ended", "registered_call_timeout", False),
    ],
)
@pytest.mark.parametrize("intent", ["order", "reservation"])
def test_a_call_that_runs_or_was_missed_or_taken_over_owes_nothing(
    asking: Asking, intent: str, provider_status: str, end_reason: str | None, missing: bool
) -> None:
    asking.execute(
        """update public.call_logs set provider = 'retell', provider_status = %s, end_reason = %s, intent = %s
        where id = %s""",
        [provider_status, end_reason, intent, call_id(7)],
    )
    asking.execute("delete from public.order_logs where call_id = %s", [call_id(7)])
    assert asking.scalar(REASONS, [call_id(7)]) == ([f"{intent}_missing"] if missing else [])


@pytest.mark.parametrize(
    "change",
    [
        "total_amount = total_amount + 0.01",
        "tax_amount = 0",
        "delivery_amount = 1",
        "service_charge_amount = 1",
        "subtotal_amount = subtotal_amount - 1, total_amount = total_amount - 1",
        "items = items - 0",
        "items = '[]'",
        """items = jsonb_set(items, '{0,quantity}', '"two"')""",
        "items = jsonb_set(items, '{0,unit_amount}', 'null')",
        "items = jsonb_set(items, '{0}', '7')",
        """items = '["soup"]'""",
    ],
)
def test_a_total_that_is_not_the_sum_of_its_parts_wants_a_look(asking: Asking, change: str) -> None:
    assert asking.scalar(REASONS, [call_id(1)]) == []
    asking.execute(f"update public.order_logs set {change} where id = %s", [ORDER_OF_CALL_1])
    assert asking.scalar(REASONS, [call_id(1)]) == ["total_differs"]


def test_fractions_of_a_unit_add_up(asking: Asking) -> None:
    oysters = {"name": "Oysters", "quantity": 1.5, "unit_amount": 10.1}
    items = Jsonb([oysters, {"name": "Ice", "quantity": 1, "unit_amount": 0}])
    asking.execute(
        """update public.order_logs
        set items = %s, subtotal_amount = 15.15, tax_amount = 1, total_amount = 16.15
        where id = %s""",
        [items, ORDER_OF_CALL_1],
    )
    assert asking.scalar(REASONS, [call_id(1)]) == []


def test_reasons_add_up(asking: Asking) -> None:
    asking.execute(
        """update public.call_logs set end_reason = 'transfer-of-tomorrow-no-answer', intent = 'reservation'
        where id = %s""",
        [call_id(7)],
    )
    asking.execute("update public.order_logs set total_amount = 1 where call_id = %s", [call_id(7)])
    assert asking.scalar(REASONS, [call_id(7)]) == [
        "reservation_missing",
        "total_differs",
        "transfer_unanswered",
        "status_unknown",
    ]


EVERY_KIND = """
(values ('retell', 'ended', 'user_hangup'), ('retell', 'ended', 'call_transfer'), ('retell', 'ongoing', null),
    ('retell', 'ended', 'dial_no_answer'), ('retell', 'ended', 'voicemail_reached'), ('retell', null, null),
    ('vapi', 'ended', 'never-seen'), ('vapi', 'ended', 'customer-did-not-answer'), ('twilio', 'failed', null),
    ('vapi', 'ended', 'call.forwarding.operator-busy'), ('twilio', 'canceled', null), (null, null, null)
) k (provider, provider_status, end_reason)
cross join (values ('order'), ('reservation'), ('catering'), (null), ('pick up')) i (intent)
cross join (values (true), (false)) o (has_order)
cross join (values (true), (false)) r (has_reservation)
cross join (values (true), (false)) t (total_differs)"""


def test_the_stored_answer_is_that_of_the_reasons_for_whatever_a_call_is(asking: Asking) -> None:
    """needs_review is written out once more for speed, so the two are held against each other."""
    differing = asking.rows(
        f"""select * from {EVERY_KIND} where private.needs_review(provider, provider_status, end_reason,
            intent, has_order, has_reservation, total_differs) is distinct from cardinality(
            private.review_reasons(public.call_status(provider, provider_status, end_reason),
                public.call_type(intent), private.transfer_unanswered(end_reason), has_order,
                has_reservation, total_differs)) > 0"""
    )
    assert differing == []
