"""How much the daily numbers can be trusted: when they were computed, and whether that still works."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from certus_admin.database import db

# What changed is computed every minute: a few runs may be missed before anybody is told.
LATE_AFTER = timedelta(minutes=5)

# Two columns for a statement that a page sends anyway.
FRESHNESS = """public.metrics_refreshed_at() as refreshed_at,
    public.metrics_failing_since() as failing_since"""


@dataclass(frozen=True)
class Freshness:
    """`refreshed_at` (UTC) is None when the numbers were never computed.

    `failing_since` (UTC) is the first failed refresh after the last good one, None while refreshes go well.
    """

    refreshed_at: datetime | None = None
    failing_since: datetime | None = None

    @property
    def fault(self) -> str | None:
        """Why the numbers should not be trusted: `failed`, `never`, `late`, or None while they are fresh."""
        if self.failing_since is not None:
            return "failed"
        if self.refreshed_at is None:
            return "never"
        return "late" if datetime.now(UTC) - self.refreshed_at > LATE_AFTER else None


REFRESHED = text(f"select {FRESHNESS}")


def get_freshness() -> Freshness:
    """The freshness of what is read next, for whoever needs it alone."""
    return Freshness(*db.session.execute(REFRESHED).one())
