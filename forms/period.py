"""The pickers above the Overview: which days, and of which places."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from werkzeug.exceptions import BadRequest

from certus_admin.queries.period import Period, preset_period
from certus_admin.queries.places import Place
from forms.filters import FIRST_DAY, FilterForm

DEFAULT_PRESET = "30d"
PRESET_LABELS = {
    "today": "Today",
    "yesterday": "Yesterday",
    "7d": "7 days",
    "30d": "30 days",
    "90d": "90 days",
}
# A year is the longest that is drawn day by day; the period before it is read too.
LONGEST = 366


class PeriodForm(FilterForm):
    """Account, location and a period: a preset, or days that were typed in, which win over it."""

    day = None

    @property
    def chosen_places(self) -> Sequence[Place]:
        """The places that the pickers leave; the location wins over the account."""
        if self.location_id:
            return [place for place in self.places if place.location_id == self.location_id]
        if self.account_id:
            return [place for place in self.places if place.account_id == self.account_id]
        return self.places

    @property
    def shown_account_id(self) -> UUID | None:
        """The account that is chosen, or that of the location."""
        return self.chosen_places[0].account_id if self.location_id else self.account_id

    def offered_locations(self) -> list[tuple[str | None, list[Place]]]:
        """What the picker of locations offers: (account's name, its locations); one account needs no name."""
        account = self.shown_account_id
        offered = [place for place in self.places if account in (None, place.account_id)]
        groups = [list(group) for _, group in groupby(offered, key=attrgetter("account_id"))]
        return [(group[0].account_name if len(groups) > 1 else None, group) for group in groups]

    @cached_property
    def preset(self) -> str | None:
        """The preset's word; None where days were typed in."""
        if self["from"].data or self.to.data:
            return None
        return self.period.data or DEFAULT_PRESET

    def dates_at(self, now: datetime | None = None) -> Period:
        """The chosen period in the local dates of the chosen places. BadRequest names what is wrong."""
        zones = [place.timezone for place in self.chosen_places]
        if self.preset:
            return preset_period(self.preset, zones, now)
        first, last = self["from"].data, self.to.data or preset_period("today", zones, now).last
        if first is None:
            raise BadRequest("The filter “From” (from) is missing: the last day alone makes no period.")
        if first > last:
            raise BadRequest("The filter “From” (from) is later than “To” (to).")
        if (last - first).days >= LONGEST:
            raise BadRequest(
                f"The filter “From” (from) is too far back: a period has at most {LONGEST} days."
            )
        if first - timedelta(days=LONGEST) < FIRST_DAY:
            raise BadRequest(f"The filter “From” (from) is too early: choose a day after {FIRST_DAY.year}.")
        return Period(first, last)

    def place_arguments(self) -> dict[str, str]:
        """Account and location as other pages' addresses carry them; empty where nothing was chosen."""
        if self.location_id:
            return {"location": str(self.location_id)}
        return {"account": str(self.account_id)} if self.account_id else {}

    def date_arguments(self) -> dict[str, str]:
        """The period as other pages' addresses carry it."""
        if self.preset:
            return {"period": self.preset}
        values = {"from": self["from"].data, "to": self.to.data}
        return {name: day.isoformat() for name, day in values.items() if day}
