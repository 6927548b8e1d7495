"""`flask seed dialogues`: real dialogues as calls, each once, and not one of them when a line is bad."""

import json
import os
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from flask import Flask

from certus_admin.config import CHECKOUT
from seeds.dialogues import CREDIT, Loaded, load_dialogues
from seeds.errors import SeedError
from tests.fixtures.database import Database

PACIFIC = ZoneInfo("America/Los_Angeles")
DATA = Path(os.environ.get("CERTUS_SHARED_DATA", CHECKOUT / "../shared/data"))
WHOLE_FILE = DATA / "sgd_restaurant_calls.jsonl"

SAMPLE: dict[str, Any] = {
    "dialogue_id": "sample-1",
    "restaurant": {
        "name": "The Paper Lantern",
        "city": "Sampleton",
        "address": "1 Sample Street",
        "phone": "415-555-0150",
        "cuisine": "Tea house",
        "price_range": "moderate",
    },
    "reservation": {"date": "2019-03-02", "time": "19:00", "party_size": 2, "status": "confirmed"},
    "turns": [
        {"speaker": "caller", "text": "A table for two tomorrow at seven, please."},
        {"speaker": "agent", "text": "It is booked."},
    ],
}


def changed(*path: str | int, to: Any) -> dict[str, Any]:
    """SAMPLE with one value replaced."""
    copy: Any = json.loads(json.dumps(SAMPLE))
    target = copy
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = to
    return dict(copy)


def without(*path: str) -> dict[str, Any]:
    """SAMPLE with one field gone."""
    copy: Any = json.loads(json.dumps(SAMPLE))
    target = copy
    for step in path[:-1]:
        target = target[step]
    del target[path[-1]]
    return dict(copy)


def write(path: Path, *lines: dict[str, Any] | bytes) -> Path:
    """A file of lines."""
    encoded = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    path.write_bytes(b"\n".join(encoded) + b"\n")
    return path


def counts(database: Database) -> tuple[int, ...]:
    """How many accounts, locations, calls and reservations there are."""
    with database.owner() as connection:
        return tuple(
            connection.execute(f"select count(*) from public.{table}").fetchone()[0]
            for table in ("accounts", "locations", "call_logs", "reservations")
        )


def one(database: Database, statement: str) -> Any:
    """The only row of a statement."""
    with database.owner() as connection:
        rows = connection.execute(statement).fetchall()
    assert len(rows) == 1
    return rows[0]


def test_a_dialogue_becomes_a_call_with_its_table(database: Database, tmp_path: Path) -> None:
    load_dialogues(database.owner_url, write(tmp_path / "calls.jsonl", SAMPLE), PACIFIC)
    call = one(
        database, "select * from calls_v where provider = 'retell' and location_name = 'The Paper Lantern'"
    )
    assert (call.status, call.call_type, call.needs_review) == ("completed", "reservation", False)
    assert call.transcript_md == "caller: A table for two tomorrow at seven, please.\nagent: It is booked."
    assert call.summary_md == "Booked a table for **2** on Saturday, March 2, 2019 at 7:00 PM."
    assert call.local_date.isoformat() == "2019-03-01", "tomorrow is the day after the call"
    assert call.caller_masked.startswith("••• ••• 01")
    table = one(database, f"select * from reservations_v where call_id = '{call.id}'")
    assert table.reservation_at.astimezone(PACIFIC).isoformat() == "2019-03-02T19:00:00-08:00"
    assert (table.guest_count, table.status) == (2, "confirmed")
    place = one(
        database,
        "select a.name as account, l.* from locations l join accounts a on a.id = l.account_id"
        " where l.name = 'The Paper Lantern'",
    )
    assert (place.account, place.timezone, place.phone) == (
        "Sampleton",
        "America/Los_Angeles",
        "415-555-0150",
    )


def test_loading_twice_makes_no_doubles(database: Database, tmp_path: Path) -> None:
    other = changed("dialogue_id", to="sample-2")
    file = write(tmp_path / "calls.jsonl", SAMPLE, other)
    load_dialogues(database.owner_url, file, PACIFIC)
    before = counts(database)
    assert load_dialogues(database.owner_url, file, PACIFIC) == Loaded(0, 0, 0, 0, 2)
    assert counts(database) == before


def test_a_name_that_repeats_in_a_city_is_one_location(database: Database, tmp_path: Path) -> None:
    lines = [
        changed("dialogue_id", to="twin-1") | {"restaurant": {"name": "Twin", "city": "Northtown"}},
        changed("dialogue_id", to="twin-2")
        | {"restaurant": {"name": " twin ", "city": "NORTHTOWN", "phone": "1"}},
        changed("dialogue_id", to="twin-3") | {"restaurant": {"name": "Twin", "city": "Southtown"}},
    ]
    loaded = load_dialogues(database.owner_url, write(tmp_path / "calls.jsonl", *lines), PACIFIC)
    assert (loaded.accounts, loaded.locations, loaded.calls) == (2, 2, 3)
    assert (
        one(database, "select phone from locations where name = 'Twin' and city = 'Northtown'").phone == "1"
    )


