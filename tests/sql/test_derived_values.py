"""What is derived from a call as it was sent, and again when a rule changes: type, length, masked number."""

import re
from typing import LiteralString

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from certus_admin.apply import SQL_FOLDER, apply_files
from tests.fixtures.database import Database
from tests.sql.asking import Asking, call_id

invented = settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
TYPES = {"order", "reservation", "catering", "general", "other"}


@pytest.mark.parametrize(
    ("intent", "call_type"),
    [
        ("order", "order"),
        ("Takeout_Order", "order"),
        ("pick-up", "order"),
        ("pickup", "order"),
        ("delivery", "order"),
        ("reservation", "reservation"),
        ("BOOK_TABLE", "reservation"),
        ("catering_order", "catering"),
        ("private dining", "catering"),
        ("private_dining", "catering"),
        ("banquet", "catering"),
        ("general", "general"),
        ("opening hours", "general"),
        ("faq", "general"),
        ("smalltalk", "other"),
        ("", "other"),
        (None, "other"),
    ],
)
def test_the_intent_gives_the_call_type(asking: Asking, intent: str | None, call_type: str) -> None:
    asking.execute("update public.call_logs set intent = %s where id = %s", [intent, call_id(1)])
    assert asking.scalar("select call_type from public.calls_v where id = %s", [call_id(1)]) == call_type


@given(
    st.none() | st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]), max_size=40)
)
@invented
def test_any_intent_gives_one_of_the_five_types(asking: Asking, intent: str | None) -> None:
    assert asking.scalar("select public.call_type(%s)", [intent]) in TYPES


@given(st.text("0123456789 +-().", max_size=24))
@invented
def test_a_masked_number_shows_four_digits_at_most(asking: Asking, number: str) -> None:
    masked = asking.scalar("select public.mask_phone(%s)", [number])
    digits = re.sub(r"\D", "", number)
    if not number.strip():
        assert masked is None
    elif len(digits) < 7:
        # A short code would be shown whole by its last four digits.
        assert masked == "••• ••• ••••"
    else:
        assert masked == f"••• ••• {digits[-4:]}"


@pytest.mark.parametrize("number", ["anonymous", "Restricted", "sip:kitchen@certus.example", "١٢٣٤٥٦٧٨"])
def test_a_word_instead_of_a_number_is_masked_whole(asking: Asking, number: str) -> None:
    assert asking.scalar("select public.mask_phone(%s)", [number]) == "••• ••• ••••"


def test_the_guests_number_is_the_masked_one_in_either_direction(asking: Asking) -> None:
    change = "update public.call_logs set direction = %s, from_number = %s, to_number = %s where id = %s"
    shown = "select caller_masked, caller_digits from public.calls_v where id = %s"
    for direction in ("inbound", "outbound"):
        asking.execute(change, [direction, "+1 617-555-0111", "+1 617-555-0222", call_id(1)])
        digits = "0111" if direction == "inbound" else "0222"
        assert asking.row(shown, [call_id(1)]) == (f"••• ••• {digits}", digits)


@pytest.mark.parametrize(
    ("seconds", "bucket"),
    [
        (0, "under_30s"),
        (29, "under_30s"),
        (30, "30s_to_2m"),
        (119, "30s_to_2m"),
        (120, "2m_to_5m"),
        (299, "2m_to_5m"),
        (300, "over_5m"),
        (90_000, "over_5m"),
    ],
)
def test_a_duration_falls_into_one_of_four_buckets(asking: Asking, seconds: int, bucket: str) -> None:
    asking.execute(
        """update public.call_logs set answered_at = started_at + interval '10 seconds',
            ended_at = started_at + make_interval(secs => 10.9 + %s) where id = %s""",
        [seconds, call_id(1)],
    )
    shown = "select duration_seconds, duration_bucket from public.calls_v where id = %s"
    assert asking.row(shown, [call_id(1)]) == (seconds, bucket)


def test_a_call_has_no_length_while_it_runs_and_none_below_zero(asking: Asking) -> None:
    shown = "select duration_seconds, duration_bucket from public.calls_v where id = %s"
    assert asking.row(shown, [call_id(8)]) == (None, None)
    late = "update public.call_logs set answered_at = ended_at + interval '3 seconds' where id = %s"
    asking.execute(late, [call_id(3)])
    assert asking.row(shown, [call_id(3)]) == (0, "under_30s")


