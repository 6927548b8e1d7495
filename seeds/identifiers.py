"""Ids that come out the same on every run."""

from datetime import datetime
from random import Random
from uuid import UUID, uuid5

NAMESPACE = UUID("5e9d0000-0000-4000-8000-000000000001")
# The first half of what seeds make: a time-ordered id would begin so in some thousand years.
SEEDED = "5eed5eed"


def timed_uuid(moment: datetime, chance: Random) -> UUID:
    """A time-ordered uuid (RFC 9562, version 7) of an aware `moment`, its random bits drawn from `chance`."""
    milliseconds = int(moment.timestamp() * 1000)
    bits = chance.getrandbits(74)
    return UUID(int=milliseconds << 80 | 7 << 76 | (bits >> 62) << 64 | 2 << 62 | (bits & (1 << 62) - 1))


def seeded_uuid(*words: str) -> UUID:
    """The uuid (version 8) that always belongs to `words`; it begins with SEEDED, which tells whose it is."""
    bits = uuid5(NAMESPACE, "\n".join(words)).int & (1 << 96) - 1
    return UUID(int=int(SEEDED, 16) << 96 | bits & ~(15 << 76) | 8 << 76)
