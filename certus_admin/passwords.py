"""Passwords as argon2id, with the same work for people who do not exist."""

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LONGEST_PASSWORD = 1024

# The library's defaults are the second choice of RFC 9106: 64 MiB, 3 passes, 4 lanes.
_hasher = PasswordHasher()

# A hash of random bytes that nobody kept, made with the parameters above: what a stranger's password is
# compared to.
NOBODYS_HASH = (
    "$argon2id$v=19$m=65536,t=3,p=4$IlRxpATeM8ehu45ThM+XLQ$qQXbtkrhEAiPeADNAeryN15/XV8+aHYf0Cwi66TG8MM"
)


def normalised(password: str) -> str:
    """NFKC: two keyboards write the same é differently (NIST SP 800-63B, 3.1.1.2)."""
    return unicodedata.normalize("NFKC", password)


def hash_password(password: str) -> str:
    """The argon2id hash to store, salted, with its parameters in it; of the normalised password."""
    return _hasher.hash(normalised(password))


def password_matches(password: str, stored: str | None) -> bool:
    """Compare; `stored` is None for people who do not exist or have no password, which takes as long."""
    # As it was typed, too, where that differs: hashes from before passwords were normalised still open.
    tries = dict.fromkeys((normalised(password), password))
    return any(_verifies(stored, each) for each in tries)


def _verifies(stored: str | None, password: str) -> bool:
    try:
        return _hasher.verify(stored or NOBODYS_HASH, password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(stored: str) -> bool:
    """True when the hash was made with weaker or other parameters than today's."""
    return _hasher.check_needs_rehash(stored)
