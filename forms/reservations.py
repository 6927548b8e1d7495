"""What the list of reservations can be narrowed by."""

from certus_admin.queries.reservations import RESERVATION_STATUSES, ReservationFilters
from forms.filters import ChecksField, FilterForm, WordsField, choices


class ReservationFilterForm(FilterForm):
    """The filters of /reservations/."""

    status = ChecksField("Status", choices=choices(RESERVATION_STATUSES))
    words = WordsField("Guest's name")

    def filters(self) -> ReservationFilters:
        """The filters as `list_reservations` takes them."""
        return ReservationFilters(
            account_id=self.account_id,
            location_id=self.location_id,
            dates=self.dates,
            statuses=tuple(self.status.data or ()),
            words=(self.words.data or "").strip() or None,
        )
