"""Transcripts come apart into turns, and no word of them is lost."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certus_admin.transcripts import Turn, parse_transcript

SPEAKERS = ["caller", "agent", "User", "Agent", "AI", "Bot", "assistant", "customer"]


def test_each_line_with_a_speaker_is_a_turn() -> None:
    assert parse_transcript("caller: Hello?\nagent: Good evening.") == (
        Turn("caller", "Hello?"),
        Turn("agent", "Good evening."),
    )


@pytest.mark.parametrize("name", ["User", "user", "CALLER", "Customer"])
def test_providers_names_of_the_guest_all_mean_the_caller(name: str) -> None:
    assert parse_transcript(f"{name}: Hello?") == (Turn("caller", "Hello?"),)


@pytest.mark.parametrize("name", ["Agent", "AI", "Bot", "assistant", "**Agent**"])
def test_providers_names_of_the_ai_all_mean_the_agent(name: str) -> None:
    assert parse_transcript(f"{name}: Good evening.") == (Turn("agent", "Good evening."),)


def test_a_line_without_a_speaker_continues_the_turn_before() -> None:
    turns = parse_transcript("agent: We have:\r\n- soup\r\n\r\nNote: no fish today\r\ncaller: Soup.")
    assert turns == (Turn("agent", "We have:\n- soup\n\nNote: no fish today"), Turn("caller", "Soup."))


def test_words_before_the_first_speaker_are_kept() -> None:
    assert parse_transcript("(music)\ncaller: Hello?")[0] == Turn("transcript", "(music)")


@pytest.mark.parametrize("text", [None, "", "  \n "])
def test_without_words_there_are_no_turns(text: str | None) -> None:
    assert parse_transcript(text) == ()


@given(st.lists(st.tuples(st.sampled_from([*SPEAKERS, ""]), st.text(max_size=40)), max_size=12))
def test_no_word_is_ever_lost(lines: list[tuple[str, str]]) -> None:
    text = "\n".join(f"{name}: {words}" if name else words for name, words in lines)
    spoken = "".join(f"{turn.speaker}:{turn.text}" for turn in parse_transcript(text))
    for _, words in lines:
        for word in re.findall(r"[^\W\d_]{3,}", words):
            assert word in spoken or word.lower() in {name.lower() for name in SPEAKERS}
