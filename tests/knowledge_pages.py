"""Knowledge requests as the tests of their pages make and send them."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.fixtures.database import Database

HARBOUR, SOLES, LUMEN = (f"a0000000-0000-7000-8000-00000000000{letter}" for letter in "abc")
SEAPORT, MISSION, LYON, MARAIS = (
    f"10c00000-0000-7000-8000-0000000000{end}" for end in ("a1", "b1", "c2", "c1")
)
PEOPLE = {"admin": 1, "manager": 2, "manager_lyon": 5, "admin_harbour": 6}
SEEDED = "4e000000-%"

MakeRequest = Callable[..., UUID]


def person(name: str) -> UUID:
    """The id of one of the seed's people."""
    return UUID(f"05e00000-0000-7000-8000-{PEOPLE[name]:012d}")


@pytest.fixture
def make_request(database: Database) -> Iterator[MakeRequest]:
    """File a request as a seed does, at any status; all of them are gone after the test."""

    def make(status: str = "pending", account: str = HARBOUR, by: str = "manager", **payload: Any) -> UUID:
        holds = {"kind": "menu", "title": "Soup", "text": "The soup is **hot**.", **payload}
        with database.owner() as owner:
            row = owner.execute(
                """insert into public.knowledge_update_requests
                    (org_id, requested_by_user_id, payload, status)
                values (%s, %s, %s, %s) returning id""",
                [account, person(by), json.dumps(holds), status],
            ).fetchone()
            assert row is not None
            found: UUID = row.id
            return found

    yield make
    with database.owner() as owner:
        owner.execute("delete from public.knowledge_update_requests where id::text not like %s", [SEEDED])


def stored(database: Database, request_id: UUID) -> Any:
    """The row as it is in the database; None where it is gone."""
    with database.owner() as owner:
        return owner.execute(
            "select * from public.knowledge_update_requests where id = %s", [request_id]
        ).fetchone()


def claimed(database: Database, *finished: bool) -> list[Any]:
    """What a poller gets; with `finished` it also reports about each, in order."""
    with database.superuser() as poller:
        poller.execute("set local role service_role")
        rows = poller.execute("select * from public.claim_knowledge_requests(100)").fetchall()
        for row, ok in zip(rows, finished, strict=False):
            poller.execute(
                "select public.finish_knowledge_request(%s, %s, %s, %s)",
                [row.id, ok, "Learnt." if ok else "The address answered 404.", row.claim],
            )
        return list(rows)


def fields_of(page: str) -> dict[str, str]:
    """What a page's forms send along: the token, and the state that was seen."""
    found = dict(re.findall(r'name="(csrf_token|seen_at)" value="([^"]*)"', page))
    token = re.search(r'name="csrf-token" content="([^"]+)"', page)
    assert token is not None
    return {"csrf_token": token[1], **found}


def act(
    client: FlaskClient, request_id: UUID, action: str, page: str | None = None, **typed: str
) -> TestResponse:
    """Press a button of a request's page, as it was read just now or in `page`."""
    page = page or client.get(f"/knowledge/{request_id}").text
    sent = {"seen_at": seen_at(client, request_id)} | fields_of(page) | typed
    return client.post(f"/knowledge/{request_id}/{action}", data=sent)


def seen_at(client: FlaskClient, request_id: UUID) -> str:
    """The state of a request whose page has no button to send it with."""
    found = re.search(r'data-changed="([^"]+)"', client.get(f"/knowledge/{request_id}").text)
    return found[1] if found else "2026-01-01T00:00:00+00:00"


def titles(client: FlaskClient, query: str = "") -> list[str]:
    """The titles in the list, in order."""
    answer = client.get(f"/knowledge/{query}")
    assert answer.status_code == 200, answer.text
    return re.findall(r'class="row-link" href="/knowledge/[^"]+"[^>]*>([^<]*)<', answer.text)
