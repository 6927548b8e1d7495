"""The tiles of the Overview: each number with its change, its course, its words and the rows behind it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from flask import current_app, url_for
from markupsafe import Markup

from certus_admin.formats import duration, minutes, money, number, percent
from certus_admin.queries.kpis import Kpis
from certus_admin.queries.totals import Totals
from forms.period import PeriodForm

ANSWERED = ("completed", "transferred", "in_progress")
MISSED = ("missed", "failed", "canceled")
KEPT = ("completed", "in_progress")
LIVE_ORDERS = ("pending", "confirmed", "preparing", "ready", "completed")
LIVE_RESERVATIONS = ("requested", "confirmed", "seated", "completed")

Value = int | float | Decimal | None
Read = Callable[[Totals], Value]
Write = Callable[[Any], Markup | str]


@dataclass(frozen=True)
class Tile:
    """What templates/macros/tile.html draws; `points` has a value a day, None where it is not known."""

    id: str
    label: str
    value: Markup | str
    definition: str
    url: str | None
    change: float | None
    before: str | Markup
    good: str | None = "up"
    points: Sequence[float | None] = ()
    coverage: str | None = None
    more: Sequence[tuple[str, Markup | str]] = field(default_factory=tuple)


def list_url(endpoint: str, form: PeriodForm, **filters: Any) -> str | None:
    """The list of exactly the rows of this period and place; None while that page does not exist."""
    if endpoint not in current_app.view_functions:
        return None
    arguments: dict[str, Any] = {**filters, **form.date_arguments(), **form.place_arguments()}
    return url_for(endpoint, **arguments)


def tiles_of(kpis: Kpis, form: PeriodForm) -> list[Tile]:
    """The tiles in reading order: what happened to the calls, then what came of them."""
    totals = kpis.totals
    inbound = {"direction": "inbound"}
    calls = "calls.index_view"
    return [
        _tile(
            kpis, "calls", "Calls", lambda day: day.total_calls, number, list_url(calls, form, **inbound),
            "Inbound calls, by the local date they began.",
        ),
        _tile(
            kpis, "answered", "Answered", lambda day: day.answered_calls, number,
            list_url(calls, form, **inbound, status=ANSWERED),
            "Inbound calls that reached the AI: completed, transferred to staff, or still running.",
            coverage=_share(totals.answered_calls, totals.total_calls, "of all calls"),
        ),
        _tile(
            kpis, "missed-rate", "Missed rate", lambda day: day.missed_rate, percent,
            list_url(calls, form, **inbound, status=MISSED),
            "Missed, failed and canceled calls out of all inbound ones. A failed provider is a missed guest.",
            good="down", coverage=_of(totals.missed_calls, totals.total_calls, "calls"),
        ),
        _tile(
            kpis, "containment", "Containment", lambda day: day.containment, percent,
            list_url(calls, form, **inbound, status=KEPT),
            "Answered calls that the AI finished without handing them to staff.",
            coverage=_of(totals.kept_calls, totals.answered_calls, "answered calls"),
        ),
        _tile(
            kpis, "handle-time", "Average handle time", lambda day: day.average_handle_seconds, duration,
            list_url(calls, form, **inbound, status=ANSWERED),
            "Time spent talking, over all answered calls. The median is the call in the middle.",
            good=None, more=[("Median", _median(kpis))],
        ),
        *_money_tiles(kpis, form),
        _tile(
            kpis, "minutes-saved", "Time saved", lambda day: day.minutes_saved, saved_time,
            list_url(calls, form, **inbound, status=KEPT),
            "What staff would have spent on the calls that the AI kept: each counts with the location’s "
            "usual handle time, else the account’s, else its own length.",
            coverage=_counted(totals.kept_calls, "from {} call", "from {} calls"),
        ),
    ]  # fmt: skip


def _money_tiles(kpis: Kpis, form: PeriodForm) -> list[Tile]:
    totals, currencies = kpis.totals, currencies_of(form)
    orders = list_url("orders.index_view", form, status=LIVE_ORDERS)
    reservations = list_url("reservations.index_view", form, status=LIVE_RESERVATIONS)
    valued = f"Revenue known for {totals.reservations_valued:,} of {totals.reservations_count:,} reservations"
    return [
        _money_tile(
            kpis, "order-revenue", "Order revenue", currencies, "order_revenue", orders,
            "Totals of all orders not canceled, rejected or failed, by the local date they were taken.",
            coverage=_counted(totals.orders_count, "from {} order", "from {} orders"),
        ),
        _tile(
            kpis, "orders", "Orders", lambda day: day.orders_count, number, orders,
            "Orders that were not canceled, rejected or failed, by the local date they were taken.",
        ),
        _money_tile(
            kpis, "reservation-estimate", "Reservation estimate", currencies, "reservation_estimate",
            reservations,
            "Guests × average spend of each live reservation: its own average, else the location’s, else the "
            "account’s. Where none is known a reservation is left out, not counted as nothing.",
            coverage=valued,
        ),
        _tile(
            kpis, "reservations", "Reservations", lambda day: day.reservations_count, number, reservations,
            "Reservations that were not canceled, failed or a no-show, by the local date they were taken.",
        ),
    ]  # fmt: skip


def currencies_of(form: PeriodForm) -> list[str]:
    """The currencies of the chosen places, the one of most places first; dollars where there is no place."""
    found = [place.currency for place in form.chosen_places]
    return sorted(set(found), key=lambda currency: (-found.count(currency), currency)) or ["USD"]


def _tile(
    kpis: Kpis, key: str, label: str, read: Read, write: Write, url: str | None, definition: str, **words: Any
) -> Tile:
    now, before = read(kpis.totals), read(kpis.previous) if kpis.previous else None
    return Tile(
        id=key,
        label=label,
        value=write(now),
        definition=definition,
        url=url,
        change=change_of(now, before),
        before=_before(kpis, write(before)),
        points=[
            None if value is None else float(value) for value in (read(day.totals) for day in kpis.course)
        ],
        **{**words, "good": words.get("good", "up") if kpis.period.preset != "today" else None},
    )


def _before(kpis: Kpis, written: Markup | str) -> Markup | str:
    if kpis.previous is None:
        return "no earlier data"
    # Today is not over: less than all of yesterday is neither good nor bad news yet.
    words = "all day yesterday" if kpis.period.preset == "today" else "before"
    return Markup("{} {}").format(written, words)


def _money_tile(
    kpis: Kpis, key: str, label: str, currencies: Sequence[str], name: str, url: str | None,
    definition: str, coverage: str | None,
) -> Tile:  # fmt: skip
    """One tile for all currencies: the list behind it has them all, and their sums stand side by side."""

    def reader(currency: str) -> Read:
        return lambda totals: getattr(totals.money_in(currency), name)

    def writer(currency: str) -> Write:
        return lambda amount: money(amount, currency, whole=True)

    first, *others = currencies
    more = []
    for currency in others:
        other = _tile(kpis, key, label, reader(currency), writer(currency), url, definition)
        more.append((f"and in {currency}", Markup("{} <span>({})</span>").format(other.value, other.before)))
    return _tile(
        kpis, key, label, reader(first), writer(first), url, definition, coverage=coverage, more=more
    )


def saved_time(value: Value) -> Markup | str:
    """Minutes; from ten hours on in hours, which is as much as anybody reads."""
    if value is None or value < 600:
        return minutes(value)
    return f"{number(value / 60)} h"


def change_of(now: Value, before: Value) -> float | None:
    """The change as a ratio of what was before (0.12 is 12% more); None without anything to divide by."""
    if now is None or not before:
        return None
    return float(now) / float(before) - 1


def _median(kpis: Kpis) -> Markup | str:
    if kpis.median_covers_all:
        return duration(kpis.median_handle_seconds)
    written = duration(kpis.median_handle_seconds)
    return Markup("{} <span>of the latest {:,}</span>").format(written, kpis.measured_calls)


def _of(part: int, whole: int, noun: str) -> str | None:
    return f"{part:,} of {whole:,} {noun}" if whole else None


def _share(part: int, whole: int, words: str) -> str | None:
    return f"{percent(part / whole)} {words}" if whole else None


def _counted(count: int, one: str, many: str) -> str:
    return (one if count == 1 else many).format(f"{count:,}")
