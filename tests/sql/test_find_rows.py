"""`find_rows`: what it refuses, and that nobody finds what they may not read."""

import pytest

from tests.sql.access_table import become
from tests.sql.asking import Asking

FIND = "select row_id from public.find_rows(%s, %s::jsonb) where is_found"


@pytest.mark.parametrize("relation", ["calls", "orders", "reservations"])
@pytest.mark.parametrize("who", ["operator", "manager", "admin", "manager_lyon", "newcomer", "former"])
def test_everybody_finds_exactly_what_the_policies_show(asking: Asking, who: str, relation: str) -> None:
    become(asking, who)
    seen = asking.column(f"select id from public.{relation}_v")
    assert len(seen) <= 51
    assert sorted(asking.column(FIND, [relation, "{}"])) == sorted(seen)


@pytest.mark.parametrize(
    ("relation", "filters"),
    [
        ("notes", "{}"),
        ("call_logs", "{}"),
        ("calls", '{"colour": "red"}'),
        ("orders", '{"words": "soup"}'),
        ("calls", '{"digits": "1"}'),
        ("calls", '{"digits": "12x"}'),
    ],
)
def test_what_is_not_understood_is_refused(asking: Asking, relation: str, filters: str) -> None:
    become(asking, "admin")
    assert asking.refusal(FIND, [relation, filters])[0] == "22023"


def test_words_are_found_as_beginnings_in_any_order_and_case(asking: Asking) -> None:
    become(asking, "admin")
    word = asking.scalar(
        "select substring(summary_md from '\\m[a-z]{5,}') as word from public.calls_v order by 1 limit 1"
    )
    found = asking.column(FIND, ["calls", f'{{"words": "{word[:4].upper()}"}}'])
    assert found
    texts = asking.column("select summary_md from public.calls_v where id = any (%s)", [found])
    assert all(word[:4] in text.lower() for text in texts)


def test_transcripts_and_numbers_are_not_searched(asking: Asking) -> None:
    become(asking, "admin")
    transcript = asking.scalar(
        "select transcript_md from public.calls_v where transcript_md is not null limit 1"
    )
    words = {word for word in transcript.lower().split() if word.isalpha() and len(word) > 3}
    summaries = " ".join(
        asking.column("select lower(summary_md) from public.calls_v where summary_md is not null")
    )
    unspoken = next(word for word in sorted(words) if word not in summaries)
    assert asking.column(FIND, ["calls", f'{{"words": "{unspoken}"}}']) == []


@pytest.mark.parametrize("who", ["anon", "service_role"])
def test_who_is_nobody_finds_nothing(asking: Asking, who: str) -> None:
    become(asking, who)
    assert asking.refusal(FIND, ["calls", "{}"])[0] == "42501"
