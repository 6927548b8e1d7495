"""Sign-ins in the database: what the bare login role may ask before it knows who is there.

Each function is one short transaction without a caller. Session tokens reach the database only as SHA-256.
"""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Row, text

from certus_admin.database import db

LONGEST_USER_AGENT = 300

FIND = text("select user_id, password_hash, is_active from back_office.find_sign_in(:email)")
FIND_PERSON = text("select back_office.find_person(:email)")
OPEN = text("select back_office.open_session(:user_id, :token_hash, cast(:address as inet), :user_agent)")
RESUME = text(
    """select user_id, session_id, email, full_name, role, sees_everything, access::text,
    viewer_id, viewer_name, viewing_until, viewing_lapsed
from back_office.resume_session(:token_hash)"""
)
END = text("select back_office.end_session(:token_hash)")
END_VIEWING = text("select back_office.end_viewing(:token_hash)")
CHANGE_PASSWORD = text(
    "select back_office.change_password(:token_hash, :old_hash, :new_hash, cast(:address as inet))"
)
SAVE_HASH = text("select back_office.save_password_hash(:user_id, :password_hash)")


@dataclass(frozen=True)
class SignIn:
    """Somebody who could sign in: `password_hash` is None where no password was ever set."""

    user_id: UUID
    password_hash: str | None
    is_active: bool


def find_sign_in(email: str) -> SignIn | None:
    """The person with this address, however it is capitalised; None where there is none."""
    with db.engine.begin() as connection:
        row = connection.execute(FIND, {"email": email.strip().lower()}).one_or_none()
    return SignIn(row.user_id, row.password_hash, row.is_active) if row else None


def find_person(email: str) -> UUID | None:
    """The active person with an address that somebody else has vouched for, with or without a password."""
    with db.engine.begin() as connection:
        user_id: UUID | None = connection.execute(FIND_PERSON, {"email": email}).scalar_one()
    return user_id


def open_session(user_id: UUID, token: str, address: str | None, user_agent: str) -> None:
    """Write the session's row and its line in the audit log."""
    values = {"user_id": user_id, "token_hash": token_hash(token), "address": address}
    with db.engine.begin() as connection:
        connection.execute(OPEN, {**values, "user_agent": user_agent[:LONGEST_USER_AGENT]})


def resume_session(token: str) -> Row[tuple[object, ...]] | None:
    """Who a live session belongs to, with role and access; None when it ended, idled out or never was."""
    # One statement is one transaction: BEGIN and COMMIT would be two round trips more, on every page.
    with db.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        return connection.execute(RESUME, {"token_hash": token_hash(token)}).one_or_none()


def end_session(token: str) -> None:
    """End the session: from now on its cookie opens nothing, wherever it was copied to."""
    with db.engine.begin() as connection:
        connection.execute(END, {"token_hash": token_hash(token)})


def end_viewing(token: str) -> None:
    """The session is the admin's own again."""
    with db.engine.begin() as connection:
        connection.execute(END_VIEWING, {"token_hash": token_hash(token)})


def change_password(token: str, old_hash: str, new_hash: str, address: str | None) -> bool:
    """Store another password for the session's person and end all their sessions, this one too.

    False where the session has ended meanwhile, or the password is not the one that was compared any more.
    """
    values = {"token_hash": token_hash(token), "old_hash": old_hash, "new_hash": new_hash}
    with db.engine.begin() as connection:
        return connection.execute(CHANGE_PASSWORD, {**values, "address": address}).scalar_one() is not None


def save_password_hash(user_id: UUID, password_hash: str) -> None:
    """Keep the same password under today's argon2 parameters."""
    with db.engine.begin() as connection:
        connection.execute(SAVE_HASH, {"user_id": user_id, "password_hash": password_hash})


def token_hash(token: str) -> bytes:
    """SHA-256: tokens are 256 random bits, so there is nothing to guess and no salt to add."""
    return hashlib.sha256(token.encode()).digest()
