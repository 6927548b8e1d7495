"""Forms that come twice (a double click, a browser that tries again) write once.

A form that makes something new carries a random value in the field `sent`. What was sent, by whom and to
which address, is taken in the transaction that writes; the same again finds the answer of the first.
"""

import hashlib
import secrets
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from flask import Flask, request
from markupsafe import Markup
from sqlalchemy import text

from certus_admin.database import db

FIELD = "sent"
# The token of forms is another with each page, and says nothing of what is meant.
LEFT_OUT = ("csrf_token",)
TAKE = text("select public.take_form(:fingerprint)")
ANSWER = text("select public.answer_form(:fingerprint, :answer)")


@dataclass(frozen=True)
class SentForm:
    """A form of this request; `answer` is that of the first time, None for what was not sent before."""

    fingerprint: bytes | None = None
    answer: str | None = None

    @property
    def id(self) -> UUID | None:
        """The answer of the first time, where it was a row's id."""
        return UUID(self.answer) if self.answer else None

    def keep(self, answer: object) -> None:
        """Keep the answer, as an id and never an address, for the next time; the caller commits."""
        if self.fingerprint is not None:
            db.session.execute(ANSWER, {"fingerprint": self.fingerprint, "answer": str(answer)})


def take_form() -> SentForm:
    """Take the form of this request, before anything is written; waits while the same is being written.

    Whoever sends no `sent` (another client than our pages) is taken at their word each time.
    """
    fingerprint = fingerprint_of_request()
    if fingerprint is None:
        return SentForm()
    answer = db.session.execute(TAKE, {"fingerprint": fingerprint}).scalar_one()
    return SentForm(fingerprint, answer)


def fingerprint_of_request() -> bytes | None:
    """SHA-256 of address and fields; None for a form without `sent`."""
    if not request.form.get(FIELD):
        return None
    fields = sorted(item for item in request.form.items(multi=True) if item[0] not in LEFT_OUT)
    return hashlib.sha256(f"{request.path}?{urlencode(fields)}".encode()).digest()


def draw_once() -> Markup:
    """The hidden field, for templates; drawn anew with a form that was refused, as that wrote nothing."""
    # autocomplete: Firefox puts back what a field held before the page was loaded again.
    value = secrets.token_urlsafe(16)
    return Markup('<input type="hidden" name="{}" value="{}" autocomplete="off">').format(FIELD, value)


def init_sent_forms(app: Flask) -> None:
    """`{{ once() }}` in templates."""
    app.add_template_global(draw_once, "once")
