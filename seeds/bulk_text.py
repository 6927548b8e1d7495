"""Bulk calls as text for COPY: in order of time, in pieces, without keeping any."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from random import Random
from time import gmtime, strftime

from seeds.bulk_shapes import NULL, Shape, make_baskets, make_shapes
from seeds.bulk_world import Spots
from seeds.rhythm import WEEKDAYS

DAYS = 365
DAY = 86_400
PIECE = 5_000

# Calls by quarter of an hour of the local day: lunch and dinner.
QUARTERS = [0.0] * 96
for quarter in range(36, 93):
    hour = quarter / 4
    QUARTERS[quarter] = 0.15 + max(0.0, 1.1 - abs(hour - 12.2)) + max(0.0, 1.6 - abs(hour - 18.8))
QUARTER_HEIGHTS = list(accumulate(QUARTERS))

# Times of day are looked up instead of formatted: half of the work of a row went there.
CLOCK = [f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}+00" for second in range(DAY)]
BOOKINGS = ("completed", "completed", "completed", "completed", "canceled", "no_show", "confirmed", "failed")


@dataclass
class Piece:
    """Some thousand calls and what came of them, as lines for COPY."""

    calls: list[str]
    orders: list[str]
    reservations: list[str]


class CallText:
    """Makes `count` calls at `spots` in the year before `now` (aware): the same for the same arguments."""

    def __init__(self, spots: Spots, count: int, seed: str, now: datetime) -> None:
        self.spots, self.count, self.now = spots, count, now
        # Part of every provider_call_id and behind every id, so that a later run collides with none.
        self.run = f"bulk-{int(now.timestamp() * 1000):x}-{seed}"
        self.chance = Random(f"certus {self.run}")
        self.shapes: list[Shape] = make_shapes(self.chance)
        self.baskets = make_baskets(self.chance)
        self.serial = 0
        self.places = [
            (str(spot.account_id), str(spot.location_id), spot.phone, spot.phone[:-2]) for spot in spots.spots
        ]

    def pieces(self) -> Iterator[Piece]:
        """All calls, oldest first, in pieces of a few thousand."""
        piece = Piece([], [], [])
        for started_at, index in self._starts():
            self._add(piece, started_at, index)
            if len(piece.calls) >= PIECE:
                yield piece
                piece = Piece([], [], [])
        if piece.calls:
            yield piece

    def _starts(self) -> Iterator[tuple[int, int]]:
        """(Unix second, index of the spot) of each call, in order of the local days."""
        # The day before yesterday is over in every time zone.
        last = self.now.astimezone(UTC).date() - timedelta(days=2)
        days = [last - timedelta(days=DAYS - 1 - number) for number in range(DAYS)]
        heights = list(accumulate(WEEKDAYS[day.isoweekday()] for day in days))
        done, draw, choices = 0, self.chance.random, self.chance.choices
        for day, height in zip(days, heights, strict=True):
            until = round(self.count * height / heights[-1])
            midnights = [spot.midnight(day) for spot in self.spots.spots]
            quarters = choices(range(96), cum_weights=QUARTER_HEIGHTS, k=until - done)
            starts = []
            for quarter in quarters:
                index = self.spots.draw(draw())
                starts.append((midnights[index] + quarter * 900 + int(draw() * 900), index))
            done = until
            starts.sort()
            yield from starts

    def _add(self, piece: Piece, started_at: int, index: int) -> None:
        bits = self.chance.getrandbits(74)
        account, location, phone, area = self.places[index]
        shape = self.shapes[bits & 4095]
        start, call_id = _instant(started_at), _uuid(started_at, bits)
        answered_at = started_at + 3 if shape.is_answered else started_at
        ended_at = answered_at + shape.seconds + (bits >> 12 & 15)
        number = f"{area}{(bits >> 20 & 127) % 100:02d}"
        numbers = f"{number}\t{phone}" if shape.direction == "inbound" else f"{phone}\t{number}"
        self.serial += 1
        piece.calls.append(
            f"{account}\t{call_id}\t{location}\t{shape.provider}\t{self.run}-{self.serial:08d}\t{shape.words}\t"
            f"{shape.direction}\t{numbers}\t{start}\t{_instant(answered_at) if shape.is_answered else NULL}\t"
            f"{_instant(ended_at)}\t{shape.said}\t{NULL}\t{start}\t{shape.marks}\n"
        )
        if shape.dish is None and shape.guests is None:
            return
        row = f"{account}\t{_uuid(ended_at, bits >> 7)}\t{location}\t{call_id}\t"
        if shape.dish is not None:
            basket = self.baskets[(bits >> 30) % len(self.baskets)]
            piece.orders.append(f"{row}{basket}\t{_instant(ended_at)}\n")
        else:
            # On a quarter of an hour, two hours to three days ahead.
            table_at = (ended_at // 900 + 8 + (bits >> 30) % 300) * 900
            piece.reservations.append(
                f"{row}{_instant(table_at)}\t{NULL}\t{NULL}\tGuest of {shape.guests}\t{number}\t"
                f"{shape.guests}\t{NULL}\t{NULL}\t{BOOKINGS[bits >> 40 & 7]}\t{_instant(ended_at)}\n"
            )


_dates: dict[int, str] = {}


def _instant(second: int) -> str:
    """A Unix second as a timestamp with time zone."""
    day, rest = divmod(second, DAY)
    if day not in _dates:
        _dates[day] = strftime("%Y-%m-%d ", gmtime(second))
    return _dates[day] + CLOCK[rest]


def _uuid(second: int, bits: int) -> str:
    """A time-ordered uuid (version 7) of a Unix second and 74 random `bits`."""
    time_hex = f"{second * 1000:012x}"
    rest = f"{bits & (1 << 62) - 1 | 1 << 63:016x}"
    return f"{time_hex[:8]}-{time_hex[8:]}-7{bits >> 62 & 4095:03x}-{rest[:4]}-{rest[4:]}"
