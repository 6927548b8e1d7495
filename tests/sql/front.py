"""The door of the back office: its login role, and the owner who can set times back."""

import hashlib
from typing import Any, LiteralString

from tests.sql.asking import PEOPLE, Asking

TOKEN = hashlib.sha256(b"a token").digest()
OPEN: LiteralString = "select back_office.open_session(%s, %s, '203.0.113.7', 'Firefox')"
RESUME: LiteralString = "select * from back_office.resume_session(%s)"


class Front:
    """The login role at the door, and the owner who can set a session's times back."""

    def __init__(self, asking: Asking) -> None:
        self.asking = asking

    def call(self, statement: LiteralString, *values: Any) -> Any:
        """The first row, as bare certus_app."""
        return self.asking.as_role("certus_app").row(statement, values)

    def open(self, who: str = "operator", token: bytes = TOKEN) -> None:
        self.call(OPEN, PEOPLE[who], token)

    def resumes(self, token: bytes = TOKEN) -> bool:
        return self.call(RESUME, token) is not None

    def age(self, column: LiteralString, age: str) -> None:
        """Make every session's moment this old."""
        self.asking.as_owner().execute(
            f"update private.web_sessions set {column} = now() - %s::interval", [age]
        )

    def owner(self, statement: LiteralString, *values: Any) -> Any:
        """The first column of the first row, if any, as the owner."""
        cursor = self.asking.as_owner().execute(statement, values)
        return (cursor.fetchone() or [None])[0] if cursor.description else None
