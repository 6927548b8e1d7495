"""Where each bar, point, cell and number of Analytics leads: the list of exactly the rows behind it."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask import current_app, url_for

from certus_admin.queries.period import Period
from forms.analytics import AnalyticsForm

# Stands for a date in an address that is used for many.
DAY = "DAY"
LOCATION = "LOCATION"
CALLS, ORDERS, RESERVATIONS = "calls.index_view", "orders.index_view", "reservations.index_view"


@dataclass(frozen=True)
class Links:
    """Addresses of lists for the chosen period and places; None while a list does not exist."""

    form: AnalyticsForm
    period: Period

    @property
    def differs(self) -> bool:
        """Whether the places are on different dates right now: some are not each place's."""
        return len(self.period.dates) > self.period.days

    def period_url(self, endpoint: str, **filters: Any) -> str | None:
        """All rows of the period."""
        return _list(endpoint, filters | self.form.date_arguments() | self.form.place_arguments())

    def day_url(self, endpoint: str, **filters: Any) -> str | None:
        """The rows of one date, which DAY stands for."""
        dates = self.form.date_arguments() | {"day": DAY} if self.differs else {"from": DAY, "to": DAY}
        return _list(endpoint, filters | dates | self.form.place_arguments())

    def compared_url(self, endpoint: str, **filters: Any) -> str | None:
        """The rows of one date outside the period, which DAY stands for."""
        return _list(endpoint, filters | {"from": DAY, "to": DAY} | self.form.place_arguments())

    def compared_period_url(self, endpoint: str, first: date, last: date, **filters: Any) -> str | None:
        """The rows of the compared dates; None where they are not the same everywhere."""
        if self.differs:
            return None
        return _list(endpoint, filters | {"from": first, "to": last} | self.form.place_arguments())

    def location_url(self, endpoint: str, **filters: Any) -> str | None:
        """The rows of one location, which LOCATION stands for."""
        return _list(endpoint, filters | self.form.date_arguments() | {"location": LOCATION})

    def page_url(self, endpoint: str = "analytics.index", **changes: str) -> str:
        """This page, or another one, with the same choices but for `changes`."""
        form = self.form
        chosen: dict[str, Any] = (
            form.date_arguments() | form.place_arguments() | form.view_arguments() | changes
        )
        return url_for(endpoint, **{name: value for name, value in chosen.items() if value})

    def export_url(self) -> str:
        """The file of the numbers behind the page."""
        chosen: dict[str, Any] = self.form.date_arguments() | self.form.place_arguments()
        return url_for("analytics.metrics", **chosen)


def on_day(url: str | None, day: date | None) -> str | None:
    """The address with its date filled in."""
    return url.replace(DAY, day.isoformat()) if url and day else None


def at_location(url: str | None, location_id: UUID) -> str | None:
    """The address with its location filled in."""
    return url.replace(LOCATION, str(location_id)) if url else None


def _list(endpoint: str, arguments: dict[str, Any]) -> str | None:
    return url_for(endpoint, **arguments) if endpoint in current_app.view_functions else None
