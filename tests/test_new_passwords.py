"""What a newly chosen password must be: long, and not guessed; nothing about its characters."""

import unicodedata

import pytest

from certus_admin.new_passwords import ABOUT_YOU, COMMON, TOO_LONG, TOO_SHORT, password_fault
from certus_admin.passwords import hash_password, password_matches

ABOUT = ("Ann Account-Manager", "ann.market@harbour.example")


@pytest.mark.parametrize(
    "password",
    [
        "kettle plum river nine",
        "nur kleine buchstaben ohne zahl",
        "ЧайникСливаРекаДевять",
        "湯沸かし器と梅と川と九つの星たち",
        "83 74 90 21 55 04 96",
        "kettle plum river " * 20,
        "x" + "kettle plum river é" * 50,
        "ann likes kettles and plums",
    ],
)
def test_any_characters_will_do_when_there_are_enough(password: str) -> None:
    assert password_fault(password, ABOUT) is None


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("", TOO_SHORT),
        ("kettle plum r1", TOO_SHORT),
        ("Tr0ub4dor&3!", TOO_SHORT),
        ("🫖" * 14, TOO_SHORT),
        ("e" + "\u0301e" * 13 + "\u0301", TOO_SHORT),
        ("k" * 1025, TOO_LONG),
        ("certus certus certus", ABOUT_YOU),
        ("Certus Back Office 2026", ABOUT_YOU),
        ("Ann Account Manager", ABOUT_YOU),
        ("ANN.MARKET@HARBOUR.example", ABOUT_YOU),
        ("ann-market-2026-2027", ABOUT_YOU),
        ("passwordpassword", ABOUT_YOU),
        ("password12345678", ABOUT_YOU),
        ("aaaaaaaaaaaaaaaaaaaa", COMMON),
        ("123456789012345", COMMON),
        ("qwertyuiopasdfgh", COMMON),
        ("iloveyouiloveyou", COMMON),
        ("asdfghjklasdfghjkl", COMMON),
        ("abcdefghijklmnop", COMMON),
        ("p@ssw0rdp@ssw0rd", COMMON),
    ],
)
def test_what_would_be_tried_first_is_refused(password: str, fault: str) -> None:
    assert password_fault(password, ABOUT) == fault


def test_the_context_is_this_persons() -> None:
    assert password_fault("Ann Account Manager", ("Bob", "bob@people.example")) is None


def test_two_ways_of_writing_one_letter_are_one_password() -> None:
    composed, apart = (unicodedata.normalize(form, "kettle café été nine") for form in ("NFC", "NFD"))
    assert composed != apart
    stored = hash_password(apart)
    assert password_matches(composed, stored)
    assert password_matches(apart, stored)
    assert not password_matches("kettle cafe ete nine", stored)


def test_a_hash_from_before_normalisation_still_opens() -> None:
    from_before = hash_password.__globals__["_hasher"].hash("kettle \ufb01sh")
    assert password_matches("kettle \ufb01sh", from_before)
    assert not password_matches("kettle fish", from_before)


@pytest.mark.parametrize("password", ["kettle", "kettle \ufb01sh"])
def test_nobodys_password_matches_nothing(password: str) -> None:
    assert not password_matches(password, None)


def test_no_character_is_cut_off() -> None:
    long = "kettle plum river " * 50
    assert not password_matches(long[:-1] + "x", hash_password(long))
