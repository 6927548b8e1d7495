"""Choosing a password, with a one-time link or over the one that there is."""

from collections.abc import Iterable

from flask_wtf import FlaskForm
from wtforms import Field, PasswordField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from certus_admin.new_passwords import SHORTEST_PASSWORD, password_fault
from certus_admin.passwords import LONGEST_PASSWORD

RULE = (
    f"{SHORTEST_PASSWORD} characters or more: a few words that only you put together, say. Any characters "
    "will do, blanks too; it never expires."
)
NEW = {"autocomplete": "new-password"}


class LinkForm(FlaskForm):
    """What stands behind the # of a one-time link; a script fills it in where there are scripts."""

    link = StringField(
        "Your one-time link",
        [InputRequired("Paste the whole link that you were given."), Length(max=2000)],
        description="Paste the whole link that you were given.",
        render_kw={"autocomplete": "off", "spellcheck": "false", "maxlength": False},
    )


class NewPasswordForm(FlaskForm):
    """A new password, twice. `about` is what is known of the person: their name and email."""

    password = PasswordField(
        "New password", [InputRequired("Choose a password.")], description=RULE, render_kw=NEW
    )
    again = PasswordField("New password again", [InputRequired("Type it once more.")], render_kw=NEW)

    def __init__(self, about: Iterable[str]) -> None:
        super().__init__()
        self.about = tuple(about)

    def validate_password(self, field: Field) -> None:
        """The rules of the standard."""
        if (fault := password_fault(field.data or "", self.about)) is not None:
            raise ValidationError(fault)

    def validate_again(self, field: Field) -> None:
        """A slip of the finger would lock its owner out."""
        if field.data != self.password.data:
            raise ValidationError("The two are not the same.")


class ChangePasswordForm(NewPasswordForm):
    """The same, over the password that there is."""

    current = PasswordField(
        "Current password",
        [
            InputRequired("Enter your current password."),
            Length(max=LONGEST_PASSWORD, message="That password is too long."),
        ],
        render_kw={"autocomplete": "current-password"},
    )
