"""The period as a whole on Analytics: figures beside those they are compared with, and calls by type."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from certus_admin.formats import money, number, percent
from certus_admin.queries.analytics import Analytics
from certus_admin.queries.totals import CALL_TYPES
from views.analytics_charts import INBOUND, Read, amount_in
from views.analytics_links import CALLS, ORDERS, RESERVATIONS, Links
from views.overview_charts import TYPE_LABELS
from views.overview_tiles import (
    ANSWERED,
    KEPT,
    LIVE_ORDERS,
    LIVE_RESERVATIONS,
    MISSED,
    change_of,
    currencies_of,
    saved_time,
)


@dataclass(frozen=True)
class Figure:
    """A number of the whole period beside what it is compared with."""

    label: str
    value: Markup | str
    url: str | None
    change: float | None
    good: str | None
    before: Markup | str | None


@dataclass(frozen=True)
class TypeRow:
    """A call type: how many, which share of all, and how many there were in the compared period."""

    label: str
    count: int
    share: Markup | str
    width: int
    url: str | None
    before: int | None


def figures_of(numbers: Analytics, links: Links) -> list[Figure]:
    """The period as a whole, in reading order."""
    judged = links.form.preset != "today"  # today is not over: less than all of another day is no news yet

    def figure(label: str, read: Read, write: Callable[[Any], Markup | str], endpoint: str, good: str = "up",
               **filters: Any) -> Figure:  # fmt: skip
        now, then = read(numbers.totals), read(numbers.then) if numbers.then else None
        return Figure(
            label,
            write(now),
            links.period_url(endpoint, **filters),
            change_of(now, then),
            good if judged else None,
            write(then) if numbers.then else None,
        )

    currencies = currencies_of(links.form)
    amounts = [
        figure(
            label, amount_in(currency, name), _whole(currency),
            endpoint, status=status,
        )
        for currency in currencies
        for label, name, endpoint, status in (
            ("Order revenue", "order_revenue", ORDERS, LIVE_ORDERS),
            ("Reservation estimate", "reservation_estimate", RESERVATIONS, LIVE_RESERVATIONS),
        )
    ]  # fmt: skip
    return [
        figure("Calls", lambda all_: all_.total_calls, number, CALLS, **INBOUND),
        figure("Answered", lambda all_: all_.answered_calls, number, CALLS, **INBOUND, status=ANSWERED),
        figure(
            "Missed rate", lambda all_: all_.missed_rate, percent, CALLS, "down", **INBOUND, status=MISSED
        ),
        figure("Containment", lambda all_: all_.containment, percent, CALLS, **INBOUND, status=KEPT),
        figure("Time saved", lambda all_: all_.minutes_saved, saved_time, CALLS, **INBOUND, status=KEPT),
        *amounts,
    ]


def types_of(numbers: Analytics, links: Links) -> list[TypeRow]:
    """Calls by type, the most frequent first; the longest bar is the most frequent one."""
    counts, total = numbers.totals.calls_by_type, numbers.totals.total_calls
    then = numbers.then.calls_by_type if numbers.then else (None,) * len(CALL_TYPES)
    longest = max(counts)
    found = [
        TypeRow(
            TYPE_LABELS[key],
            count,
            percent(count / total if total else None, 0),
            round(100 * count / longest) if longest else 0,
            links.period_url(CALLS, **INBOUND, call_type=key),
            before,
        )
        for key, count, before in zip(CALL_TYPES, counts, then, strict=True)
    ]
    return sorted(found, key=lambda row: -row.count)


def _whole(currency: str) -> Callable[[Any], Markup | str]:
    return lambda amount: money(amount, currency, whole=True)
