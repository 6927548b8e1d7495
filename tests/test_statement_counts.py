"""Each page asks the database a fixed, small number of questions, whoever looks and however much there is."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from certus_admin.database import db
from tests.counted_pages import CALL, KEEPERS, KEY, LINE, PAGES, PEOPLE, WITH_CHANGES, pages_of
from tests.fixtures.database import Database
from tests.fixtures.pages import ClientOf

COPIES = 60

Counted = Callable[[FlaskClient, str, dict[str, str]], list[str]]


@pytest.fixture(scope="module", autouse=True)
def line_of_the_log(database: Database) -> None:
    """A line of the audit log that managers and admins read."""
    with database.owner() as owner:
        owner.execute(
            """insert into public.audit_log (id, account_id, actor_role, action, table_name, row_id, after)
            select %s, org_id, 'owner', 'insert', 'settings', id, '{"value": 1}' from public.settings
            where key = 'routing'""",
            [LINE],
        )


@contextmanager
def listening(app: Flask) -> Iterator[list[str]]:
    """The statements sent meanwhile, by whichever connection of the application."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_others: Any) -> None:
        sent.append(" ".join(statement.split()))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def statements_of(app: Flask, client: FlaskClient, path: str, headers: dict[str, str]) -> list[str]:
    """What a page asks; the page must be there, and was asked for once before."""
    assert client.get(path, headers=headers).status_code == 200
    with listening(app) as sent:
        assert client.get(path, headers=headers).status_code == 200
    return sent


@pytest.fixture(scope="module")
def few(app: Flask) -> dict[tuple[str, str], list[str]]:
    """What the pages asked of the small database, by person and page."""
    return {}


def copy_rows(database: Database) -> None:
    """Give every place many more calls, and the first call many more notes, orders and reservations."""
    with database.owner() as owner:
        owner.execute(
            """insert into public.call_logs (account_id, location_id, provider, provider_call_id,
                provider_status, end_reason, intent, direction, from_number, to_number, started_at,
                answered_at, ended_at, summary_md, transcript_md)
            select c.account_id, c.location_id, c.provider, c.provider_call_id || '-' || n, c.provider_status,
                c.end_reason, c.intent, c.direction, c.from_number, c.to_number,
                c.started_at - make_interval(mins => n), c.answered_at - make_interval(mins => n),
                c.ended_at - make_interval(mins => n), c.summary_md, c.transcript_md
            from public.call_logs c, generate_series(1, %s) n""",
            [COPIES],
        )
        owner.execute(
            """insert into public.internal_notes (account_id, call_id, author_user_id, note_md)
            select note.account_id, note.call_id, note.author_user_id, note.note_md || ' ' || n
            from public.internal_notes note, generate_series(1, %s) n""",
            [COPIES],
        )
        owner.execute(
            """insert into public.order_logs (account_id, location_id, call_id, status, fulfillment_type,
                subtotal_amount, tax_amount, service_charge_amount, delivery_amount, total_amount, items,
                created_at)
            select account_id, location_id, call_id, status, fulfillment_type, subtotal_amount, tax_amount,
                service_charge_amount, delivery_amount, total_amount, items,
                created_at - make_interval(mins => n)
            from public.order_logs, generate_series(1, %s) n""",
            [COPIES],
        )
        owner.execute(
            """insert into public.reservations (account_id, location_id, call_id, reservation_datetime,
                guest_name, guest_count, status, created_at)
            select account_id, location_id, call_id, created_at, guest_name, guest_count, status,
                created_at - make_interval(mins => n)
            from public.reservations, generate_series(1, %s) n""",
            [COPIES],
        )
        owner.execute(
            """insert into public.knowledge_update_requests
                (org_id, requested_by_user_id, payload, status, created_at)
            select org_id, requested_by_user_id, payload, status, created_at - make_interval(mins => n)
            from public.knowledge_update_requests, generate_series(1, %s) n""",
            [COPIES],
        )
        copy_settings(owner)
        copy_keys(owner)
        owner.execute(
            """with person as (
                insert into public.users (email, full_name, role)
                select 'operator' || n || '@people.example', 'Operator ' || n, 'operator'
                from generate_series(1, %s) n returning id)
            insert into public.user_access (user_id, account_id) select person.id, a.id
            from person, public.accounts a""",
            [COPIES],
        )
    with database.owner(autocommit=True) as owner:
        owner.execute("select private.refresh_metrics()")


