"""What a newly chosen password must be, by NIST SP 800-63B (revision 4), 3.1.1.2; see decision 0012.

Long enough, and not one that is guessed: no rules about its characters, no changing it by the calendar. Only
new passwords are looked at here; signing in takes whatever was stored.
"""

import re
from collections.abc import Iterable

from zxcvbn import zxcvbn

from certus_admin.passwords import LONGEST_PASSWORD, normalised

# What the standard asks for where the password is the only factor.
SHORTEST_PASSWORD = 15
# Of a guessing attack that knows common passwords, names, dates and keyboards: 10^8 guesses and more.
LEAST_SCORE = 3
# What zxcvbn reads; its work grows faster than the length.
LOOKED_AT = 72
# What must be left when the words that everybody would try first are taken away.
LEAST_OF_ONES_OWN = 8
SERVICE = ("certus", "backoffice", "password", "passwort", "restaurant")

TOO_SHORT = f"Use {SHORTEST_PASSWORD} characters or more. A few words that only you put together are fine."
TOO_LONG = f"Use up to {LONGEST_PASSWORD} characters."
ABOUT_YOU = "This is little more than your name, your email or the name of this site. Choose other words."
COMMON = "This is like passwords that are tried first. Choose words that only you put together."


def password_fault(password: str, about: Iterable[str] = ()) -> str | None:
    """Why this cannot be a new password, or None; `about` is what is known of the person: name and email.

    Characters are Unicode's after normalisation, spaces included.
    """
    chosen = normalised(password)
    if len(chosen) < SHORTEST_PASSWORD:
        return TOO_SHORT
    if len(chosen) > LONGEST_PASSWORD:
        return TOO_LONG
    words = context_words(about)
    if len(_without(chosen, words)) < LEAST_OF_ONES_OWN:
        return ABOUT_YOU
    found = zxcvbn(chosen[:LOOKED_AT], user_inputs=words, max_length=LOOKED_AT)
    return COMMON if found["score"] < LEAST_SCORE else None


def context_words(about: Iterable[str]) -> list[str]:
    """The words of the service and of the person, longest first."""
    parts = {part for text in about for part in (_folded(text), *re.split(r"[\W_]+", text.casefold()))}
    return sorted({*SERVICE, *(part for part in parts if len(part) > 2)}, key=lambda word: (-len(word), word))


def _without(password: str, words: Iterable[str]) -> str:
    whole = rest = _folded(password)
    for word in words:
        rest = rest.replace(_folded(word), "")
    # Years and counters around such a word make it no other one.
    return whole if rest == whole else rest.strip("0123456789")


def _folded(text: str) -> str:
    return re.sub(r"[\W_]+", "", normalised(text).casefold())
