"""How values are written on every page: times with their zone, money, durations, counts, masked numbers.

Each function is also a Jinja filter of the same name. A missing value is written as a dash that screen
readers hear as "not known"; nothing here raises for None.
"""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import dates, numbers
from flask import Flask
from markupsafe import Markup, escape

LOCALE = "en_US"
UNKNOWN = Markup(
    '<span class="unknown"><span aria-hidden="true">–</span>'
    '<span class="visually-hidden">not known</span></span>'
)

WITHHELD = Markup('<span class="secondary">Withheld</span>')
NOT_A_DIGIT = re.compile(r"[^0-9]+")

# The standard library's, in the C locale's English: a list writes a hundred moments, and babel takes a tenth
# of a millisecond for each.
PATTERNS = {
    "full": "%a, %b %-d, %Y, %-I:%M %p",
    "short": "%b %-d, %-I:%M %p",
    "date": "%b %-d, %Y",
    "day": "%a, %b %-d, %-I:%M %p",
    "clock": "%-I:%M %p",
    "exact": "%A, %B %-d, %Y, %-I:%M:%S %p",
}


def local_time(value: datetime | None, zone: str | None = None, style: str = "short") -> Markup:
    """A point in time as read at `zone` (IANA name, UTC where none is given), with the zone named beside it.

    `style` is one of `full`, `short`, `date`, `day`, `clock`. The element carries the exact moment for
    machines, and the full date, seconds and zone as its title. A naive datetime has no moment: ValueError.
    """
    if value is None:
        return UNKNOWN
    if value.tzinfo is None:
        raise ValueError("a time needs its zone")
    local = value.astimezone(ZoneInfo(zone or "UTC"))
    name = f' <span class="zone">{escape(_zone_name_at(local))}</span>' if style != "date" else ""
    # Digits, English names and a zone that zoneinfo knows: nothing here needs to be escaped.
    exact = f"{local.strftime(PATTERNS['exact'])} ({zone or 'UTC'})"
    return Markup(  # noqa: S704 - digits, English names and a known zone
        f'<time datetime="{value.astimezone(UTC).isoformat(timespec="seconds")}" title="{exact}">'
        f"{local.strftime(PATTERNS[style])}{name}</time>"
    )


def zone_name(value: datetime, zone: str | None = None) -> str:
    """The zone's short name at that moment: `PST`, `CET`; places without one get `GMT+7`."""
    return _zone_name_at(value.astimezone(ZoneInfo(zone or "UTC")))


def _zone_name_at(local: datetime) -> str:
    name = local.tzname() or "UTC"
    return name if name.isalpha() else dates.get_timezone_gmt(local, "long", locale=LOCALE)


def local_date(value: date | datetime | None, zone: str | None = None) -> Markup | str:
    """A date: `Nov 21, 2026`. A datetime is first read at `zone`; a date is taken as it is."""
    if value is None:
        return UNKNOWN
    if isinstance(value, datetime):
        value = value.astimezone(ZoneInfo(zone or "UTC")).date()
    return f"{value:%b} {value.day}, {value.year}"


def clock(value: time | None) -> Markup | str:
    """A time of day without a date: `5:30 PM`."""
    return UNKNOWN if value is None else dates.format_time(value, "h:mm a", locale=LOCALE)


def relative_age(value: datetime | None, now: datetime | None = None) -> Markup:
    """How long ago: `3 minutes ago`, `just now`, `in 2 hours`, with the moment (UTC) as its title."""
    if value is None:
        return UNKNOWN
    passed = (now or datetime.now(UTC)) - value
    text = "just now"
    if abs(passed.total_seconds()) >= 45:
        text = dates.format_timedelta(-passed, add_direction=True, locale=LOCALE)
    moment = value.astimezone(UTC)
    return Markup('<time datetime="%s" title="%s UTC">%s</time>') % (
        moment.isoformat(timespec="seconds"), f"{moment:%Y-%m-%d %H:%M:%S}", text,
    )  # fmt: skip


