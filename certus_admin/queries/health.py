"""How the system is, as public.health_report tells an admin."""

from typing import Any

from sqlalchemy import text

from certus_admin.database import db

PARTS = ("refreshes", "unknown_statuses", "statements", "connections", "versions", "catalogue")
REPORT = text("select public.health_report()")

Part = dict[str, Any]


def get_health() -> dict[str, Part | list[Any]]:
    """Each part of PARTS, in one statement; one that could not be read is `{"fault": SQLSTATE}`.

    What the parts hold is written beside their functions in supabase/schema.sql; `catalogue` is a list of
    (kind, name, of, definition, door). The database refuses everybody but admins.
    """
    report: dict[str, Part | list[Any]] = db.session.execute(REPORT).scalar_one()
    return report
