"""Editing one JSON setting: two saves are put together name by name, and compared where they contradict."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Response, abort, flash, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from certus_admin.conflicts import Merge, merge
from certus_admin.queries.settings import (
    get_setting,
    insert_setting,
    join_parts,
    patch_setting,
    split_values,
    update_setting,
)
from certus_admin.queries.versions import Stored, list_saves_since
from forms.settings import SettingForm
from views.settings_pages import SettingsPage, Subject, say_saved, settled

# A form field that holds one name of the value's object, after a choice.
PART = "at:"
# What a form says that was made of a row; see Stored.token.
ROW_TOKEN = re.compile(r"[0-9a-f-]{36}:\d+\Z")
DELETED_MEANWHILE = "Somebody deleted this setting while you were editing. Saving makes it anew."


@dataclass(frozen=True)
class SettingSubject(Subject):
    """A key at a place."""

    key: str

    @property
    def history_key(self) -> str:
        """Its history is that of this key alone."""
        return self.key

    def url(self, page: str, **values: Any) -> str:
        """The address of one of its pages (`show`, `delete`, `history`)."""
        return url_for(
            f"setting_pages.{page}",
            key=self.key,
            account_id=self.account_id,
            location_id=self.location_id,
            **values,
        )

    def put_back_url(self, line_id: UUID) -> str:
        """Where a line of its history is put back."""
        return self.url("put_back", line_id=line_id)

    def draw(self, template: str, code: int = 200, **context: Any) -> Response:
        """Its page, in the frame that all of its pages share."""
        context |= {"subject": self, "writable": self.writable, "place": self.place}
        return make_response(render_template(f"settings/{template}.html", **context), code)


class SettingPage(SettingsPage):
    """The form over one row of `settings`."""

    page = "show"
    title = "Setting"
    subject: SettingSubject
    form: SettingForm

    def make_form(self) -> SettingForm:
        """The form, with what was sent; choices name by name become the value that they make."""
        if request.method != "POST" or "parts" not in request.form:
            return SettingForm()
        sent = MultiDict(request.form)
        names = read_names(sent.pop("parts"))
        chosen = {name: sent.pop(f"{PART}{name}", None) for name in names}
        if None not in chosen.values():
            sent["value"] = join_parts({name: words for name, words in chosen.items() if words})
        return SettingForm(formdata=sent)

    def read(self) -> Stored:
        """What is stored, and with it the schema, the account's value and who else has a row."""
        subject = self.subject
        self.setting = get_setting(subject.account_id, subject.location_id, subject.key)
        return self.setting.stored

    def show(self) -> Response:
        """The page with what is stored; 404 where nothing is."""
        stored = self.read()
        if stored.row_id is None:
            abort(404)
        self.form.show(stored)
        return self.draw(stored)

    def is_valid(self) -> bool:
        """The form's own rules, and the key's schema."""
        return super().is_valid() and self.form.fits(self.setting.schema)

    def save(self) -> Response:
        """As every page over a row; a row that went meanwhile is said to have gone before it is made anew."""
        if self.read().row_id is None and ROW_TOKEN.match(self.form.version.data or ""):
            flash(DELETED_MEANWHILE, "warning")
            self.form.version.data = self.setting.stored.token
            self.form.before.data = self.form.before_of(self.setting.stored)
            return self.draw(self.setting.stored, 409, changed=True)
        return super().save()

    def put_together(self, seen: Mapping[str, str], yours: Mapping[str, str], stored: Stored) -> Merge[str]:
        """Name by name where all three are objects; else the values as a whole."""
        texts = [each["value"] for each in (seen, yours, stored.texts)]
        if not all(texts):
            self.sides = [{"value": each} for each in texts]
        else:
            found = split_values(*texts)
            by_name = all(each.parts is not None for each in found)
            self.sides = [
                {f"{PART}{name}": words for name, words in (each.parts or {}).items()}
                if by_name
                else {"value": each.whole}
                for each in found
            ]
        return merge(*self.sides)

    def changes_of(self, both: Merge[str], _stored: Stored) -> dict[str, str]:
        """What is to be written; an empty text takes a name away."""
        theirs = self.sides[2]
        return {name: words or "" for name, words in both.merged.items() if words != theirs.get(name)}

    def write(self, stored: Stored, changes: Mapping[str, str]) -> None:
        """Change single names of an object, or the whole value; a row that is not there is added."""
        subject = self.subject
        if stored.row_id is None:
            insert_setting(subject.account_id, subject.location_id, subject.key, changes["value"])
        elif "value" in changes:
            update_setting(subject.account_id, stored, changes["value"])
        else:
            parts = {name.removeprefix(PART): words for name, words in changes.items()}
            removed = [name for name, words in parts.items() if not words]
            kept = {name: words for name, words in parts.items() if words}
            patch_setting(subject.account_id, stored, kept, removed)

    def saved(self, changes: Mapping[str, str], both: Merge[str]) -> Response:
        """Back to the page, with what happened."""
        say_saved(self.title, [label_of(name) for name in both.theirs_taken], changes=bool(changes))
        return make_response(redirect(self.subject.url(self.page), 303))

    def draw_conflict(self, stored: Stored, both: Merge[str]) -> Response:
        """Before, theirs and yours side by side; what is sent from there is a save like any other."""
        seen, yours, _ = self.sides
        hidden = {"version": stored.token, "before": self.form.before_of(stored), **settled(both)}
        if "value" not in both.merged:
            hidden["parts"] = json.dumps([name.removeprefix(PART) for name in both.merged])
        return self.subject.draw(
            "conflict",
            409,
            both=both,
            seen=seen,
            yours=yours,
            saves=list_saves_since(self.subject.account_id, self.form.version.data, stored),
            labels={name: label_of(name) for name in both.merged},
            action=self.subject.url(self.page),
            hidden=hidden,
            title=self.title,
        )

    def draw(self, stored: Stored, code: int = 200, **context: Any) -> Response:
        """The page with the form as it is."""
        schema = self.setting.schema
        context |= {"form": self.form, "stored": stored, "setting": self.setting}
        context["schema_text"] = json.dumps(schema, ensure_ascii=False, indent=4) if schema else None
        return self.subject.draw("edit", code, **context)


def read_names(sent: str) -> list[str]:
    """The names that were to be chosen from; BadRequest for what no page of ours sends."""
    try:
        names = json.loads(sent)
    except ValueError:
        names = None
    if not isinstance(names, list):
        raise BadRequest("This page is out of date: reload it.")
    return [str(name) for name in names]


def label_of(name: str) -> str:
    """What a part of the value is called."""
    return name.removeprefix(PART) if name.startswith(PART) else "Value"
