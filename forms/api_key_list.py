"""What the list of API keys can be narrowed by."""

from typing import Any
from uuid import UUID

from certus_admin.queries.api_keys import STATES, WARNINGS, ApiKeyFilters
from certus_admin.queries.dates import LocalDates
from forms.filters import ChecksField, FilterForm, choices

LABELS = {
    "active": "Working",
    "ending": "Being replaced",
    "idle": "Idle for 90 days",
    "expiring": "Expires within 14 days",
    "double": "Looks double",
}


class ApiKeyFilterForm(FilterForm):
    """The filters of /api-keys/: a key belongs to an account, and no date of it belongs to a place."""

    location: Any = None
    period: Any = None
    to: Any = None
    day: Any = None
    state = ChecksField("State", choices=choices((*STATES, *WARNINGS), **LABELS))

    @property
    def location_id(self) -> UUID | None:
        """Never one: see above."""
        return None

    @property
    def dates(self) -> LocalDates:
        """Never any."""
        return LocalDates()

    def filters(self) -> ApiKeyFilters:
        """The filters as `list_api_keys` takes them."""
        return ApiKeyFilters(account_id=self.account_id, states=tuple(self.state.data or ()))

    def _offer_locations(self) -> None:
        """None: see above."""


setattr(ApiKeyFilterForm, "from", None)
