"""Calls, orders and reservations by the hundred, and reading a list page after page as a person does."""

import html
import re
from typing import Any

from flask.testing import FlaskClient

from tests.fixtures.database import Database

HARBOUR = "a0000000-0000-7000-8000-00000000000a"
SOLES = "a0000000-0000-7000-8000-00000000000b"
SEAPORT = "10c00000-0000-7000-8000-0000000000a1"
LYON = "10c00000-0000-7000-8000-0000000000c2"
NOWHERE = "10c00000-0000-7000-8000-00000000ffff"

# Which order or reservation gets which status, kind or number of guests follows from the call's place in time
# at its location, never from its id, which is random: every location has each of them, in every run.
# Every type, status and bucket at each location, some an hour ago and some at the same moment.
MAKE_CALLS = """
insert into public.call_logs (account_id, location_id, provider, provider_call_id, provider_status,
    end_reason, intent, direction, from_number, to_number, started_at, answered_at, ended_at, summary_md)
select l.account_id, l.id, 'retell', %(name)s || n || l.id, 'ended',
    (array['user_hangup', 'dial_no_answer', 'call_transfer', 'voicemail_reached', 'error_asr', 'new'])
        [1 + n %% 6],
    (array['order', 'reservation', 'catering', 'general', null])[1 + n %% 5],
    case when n %% 11 = 0 then 'outbound' else 'inbound' end,
    '+1 617-555-' || lpad((n * 37 %% 10000)::text, 4, '0'),
    '+1 401-555-' || lpad((n * 53 %% 10000)::text, 4, '0'),
    t.at, t.at, t.at + make_interval(secs => n * 13 %% 400),
    case when n %% 3 = 0 then 'Asked for the *lobster* bisque, table ' else 'Nothing to say about ' end || n
from public.locations l
cross join generate_series(1, %(calls)s) n
cross join lateral (select date_trunc('second', now()) - make_interval(hours => (n / 2) * %(apart)s) as at) t
where l.id::text like '10c00000-%%'
"""
MAKE_ORDERS = """
insert into public.order_logs (account_id, location_id, call_id, status, fulfillment_type, subtotal_amount,
    total_amount, items, created_at)
select c.account_id, c.location_id, c.id,
    (array['confirmed', 'completed', 'canceled', 'ready'])[1 + (row_number() over told) %% 4],
    (array['pickup', 'delivery', 'dine_in'])[1 + (row_number() over told) %% 3],
    10, 10 + (row_number() over told) %% 2,
    '[{"name": "Soup", "quantity": 1, "unit_amount": 10}]', c.started_at + interval '1 minute'
from public.call_logs c
where c.provider_call_id like %(name)s || '%%' and c.call_type = 'order'
    and c.duration_seconds %% 4 <> 0
window told as (partition by c.location_id order by c.started_at, c.provider_call_id)
"""
MAKE_RESERVATIONS = """
insert into public.reservations (account_id, location_id, call_id, reservation_datetime, guest_name,
    guest_phone, guest_count, status, created_at)
select c.account_id, c.location_id, c.id, c.started_at + interval '3 days', 'Guest of ' || c.caller_digits,
    c.from_number, nullif((row_number() over told) %% 5, 0),
    (array['confirmed', 'requested', 'canceled', 'no_show'])[1 + (row_number() over told) %% 4],
    c.started_at + interval '1 minute'
from public.call_logs c
where c.provider_call_id like %(name)s || '%%' and c.call_type = 'reservation'
    and c.duration_seconds %% 4 <> 0
window told as (partition by c.location_id order by c.started_at, c.provider_call_id)
"""


def make_calls(database: Database, name: str, calls: int, apart: int = 5) -> None:
    """`calls` calls for each of the seed's locations, with orders and reservations for most that want one.

    Two begin at the same moment, the next two `apart` hours earlier.
    """
    with database.owner() as owner:
        for statement in (MAKE_CALLS, MAKE_ORDERS, MAKE_RESERVATIONS):
            owner.execute(statement.encode(), {"name": name, "calls": calls, "apart": apart})
        owner.execute("analyze")


def ids_on(page: str) -> list[str]:
    """The ids of a page's rows, from the top."""
    return re.findall(r'data-row="([^"]+)"', page)


def link_to(page: str, relation: str) -> str | None:
    """Where Newer (`prev`) or Older (`next`) leads."""
    found = re.search(rf'href="([^"]+)" rel="{relation}"', page)
    return html.unescape(found[1]) if found else None


def read_list(client: FlaskClient, url: str) -> list[str]:
    """The ids of a whole list, from the newest page to the oldest."""
    found: list[str] = []
    following: str | None = url
    while following:
        response = client.get(following)
        assert response.status_code == 200, f"{following}: {response.status_code}"
        found += ids_on(response.text)
        following = link_to(response.text, "next")
    return found


def count_on(page: str) -> str:
    """The count above a list."""
    found = re.search(r"data-count><strong>([^<]+)</strong>", page)
    assert found is not None
    return found[1]


def texts(rows: list[Any]) -> list[str]:
    """The first column of each row as text."""
    return [str(row[0]) for row in rows]
