"""What is drawn below the tiles: calls and revenue by day, calls by type."""

from dataclasses import dataclass
from typing import Any

from certus_admin.formats import percent
from certus_admin.queries.kpis import Kpis
from certus_admin.queries.totals import CALL_TYPES, Day
from forms.period import PeriodForm
from views.overview_tiles import currencies_of, list_url

TYPE_LABELS = {
    "order": "Orders",
    "reservation": "Reservations",
    "catering": "Catering",
    "general": "General questions",
    "other": "Something else",
}


@dataclass(frozen=True)
class Chart:
    """A row a date for those who read, and the same as JSON-ready series for the script that draws."""

    days: tuple[Day, ...]
    currencies: tuple[str, ...]
    series: dict[str, Any]


@dataclass(frozen=True)
class TypeBar:
    """One call type: its share of all calls, in percent for the eye and in words."""

    key: str
    label: str
    count: int
    share: str
    width: int
    url: str | None


def chart_of(kpis: Kpis, form: PeriodForm) -> Chart:
    """Calls of each date as answered, missed and other, which add up to all; order revenue by currency."""
    days, currencies = kpis.course, currencies_of(form)
    series: dict[str, Any] = {
        "days": [day.date.isoformat() for day in days],
        "answered": [day.totals.answered_calls for day in days],
        "missed": [day.totals.missed_calls for day in days],
        "other": [other_calls(day) for day in days],
        "revenue": {
            currency: [float(day.totals.money_in(currency).order_revenue) for day in days]
            for currency in currencies
        },
    }
    return Chart(days, tuple(currencies), series)


def other_calls(day: Day) -> int:
    """Calls that were neither answered nor missed: voicemail and unknown."""
    return day.totals.total_calls - day.totals.answered_calls - day.totals.missed_calls


def type_bars(kpis: Kpis, form: PeriodForm) -> list[TypeBar]:
    """Calls by type, in the order of the types; the longest bar is the most frequent one."""
    counts = dict(zip(CALL_TYPES, kpis.totals.calls_by_type, strict=True))
    longest, total = max(counts.values()), kpis.totals.total_calls
    return [
        TypeBar(
            key,
            TYPE_LABELS[key],
            count,
            percent(count / total if total else None, 0),
            round(100 * count / longest) if longest else 0,
            list_url("calls.index_view", form, direction="inbound", call_type=key),
        )
        for key, count in sorted(counts.items(), key=lambda item: -item[1])
    ]
