"""Whether words could hold a key, before they are sent anywhere: `private.looks_like_secret` in Python.

Both ask the same of the same patterns, and a test compares their answers.
"""

import re
import unicodedata

INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")
PREFIXED = re.compile(
    r"""(^|[^A-Za-z0-9])(
        (sk|pk|rk|whsec)[_-](live|test|proj|ant|or|svcacct|admin)?[_-]?
            (?=[A-Za-z_-]*[0-9])[A-Za-z0-9_-]{8,}
        |gh[pousr]_[A-Za-z0-9]{8,}|github_pat_[A-Za-z0-9_]{8,}|gl(pat|sa|ptt|rt)[_-][A-Za-z0-9_-]{8,}
        |xox[abeprs]-[A-Za-z0-9-]{8,}|xapp-[A-Za-z0-9-]{8,}
        |(AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}|AIza[A-Za-z0-9_-]{12,}|ya29[.][A-Za-z0-9_-]{8,}
        |eyJ[A-Za-z0-9_-]{8,}|sbp_[A-Za-z0-9]{8,}|sb_(secret|publishable)_[A-Za-z0-9_-]{8,}
        |hf_[A-Za-z0-9]{8,}|shp(at|ca|pa|ss)_[A-Za-z0-9]{8,}|npm_[A-Za-z0-9]{8,}|pypi-[A-Za-z0-9_-]{8,}
        |do[opr]_v1_[A-Za-z0-9]{8,}|SG[.][A-Za-z0-9_-]{8,}|sq0[a-z]{3}-[A-Za-z0-9_-]{8,}
        |EAAA[A-Za-z0-9_-]{12,}|lin_api_[A-Za-z0-9]{8,}|dapi[0-9a-f]{12,}|tskey-[A-Za-z0-9-]{8,}
        |key[_-][0-9a-f]{12,}
    )""",
    re.VERBOSE,
)
NAMED = re.compile(
    r"(^|[^a-z0-9])"
    r"(bearer\s+|(api[ _-]?key|apikey|access[ _-]?key|token|secret|password|passwd|pwd)\s*[:=]\s*)"
    r"(?=\S*[0-9])\S{8,}",
    re.IGNORECASE,
)
SHAPED = re.compile(
    r"-----BEGIN|://[^/\s:@]+:[^/\s@]+@|[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9]{16,}", re.IGNORECASE
)
WORD = re.compile(r"[A-Za-z0-9]{12,}")
RUN = re.compile(r"[A-Za-z0-9+/=_.~-]{20,}")
DIGIT_CHANGES = (re.compile("[A-Za-z][0-9]"), re.compile("[0-9][A-Za-z]"))
CASE_CHANGE = re.compile("[a-z][A-Z]")
VOWEL = re.compile("[aeiouyAEIOUY]")


def looks_like_secret(words: str | None) -> bool:
    """True for what could be a key, or hold one: known prefixes, or characters that alternate too often."""
    line = INVISIBLE.sub("", unicodedata.normalize("NFKC", words or ""))
    if any(pattern.search(line) for pattern in (PREFIXED, NAMED, SHAPED)):
        return True
    return any(map(_alternates, WORD.findall(line))) or any(map(_run_alternates, RUN.findall(line)))


def _digit_changes(piece: str) -> int:
    return sum(len(pattern.findall(piece)) for pattern in DIGIT_CHANGES)


def _case_changes(piece: str) -> int:
    return len(CASE_CHANGE.findall(piece))


def _alternates(word: str) -> bool:
    """One word: digits inside it, cases within it, or so many letters with so few vowels."""
    size, digits, cases = len(word), _digit_changes(word), _case_changes(word)
    if digits >= 3 or (size >= 16 and (digits >= 2 or (cases >= 3 and cases * 6 >= size))):
        return True
    return size >= 24 and (len(VOWEL.findall(word)) * 4 < size or size >= 48)


def _run_alternates(run: str) -> bool:
    """Words that hang together by the signs that keys have between them."""
    changes = _digit_changes(run) + _case_changes(run)
    return changes >= 5 and changes * 6 >= len(run)
