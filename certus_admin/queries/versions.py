"""Rows with a version, as a form reads them: what is stored, who saved it, and saves that came in between."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.exc import DBAPIError

from certus_admin.database import db

# Saved in between; deleted in between; made in between.
STALE_STATES = frozenset({"PT409", "P0002", "23505"})

SAVES = text(
    """
select at, actor_name, application from public.audit_log_v
where row_id = :row_id and account_id = :account_id
order by at desc limit :number
"""
)


class StaleVersionError(Exception):
    """Somebody saved in between: what was read is not what is there."""


@dataclass(frozen=True)
class Stored:
    """A settings row in the form's own words. `row_id` is None and `version` 0 where there is no row yet."""

    texts: Mapping[str, str]
    row_id: UUID | None = None
    version: int = 0

    @property
    def token(self) -> str:
        """What a form sends back to say what it read: the row and its version."""
        return f"{self.row_id or 'none'}:{self.version}"


@dataclass(frozen=True)
class Save:
    """A save of a row: when (UTC), by whom; the name is None for a program."""

    at: datetime
    name: str | None
    application: str | None


def parse_token(token: str) -> tuple[UUID | None, int]:
    """The row and version of `Stored.token`; ValueError for anything else."""
    row_id, _, version = token.partition(":")
    return (None if row_id == "none" else UUID(row_id)), int(version)


def list_saves_since(account_id: UUID, token: str, stored: Stored) -> tuple[Save, ...]:
    """Who saved between the reading of `token` and `stored`, the newest first, in one statement."""
    seen_id, seen_version = parse_token(token)
    row_id = stored.row_id or seen_id
    same = seen_id is not None and seen_id == stored.row_id
    number = max(1, stored.version - seen_version) if same else 1
    rows = db.session.execute(SAVES, {"account_id": account_id, "row_id": row_id, "number": min(number, 10)})
    return tuple(Save(row.at, row.actor_name, row.application) for row in rows)


def write(statement: TextClause, values: Mapping[str, Any]) -> None:
    """Run a guarded write of one row; StaleVersionError where the row is not as it was read any more."""
    try:
        result: Any = db.session.execute(statement, values)
    except DBAPIError as error:
        if sql_state(error) in STALE_STATES:
            raise StaleVersionError from error
        raise
    if result.rowcount == 0:
        raise StaleVersionError


def sql_state(error: DBAPIError) -> str | None:
    """The SQLSTATE of a refusal; None where there was none."""
    state: str | None = getattr(getattr(error.orig, "diag", None), "sqlstate", None)
    return state
