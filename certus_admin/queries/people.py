"""People as an admin sees them: the list, one person, and how each of them is changed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, literal, or_, select, text, tuple_
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError

from certus_admin.administration_models import PersonView
from certus_admin.database import db
from certus_admin.queries.cursors import Cursor
from certus_admin.queries.listing import PAGE_SIZE, QUICK_COUNT, Page, Summary
from certus_admin.queries.versions import StaleVersionError, sql_state
from certus_admin.sessions import token_hash

STATES = ("active", "invited", "deactivated")


class PersonRow(NamedTuple):
    """A person as the list shows them; times are aware, in UTC; `access` as in PersonView."""

    id: UUID
    email: str
    full_name: str
    role: str
    state: str
    created_at: datetime
    last_sign_in_at: datetime | None
    access: list[dict[str, Any]]

    @property
    def timezone(self) -> str:
        """People belong to no place: their times are UTC's."""
        return "UTC"


@dataclass(frozen=True)
class PeopleFilters:
    """Whom of the people is asked for; a place finds everybody who works there, by whichever access."""

    account_id: UUID | None = None
    location_id: UUID | None = None
    location_account_id: UUID | None = None
    roles: Sequence[str] = ()
    states: Sequence[str] = ()
    words: str = ""

    def conditions(self) -> list[ColumnElement[bool]]:
        """The filters as SQL over people_v."""
        found: list[ColumnElement[bool]] = []
        if self.roles:
            found.append(PersonView.role.in_(self.roles))
        if self.states:
            found.append(PersonView.state.in_(self.states))
        if self.words:
            wanted = self.words.lower()
            names = (func.lower(PersonView.full_name), PersonView.email)
            found.append(or_(*(func.strpos(name, wanted) > 0 for name in names)))
        if self.location_id:
            whole = {"account_id": str(self.location_account_id), "location_id": None}
            here = {"location_id": str(self.location_id)}
            found.append(or_(_has(EVERYWHERE), _has(whole), _has(here)))
        if self.account_id:
            found.append(or_(_has(EVERYWHERE), _has({"account_id": str(self.account_id)})))
        return found


EVERYWHERE: dict[str, Any] = {"account_id": None}


def _has(access: Mapping[str, Any]) -> ColumnElement[bool]:
    return PersonView.access.bool_op("@>")(literal([dict(access)], JSONB))


def list_people(filters: PeopleFilters, cursor: Cursor | None = None) -> Page[PersonRow]:
    """A page of people whom the caller may see, the newest first; one statement."""
    newer = cursor is not None and cursor.newer
    conditions = filters.conditions()
    if cursor is not None:
        here, there = tuple_(PersonView.created_at, PersonView.id), tuple_(cursor.at, cursor.id)
        conditions.append(here > there if newer else here < there)
    order = (PersonView.created_at.asc(), PersonView.id.asc())
    if not newer:
        order = (PersonView.created_at.desc(), PersonView.id.desc())
    columns = [getattr(PersonView, name) for name in PersonRow._fields]
    statement = select(*columns).where(and_(True, *conditions)).order_by(*order).limit(PAGE_SIZE + 1)
    found = [PersonRow._make(row) for row in db.session.execute(statement)]
    rows = found[:PAGE_SIZE][::-1] if newer else found[:PAGE_SIZE]
    if not rows:
        return Page(())
    more = len(found) > PAGE_SIZE
    has_newer, has_older = (more, True) if newer else (cursor is not None, more)
    return Page(
        tuple(rows),
        Cursor(rows[0].created_at, rows[0].id, newer=True) if has_newer else None,
        Cursor(rows[-1].created_at, rows[-1].id) if has_older else None,
    )


def count_people(filters: PeopleFilters) -> Summary:
    """How many match, up to QUICK_COUNT; one statement."""
    found = select(PersonView.id).where(and_(True, *filters.conditions())).limit(QUICK_COUNT + 1).subquery()
    count = db.session.scalars(select(func.count()).select_from(found)).one()
    return Summary(min(count, QUICK_COUNT), capped=count > QUICK_COUNT)


