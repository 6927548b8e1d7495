"""Ids that come out the same on every run."""

from datetime import datetime
from random import Random
from uuid import UUID


def timed_uuid(moment: datetime, chance: Random) -> UUID:
    """A time-ordered uuid (RFC 9562, version 7) of an aware `moment`, its random bits drawn from `chance`."""
    milliseconds = int(moment.timestamp() * 1000)
    bits = chance.getrandbits(74)
    return UUID(int=milliseconds << 80 | 7 << 76 | (bits >> 62) << 64 | 2 << 62 | (bits & (1 << 62) - 1))
