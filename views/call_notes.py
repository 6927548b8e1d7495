"""Notes on a call, as the drawer and its page write them. With htmx only what changed is drawn again."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_login import current_user
from markupsafe import Markup

from certus_admin.auth import Person
from certus_admin.database import db
from certus_admin.markdown import markdown
from certus_admin.mentions import Mention, find_mentions, mark_mentions
from certus_admin.queries.call_parts import NoteDetail
from certus_admin.queries.notes import (
    add_note,
    delete_note,
    edit_note,
    get_note,
    is_in_reach,
    list_mentionable_people,
)
from certus_admin.sent_forms import SentForm, take_form
from forms.notes import MOST_MENTIONS, NoteForm

blueprint = Blueprint("call_notes", __name__, url_prefix="/calls/<uuid:call_id>")

LONGEST_COMPLETION = 8
CHANGED_MEANWHILE = (
    "This note was changed in another window. Here is what is saved now; your words stand below."
)
DELETED_SINCE = "This note was added before and has been deleted since. Add it again if you want it back."


@dataclass(frozen=True)
class NoteCard:
    """A note as a page shows it: its safe HTML, and what the reader may do with it."""

    note: NoteDetail
    html: Markup
    may_edit: bool
    may_delete: bool


def note_card(note: NoteDetail, reader: Person) -> NoteCard:
    """The card of `note` for `reader`: authors edit, authors and admins delete. The policies say the same."""
    own = note.author_user_id == reader.user_id
    html = mark_mentions(markdown(note.note_md), note.mentions, reader.user_id)
    return NoteCard(note, html, may_edit=own, may_delete=own or reader.has_role("admin"))


def find_card(call_id: UUID, note_id: UUID) -> NoteCard:
    """The card of one note, or 404 where note or call is missing or out of reach."""
    note = get_note(call_id, note_id)
    if note is None:
        abort(404)
    return note_card(note, current_user)


def named_in(form: NoteForm, call_id: UUID, already: tuple[Mention, ...] = ()) -> tuple[UUID, ...]:
    """Whom a note names; those it named before stay named, though they may have left. Too many: an error."""
    text = form.note_md.data or ""
    if "@" not in text:
        return ()
    found = find_mentions(text, dict.fromkeys((*list_mentionable_people(call_id), *already)))
    if len(found) > MOST_MENTIONS:
        form.note_md.errors = [*form.note_md.errors, f"A note names up to {MOST_MENTIONS} people."]
    return found


def wants_fragment() -> bool:
    """True when htmx asks for the part of the page that changes."""
    return request.headers.get("HX-Request") == "true"


def draw(template: str, code: int = 200, **context: Any) -> Response:
    """A fragment for htmx, else the page of the same name around it."""
    name = f"notes/_{template}.html" if wants_fragment() else f"notes/{template}.html"
    response = make_response(render_template(name, **context), code)
    response.vary.add("HX-Request")
    return response


def back_to(call_id: UUID, note_id: UUID | None = None) -> Response:
    """To the call's page, at the note or at all of them."""
    anchor = f"note-{note_id}" if note_id else "call-notes"
    return make_response(redirect(url_for("call_detail.show", call_id=call_id, _anchor=anchor), 303))


@blueprint.get("/people.json")
def people(call_id: UUID) -> Response:
    """Who can be named on this call, by the beginning `q` of a word: `{"people": [{"id", "name"}, ...]}`."""
    wanted = request.args.get("q", "").casefold().strip()
    found = [
        {"id": str(person.user_id), "name": person.full_name}
        for person in list_mentionable_people(call_id)
        if f" {wanted}" in f" {person.full_name.casefold()}"
    ]
    return jsonify(people=found[:LONGEST_COMPLETION])


@blueprint.post("/notes")
def add(call_id: UUID) -> Response:
    """Write a note."""
    form = NoteForm()
    mentions = named_in(form, call_id) if form.validate_on_submit() else ()
    sent = SentForm() if form.errors else take_form()
    if sent.id and get_note(call_id, sent.id) is None:
        form.note_md.errors = [*form.note_md.errors, DELETED_SINCE]
    if form.errors:
        if not is_in_reach(call_id):
            abort(404)
        return draw("add", 422, form=form, call_id=call_id)
    note_id = sent.id or add_note(call_id, form.note_md.data, mentions)
    if note_id is None:
        abort(404)
    sent.keep(note_id)
    db.session.commit()
    if not wants_fragment():
        flash("Note added.", "success")
        return back_to(call_id, note_id)
    return draw("added", card=find_card(call_id, note_id), form=NoteForm(formdata=None), call_id=call_id)


@blueprint.get("/notes/<uuid:note_id>")
def show(call_id: UUID, note_id: UUID) -> Response:
    """One note, as it is drawn again after an edit was given up."""
    card = find_card(call_id, note_id)
    if not wants_fragment():
        return back_to(call_id, note_id)
    return draw("note", card=card, call_id=call_id, focus=True)


@blueprint.route("/notes/<uuid:note_id>/edit", methods=["GET", "POST"])
def edit(call_id: UUID, note_id: UUID) -> Response:
    """Change an own note."""
    card = find_card(call_id, note_id)
    if not card.may_edit:
        abort(403)
    note = card.note
    seen_at = note.updated_at.isoformat() if note.updated_at else ""
    form = NoteForm(data={"note_md": note.note_md, "seen_at": seen_at})
    if request.method != "POST":
        return draw("edit", form=form, card=card, call_id=call_id)
    mentions = named_in(form, call_id, note.mentions) if form.validate() else ()
    if form.errors:
        return draw("edit", 422, form=form, card=card, call_id=call_id)
    if not edit_note(call_id, note_id, form.note_md.data, mentions, form.seen_moment):
        form.seen_at.data = seen_at
        return draw("edit", 422, form=form, card=card, call_id=call_id, conflict=CHANGED_MEANWHILE)
    db.session.commit()
    if not wants_fragment():
        flash("Note saved.", "success")
        return back_to(call_id, note_id)
    return draw("saved", card=find_card(call_id, note_id), call_id=call_id, focus=True)


@blueprint.route("/notes/<uuid:note_id>/delete", methods=["GET", "POST"])
def delete(call_id: UUID, note_id: UUID) -> Response:
    """Delete a note: asked on a page of its own, or by the drawer's question."""
    card = find_card(call_id, note_id)
    if not card.may_delete:
        abort(403)
    if request.method != "POST":
        return make_response(render_template("notes/delete.html", card=card, call_id=call_id))
    if not delete_note(call_id, note_id):
        abort(404)
    db.session.commit()
    if not wants_fragment():
        flash("Note deleted.", "success")
        return back_to(call_id)
    return draw("deleted")
