"""What providers send becomes one of eight statuses: listed values as listed, new ones by their family."""

import csv
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sql.asking import ACCOUNT_A, Asking, location_id
from tests.sql.provider_samples import FAMILIES, SAMPLES

STATUSES = {
    "in_progress", "completed", "transferred", "voicemail", "missed", "failed", "canceled", "unknown",
}  # fmt: skip
Sent = tuple[str, str | None, str | None]

# A connection is not made anew for each example: a status is computed, nothing is kept.
invented = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
STATUS = "select public.call_status(%s, %s, %s)"

# Words that belong to no family, as the middle of a value that does: nothing here may change where it lands.
words = st.lists(
    st.sampled_from(
        ["llm", "tts", "voice", "gpt", "ghost", "500", "bad", "request", "quota", "x2", "tomorrow"]
    ),
    min_size=1,
    max_size=4,
)


def kept_statuses(asking: Asking, sent: list[Sent]) -> list[str]:
    """Statuses of calls that were sent like this, as the admin reads them in calls_v, in the same order."""
    asking.connection.cursor().executemany(
        """insert into public.call_logs
            (account_id, location_id, provider, provider_call_id, provider_status, end_reason, started_at)
        values (%s, %s, %s, %s, %s, %s, now())""",
        [
            (ACCOUNT_A, location_id("a1"), provider, f"sample {place:04d}", status, reason)
            for place, (provider, status, reason) in enumerate(sent)
        ],
    )
    return asking.as_person("admin").column(
        """select v.status from public.calls_v v join public.call_logs c on c.id = v.id
        where c.provider_call_id like 'sample %%' order by c.provider_call_id"""
    )


def test_every_listed_value_comes_out_as_listed(asking: Asking, shared_data: Path) -> None:
    with (shared_data / "provider_statuses.csv").open(newline="") as file:
        listed = list(csv.DictReader(file))
    assert len(listed) == 336
    sent = [(row["provider"], row["provider_status"] or None, row["end_reason"] or None) for row in listed]
    wrong = [
        (row, status)
        for row, status in zip(listed, kept_statuses(asking, sent), strict=True)
        if status != row["status"]
    ]
    assert wrong == []


def test_invented_values_come_out_by_their_family(asking: Asking) -> None:
    sent = [(provider, status, reason) for provider, status, reason, _ in SAMPLES]
    kept = kept_statuses(asking, sent)
    assert list(zip(sent, kept, strict=True)) == [(sample[:3], sample[3]) for sample in SAMPLES]
    assert set(kept) == STATUSES


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: f"{family[0]} {family[1]}...{family[2]}")
def test_a_value_never_seen_lands_with_its_family(
    asking: Asking, family: tuple[str, str, str, str, str]
) -> None:
    provider, before, after, joint, status = family

    @settings(invented, max_examples=15)
    @given(words)
    def lands(middle: list[str]) -> None:
        reason = before + joint.join(middle) + after
        assert asking.scalar(STATUS, [provider, "ended", reason]) == status, reason

    lands()


@given(
    provider=st.sampled_from(["retell", "vapi", "twilio", "someone", ""]),
    status=st.none()
    | st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]), max_size=40),
    reason=st.none()
    | st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]), max_size=60),
)
@invented
def test_whatever_is_sent_has_one_of_the_eight_statuses(
    asking: Asking, provider: str, status: str | None, reason: str | None
) -> None:
    assert asking.scalar(STATUS, [provider, status, reason]) in STATUSES


@given(
    provider=st.sampled_from(["retell", "vapi", "twilio"]),
    nonsense=st.text(st.sampled_from("bgjkqwxz0123456789"), min_size=1, max_size=30),
)
@invented
def test_nonsense_is_unknown(asking: Asking, provider: str, nonsense: str) -> None:
    status = nonsense if provider == "twilio" else "ended"
    assert asking.scalar(STATUS, [provider, status, nonsense]) == "unknown"


@given(st.sampled_from(SAMPLES))
@invented
def test_letters_case_means_nothing(asking: Asking, sample: tuple[str, str | None, str | None, str]) -> None:
    shouted = [value.upper() if value else None for value in sample[:3]]
    assert asking.scalar(STATUS, shouted) == sample[3]


@pytest.mark.parametrize("provider", ["retell", "vapi", "twilio", None])
def test_nothing_sent_is_unknown(asking: Asking, provider: str | None) -> None:
    assert asking.scalar(STATUS, [provider, None, None]) == "unknown"
    assert asking.scalar(STATUS, [provider, "", ""]) == "unknown"


@pytest.mark.parametrize(
    ("reason", "unanswered"),
    [
        ("call.forwarding.operator-busy", True),
        ("call.forwarding.no-answer", True),
        ("CALL.FORWARDING.NO-ANSWER", True),
        ("transfer_no_answer", True),
        ("transfer_timeout", True),
        ("call_transfer", False),
        ("assistant-forwarded-call", False),
        ("dial_no_answer", False),
        ("customer-did-not-answer", False),
        ("customer-busy", False),
        (None, False),
    ],
)
def test_a_transfer_that_nobody_took_is_told(asking: Asking, reason: str | None, unanswered: bool) -> None:
    asking.execute(
        "update public.call_logs set end_reason = %s where provider_call_id = 'seed-000000000001'", [reason]
    )
    found = asking.scalar(
        "select transfer_unanswered from public.calls_v where id = 'ca110000-0000-7000-8000-000000000001'"
    )
    assert found is unanswered
