"""What the list of calls can be narrowed by."""

from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional, Regexp

from certus_admin.queries.calls import (
    CALL_STATUSES,
    CALL_TYPES,
    DIRECTIONS,
    DURATIONS,
    WEEKDAYS,
    CallFilters,
)
from forms.choices import ANY, ChoiceField
from forms.filters import ChecksField, FilterForm, WordsField, choices

YES_OR_NO = [ANY, *choices(("yes", "no"))]
DURATION_CHOICES = [
    ANY,
    *choices(
        DURATIONS,
        under_30s="Under 30 s",
        **{"30s_to_2m": "30 s to 2 min", "2m_to_5m": "2 to 5 min", "over_5m": "Over 5 min"},
    ),
]
# As clocks at the location show it: the hour from 12:00 AM is 0.
HOUR_CHOICES = [
    ANY,
    *(SelectChoice(str(hour), f"{hour % 12 or 12} {'AM' if hour < 12 else 'PM'}") for hour in range(24)),
]


class CallFilterForm(FilterForm):
    """The filters of /calls/."""

    secondary = ("duration", "direction", "has_order", "has_reservation", "weekday", "hour", "digits")

    call_type = ChecksField("Type", choices=choices(CALL_TYPES))
    status = ChecksField("Status", choices=choices(CALL_STATUSES))
    review = ChoiceField("Needs review", choices=YES_OR_NO)
    words = WordsField("Words in the summary")
    duration = ChoiceField("Duration", choices=DURATION_CHOICES)
    direction = ChoiceField("Direction", choices=[ANY, *choices(DIRECTIONS)])
    has_order = ChoiceField("Has an order", choices=YES_OR_NO)
    has_reservation = ChoiceField("Has a reservation", choices=YES_OR_NO)
    weekday = ChoiceField("Weekday", choices=[ANY, *choices(WEEKDAYS)])
    hour = ChoiceField("Hour of the day", choices=HOUR_CHOICES)
    digits = StringField(
        "Last digits of the number",
        [Optional(), Regexp(r"[0-9]{2,4}\Z", message="give the last 2 to 4 digits")],
        render_kw={"inputmode": "numeric", "pattern": "[0-9]{2,4}", "maxlength": 4, "autocomplete": "off"},
    )

    def filters(self) -> CallFilters:
        """The filters as `list_calls` takes them."""
        return CallFilters(
            account_id=self.account_id,
            location_id=self.location_id,
            dates=self.dates,
            call_types=tuple(self.call_type.data or ()),
            statuses=tuple(self.status.data or ()),
            duration=self.duration.data or None,
            direction=self.direction.data or None,
            has_order=yes_or_no(self.has_order),
            has_reservation=yes_or_no(self.has_reservation),
            needs_review=yes_or_no(self.review),
            digits=self.digits.data or None,
            weekday=self.weekday.data or None,
            hour=int(self.hour.data) if self.hour.data else None,
            words=(self.words.data or "").strip() or None,
        )


def yes_or_no(field: SelectField) -> bool | None:
    """True, False, or None for any."""
    return {"yes": True, "no": False}.get(field.data)