# A changed rule ------------------------------------------------------------------------------------------

CHANGED_RULES: dict[str, tuple[LiteralString, LiteralString, LiteralString]] = {
    "status": (
        """create or replace function private.retell_status(reason text) returns text
        language sql immutable parallel safe
        return (case when reason = 'user_hangup' then 'canceled' else 'completed' end)""",
        "provider = 'retell' and status = 'canceled'",
        "provider = 'retell' and end_reason = 'user_hangup'",
    ),
    "call type": (
        """create or replace function public.call_type(intent text) returns text
        language sql immutable parallel safe
        return (case intent when 'general' then 'catering' else 'other' end)""",
        "call_type = 'catering'",
        "intent = 'general'",
    ),
    "duration": (
        """create or replace function private.call_seconds(
            started timestamptz, answered timestamptz, ended timestamptz) returns integer
        language sql immutable parallel safe
        return (case when ended is not null then 7 end)""",
        "duration_seconds = 7 and duration_bucket = 'under_30s'",
        "ended_at is not null",
    ),
    "bucket": (
        """create or replace function private.duration_bucket(seconds integer) returns text
        language sql immutable parallel safe
        return (case when seconds is not null then 'over_5m' end)""",
        "duration_bucket = 'over_5m'",
        "ended_at is not null",
    ),
    "mask": (
        """create or replace function public.mask_phone(number text) returns text
        language sql immutable parallel safe
        return (case when number is not null then '•' end)""",
        "caller_masked = '•'",
        "true",
    ),
    "digits": (
        """create or replace function private.phone_digits(number text) returns text
        language sql immutable parallel safe
        return (right(number, 2))""",
        "length(caller_digits) = 2",
        "true",
    ),
    "unanswered transfer": (
        """create or replace function private.transfer_unanswered(end_reason text) returns boolean
        language sql immutable parallel safe
        return (coalesce(end_reason = 'voicemail', false))""",
        "transfer_unanswered",
        "end_reason = 'voicemail'",
    ),
}


@pytest.mark.parametrize("rule", CHANGED_RULES)
def test_a_changed_rule_derives_the_stored_values_again(asking: Asking, rule: str) -> None:
    change, as_changed, concerned = CHANGED_RULES[rule]
    stored = f"select id from public.call_logs where {as_changed}"
    expected = set(asking.column(f"select id from public.call_logs where {concerned}"))
    assert expected
    assert set(asking.column(stored)) != expected
    asking.execute(change)
    assert set(asking.column(stored)) != expected
    assert asking.scalar("select private.derive_calls()") > 0
    assert set(asking.column(stored)) == expected
    assert asking.scalar("select private.derive_calls()") == 0


def test_only_rows_that_change_are_written(asking: Asking) -> None:
    places = "select id, ctid::text from public.call_logs order by id"
    change, _, concerned = CHANGED_RULES["call type"]
    before = dict(asking.rows(places))
    # Every type changes but that of the calls whose type was other all along.
    same = set(asking.column("select id from public.call_logs where call_type = 'other'"))
    assert same
    asking.execute(change)
    changed = asking.scalar("select private.derive_calls()")
    after = dict(asking.rows(places))
    moved = {call for call in before if before[call] != after[call]}
    assert moved == set(before) - same
    assert changed == len(moved)
    assert set(asking.column(f"select id from public.call_logs where {concerned}")) <= moved


def test_masks_of_reservations_follow_too(asking: Asking) -> None:
    asking.execute(CHANGED_RULES["mask"][0])
    asking.execute("select private.derive_calls()")
    assert set(asking.column("select guest_phone_masked from public.reservations_v")) == {"•"}


def test_applying_the_files_derives_again_and_brings_the_rules_back(empty_database: Database) -> None:
    statuses = "select id, status from public.call_logs order by id"
    apply_files(empty_database.owner_url, lambda _line: None, seed=True, folder=SQL_FOLDER)
    with psycopg.connect(empty_database.owner_url, autocommit=True) as owner:
        before = owner.execute(statuses).fetchall()
        owner.execute(CHANGED_RULES["status"][0])
        owner.execute("select private.derive_calls()")
        assert owner.execute(statuses).fetchall() != before
        apply_files(empty_database.owner_url, lambda _line: None, seed=True, folder=SQL_FOLDER)
        assert owner.execute(statuses).fetchall() == before
