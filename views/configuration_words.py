"""How the configuration pages write what the general formats do not know."""

from datetime import UTC, date, datetime

from babel import dates
from flask import Flask, current_app

from certus_admin.formats import LOCALE
from certus_admin.hours import describe_day


def naive_date(value: datetime) -> str:
    """The date of a local time, written as `local_date` writes dates."""
    return dates.format_date(value.date(), "MMM d, y", locale=LOCALE)


def naive_clock(value: datetime) -> str:
    """The time of day of a local time, with its weekday: `Tue 5:30 PM`."""
    return dates.format_datetime(value, "EEE h:mm a", locale=LOCALE)


def weekday_date(value: date) -> str:
    """A date with its weekday: `Fri, Dec 25, 2026`."""
    return dates.format_date(value, "EEE, MMM d, y", locale=LOCALE)


def time_left(value: datetime, now: datetime | None = None) -> str:
    """How long until a moment: `12:05` minutes and seconds, or `2 h 05 min`; `0:00` when it is past."""
    seconds = max(0, int((value - (now or datetime.now(UTC))).total_seconds()))
    minutes, rest = divmod(seconds, 60)
    return f"{minutes // 60} h {minutes % 60:02d} min" if minutes >= 60 else f"{minutes}:{rest:02d}"


def has_page(endpoint: str) -> bool:
    """Whether a page exists in this application."""
    return endpoint in current_app.view_functions


def init_configuration_words(app: Flask) -> None:
    """Give them to templates."""
    for function in (naive_date, naive_clock, weekday_date, time_left, describe_day):
        app.add_template_filter(function)
    app.add_template_global(has_page)
