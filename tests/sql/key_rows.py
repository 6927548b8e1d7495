"""The API keys of seed.sql, and a key as the owner reads it."""

from typing import Any
from uuid import UUID

from psycopg.rows import namedtuple_row

from tests.sql.asking import Asking

TILL = UUID("a9140000-0000-7000-8000-000000000001")
WEBSITE = UUID("a9140000-0000-7000-8000-000000000002")
OLD_WEBSITE = UUID("a9140000-0000-7000-8000-000000000003")
NOBODYS = UUID("a9140000-0000-7000-8000-0000000000ff")


def key(asking: Asking, key_id: UUID) -> Any:
    """A key as the owner reads it."""
    cursor = asking.as_owner().connection.cursor(row_factory=namedtuple_row)
    return cursor.execute("select * from public.api_keys where id = %s", [key_id]).fetchone()
