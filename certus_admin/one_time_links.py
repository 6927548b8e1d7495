"""One-time links: what somebody who was invited or reset may ask before they have a password (0012).

The token stands behind the # of the address, which browsers send to no server: no log, no proxy and no
Referer ever holds it. The page hands it over in a form, and the database keeps its SHA-256 alone.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from certus_admin.database import db
from certus_admin.sessions import token_hash

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)

FIND = text("select user_id, email, full_name, kind, expires_at from back_office.find_link(:token_hash)")
USE = text("select back_office.use_link(:token_hash, :password_hash, cast(:address as inet))")


@dataclass(frozen=True)
class OneTimeLink:
    """A link that still works, and whose it is; `kind` is invitation or reset, `expires_at` in UTC."""

    user_id: UUID
    email: str
    full_name: str
    kind: str
    expires_at: datetime


def new_token() -> str:
    """256 random bits, as they stand in a link."""
    return secrets.token_urlsafe(32)


def token_in(pasted: str) -> str | None:
    """The token of a link, or of what somebody pasted of it; None where there is none."""
    token = pasted.strip().rpartition("#")[2]
    return token if TOKEN.fullmatch(token) else None


def find_link(token: str) -> OneTimeLink | None:
    """Whose a link is; None for one that is unknown, used, withdrawn or expired, which all look the same."""
    with db.engine.begin() as connection:
        row = connection.execute(FIND, {"token_hash": token_hash(token)}).one_or_none()
    return OneTimeLink(*row) if row else None


def use_link(token: str, password_hash: str, address: str | None) -> UUID | None:
    """Use a link up for a password, and end every session of its person. None where it works no more."""
    values = {"token_hash": token_hash(token), "password_hash": password_hash, "address": address}
    with db.engine.begin() as connection:
        user_id: UUID | None = connection.execute(USE, values).scalar_one()
    return user_id
