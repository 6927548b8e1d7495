"""What people write on a call."""

from datetime import datetime

from flask_wtf import FlaskForm
from wtforms import HiddenField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

LONGEST_NOTE = 10_000
MOST_MENTIONS = 50
MARKDOWN_HINT = "**bold**, *italic*, - list, [link](https://…). @ names a colleague."


def plain_text(value: str | None) -> str | None:
    """Text as the database can hold it: no NUL, one kind of line break, no blanks around."""
    return value if value is None else value.replace("\0", "").replace("\r\n", "\n").strip()


class NoteForm(FlaskForm):
    """A note in Markdown. `seen_at` is when its editor saw it changed last, empty for never."""

    note_md = TextAreaField(
        "Note",
        [
            DataRequired("Write something first."),
            Length(max=LONGEST_NOTE, message=f"A note holds up to {LONGEST_NOTE:,} characters."),
        ],
        filters=[plain_text],
        description=MARKDOWN_HINT,
        render_kw={"rows": 3, "maxlength": False, "autocomplete": "off"},
    )
    seen_at = HiddenField()

    @property
    def seen_moment(self) -> datetime | None:
        """`seen_at` as a moment; None where the note had never been changed."""
        return datetime.fromisoformat(self.seen_at.data) if self.seen_at.data else None

    def validate_seen_at(self, _field: HiddenField) -> None:
        """Only our own page writes this field, and it writes moments with a zone."""
        try:
            moment = self.seen_moment
        except ValueError:
            raise ValidationError("This page is out of date: reload it.") from None
        if moment is not None and moment.tzinfo is None:
            raise ValidationError("This page is out of date: reload it.")
