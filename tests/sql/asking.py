"""One transaction that asks as one person or role after another, and is rolled back at the end."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, LiteralString, Self
from uuid import UUID

import psycopg
from psycopg import sql

Parameters = Sequence[Any] | Mapping[str, Any] | None
Statement = LiteralString | sql.Composed

ACCOUNT_A = UUID("a0000000-0000-7000-8000-00000000000a")
ACCOUNT_B = UUID("a0000000-0000-7000-8000-00000000000b")
ACCOUNT_C = UUID("a0000000-0000-7000-8000-00000000000c")

PEOPLE = {
    "admin": UUID("05e00000-0000-7000-8000-000000000001"),
    "manager": UUID("05e00000-0000-7000-8000-000000000002"),
    "operator": UUID("05e00000-0000-7000-8000-000000000003"),
    "operator_west": UUID("05e00000-0000-7000-8000-000000000004"),
    "manager_lyon": UUID("05e00000-0000-7000-8000-000000000005"),
    "admin_harbour": UUID("05e00000-0000-7000-8000-000000000006"),
    "operator_pier": UUID("05e00000-0000-7000-8000-000000000007"),
    "newcomer": UUID("05e00000-0000-7000-8000-000000000008"),
    "former": UUID("05e00000-0000-7000-8000-000000000009"),
    "nobody": UUID("05e00000-0000-7000-8000-0000000000ff"),
}
"""The people of seed.sql; `nobody` has a valid id and no row."""


def call_id(number: int) -> UUID:
    """The id of a call of seed.sql, e.g. 1 for its first."""
    return UUID(f"ca110000-0000-7000-8000-{number:012d}")


def location_id(name: str) -> UUID:
    """The id of a location of seed.sql, e.g. `a1`."""
    return UUID(f"10c00000-0000-7000-8000-0000000000{name}")


class Asking:
    """A superuser's transaction that takes on roles; each method that gives `Self` changes who asks."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection

    def as_owner(self) -> Self:
        """The owner of the tables, whom policies let pass, without a person's claims."""
        return self._become("certus_owner", None, None)

    def as_superuser(self) -> Self:
        return self._become(None, None, None)

    def as_person(self, name: str, **headers: str) -> Self:
        """A person of seed.sql as the back office asks for them: certus_app in the role authenticated."""
        claims = json.dumps({"sub": str(PEOPLE[name]), "role": "authenticated"})
        return self._become("certus_app", "authenticated", claims, headers)

    def as_role(self, role: str, claims: str | None = None) -> Self:
        """A bare role; `claims` is the text of request.jwt.claims, which may be anything."""
        if role == "certus_app":
            return self._become("certus_app", None, claims)
        return self._become(None, role, claims)

    def execute(self, statement: Statement, parameters: Parameters = None) -> psycopg.Cursor:
        return self.connection.execute(statement, parameters)

    def scalar(self, statement: Statement, parameters: Parameters = None) -> Any:
        row = self.execute(statement, parameters).fetchone()
        return None if row is None else row[0]

    def row(self, statement: Statement, parameters: Parameters = None) -> Any:
        return self.execute(statement, parameters).fetchone()

    def rows(self, statement: Statement, parameters: Parameters = None) -> list[Any]:
        return self.execute(statement, parameters).fetchall()

    def column(self, statement: Statement, parameters: Parameters = None) -> list[Any]:
        return [row[0] for row in self.rows(statement, parameters)]

    @contextmanager
    def undone(self) -> Iterator[None]:
        """What happens within is rolled back, whether it works or fails."""
        with self.connection.transaction(force_rollback=True):
            yield

    def reach(self, statement: Statement, parameters: Parameters = None) -> int | str:
        """How many rows a statement touches or gives, undone afterwards; the SQLSTATE where it is refused."""
        try:
            with self.undone():
                return self.execute(statement, parameters).rowcount
        except psycopg.Error as error:
            return error.sqlstate or type(error).__name__

    def refusal(self, statement: Statement, parameters: Parameters = None) -> tuple[str | None, str | None]:
        """SQLSTATE and message with which a statement fails; it must."""
        try:
            with self.undone():
                count = self.execute(statement, parameters).rowcount
        except psycopg.Error as error:
            return error.sqlstate, error.diag.message_primary
        raise AssertionError(f"accepted, with {count} rows: {statement!r}")

    def _become(
        self,
        login: str | None,
        role: str | None,
        claims: str | None,
        headers: Mapping[str, str] | None = None,
    ) -> Self:
        named = {name.replace("_", "-"): value for name, value in (headers or {}).items()}
        self.execute("set local session authorization default")
        self.execute(
            "select set_config('request.jwt.claims', %s, true), set_config('request.headers', %s, true)",
            [claims or "", json.dumps(named) if named else ""],
        )
        if login:
            self.execute(sql.SQL("set local session authorization {}").format(sql.Identifier(login)))
        self.execute(sql.SQL("set local role {}").format(sql.Identifier(role) if role else sql.SQL("none")))
        return self
