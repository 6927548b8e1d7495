"""Asking for a caller's full number."""

from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from forms.notes import plain_text


class RevealForm(FlaskForm):
    """Why the number is needed; the audit log keeps the reason beside the name of who asked."""

    reason = StringField(
        "Why do you need the number?",
        [
            DataRequired("Say why you need the number."),
            Length(3, 200, "Use 3 to 200 characters."),
        ],
        filters=[plain_text],
        description="3 to 200 characters. Kept in the audit log with your name.",
        render_kw={"autocomplete": "off", "maxlength": False, "minlength": False},
    )
