"""Notes on a call: who may be mentioned, one note, and what people write. Policies decide what is found."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from certus_admin.database import db
from certus_admin.mentions import Mention
from certus_admin.queries.call_parts import NoteDetail, read_note

MENTIONABLE_PEOPLE = text("select id, full_name from public.mentionable_people(:call_id)")

IN_REACH = text("select exists (select from public.calls_v where id = :call_id)")

NOTE = text(
    """
select id, author_user_id, author_name, note_md, mentions, mention_names, created_at, updated_at, timezone
from public.internal_notes_v
where id = :note_id and call_id = :call_id
"""
)

# The call is looked up under the person's own policies: out of reach, nothing is inserted.
ADD_NOTE = text(
    """
insert into public.internal_notes (account_id, call_id, note_md, mentions)
select c.account_id, c.id, :note_md, cast(:mentions as uuid[])
from public.calls_v c
where c.id = :call_id
returning id
"""
)

EDIT_NOTE = text(
    """
update public.internal_notes set note_md = :note_md, mentions = cast(:mentions as uuid[])
where id = :note_id and call_id = :call_id
    and updated_at is not distinct from cast(:seen_at as timestamptz)
returning id
"""
)

DELETE_NOTE = text(
    "delete from public.internal_notes where id = :note_id and call_id = :call_id returning id"
)


def is_in_reach(call_id: UUID) -> bool:
    """Whether the caller sees this call."""
    return bool(db.session.execute(IN_REACH, {"call_id": call_id}).scalar_one())


def list_mentionable_people(call_id: UUID) -> tuple[Mention, ...]:
    """Who can see this call and may be named in its notes. SQLSTATE P0002 where it is out of reach."""
    rows = db.session.execute(MENTIONABLE_PEOPLE, {"call_id": call_id})
    return tuple(Mention(row.id, row.full_name) for row in rows)


def get_note(call_id: UUID, note_id: UUID) -> NoteDetail | None:
    """One note of this call, or None where note or call is missing or out of reach."""
    row = db.session.execute(NOTE, {"call_id": call_id, "note_id": note_id}).mappings().one_or_none()
    return None if row is None else read_note(dict(row))


def add_note(call_id: UUID, note_md: str, mentions: Sequence[UUID]) -> UUID | None:
    """Write a note in the caller's own name; its id, or None where the call is missing or out of reach."""
    values = {"call_id": call_id, "note_md": note_md, "mentions": list(mentions)}
    note_id: UUID | None = db.session.execute(ADD_NOTE, values).scalar_one_or_none()
    return note_id


def edit_note(
    call_id: UUID, note_id: UUID, note_md: str, mentions: Sequence[UUID], seen_at: datetime | None
) -> bool:
    """Change an own note that is still as its editor saw it (`updated_at` = `seen_at`); False otherwise."""
    values = {
        "call_id": call_id,
        "note_id": note_id,
        "note_md": note_md,
        "mentions": list(mentions),
        "seen_at": seen_at,
    }
    return db.session.execute(EDIT_NOTE, values).scalar_one_or_none() is not None


def delete_note(call_id: UUID, note_id: UUID) -> bool:
    """Delete an own note, or anybody's as an admin; False where policies let nothing go."""
    values = {"call_id": call_id, "note_id": note_id}
    return db.session.execute(DELETE_NOTE, values).scalar_one_or_none() is not None
