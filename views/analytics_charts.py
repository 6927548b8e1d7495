"""What Analytics draws by date: the same numbers for the script that draws and for those who read."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from certus_admin.formats import minutes, money, number, percent
from certus_admin.queries.analytics import Analytics
from certus_admin.queries.analytics_changes import Change
from certus_admin.queries.comparison import YEAR
from certus_admin.queries.totals import Day, Totals
from views.analytics_links import CALLS, ORDERS, RESERVATIONS, Links, on_day
from views.overview_tiles import ANSWERED, KEPT, LIVE_ORDERS, LIVE_RESERVATIONS, MISSED, currencies_of

Value = int | float | Decimal | None
Read = Callable[[Totals], Value]
OTHER = ("voicemail", "unknown")
INBOUND = {"direction": "inbound"}


@dataclass(frozen=True)
class Series:
    """A number of each date, None where it is not known.

    `url` leads to the rows behind them, with DAY for the date: the one of `dates` at the same place, or the
    chart's own where there are none. A year's addresses written out were half a megabyte.
    """

    label: str
    shade: str
    values: tuple[Value, ...]
    url: str | None
    dates: tuple[date | None, ...] | None = None

    def as_json(self) -> dict[str, Any]:
        """For the script that draws."""
        values = [None if value is None else float(value) for value in self.values]
        found: dict[str, Any] = {
            "label": self.label,
            "shade": self.shade,
            "values": values,
            "url": self.url,
        }
        if self.dates is not None and self.url:
            found["dates"] = [day and day.isoformat() for day in self.dates]
        return found


@dataclass(frozen=True)
class Chart:
    """Bars (`stacked` or side by side) or `lines` of some series, `compared` as a thin line over them.

    `unit` says how values are written: `calls`, `minutes`, `percent` or a currency.
    """

    id: str
    title: str
    definition: str
    unit: str
    kind: str
    series: tuple[Series, ...]
    compared: Series | None
    days: tuple[Day, ...]
    changes: dict[str, int]

    @property
    def drawn(self) -> dict[str, Any]:
        """Everything that the script needs."""
        return {
            "unit": self.unit,
            "kind": self.kind,
            "days": [day.date.isoformat() for day in self.days],
            "series": [series.as_json() for series in self.series],
            "compared": self.compared.as_json() if self.compared else None,
            "changes": self.changes,
        }

    @property
    def columns(self) -> tuple[Series, ...]:
        """The series, and what they are compared with behind them."""
        return (*self.series, *([self.compared] if self.compared else ()))

    def rows(self) -> list[tuple[Day, list[tuple[Markup | str, str | None]]]]:
        """Each date, newest first, with its values in words and where they lead."""
        write = writer(self.unit)

        def cells(series: Series) -> list[tuple[Markup | str, str | None]]:
            dates = series.dates or tuple(day.date for day in self.days)
            return [
                (write(value), on_day(series.url, day))
                for value, day in zip(series.values, dates, strict=True)
            ]

        rows = zip(self.days, *map(cells, self.columns), strict=True)
        return [(day, found) for day, *found in rows][::-1]


def writer(unit: str) -> Callable[[Any], Markup | str]:
    """How values of a unit are written."""
    known: dict[str, Callable[[Any], Markup | str]] = {
        "calls": number,
        "minutes": minutes,
        "percent": percent,
    }
    return known.get(unit) or (lambda amount: money(amount, unit))


def charts_of(numbers: Analytics, links: Links, changes: Sequence[Change]) -> list[Chart]:
    """Calls, revenue in each currency, time saved and rates, by date."""
    drawing = Drawing(numbers, links, dict(Counter(change.date.isoformat() for change in changes)))
    currencies = currencies_of(links.form)
    revenue = [revenue_chart(drawing, currency, len(currencies) > 1) for currency in currencies]
    return [calls_chart(drawing), *revenue, saved_chart(drawing), rates_chart(drawing)]


@dataclass(frozen=True)
class Drawing:
    """What every chart is made of; `changes` says on which dates the configuration changed, and how often."""

    numbers: Analytics
    links: Links
    changes: dict[str, int]

    def series(self, label: str, shade: str, read: Read, endpoint: str, **filters: Any) -> Series:
        """A number of each date of the period."""
        values = tuple(read(day.totals) for day in self.numbers.days)
        return Series(label, shade, values, self.links.day_url(endpoint, **filters))

    def compared(self, label: str, read: Read, endpoint: str, **filters: Any) -> Series | None:
        """The compared dates' values, each under the date that it stands beside; None without any."""
        numbers = self.numbers
        if not numbers.compared or not numbers.comparison:
            return None
        url = None if self.links.differs else self.links.compared_url(endpoint, **filters)
        words = "a year ago" if numbers.comparison.kind == YEAR else "the period before"
        return Series(
            f"{label}, {words}",
            "soft",
            tuple(read(day.totals) if day else None for day in numbers.compared),
            url,
            tuple(day.date if day else None for day in numbers.compared),
        )

    def chart(
        self, key: str, title: str, definition: str, unit: str, kind: str, *series: Series,
        compared: Series | None = None,
    ) -> Chart:  # fmt: skip
        """One chart of these series."""
        return Chart(key, title, definition, unit, kind, series, compared, self.numbers.days, self.changes)