def test_an_enquiry_and_an_open_time_are_kept_as_they_are(database: Database, tmp_path: Path) -> None:
    open_time = changed(
        "reservation", to={"date": None, "time": None, "party_size": 3, "status": "requested"}
    )
    lines = [
        changed("reservation", to=None) | {"dialogue_id": "open-1"},
        open_time | {"dialogue_id": "open-2"},
    ]
    load_dialogues(database.owner_url, write(tmp_path / "calls.jsonl", *lines), PACIFIC)
    enquiry = one(database, "select call_type, call_logs.id from call_logs where provider_call_id = 'open-1'")
    assert enquiry.call_type == "general"
    table = one(
        database,
        """select r.* from reservations r join call_logs c on c.id = r.call_id
        where c.provider_call_id = 'open-2'""",
    )
    assert (table.reservation_date, table.reservation_time, table.guest_count) == (None, None, 3)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{not json", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"7", "the line is not an object"),
        (b'{"dialogue_id": "\xff"}', "invalid UTF-8 at byte 18"),
        (without("turns"), "turns is missing"),
        (without("restaurant", "city"), "restaurant.city is missing"),
        (without("reservation"), "reservation is missing"),
        (without("reservation", "time"), "reservation.time is missing"),
        (changed("dialogue_id", to=7), "dialogue_id is not a text"),
        (changed("restaurant", to=[]), "restaurant is not an object"),
        (changed("restaurant", "name", to="x\0y"), "restaurant.name holds a NUL character"),
        (changed("restaurant", "address", to=5), "restaurant.address is not a text"),
        (changed("turns", 1, "text", to="half \ud83d"), "turn 2: text holds half a character"),
        (changed("turns", 0, "text", to="a\0b"), "turn 1: text holds a NUL character"),
        (changed("turns", 0, "speaker", to="waiter"), "turn 1: speaker is not one of caller, agent"),
        (changed("turns", to=[]), "turns is not a list with at least one turn"),
        (changed("turns", to=["hello"]), "turn 1 is not an object"),
        (changed("reservation", "date", to="2019-02-30"), "reservation.date 2019-02-30 does not exist"),
        (changed("reservation", "date", to="1 March"), "reservation.date is not written as YYYY-MM-DD"),
        (changed("reservation", "time", to="24:00"), "reservation.time 24:00 does not exist"),
        (changed("reservation", "time", to=1900), "reservation.time is not written as HH:MM"),
        (changed("reservation", "party_size", to="two"), "reservation.party_size is not a whole number"),
        (changed("reservation", "party_size", to=True), "reservation.party_size is not a whole number"),
        (changed("reservation", "party_size", to=0), "reservation.party_size is not a whole number"),
        (changed("reservation", "status", to="maybe"), "reservation.status is not one of"),
        (changed("turns", 0, "text", to="other words"), "stands on an earlier line"),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_loaded(
    database: Database, tmp_path: Path, line: dict[str, Any] | bytes, reason: str
) -> None:
    before = counts(database)
    good = changed("dialogue_id", to="never-loaded")
    file = write(tmp_path / "calls.jsonl", good, SAMPLE, line)
    with pytest.raises(SeedError) as refused:
        load_dialogues(database.owner_url, file, PACIFIC)
    assert f"line 3: {reason}" in str(refused.value) or f"line 3: dialogue_id 'sample-1' {reason}" in str(
        refused.value
    )
    assert counts(database) == before


def test_the_command_says_what_it_loaded_and_whom_to_credit(app: Flask, tmp_path: Path) -> None:
    file = write(tmp_path / "calls.jsonl", changed("dialogue_id", to="command-1"))
    result = app.test_cli_runner().invoke(args=["seed", "dialogues", str(file)])
    assert result.exit_code == 0, result.output
    assert "Loaded 1 calls and 1 reservations" in result.output
    assert CREDIT in result.output


def test_the_command_refuses_a_missing_file_a_bad_line_and_a_bad_zone(app: Flask, tmp_path: Path) -> None:
    runner = app.test_cli_runner()
    assert runner.invoke(args=["seed", "dialogues", str(tmp_path / "none.jsonl")]).exit_code != 0
    file = write(tmp_path / "calls.jsonl", b"{")
    refused = runner.invoke(args=["seed", "dialogues", str(file)])
    assert (refused.exit_code, "line 1: not JSON" in refused.output) == (1, True)
    zone = runner.invoke(args=["seed", "dialogues", str(file), "--timezone", "Mars/Base"])
    assert (zone.exit_code, "is not a time zone" in zone.output) == (2, True)


def test_the_whole_data_set_loads_once(database: Database) -> None:
    if not WHOLE_FILE.exists():
        pytest.skip("sgd_restaurant_calls.jsonl is not there: set CERTUS_SHARED_DATA to its folder")
    loaded = load_dialogues(database.owner_url, WHOLE_FILE, PACIFIC)
    assert (loaded.calls, loaded.reservations, loaded.known) == (1795, 1370, 0)
    again = load_dialogues(database.owner_url, WHOLE_FILE, PACIFIC)
    assert (again.calls, again.known) == (0, 1795)
    with database.owner() as connection:
        _every_table_is_as_it_was_spoken(connection)


def _every_table_is_as_it_was_spoken(connection: psycopg.Connection[Any]) -> None:
    stored = {
        row.provider_call_id: row
        for row in connection.execute(
            """select c.provider_call_id, c.transcript_md, c.ended_at, r.reservation_date, r.reservation_time,
                r.guest_count, r.status, v.reservation_at, l.name, l.city
            from call_logs c join locations l on l.id = c.location_id
            left join reservations r on r.call_id = c.id left join reservations_v v on v.id = r.id"""
        )
    }
    for line in WHOLE_FILE.read_text("utf-8").splitlines():
        spoken = json.loads(line)
        row, table = stored[spoken["dialogue_id"]], spoken["reservation"]
        assert row.city == spoken["restaurant"]["city"]
        assert row.transcript_md.count("\n") + 1 == len(spoken["turns"])
        assert (row.guest_count, row.status) == (
            (table["party_size"], table["status"]) if table else (None, None)
        )
        if table:
            assert (
                f"{row.reservation_date} {row.reservation_time:%H:%M}" == f"{table['date']} {table['time']}"
            )
            assert row.ended_at < row.reservation_at
