"""The lines that a test has written into the audit log."""

from typing import Any
from uuid import UUID

from tests.sql.asking import Asking

HEADERS = {
    "x_request_id": "req-7",
    "x_forwarded_for": "203.0.113.7, 10.0.0.1",
    "x_application": "back office",
}
LINES = """select action, table_name, row_id, account_id, location_id, actor_user_id, actor_role,
    before, after, application, host(address) as address, request_id
    from public.audit_log where id <> all (%s) order by at, id"""


class Log:
    """Lines written since this was made."""

    def __init__(self, asking: Asking) -> None:
        self.asking = asking
        self.known: list[UUID] = asking.as_owner().column("select id from public.audit_log")

    def lines(self) -> list[dict[str, Any]]:
        """The new lines, oldest first, as the owner reads them."""
        cursor = self.asking.as_owner().execute(LINES, [self.known])
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
