"""What the list of notes can be narrowed by."""

from certus_admin.queries.note_list import BY_ME, MENTIONS_ME, NoteFilters
from forms.choices import ChoiceField
from forms.filters import FilterForm

ABOUT_CHOICES = [("", "All"), (MENTIONS_ME, "Mentioning me"), (BY_ME, "By me")]


class NoteFilterForm(FilterForm):
    """The filters of /notes/."""

    about = ChoiceField("Show", choices=ABOUT_CHOICES)

    def filters(self) -> NoteFilters:
        """The filters as `list_notes` takes them; the view adds who is reading."""
        return NoteFilters(
            account_id=self.account_id,
            location_id=self.location_id,
            dates=self.dates,
            about=self.about.data or None,
        )