def calls_chart(drawing: Drawing) -> Chart:
    """Calls as answered, missed and other, which add up to all."""
    series = drawing.series
    return drawing.chart(
        "calls", "Calls", "Inbound calls, by the local date they began.", "calls", "stacked",
        series("Answered", "accent", lambda day: day.answered_calls, CALLS, **INBOUND, status=ANSWERED),
        series("Missed", "missed", lambda day: day.missed_calls, CALLS, **INBOUND, status=MISSED),
        series("Voicemail or unknown", "other", other_calls, CALLS, **INBOUND, status=OTHER),
        compared=drawing.compared("Calls", lambda day: day.total_calls, CALLS, **INBOUND),
    )  # fmt: skip


def revenue_chart(drawing: Drawing, currency: str, several: bool) -> Chart:
    """Orders in one currency, with the estimate of reservations beside them."""
    orders, estimate = amount_in(currency, "order_revenue"), amount_in(currency, "reservation_estimate")
    title = f"Revenue in {currency}" if several else "Revenue"
    return drawing.chart(
        f"revenue-{currency}", title,
        "Orders not canceled, rejected or failed; beside them what live reservations should bring: guests × "
        "average spend. A day on which no reservation could be valued has no estimate.", currency, "beside",
        drawing.series("Orders", "accent", orders, ORDERS, status=LIVE_ORDERS),
        drawing.series(
            "Reservations (estimate)", "estimate", estimate, RESERVATIONS, status=LIVE_RESERVATIONS
        ),
        compared=drawing.compared("Orders", orders, ORDERS, status=LIVE_ORDERS),
    )  # fmt: skip


def saved_chart(drawing: Drawing) -> Chart:
    """Minutes saved."""

    def read(day: Totals) -> Value:
        return day.minutes_saved

    return drawing.chart(
        "saved", "Time saved", "What staff would have spent on the calls that the AI kept.", "minutes",
        "stacked",
        drawing.series("Time saved", "accent", read, CALLS, **INBOUND, status=KEPT),
        compared=drawing.compared("Time saved", read, CALLS, **INBOUND, status=KEPT),
    )  # fmt: skip


def rates_chart(drawing: Drawing) -> Chart:
    """Missed rate and containment; a day without calls is a gap."""
    series = drawing.series
    return drawing.chart(
        "rates", "Missed rate and containment",
        "Missed calls out of all inbound ones; answered calls that the AI finished itself, out of all "
        "answered ones. A day without calls has no rate.", "percent", "lines",
        series("Containment", "accent", lambda day: day.containment, CALLS, **INBOUND, status=KEPT),
        series("Missed rate", "missed", lambda day: day.missed_rate, CALLS, **INBOUND, status=MISSED),
    )  # fmt: skip


def other_calls(totals: Totals) -> int:
    """Calls that were neither answered nor missed: voicemail and unknown."""
    return totals.total_calls - totals.answered_calls - totals.missed_calls


def amount_in(currency: str, name: str) -> Read:
    """Reads a field of Money in one currency."""
    return lambda totals: getattr(totals.money_in(currency), name)
