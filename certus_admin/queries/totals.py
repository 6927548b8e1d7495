"""What daily numbers add up to, and the ratios between them."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

CALL_TYPES = ("order", "reservation", "catering", "general", "other")


@dataclass(frozen=True)
class Money:
    """Orders and reservations in one currency (ISO 4217); amounts in different ones are never added up."""

    currency: str
    orders_count: int = 0
    order_revenue: Decimal = Decimal(0)
    reservations_count: int = 0
    reservations_valued: int = 0
    valued_estimate: Decimal = Decimal(0)

    @property
    def reservation_estimate(self) -> Decimal | None:
        """Guests x average spend of the reservations that could be valued; None where none could."""
        if self.reservations_count and not self.reservations_valued:
            return None
        return self.valued_estimate

    def __add__(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise ValueError("amounts in different currencies do not add up")
        return Money(
            self.currency,
            self.orders_count + other.orders_count,
            self.order_revenue + other.order_revenue,
            self.reservations_count + other.reservations_count,
            self.reservations_valued + other.reservations_valued,
            self.valued_estimate + other.valued_estimate,
        )


@dataclass(frozen=True)
class Totals:
    """Inbound calls and what came of them, over one date or many; a ratio of nothing is None."""

    total_calls: int = 0
    answered_calls: int = 0
    missed_calls: int = 0
    transferred_calls: int = 0
    talk_seconds: int = 0
    minutes_saved: Decimal = Decimal(0)
    calls_by_type: tuple[int, ...] = (0,) * len(CALL_TYPES)
    money: tuple[Money, ...] = ()

    @property
    def missed_rate(self) -> float | None:
        """(missed + failed + canceled) / inbound: a failed provider is a missed guest."""
        return _ratio(self.missed_calls, self.total_calls)

    @property
    def kept_calls(self) -> int:
        """Answered calls that were not handed to staff: those behind containment and minutes saved."""
        return self.answered_calls - self.transferred_calls

    @property
    def containment(self) -> float | None:
        """Completed without transfer / answered."""
        return _ratio(self.kept_calls, self.answered_calls)

    @property
    def average_handle_seconds(self) -> float | None:
        """talk_seconds / answered_calls, in seconds."""
        return _ratio(self.talk_seconds, self.answered_calls)

    @property
    def orders_count(self) -> int:
        """Orders not canceled, rejected or failed, in every currency."""
        return sum(money.orders_count for money in self.money)

    @property
    def reservations_count(self) -> int:
        """Reservations not canceled, no-show or failed, in every currency."""
        return sum(money.reservations_count for money in self.money)

    @property
    def reservations_valued(self) -> int:
        """Those of them whose guests and average spend are known."""
        return sum(money.reservations_valued for money in self.money)

    def money_in(self, currency: str) -> Money:
        """Orders and reservations in one currency; zeros where there were none."""
        for money in self.money:  # asked for each day of a year: a generator takes twice as long
            if money.currency == currency:
                return money
        return Money(currency)


NOTHING = Totals()


@dataclass(frozen=True)
class Day:
    """One local date."""

    date: datetime.date
    totals: Totals


def add_up(parts: Iterable[Totals]) -> Totals:
    """The sum of all parts; currencies stay apart, in alphabetical order."""
    found = tuple(parts)
    if len(found) < 2:
        return found[0] if found else NOTHING
    money: dict[str, Money] = {}
    for amount in (amount for part in found for amount in part.money):
        money[amount.currency] = money.get(amount.currency, Money(amount.currency)) + amount
    return Totals(
        total_calls=sum(part.total_calls for part in found),
        answered_calls=sum(part.answered_calls for part in found),
        missed_calls=sum(part.missed_calls for part in found),
        transferred_calls=sum(part.transferred_calls for part in found),
        talk_seconds=sum(part.talk_seconds for part in found),
        minutes_saved=sum((part.minutes_saved for part in found), Decimal(0)),
        calls_by_type=tuple(
            sum(part.calls_by_type[index] for part in found) for index in range(len(CALL_TYPES))
        ),
        money=tuple(money[currency] for currency in sorted(money)),
    )


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None
