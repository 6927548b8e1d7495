"""Looking at the pages as somebody else: who looks, and what that mode refuses. See decision 0013."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from werkzeug.exceptions import Forbidden

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# The ways out of the mode.
ALLOWED_ENDPOINTS = frozenset({"viewing.end", "session.logout"})


@dataclass(frozen=True)
class Viewer:
    """The admin who really sits there; `until` (UTC) is when the view ends by itself."""

    user_id: UUID
    full_name: str
    until: datetime


class ViewOnlyError(Forbidden):
    """Something that is not done while viewing as somebody else."""


def refuse_writes(viewer: Viewer | None, method: str, endpoint: str | None) -> None:
    """ViewOnlyError for whatever could change something; the database refuses it too."""
    if viewer and method not in SAFE_METHODS and endpoint not in ALLOWED_ENDPOINTS:
        raise ViewOnlyError
