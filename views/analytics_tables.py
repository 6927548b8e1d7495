"""What Analytics shows as tables: when guests call, and how each location does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any
from uuid import UUID

from markupsafe import Markup

from certus_admin.formats import money, number, percent
from certus_admin.queries.analytics import Analytics
from certus_admin.queries.analytics_hours import Hour
from certus_admin.queries.calls import WEEKDAYS
from certus_admin.queries.totals import NOTHING, Money, Totals
from views.analytics_charts import INBOUND
from views.analytics_links import CALLS, LOCATION, ORDERS, RESERVATIONS, Links, at_location
from views.overview_tiles import ANSWERED, KEPT, LIVE_ORDERS, LIVE_RESERVATIONS, MISSED, saved_time

LEVELS = 5
# Of hundreds of locations the first are read; the others are one click away.
RANKED_FIRST = 50
HEADINGS = {
    "name": "Location",
    "calls": "Calls",
    "answered": "Answered",
    "missed": "Missed rate",
    "containment": "Containment",
    "revenue": "Order revenue",
    "reservations": "Reservation estimate",
    "saved": "Time saved",
}


@dataclass(frozen=True)
class HeatCell:
    """Calls that began in one hour; `level` is 0 for none, up to LEVELS for as many as in the busiest."""

    count: int
    missed: int
    level: int
    url: str | None
    name: str


@dataclass(frozen=True)
class HeatMap:
    """`rows` are weekdays, Monday first, each with a cell for each of `hours` and its total.

    Hours before the first and after the last call of a day are left out on every day.
    """

    hours: tuple[str, ...]
    rows: tuple[tuple[str, tuple[HeatCell, ...], int], ...]
    total: int
    busiest: HeatCell | None


@dataclass(frozen=True)
class Ranked:
    """A location with its numbers in words, and where each of them leads."""

    location_id: UUID
    name: str
    account_name: str | None
    url: str
    cells: tuple[tuple[Markup | str, str | None], ...]


@dataclass(frozen=True)
class Ranking:
    """`columns` are (name, label, sort_url, "asc"|"desc"|None, align) for templates/macros/table.html.

    `rows` are the first of `count` locations, or all of them.
    """

    columns: list[tuple[str, str, str, str | None, str]]
    rows: list[Ranked]
    count: int


def heat_map(hours: Sequence[Hour], links: Links) -> HeatMap:
    """The hours of the week from the earliest to the latest with calls; empty ones between are zeros."""
    found = {(hour.weekday, hour.hour): hour for hour in hours}
    most = max((hour.calls for hour in hours), default=0)
    url = links.period_url(CALLS, **INBOUND, weekday="WEEKDAY", hour="HOUR")
    open_hours = {hour.hour for hour in hours} or {0, 23}
    shown = range(min(open_hours), max(open_hours) + 1)

    def cell(weekday: int, hour: int) -> HeatCell:
        known = found.get((weekday, hour), Hour(weekday, hour, 0, 0))
        day = WEEKDAYS[weekday - 1]
        return HeatCell(
            known.calls,
            known.missed,
            ceil(LEVELS * known.calls / most) if most else 0,
            url.replace("WEEKDAY", day).replace("HOUR", str(hour)) if url and known.calls else None,
            f"{day.capitalize()}, {clock_hour(hour)}",
        )

    rows = []
    for weekday, name in enumerate(WEEKDAYS, start=1):
        cells = tuple(cell(weekday, hour) for hour in shown)
        rows.append((name.capitalize(), cells, sum(each.count for each in cells)))
    busiest = max((each for _, cells, _ in rows for each in cells), key=lambda each: each.count)
    return HeatMap(
        tuple(map(clock_hour, shown)), tuple(rows), sum(row[2] for row in rows), busiest if most else None
    )


def ranking_of(numbers: Analytics, links: Links) -> Ranking:
    """The chosen locations, ranked as the address says; what is not known comes last."""
    form = links.form
    key, descending = form.sorted_by
    found = [
        (place, totals, _sort_value(key, totals, place.currency, place.location_name))
        for place in form.chosen_places
        for totals in [numbers.locations.get(place.location_id, NOTHING)]
    ]
    known = [entry for entry in found if entry[2] is not None]
    known.sort(key=lambda entry: entry[2], reverse=descending)
    if key in ("revenue", "reservations"):
        # Amounts in different currencies do not compare: each currency is ranked by itself.
        known.sort(key=lambda entry: entry[0].currency)
    ranked = [*known, *(entry for entry in found if entry[2] is None)]
    shown = ranked if form.ranks_all else ranked[:RANKED_FIRST]
    several = len({place.account_id for place in form.places}) > 1
    page, urls = links.page_url(account="", location=LOCATION), _urls(links)
    rows = [
        Ranked(
            place.location_id,
            place.location_name,
            place.account_name if several else None,
            at_location(page, place.location_id) or "",
            tuple(
                (text, at_location(url, place.location_id))
                for text, url in zip(_written(totals, place.currency), urls, strict=True)
            ),
        )
        for place, totals, _ in shown
    ]
    return Ranking(_columns(links), rows, len(ranked))


def _columns(links: Links) -> list[tuple[str, str, str, str | None, str]]:
    key, descending = links.form.sorted_by
    columns = []
    for name, label in HEADINGS.items():
        first = "asc" if name == "name" else "desc"
        current = ("desc" if descending else "asc") if name == key else None
        following = ("asc" if current == "desc" else "desc") if current else first
        url = links.page_url(sort=name, order=following)
        columns.append((name, label, url, current, "start" if name == "name" else "end"))
    return columns


def _urls(links: Links) -> tuple[str | None, ...]:
    return (
        links.location_url(CALLS, **INBOUND),
        links.location_url(CALLS, **INBOUND, status=ANSWERED),
        links.location_url(CALLS, **INBOUND, status=MISSED),
        links.location_url(CALLS, **INBOUND, status=KEPT),
        links.location_url(ORDERS, status=LIVE_ORDERS),
        links.location_url(RESERVATIONS, status=LIVE_RESERVATIONS),
        links.location_url(CALLS, **INBOUND, status=KEPT),
    )


def _written(totals: Totals, currency: str) -> tuple[Markup | str, ...]:
    amounts = totals.money_in(currency)
    return (
        number(totals.total_calls),
        number(totals.answered_calls),
        percent(totals.missed_rate),
        percent(totals.containment),
        money(amounts.order_revenue, currency),
        money(amounts.reservation_estimate, currency),
        saved_time(totals.minutes_saved),
    )


def _sort_value(key: str, totals: Totals, currency: str, name: str) -> Any:
    amounts: Money = totals.money_in(currency)
    values: dict[str, Callable[[], Any]] = {
        "name": name.casefold,
        "calls": lambda: totals.total_calls,
        "answered": lambda: totals.answered_calls,
        "missed": lambda: totals.missed_rate,
        "containment": lambda: totals.containment,
        "revenue": lambda: amounts.order_revenue,
        "reservations": lambda: amounts.reservation_estimate,
        "saved": lambda: totals.minutes_saved,
    }
    return values[key]()


def clock_hour(hour: int) -> str:
    """An hour of the day in words: `6 PM`."""
    return f"{hour % 12 or 12} {'AM' if hour < 12 else 'PM'}"
