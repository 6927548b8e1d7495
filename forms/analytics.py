"""The pickers above Analytics: which days of which places, beside which others, in which order."""

from wtforms import StringField
from wtforms.validators import Optional, Regexp

from certus_admin.queries.comparison import BEFORE, YEAR, Comparison
from certus_admin.queries.period import Period
from forms.filters import ANY, ChoiceField, choices
from forms.period import PeriodForm

NOTHING = "none"
COMPARE_LABELS = {BEFORE: "Period before", YEAR: "Same a year ago", NOTHING: "Nothing"}
SORTS = ("name", "calls", "answered", "missed", "containment", "revenue", "reservations", "saved")
ORDERS = ("desc", "asc")


class AnalyticsForm(PeriodForm):
    """Period and places, what to compare them with, and how the locations are ranked."""

    compare = ChoiceField("Compare with", choices=[ANY, *choices(tuple(COMPARE_LABELS), **COMPARE_LABELS)])
    sort = ChoiceField("Sorted by", choices=[ANY, *choices(SORTS)])
    order = ChoiceField("Order", choices=[ANY, *choices(ORDERS)])
    ranked = ChoiceField("Locations", choices=[ANY, *choices(("all",))])
    # The chart whose numbers are written out.
    table = StringField(
        "Table", [Optional(), Regexp(r"[a-z]+(-[A-Z]{3})?\Z", message="there is no such chart")]
    )

    @property
    def compared_with(self) -> str:
        """A key of COMPARE_LABELS; the period before unless something else was chosen."""
        return self.compare.data or BEFORE

    def comparison_of(self, period: Period) -> Comparison | None:
        """The dates to compare `period` with; None for nothing."""
        return None if self.compared_with == NOTHING else Comparison(period, self.compared_with)

    @property
    def sorted_by(self) -> tuple[str, bool]:
        """One of SORTS, and whether the largest comes first; most calls first by default."""
        name = self.sort.data or "calls"
        return name, (self.order.data or ("asc" if name == "name" else "desc")) == "desc"

    @property
    def ranks_all(self) -> bool:
        """Whether every location is listed, however many there are."""
        return self.ranked.data == "all"

    def view_arguments(self) -> dict[str, str]:
        """What was chosen besides period and places, as the page's own addresses carry it."""
        chosen = {name: self[name].data for name in ("compare", "sort", "order", "ranked")}
        return {name: value for name, value in chosen.items() if value}
