"""What the tests of the configuration pages share: places, forms as a browser sends them, rows as stored."""

import html
import re
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.drawn_forms import FormReader
from tests.fixtures.database import Database

ACCOUNT = UUID("a0000000-0000-7000-8000-00000000000a")
SEAPORT = UUID("10c00000-0000-7000-8000-0000000000a1")
MARKET = UUID("10c00000-0000-7000-8000-0000000000a2")
BROOKLYN = UUID("10c00000-0000-7000-8000-0000000000a4")
PIER = UUID("10c00000-0000-7000-8000-0000000000a5")
LYON = UUID("10c00000-0000-7000-8000-0000000000c2")
LYON_ACCOUNT = UUID("a0000000-0000-7000-8000-00000000000c")
BASE = f"/configuration/{ACCOUNT}/"
HOURS = f"{BASE}{SEAPORT}/"

Fields = dict[str, list[str]]


def fields_of(page: str, form_id: str | None = None) -> Fields:
    """Every field of a page's forms (or of one form) as a browser would send it; buttons are left out."""
    found: Fields = {}
    for form in FormReader(page).forms:
        for name, value in form.sent if form_id in (None, form.id) else ():
            found.setdefault(name, []).append(value)
    assert found, "the page has no such form to send"
    return found


def send(client: FlaskClient, path: str, fields: Fields | None = None, **more: Any) -> TestResponse:
    """Send a form with the token of a page; `more` replaces fields."""
    token = re.search(r'name="csrf-token" content="([^"]+)"', client.get("/configuration/").text)
    assert token is not None
    data = {**(fields or {}), **more, "csrf_token": token[1]}
    return client.post(path, data={name: value for name, value in data.items() if value is not None})


def hours_rows(database: Database, location_id: UUID = SEAPORT) -> list[Any]:
    """The hours of a location as they are stored."""
    with database.owner() as owner:
        return owner.execute(
            """select id, version, weekday, to_char(opens_at, 'HH24:MI') as opens,
                to_char(closes_at, 'HH24:MI') as closes
            from public.location_hours where location_id = %s order by weekday, opens_at""",
            [location_id],
        ).fetchall()


def day(database: Database, weekday: int, location_id: UUID = SEAPORT) -> list[tuple[str, str]]:
    """The intervals of a weekday as they are stored."""
    return [(row.opens, row.closes) for row in hours_rows(database, location_id) if row.weekday == weekday]


def exceptions(database: Database, location_id: UUID) -> list[tuple[str, str | None, str | None]]:
    """Exceptions of a location as they are stored: date, opening (None for closed), reason."""
    with database.owner() as owner:
        rows = owner.execute(
            """select exception_date::text as day, to_char(opens_at, 'HH24:MI') as opens, reason
            from public.location_hours_exceptions where location_id = %s order by exception_date, opens_at""",
            [location_id],
        ).fetchall()
    return [(row.day, row.opens, row.reason) for row in rows]


def words(page: str) -> str:
    """A page's text without its tags, in one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())