def copy_keys(owner: psycopg.Connection[Any]) -> None:
    """Give an account many more keys, and one of them a long line and a long history."""
    before = None
    for number in range(COPIES):
        owner.execute("update public.api_keys set label = %s where id = %s", [f"Till {number}", KEY[-36:]])
        (before,) = owner.execute(
            """insert into public.api_keys
                (account_id, label, succeeds_id, replaced_at, created_by, created_at)
            select account_id, label, %s, now(), created_by, created_at - interval '1 day'
            from public.api_keys where id = %s returning id""",
            [before, KEY[-36:]],
        ).fetchone() or (None,)
    owner.execute("update public.api_keys set succeeds_id = %s where id = %s", [before, KEY[-36:]])


def copy_settings(owner: psycopg.Connection[Any]) -> None:
    """Give every location many more exceptions and hours, and whatever can be changed a long history."""
    owner.execute(
        """insert into public.location_hours_exceptions (account_id, location_id, exception_date, reason)
        select account_id, id, current_date + 400 + n, 'Closed ' || n
        from public.locations, generate_series(1, %s) n""",
        [COPIES],
    )
    owner.execute(
        """insert into public.settings (org_id, location_id, key, value)
        select account_id, id, 'routing', '{}'::jsonb from public.locations
        union all select id, null, 'other_' || n, '{}' from public.accounts, generate_series(1, %s) n""",
        [COPIES],
    )
    owner.execute("delete from public.location_hours")
    owner.execute(
        """insert into public.location_hours (account_id, location_id, weekday, opens_at, closes_at)
        select l.account_id, l.id, weekday, make_time(hour, 0, 0), make_time(hour, 45, 0)
        from public.locations l, generate_series(1, 7) weekday, generate_series(8, 20, 2) hour"""
    )
    for wait in range(COPIES):
        owner.execute(
            "update public.location_settings set extra_wait_seconds = %s, version = version", [wait]
        )
        owner.execute(
            "update public.account_settings set baseline_handle_seconds = %s, version = version", [60 + wait]
        )


@pytest.mark.parametrize("person", PEOPLE)
def test_a_page_stays_within_its_number_of_statements(
    app: Flask, client_of: ClientOf, few: dict[tuple[str, str], list[str]], person: str
) -> None:
    client = client_of(person)
    for page, (path, headers, _) in pages_of(person).items():
        few[person, page] = statements_of(app, client, path, headers)
    assert {
        page: few[person, page]
        for page, (_, _, most) in pages_of(person).items()
        if not 1 <= len(few[person, page]) <= most
    } == {}


def test_every_person_costs_the_same(few: dict[tuple[str, str], list[str]]) -> None:
    counts = {
        page: {
            person: len(few[person, page]) + (page in WITH_CHANGES and person not in KEEPERS)
            for person in PEOPLE
            if page in pages_of(person)
        }
        for page in PAGES
    }
    assert {page: found for page, found in counts.items() if len(set(found.values())) > 1} == {}


def test_many_rows_cost_no_more_statements(
    app: Flask, client_of: ClientOf, database: Database, few: dict[tuple[str, str], list[str]]
) -> None:
    copy_rows(database)
    for person in PEOPLE:
        client = client_of(person)
        for page, (path, headers, _) in pages_of(person).items():
            assert len(statements_of(app, client, path, headers)) == len(few[person, page]), (person, page)


def test_a_further_page_costs_as_much_as_the_first(app: Flask, client_of: ClientOf) -> None:
    client = client_of("operator")
    first = client.get("/calls/").text
    assert 'rel="next"' in first, "the list has one page only"
    older = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert len(statements_of(app, client, older, {})) == len(statements_of(app, client, "/calls/", {}))


def test_the_counter_hears_every_statement(app: Flask, client_of: ClientOf) -> None:
    """Who asks comes first, then the context, then the page's own questions."""
    sent = statements_of(app, client_of("operator"), f"/calls/{CALL}", {})
    assert "resume_session" in sent[0]
    assert "request.jwt.claims" in sent[1]
    assert len(sent) > 2
