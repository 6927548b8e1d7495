"""Where a page of a list begins: the sort moment and id of the row beside it, opaque in the URL.

A cursor says a position and nothing else, so it needs no signature: whoever makes one up gets rows of their
own scope, from another moment. What does not decode to the byte is refused.
"""

import base64
import binascii
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self
from uuid import UUID

LAYOUT = struct.Struct(">q16s")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
# No call is older than telephones or newer than anybody's zone can write.
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


class BadCursorError(ValueError):
    """The text is no cursor of ours."""


@dataclass(frozen=True)
class Cursor:
    """The rows after (`newer` False) or before (True) the row at this moment (aware) with this id."""

    at: datetime
    id: UUID
    newer: bool = False

    @classmethod
    def parse(cls, text: str, *, newer: bool) -> Self:
        """Read what `str(cursor)` wrote; BadCursorError for anything else."""
        try:
            packed = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), b"-_", validate=True)
            microseconds, identity = LAYOUT.unpack(packed)
            cursor = cls(EPOCH + microseconds * MICROSECOND, UUID(bytes=identity), newer)
        except (ValueError, OverflowError, binascii.Error, struct.error):
            raise BadCursorError(text) from None
        if str(cursor) != text or not EARLIEST <= cursor.at <= LATEST:
            raise BadCursorError(text)
        return cursor

    def __str__(self) -> str:
        packed = LAYOUT.pack((self.at - EPOCH) // MICROSECOND, self.id.bytes)
        return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()