def duration(seconds: float | Decimal | None) -> Markup | str:
    """Seconds as `45s`, `3m 05s` or `1h 02m`; below zero counts as zero (providers' clocks differ)."""
    if seconds is None:
        return UNKNOWN
    minutes, rest = divmod(max(0, round(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours:,}h {minutes:02d}m"
    return f"{minutes}m {rest:02d}s" if minutes else f"{rest}s"


def minutes(value: float | Decimal | None) -> Markup | str:
    """Minutes as `42 min` or `12 h 05 min`."""
    if value is None:
        return UNKNOWN
    hours, rest = divmod(round(value), 60)
    return f"{hours:,} h {rest:02d} min" if hours else f"{rest} min"


def money(amount: Decimal | float | None, currency: str = "USD", *, whole: bool = False) -> Markup | str:
    """An amount in its currency: `$1,234.50`; `whole` leaves the cents out (tiles)."""
    if amount is None:
        return UNKNOWN
    before, digits = _currency_look(currency, whole)
    exact = _exact(amount)
    return f"{'-' if exact < 0 else ''}{before}{abs(exact):,.{digits}f}"


@lru_cache
def _currency_look(currency: str, whole: bool) -> tuple[str, int]:
    """What stands before an amount and how many digits follow the point, read off what Babel makes of zero.

    Babel takes apart its pattern for each amount, which made a list of orders a quarter slower.
    """
    zero = numbers.format_currency(0, currency, locale=LOCALE)
    before = zero[: zero.index("0")]
    return before, 0 if whole else len(zero.removeprefix(before).partition(".")[2])


def _exact(value: Decimal | float) -> Decimal:
    """The decimal number that is written as `value` is: 0.1 is a tenth."""
    return value if isinstance(value, Decimal) else Decimal(str(value))


def number(value: float | Decimal | None) -> Markup | str:
    """A count with separators: `12,345`; at most one digit behind the point."""
    if isinstance(value, int):
        return f"{value:,}"
    return UNKNOWN if value is None else f"{_exact(value):,.1f}".removesuffix(".0")


def percent(ratio: float | Decimal | None, digits: int = 1) -> Markup | str:
    """A ratio (0.125) as `12.5%`; trailing zeros are left out."""
    if ratio is None:
        return UNKNOWN
    written = f"{_exact(ratio) * 100:,.{digits}f}"
    return f"{written.rstrip('0').rstrip('.') if digits else written}%"


def masked_number(value: str | None) -> Markup:
    """A phone number of which only the last four digits can be told, whatever was given."""
    digits = NOT_A_DIGIT.sub("", value or "")[-4:]
    if not digits:
        return WITHHELD
    return Markup(  # noqa: S704 - digits
        f'<span class="number"><span aria-hidden="true">••• {digits}</span>'
        f'<span class="visually-hidden">ending {" ".join(digits)}</span></span>'
    )


def sparkline(points: Sequence[float | Decimal | None], width: int = 120, height: int = 32) -> list[str]:
    """The `points` of SVG polylines in a box with 2 units of air: one for each run of known values.

    A day whose value is not known leaves a gap; a value alone between two gaps is a dot, so that it can be
    seen at all. Fewer than two points give no line; a line that never moves runs through the middle.
    """
    known = [float(point) for point in points if point is not None]
    if len(points) < 2 or not known:
        return []
    low, span = min(known), max(known) - min(known)
    step = (width - 4) / (len(points) - 1)
    runs: list[list[str]] = [[]]
    for index, point in enumerate(points):
        if point is None:
            runs.append([])
            continue
        level = (float(point) - low) / span if span else 0.5
        runs[-1].append(f"{2 + index * step:.1f},{height - 2 - level * (height - 4):.1f}")
    return [" ".join(run) if len(run) > 1 else f"{run[0]} {run[0]}" for run in runs if run]


def with_note(text: str, note: str) -> Markup:
    """A cell's text with a smaller line below it; either may be Markup, else it is escaped."""
    return Markup(f'{escape(text)}<span class="cell-note">{escape(note)}</span>')  # noqa: S704 - both escaped


def excerpt(text: str) -> Markup:
    """Text that its column cuts to a line or two."""
    return Markup(f'<span class="excerpt">{escape(text)}</span>')  # noqa: S704 - escaped


def init_formats(app: Flask) -> None:
    """Make every format a Jinja filter of the same name."""
    for function in (
        local_time, local_date, clock, relative_age, duration, minutes, money, number, percent, masked_number,
        sparkline,
    ):  # fmt: skip
        app.add_template_filter(function)