def get_person(person_id: UUID) -> PersonView | None:
    """One person whom the caller may see; always as they are now."""
    statement = select(PersonView).where(PersonView.id == person_id)
    return db.session.scalars(statement, execution_options={"populate_existing": True}).one_or_none()


# Changes. Each is refused by the database where it is not the caller's to make; the caller commits.

SAVE = "update public.users set {changes}, version = :version where id = :person_id"
COLUMNS = ("full_name", "email", "role")
SET_ACTIVE = text(
    "update public.users set is_active = :is_active, version = version"
    " where id = :person_id and is_active <> :is_active"
)
ADD_ACCESS = text(
    """insert into public.user_access (user_id, account_id, location_id)
values (:person_id, :account_id, :location_id)"""
)
REMOVE_ACCESS = text("delete from public.user_access where id = :access_id and user_id = :person_id")
INVITE = text("select public.invite_person(:email, :full_name, :role, cast(:access as jsonb), :token_hash)")
ISSUE_LINK = text("select public.issue_link(:person_id, :token_hash)")
WITHDRAW_LINK = text("select public.withdraw_link(:person_id)")
START_VIEWING = text("select public.start_viewing(:person_id)")


def save_person(person_id: UUID, version: int, changes: Mapping[str, str]) -> None:
    """Write changed columns over the version that was read; StaleVersionError where it is there no more."""
    names = [name for name in COLUMNS if name in changes]
    statement = SAVE.format(changes=", ".join(f"{name} = :{name}" for name in names))
    values = {name: changes[name] for name in names}
    try:
        result: Any = db.session.execute(
            text(statement), {**values, "person_id": person_id, "version": version}
        )
    except DBAPIError as error:
        # A taken email is no stale version, although both are told by the database.
        if sql_state(error) == "PT409":
            raise StaleVersionError from error
        raise
    if result.rowcount == 0:
        raise StaleVersionError


def set_active(person_id: UUID, is_active: bool) -> None:
    """Deactivate or reactivate; to deactivate ends every session at once."""
    db.session.execute(SET_ACTIVE, {"person_id": person_id, "is_active": is_active})


def add_access(person_id: UUID, account_id: UUID | None, location_id: UUID | None) -> None:
    """Let somebody work somewhere; None stands for every account, or every location of the account."""
    values = {"person_id": person_id, "account_id": account_id, "location_id": location_id}
    db.session.execute(ADD_ACCESS, values)


def remove_access(person_id: UUID, access_id: UUID) -> bool:
    """Take one access away; False where it is not there (any more)."""
    result: Any = db.session.execute(REMOVE_ACCESS, {"person_id": person_id, "access_id": access_id})
    return bool(result.rowcount)


def invite_person(
    email: str, full_name: str, role: str, places: Sequence[tuple[UUID | None, UUID | None]], token: str
) -> UUID:
    """Add somebody with (account, location) places and a one-time link; their id."""
    access = [
        {"account_id": str(account) if account else None, "location_id": str(location) if location else None}
        for account, location in places
    ]
    values = {"email": email, "full_name": full_name, "role": role, "access": json.dumps(access)}
    person_id: UUID = db.session.execute(INVITE, {**values, "token_hash": token_hash(token)}).scalar_one()
    return person_id


def issue_link(person_id: UUID, token: str) -> datetime:
    """A new one-time link in place of any other; until when it works."""
    values = {"person_id": person_id, "token_hash": token_hash(token)}
    until: datetime = db.session.execute(ISSUE_LINK, values).scalar_one()
    return until


def withdraw_link(person_id: UUID) -> None:
    """Take the link back that is out."""
    db.session.execute(WITHDRAW_LINK, {"person_id": person_id})


def start_viewing(person_id: UUID) -> datetime:
    """From the next request on this session shows the pages as that person; until when."""
    until: datetime = db.session.execute(START_VIEWING, {"person_id": person_id}).scalar_one()
    return until
