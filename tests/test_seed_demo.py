"""`flask seed demo`: calls that look like restaurants, loaded once, never into somebody's own database."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from certus_admin.passwords import password_matches
from seeds.demo import load_demo, make_rows
from seeds.demo_people import PASSWORD, SIGN_INS
from seeds.errors import SeedError
from seeds.identifiers import SEEDED, seeded_uuid, timed_uuid
from seeds.places import read_places
from seeds.rhythm import HOLIDAYS, WEEKDAYS, bad_evening
from tests.fixtures.database import Cluster, Database

# A Friday evening in Boston: dinner is under way, and nothing about the tests depends on the day they run.
NOW = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
PIER = "10c00000-0000-7000-8000-0000000000a5"


@pytest.fixture(scope="module")
def demo(database: Database) -> Iterator[psycopg.Connection[Any]]:
    """A connection of the owner to a database in which the demo was loaded."""
    counts = load_demo(database.owner_url, lambda _: None, now=NOW)
    assert counts["call_logs"] > 15_000
    with database.owner(autocommit=True) as connection:
        yield connection


def values(connection: psycopg.Connection[Any], statement: str) -> list[Any]:
    """The first column of a statement."""
    return [row[0] for row in connection.execute(statement).fetchall()]


@pytest.mark.parametrize(
    ("relation", "column", "expected"),
    [
        (
            "calls_v",
            "status",
            "canceled completed failed in_progress missed transferred unknown voicemail",
        ),
        ("calls_v", "call_type", "catering general order other reservation"),
        ("calls_v", "direction", "inbound outbound"),
        ("calls_v", "provider", "retell twilio vapi"),
        (
            "calls_v where duration_bucket is not null",
            "duration_bucket",
            "2m_to_5m 30s_to_2m over_5m under_30s",
        ),
        ("orders_v", "fulfillment_type", "delivery dine_in pickup"),
        (
            "reservations_v",
            "status",
            "canceled completed confirmed failed no_show requested seated",
        ),
        (
            "calls_v cross join unnest(review_reasons) reason",
            "reason",
            "order_missing reservation_missing status_unknown total_differs transfer_unanswered",
        ),
    ],
)
def test_the_demo_has_one_of_everything(
    demo: psycopg.Connection[Any], relation: str, column: str, expected: str
) -> None:
    assert set(values(demo, f"select distinct {column} from {relation}")) == set(expected.split())


def test_orders_stand_in_every_state_of_a_kitchen_at_dinner(demo: psycopg.Connection[Any]) -> None:
    states = set(values(demo, "select distinct status from order_logs"))
    assert {"completed", "canceled", "rejected", "failed", "preparing"} <= states


def test_guests_call_at_lunch_and_dinner_and_hardly_at_night(demo: psycopg.Connection[Any]) -> None:
    hours = dict(
        demo.execute(
            """select extract(hour from started_at at time zone timezone)::int, count(*)
            from calls_v group by 1"""
        ).fetchall()
    )
    assert hours[12] > 1.5 * hours[14]
    assert hours[19] > 1.5 * hours[16]
    assert sum(hours.get(hour, 0) for hour in range(8)) < 5


def test_weekends_are_busy_and_mondays_are_closed(demo: psycopg.Connection[Any]) -> None:
    days = dict(
        demo.execute(
            "select extract(isodow from local_date)::int, count(*) from calls_v group by 1"
        ).fetchall()
    )
    assert days[6] > days[3]
    assert days[1] < days[2] / 4


def test_a_provider_failed_on_one_evening(demo: psycopg.Connection[Any]) -> None:
    worst = demo.execute(
        "select local_date, count(*) from calls_v where status = 'failed' group by 1 order by 2 desc limit 2"
    ).fetchall()
    assert worst[0][0] == bad_evening(date(2026, 11, 20))
    assert worst[0][1] > 3 * worst[1][1]


def test_a_few_calls_in_a_hundred_want_a_look(demo: psycopg.Connection[Any]) -> None:
    share = values(demo, "select avg(needs_review::int) from calls_v")[0]
    assert 0.005 < share < 0.06


def test_money_of_orders_adds_up_except_where_review_says_so(demo: psycopg.Connection[Any]) -> None:
    wrong, orders = demo.execute(
        """select count(*) filter (where not private.order_adds_up(items, subtotal_amount, tax_amount,
            service_charge_amount, delivery_amount, total_amount)) as wrong, count(*) as orders
        from public.order_logs"""
    ).fetchone()
    assert 0 < wrong < orders / 50


def test_a_transcript_tells_what_was_ordered_and_booked(demo: psycopg.Connection[Any]) -> None:
    orders = demo.execute(
        """select c.summary_md, o.items -> 0 ->> 'name' from call_logs c join order_logs o on o.call_id = c.id
        where c.provider_call_id like 'demo-%'"""
    ).fetchall()
    assert orders
    assert all(dish in summary for summary, dish in orders)
    tables = demo.execute(
        """select c.summary_md, r.guest_count from call_logs c join reservations r on r.call_id = c.id
        where c.provider_call_id like 'demo-%'"""
    ).fetchall()
    assert all(str(guests) in summary for summary, guests in tables)
    lines = values(
        demo, "select distinct split_part(l, ' ', 1) from call_logs, string_to_table(transcript_md, E'\\n') l"
    )
    assert set(lines) == {"caller:", "agent:"}


def test_guests_have_numbers_that_belong_to_nobody(demo: psycopg.Connection[Any]) -> None:
    numbers = values(
        demo,
        """select distinct case direction when 'inbound' then from_number else to_number end from call_logs
        where provider_call_id like 'demo-%'""",
    )
    assert numbers
    fictional = (r"\+1 \d{3}-555-01\d\d", r"\+33 6 39 98 0\d \d\d", r"\+351 21 990 02 \d\d")
    pattern = "|".join(fictional)
    assert values(demo, f"select count(*) from unnest(array{numbers}) n where n !~ '^({pattern})$'") == [0]


def test_nothing_of_the_demo_lies_in_the_future(demo: psycopg.Connection[Any]) -> None:
    for table, column in (
        ("call_logs", "coalesce(ended_at, started_at)"),
        ("order_updates", "created_at"),
        ("order_logs", "created_at"),
        ("reservations", "created_at"),
        ("internal_notes", "created_at"),
    ):
        latest = values(demo, f"select max({column}) from {table}")[0]
        assert latest is not None
        assert latest <= NOW, table


def test_the_pier_is_closed_and_oakland_is_busy(demo: psycopg.Connection[Any]) -> None:
    assert values(demo, f"select count(*) from call_logs where location_id = '{PIER}'") == [0]
    closed = values(
        demo, f"select exception_date from location_hours_exceptions where location_id = '{PIER}'"
    )
    assert date(2026, 11, 20) in closed
    busy = demo.execute(
        """select l.name, s.busy_until from location_settings s join locations l on l.id = s.location_id
        where s.busy_mode_enabled"""
    ).fetchall()
    assert [name for name, _ in busy] == ["Tres Soles Oakland"]
    assert busy[0][1] > NOW


def test_notes_mention_only_people_who_see_the_call(demo: psycopg.Connection[Any]) -> None:
    assert values(demo, "select count(*) from internal_notes where mentions <> '{}'")[0] > 20
    assert values(
        demo,
        """select count(*) from internal_notes n, unnest(n.mentions) m
        where not private.person_sees(m, n.account_id, n.location_id)""",
    ) == [0]


def test_the_numbers_are_fresh_after_loading(demo: psycopg.Connection[Any]) -> None:
    totals = demo.execute(
        """select (select sum(total_calls) from mv_metrics_daily),
            (select count(*) from call_logs where direction = 'inbound')"""
    ).fetchone()
    assert totals[0] == totals[1]


def test_a_second_run_adds_nothing_and_says_so(demo: psycopg.Connection[Any], database: Database) -> None:
    tables = ("call_logs", "order_logs", "reservations", "internal_notes", "location_hours_exceptions")
    before = [values(demo, f"select count(*) from {table}") for table in tables]
    said: list[str] = []
    assert load_demo(database.owner_url, said.append, now=NOW) == {}
    assert [values(demo, f"select count(*) from {table}") for table in tables] == before
    assert said == ["The demo is there already; nothing was added."]


def test_the_same_moment_gives_the_same_rows(demo: psycopg.Connection[Any]) -> None:
    places = read_places(demo)[:2]
    assert make_rows(places, NOW) == make_rows(places, NOW)


def test_the_three_people_sign_in_with_the_demo_s_password(cluster: Cluster) -> None:
    bare = cluster.create("demo_without_people")
    try:
        load_demo(bare.owner_url, lambda _: None, now=NOW)
        with bare.owner() as connection:
            found = connection.execute(
                """select u.email, p.password_hash from private.user_passwords p
                join users u on u.id = p.user_id"""
            ).fetchall()
        assert {email for email, _ in found} == set(SIGN_INS)
        assert all(password_matches(PASSWORD, stored) for _, stored in found)
    finally:
        cluster.drop("demo_without_people")


def test_the_demo_refuses_a_database_with_other_accounts_unless_forced(cluster: Cluster) -> None:
    name, database = cluster.clone()
    try:
        with database.owner() as connection:
            connection.execute("insert into accounts (name) values ('Somebody real')")
        with pytest.raises(SeedError, match=r"1 account.*--force"):
            load_demo(database.owner_url, lambda _: None, now=NOW)
        with database.owner() as connection:
            assert values(
                connection, "select count(*) from call_logs where provider_call_id like 'demo-%'"
            ) == [0]
        assert load_demo(database.owner_url, lambda _: None, force=True, now=NOW)
    finally:
        cluster.drop(name)


def test_what_other_seeds_made_is_no_stranger() -> None:
    made = seeded_uuid("city", "oakland")
    assert str(made).startswith(SEEDED)
    assert (made.version, made) == (8, seeded_uuid("city", "oakland"))


def test_ids_follow_time() -> None:
    chance = Random(1)
    early = timed_uuid(datetime(2026, 1, 1, tzinfo=UTC), chance)
    late = timed_uuid(datetime(2026, 1, 2, tzinfo=ZoneInfo("Europe/Paris")), chance)
    assert early < late
    assert isinstance(early, UUID)
    assert early.version == 7


def test_any_ninety_days_hold_a_holiday() -> None:
    days = sorted(date(2026, month, day).timetuple().tm_yday for month, day in HOLIDAYS)
    gaps = [later - earlier for earlier, later in zip(days, [*days[1:], days[0] + 365], strict=True)]
    assert max(gaps) < 90
    assert set(WEEKDAYS) == set(range(1, 8))


def test_the_command_loads_and_names_the_sign_ins(app: Flask, demo: psycopg.Connection[Any]) -> None:
    result = app.test_cli_runner().invoke(args=["seed", "demo"])
    assert result.exit_code == 0, result.output
    assert "there already" in result.output
    assert "operator@certus.example" in result.output
    folder = app.extensions["certus_config"].var / "recordings"
    assert sorted(path.name for path in folder.iterdir()) == [f"demo-{number}.wav" for number in range(1, 9)]


def test_a_recording_plays_for_whoever_came_by_its_call_and_in_that_session_alone(
    app: Flask, client: FlaskClient, client_of: Any, demo: psycopg.Connection[Any]
) -> None:
    app.test_cli_runner().invoke(args=["seed", "demo"])
    operator, manager = client_of("operator"), client_of("manager")
    call = demo.execute(
        """select id from call_logs where recording_url = '/recordings/demo-1.wav' and location_id in (
            select location_id from user_access a join users u on u.id = a.user_id
            where u.email = 'operator@certus.example') limit 1"""
    ).fetchone()
    assert call is not None
    opened = operator.get(f"/calls/{call[0]}/recording").headers["Location"]
    whole = operator.get(opened)
    assert (whole.status_code, whole.mimetype) == (200, "audio/x-wav")
    whole.close()
    part = operator.get(opened, headers={"Range": "bytes=0-99"})
    assert (part.status_code, len(part.data)) == (206, 100)
    part.close()
    assert client.get(opened).status_code == 302
    for guessed in ("/recordings/demo-1.wav", f"{opened}x", opened.replace("demo-1", "demo-2")):
        assert operator.get(guessed).status_code == 404, guessed
    assert manager.get(opened).status_code == 404
    for name in ("demo-99.wav", "..%2fsecret_key", "DEMO-1.wav", "demo-1.part", "demo_1.wav", ".wav"):
        assert operator.get(opened.replace("demo-1.wav", name)).status_code == 404, name
