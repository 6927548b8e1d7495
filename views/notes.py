"""Notes: the list of what was written on calls in reach, and Flask-Admin's pages of a single note.

A row opens the call it was written on; the note's own page shows, edits and deletes it.
"""

from dataclasses import replace
from typing import Any

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user
from markupsafe import Markup

from certus_admin.database import db
from certus_admin.formats import local_time
from certus_admin.models import NoteView
from certus_admin.queries.call_parts import read_note
from certus_admin.queries.cursors import Cursor
from certus_admin.queries.listing import Page, Summary
from certus_admin.queries.note_list import NoteFilters, NoteRow, count_notes, list_notes
from certus_admin.queries.notes import delete_note, edit_note
from certus_admin.queries.scope import Scope
from forms.note_list import NoteFilterForm
from forms.notes import NoteForm
from views.base import TableView
from views.call_notes import CHANGED_MEANWHILE, NoteCard, named_in, note_card

FACTS = ("note_md", "author_name", "created_at", "updated_at", "location_name", "call_id")
FACT_LABELS = {
    "note_md": "Note",
    "author_name": "By",
    "created_at": "Written",
    "updated_at": "Edited",
    "location_name": "Location",
    "call_id": "Call",
}


def card_of(note: NoteView) -> NoteCard:
    """The note for the person who reads it."""
    fields = {column.key: getattr(note, column.key) for column in NoteView.__table__.columns}
    return note_card(read_note(fields), current_user)


def draw_fact(_view: Any, _context: Any, note: NoteView, name: str) -> Markup | str:
    """A fact of a note's own page."""
    if name == "note_md":
        return Markup('<div class="prose">{}</div>').format(card_of(note).html)
    if name == "call_id":
        return Markup('<a href="{}">Open the call</a>').format(f"/calls/{note.call_id}")
    return local_time(getattr(note, name), note.timezone, "full")


FORMATTERS = dict.fromkeys(("note_md", "call_id", "created_at", "updated_at"), draw_fact)


class NotesView(TableView):
    """/notes/"""

    title = "Notes"
    noun = ("note", "notes")
    nothing_yet = "No notes yet. Open a call and write the first one."
    nothing_matches = "No notes match these filters."
    column_list = ("written_at", "location", "author_name", "note_md", "note_page")
    column_default_sort = ("written_at", True)
    filter_form = NoteFilterForm
    can_view_details = can_edit = can_delete = True
    column_details_list = FACTS
    column_labels = FACT_LABELS
    column_formatters_detail = FORMATTERS
    details_template = "notes/details.html"

    def __init__(self) -> None:
        super().__init__(NoteView, "notes", "/notes/")

    def find_page(self, scope: Scope, filters: NoteFilters, cursor: Cursor | None) -> Page[NoteRow]:
        """The page's notes."""
        return list_notes(scope, replace(filters, reader=current_user.user_id), cursor)

    def find_summary(self, scope: Scope, filters: NoteFilters) -> Summary:
        """How many there are."""
        return count_notes(scope, replace(filters, reader=current_user.user_id))

    def row_url(self, row: Any) -> str:
        """The call, whose drawer shows the note among the others."""
        return f"/calls/{row.call_id}"

    def render(self, template: str, **context: Any) -> str:
        """Pages of one note know what its reader may do with it."""
        note = context.get("model")
        if isinstance(note, NoteView):
            context["card"] = card_of(note)
        drawn: str = super().render(template, **context)
        return drawn

    @expose("/edit/", methods=("GET", "POST"))
    def edit_view(self) -> ResponseReturnValue:
        """Flask-Admin's page; a refused form is 422 here as everywhere."""
        answer = super().edit_view()
        return (answer, 422) if request.method == "POST" and isinstance(answer, str) else answer

    def scaffold_form(self) -> type[NoteForm]:
        """The form of the drawer: a note is the same wherever it is written."""
        return NoteForm

    def edit_form(self, obj: NoteView) -> NoteForm:
        """The note's form for its author; 403 for everybody else."""
        if not card_of(obj).may_edit:
            abort(403)
        seen_at = obj.updated_at.isoformat() if obj.updated_at else ""
        return NoteForm(data={"note_md": obj.note_md, "seen_at": seen_at})

    def update_model(self, form: NoteForm, model: NoteView) -> bool:
        """Save the note as the drawer does; False, with a reason, where it was changed meanwhile."""
        note = card_of(model).note
        mentions = named_in(form, model.call_id, note.mentions)
        if form.errors:
            return False
        if not edit_note(model.call_id, model.id, form.note_md.data, mentions, form.seen_moment):
            form.seen_at.data = model.updated_at.isoformat() if model.updated_at else ""
            flash(CHANGED_MEANWHILE, "warning")
            return False
        db.session.commit()
        return True

    @expose("/delete/", methods=("GET", "POST"))
    def delete_view(self) -> ResponseReturnValue:
        """GET asks, POST deletes: an own note, or as an admin anybody's; 403 otherwise."""
        note = self.get_one(request.values.get("id", ""))
        card = card_of(note)
        if not card.may_delete:
            abort(403)
        back = request.values.get("url") or self.get_url(".index_view")
        if request.method == "POST":
            delete_note(note.call_id, note.id)
            db.session.commit()
            flash("Note deleted.", "success")
            return redirect(back)
        return self.render(
            "admin/model/delete.html",
            title="Delete note",
            sentence="Delete this note? It cannot be brought back.",
            form=self._delete_form_class(data={"id": str(note.id), "url": back}),
            action=self.get_url(".delete_view"),
            return_url=back,
            facts=[
                ("Note", Markup('<div class="prose">{}</div>').format(card.html)),
                ("By", card.note.author_name),
                ("Written", local_time(note.created_at, note.timezone, "full")),
                ("Location", note.location_name),
            ],
        )
