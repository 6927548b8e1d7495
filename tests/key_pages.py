"""API keys as the pages' tests read and write them."""

import re
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.fixtures.database import Database
from tests.fixtures.forms import fields_of

HARBOUR = "a0000000-0000-7000-8000-00000000000a"
SOLES = "a0000000-0000-7000-8000-00000000000b"
LUMEN = "a0000000-0000-7000-8000-00000000000c"
TILL = UUID("a9140000-0000-7000-8000-000000000001")
WEBSITE = UUID("a9140000-0000-7000-8000-000000000002")
OLD_WEBSITE = UUID("a9140000-0000-7000-8000-000000000003")


def keys(database: Database) -> list[Any]:
    """Every key as it is stored, in the order in which they were issued."""
    with database.owner() as owner:
        return owner.execute("select * from public.api_keys order by created_at, id").fetchall()


def key(database: Database, key_id: Any) -> Any:
    """One key as it is stored."""
    return next(row for row in keys(database) if str(row.id) == str(key_id))


def as_seeded(database: Database) -> None:
    """The three keys of the seed and no other."""
    with database.owner() as owner:
        owner.execute("delete from public.api_keys where id <> all (%s)", [[TILL, WEBSITE, OLD_WEBSITE]])
        owner.execute("alter table public.api_keys disable trigger api_keys_guard")
        owner.execute(
            """update public.api_keys set replaced_at = null, last_used_at = null,
                revoked_at = case when id = %(old)s then coalesce(revoked_at, now()) end,
                revoked_by = null, revoked_reason = null,
                expires_at = case when id = %(web)s then timestamptz '2027-11-03 10:00+00' end,
                label = case id when %(till)s then 'Point of sale' when %(web)s then 'Website'
                    else 'Old website' end""",
            {"old": OLD_WEBSITE, "web": WEBSITE, "till": TILL},
        )
        owner.execute("alter table public.api_keys enable trigger api_keys_guard")


def listed(client: FlaskClient, query: str = "") -> list[str]:
    """The labels of the rows of the list, in order."""
    answer = client.get(f"/api-keys/{query}")
    assert answer.status_code == 200, answer.text
    return re.findall(r'class="row-link"[^>]*>([^<]+)</a>', answer.text)


def send(client: FlaskClient, path: str, **typed: Any) -> TestResponse:
    """Open a page, type something into its form and send it."""
    return client.post(path, data=fields_of(client.get(path)) | typed)


def change(database: Database, assignments: str, key_id: Any = TILL) -> None:
    """Set columns of a key."""
    with database.owner() as owner:
        owner.execute(f"update public.api_keys set {assignments} where id = %s".encode(), [key_id])
