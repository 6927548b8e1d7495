"""`@Full Name` finds people, and becomes a chip that can hold nothing else."""

from uuid import UUID, uuid4

import pytest
from markupsafe import Markup

from certus_admin.markdown import markdown
from certus_admin.mentions import Mention, find_mentions, mark_mentions

ANA = Mention(uuid4(), "Ana")
ANA_MARIA = Mention(uuid4(), "Ana Maria")
OBRIEN = Mention(uuid4(), "Pat O'Brien & Sons")
PEOPLE = (ANA, ANA_MARIA, OBRIEN)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Please look, @Ana.", [ANA.user_id]),
        ("@ana maria, please", [ANA_MARIA.user_id]),
        ("@Ana Maria and @Ana and @Ana Maria", [ANA_MARIA.user_id, ANA.user_id]),
        ("ask @Pat O'Brien & Sons", [OBRIEN.user_id]),
        ("write to guest@Ana", []),
        ("@Anabel is somebody else", []),
        ("@@Ana", []),
        ("Ana without the sign", []),
        ("", []),
    ],
)
def test_a_name_behind_the_sign_is_a_mention(text: str, named: list[UUID]) -> None:
    assert list(find_mentions(text, PEOPLE)) == named


def test_two_people_of_one_name_are_both_meant() -> None:
    twins = (Mention(uuid4(), "Sam"), Mention(uuid4(), "Sam"))
    assert set(find_mentions("@Sam", twins)) == {twin.user_id for twin in twins}


def test_nobody_is_found_among_no_people() -> None:
    assert find_mentions("@Ana", ()) == ()


def test_a_mention_is_drawn_as_a_chip_and_the_readers_own_stands_out() -> None:
    drawn = mark_mentions(markdown("@Ana, ask @Pat O'Brien & Sons"), PEOPLE, OBRIEN.user_id)
    assert '<span class="note-mention">@Ana</span>' in drawn
    assert '<span class="note-mention note-mention-own">@Pat O' in drawn


@pytest.mark.parametrize(
    "text",
    [
        "[x](https://a.example/?q=>@Ana)",
        '[x](https://a.example/"@Ana")',
        '<img alt="@Ana">',
        "[@Ana](javascript:alert(1))",
        '[x](<https://a.example/> @Ana "@Ana">)',
    ],
)
def test_a_chip_never_stands_inside_a_tag(text: str) -> None:
    drawn = mark_mentions(markdown(text), PEOPLE)
    without_chips = drawn.replace('<span class="note-mention">', "").replace("</span>", "")
    assert without_chips == markdown(text)
    assert "<img" not in drawn
    assert 'href="javascript' not in drawn


def test_without_mentions_the_note_is_left_as_it_is() -> None:
    assert mark_mentions(Markup("<p>@Ana</p>"), ()) == "<p>@Ana</p>"
