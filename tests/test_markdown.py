"""Markdown of notes and summaries is safe."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from certus_admin.markdown import ATTRIBUTES, TAGS, markdown


def test_markdown_is_drawn() -> None:
    html = markdown("Two **pizzas**\nfor ~~six~~ seven\n\n- one\n- two")
    assert "<strong>pizzas</strong><br>" in html
    assert "<s>six</s>" in html
    assert "<li>two</li>" in html
    assert isinstance(html, Markup)


def test_nothing_gives_nothing() -> None:
    assert markdown(None) == markdown("") == ""


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "[x](vbscript:x)",
        "<javascript:alert(1)>",
        '<a href="https://a.test" style="color:red" onclick="x()">x</a>',
        "<!-- <b> -->",
        "<iframe src=https://a.test></iframe>",
    ],
)
def test_nothing_that_acts_survives(attack: str) -> None:
    html = markdown(f"before {attack} after\n\n{attack}").lower()
    assert "before" in html
    for forbidden in (
        "<script",
        "<img",
        "<svg",
        "<iframe",
        '<a href="javascript',
        '<a href="data',
        '<a href="vb',
    ):
        assert forbidden not in html
    assert '<a href="https://a.test" style' not in html


def test_pictures_are_never_loaded() -> None:
    assert "<img" not in markdown("![tracker](https://a.test/pixel.gif)")


def test_links_neither_vouch_nor_hand_over_the_page() -> None:
    assert markdown("[menu](https://a.test)") == (
        '<p><a href="https://a.test" rel="noopener nofollow">menu</a></p>\n'
    )


def test_a_heading_leaves_the_outline_of_the_page_alone() -> None:
    html = markdown("# Order\n\ntwo pizzas")
    assert "<h1" not in html
    assert "<strong>Order</strong>" in html


@given(st.text(alphabet=st.sampled_from("<>/!\"'=()[]*_`#~&;:-\n\\ \0abehijlnoprstvx"), max_size=200))
def test_only_the_tags_we_know_come_out(text: str) -> None:
    html = re.sub(r"&[a-z]+;|&#\d+;", "", markdown(text))
    for tag, attributes in re.findall(r"</?([a-zA-Z0-9]+)([^>]*)>", html):
        assert tag in TAGS
        names = set(re.findall(r"([a-z]+)=", attributes))
        if tag != "a":
            assert names <= ATTRIBUTES.get(tag, set())
