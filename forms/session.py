"""Signing in."""

from flask_wtf import FlaskForm
from wtforms import EmailField, HiddenField, PasswordField
from wtforms.validators import InputRequired, Length

from certus_admin.passwords import LONGEST_PASSWORD


class SignInForm(FlaskForm):
    """Email and password. No rule says what an address looks like: every wrong one gets the same answer."""

    email = EmailField(
        "Email",
        [InputRequired("Enter your email address."), Length(max=254, message="That address is too long.")],
        render_kw={"autocomplete": "username", "autofocus": True, "spellcheck": "false"},
    )
    password = PasswordField(
        "Password",
        [
            InputRequired("Enter your password."),
            Length(max=LONGEST_PASSWORD, message="That password is too long."),
        ],
        render_kw={"autocomplete": "current-password"},
    )
    next = HiddenField()


class SignOutForm(FlaskForm):
    """A button with a CSRF token."""
