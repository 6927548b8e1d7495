"""What the pages over one settings row share: where they are, who may write, and two saves that meet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Response, abort, flash, make_response, redirect, request, url_for
from flask_login import current_user

from certus_admin.auth import Person
from certus_admin.conflicts import Merge, merge
from certus_admin.database import db
from certus_admin.queries.configuration import ConfiguredLocation
from certus_admin.queries.places import Place
from certus_admin.queries.versions import StaleVersionError, Stored, list_saves_since
from forms.versioned import VersionedForm
from views.configuration_pages import draw_account, draw_location, find_account, find_location
from views.menu import KEEPERS

# A save that lost a race is put together with the winner's; more than this many in a row is no accident.
TRIES = 4


@dataclass(frozen=True)
class Subject:
    """What a page is about: one location, or an account (`location_id` None) and its locations."""

    locations: tuple[ConfiguredLocation, ...]
    account_id: UUID
    location_id: UUID | None

    @property
    def place(self) -> Place:
        """The location, or the first of the account's."""
        return self.locations[0].place

    @property
    def name(self) -> str:
        """Its name."""
        return self.place.location_name if self.location_id else self.place.account_name

    @property
    def writable(self) -> bool:
        """Whether the signed-in person may change it: an account's own settings need the whole account."""
        person: Person = current_user
        if not person.has_role(*KEEPERS):
            return False
        return (
            self.location_id is not None
            or person.sees_everything
            or self.account_id in person.whole_account_ids
        )

    def url(self, page: str, **values: Any) -> str:
        """The address of one of its pages (`voice`, `averages`, `history`)."""
        if self.location_id is None:
            return url_for(f"{page}.account", account_id=self.account_id, **values)
        return url_for(f"{page}.location", account_id=self.account_id, location_id=self.location_id, **values)

    @property
    def history_key(self) -> str | None:
        """The setting that its history is about; None for all that a configuration is made of."""
        return None

    def put_back_url(self, line_id: UUID) -> str:
        """Where a line of its history is put back."""
        endpoint = "put_back_location" if self.location_id else "put_back_account"
        values = {"account_id": self.account_id, "location_id": self.location_id, "line_id": line_id}
        return url_for(f"history.{endpoint}", **{name: value for name, value in values.items() if value})  # type: ignore[arg-type]

    def draw(self, template: str, code: int = 200, **context: Any) -> Response:
        """Its page, in the frame that all of its pages share."""
        context |= {"subject": self, "writable": self.writable}
        if self.location_id is None:
            return draw_account(f"{template}_account", self.locations, code, **context)
        return draw_location(f"{template}_location", self.locations[0], code, **context)


def find_subject(account_id: UUID, location_id: UUID | None = None) -> Subject:
    """The account or location; 404 where it is missing or out of reach, 403 for a write by who only reads."""
    found = (find_location(account_id, location_id),) if location_id else find_account(account_id)
    subject = Subject(found, account_id, location_id)
    if request.method == "POST" and not subject.writable:
        abort(403)
    return subject


def settled(both: Merge[str]) -> dict[str, str]:
    """The fields about which there is nothing to choose."""
    open_names = {conflict.name for conflict in both.conflicts}
    return {name: text for name, text in both.merged.items() if name not in open_names}


def say_saved(title: str, theirs: Sequence[str], *, changes: bool, said: str = "") -> None:
    """What happened, and the labels of what somebody else had changed; `said` in place of “... saved.”"""
    said = said or f"{title} saved."
    if theirs:
        flash(f"{said} Changed by somebody else meanwhile, and kept: {', '.join(theirs)}.", "success")
    else:
        flash(said if changes else "Nothing had changed.", "success" if changes else "info")


class SettingsPage:
    """A form over one row. Subclasses say what is read, how it is drawn and how it is saved."""

    page = ""
    title = ""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.form = self.make_form()

    def make_form(self) -> VersionedForm:
        """The form, with what was sent."""
        raise NotImplementedError

    def read(self) -> Stored:
        """What is stored now."""
        raise NotImplementedError

    def write(self, stored: Stored, changes: Mapping[str, str]) -> None:
        """Save the changed texts over what was read; StaleVersionError where that is not there any more."""
        raise NotImplementedError

    def is_valid(self) -> bool:
        """Whether what was sent can be saved; faults stand beside their fields."""
        return self.form.validate()

    def draw(self, stored: Stored, code: int = 200, **context: Any) -> Response:
        """The page with the form as it is."""
        return self.subject.draw(self.page, code, form=self.form, stored=stored, title=self.title, **context)

    def labels(self) -> dict[str, str]:
        """What each field is called."""
        return {name: self.form[name].label.text for name in self.form.names}

    def show(self) -> Response:
        """The page with what is stored."""
        stored = self.read()
        self.form.show(stored)
        return self.draw(stored)

    def save(self) -> Response:
        """Save what was sent; show both where somebody saved the same fields in between."""
        stored = self.read()
        self.form.mark_inherited(request.form.getlist("inherit"))
        if not self.is_valid():
            return self.draw(stored, 422, changed=True)
        yours, seen = self.form.texts(), self.form.seen()
        for _ in range(TRIES):
            both = self.put_together(seen, yours, stored)
            if both.conflicts:
                return self.draw_conflict(stored, both)
            changes = self.changes_of(both, stored)
            try:
                if changes:
                    self.write(stored, changes)
                db.session.commit()
            except StaleVersionError:
                db.session.rollback()
                stored = self.read()
                continue
            return self.saved(changes, both)
        return abort(409)

    def put_together(self, seen: Mapping[str, str], yours: Mapping[str, str], stored: Stored) -> Merge[str]:
        """What was read, what was typed and what is stored, field by field."""
        return merge(seen, yours, stored.texts)

    def changes_of(self, both: Merge[str], stored: Stored) -> dict[str, str]:
        """What differs from what is stored, and is to be written."""
        return {name: text for name, text in both.merged.items() if text != stored.texts[name]}

    def saved(self, changes: Mapping[str, str], both: Merge[str]) -> Response:
        """Back to the page, with what happened."""
        labels = self.labels()
        say_saved(self.title, [labels[name] for name in both.theirs_taken], changes=bool(changes))
        return make_response(redirect(self.subject.url(self.page), 303))

    def draw_conflict(self, stored: Stored, both: Merge[str]) -> Response:
        """Before, theirs and yours side by side; what is sent from there is a save like any other."""
        saves = list_saves_since(self.subject.account_id, self.form.version.data, stored)
        return self.subject.draw(
            "conflict",
            409,
            both=both,
            seen=self.form.seen(),
            yours=self.form.texts(),
            saves=saves,
            labels=self.labels(),
            action=self.subject.url(self.page),
            hidden={
                "version": stored.token,
                "before": self.form.before_of(stored),
                **settled(both),
            },
            title=self.title,
        )
