"""Exceptions: for many locations at once with a preview, saved in one and undone in one."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from tests.configured import (
    ACCOUNT,
    BASE,
    HOURS,
    LYON,
    LYON_ACCOUNT,
    MARKET,
    PIER,
    SEAPORT,
    Fields,
    exceptions,
    fields_of,
    send,
    words,
)
from tests.fixtures.database import Database
from tests.fixtures.pages import ClientOf

NEW = f"{BASE}exceptions/new"
CHRISTMAS: Fields = {
    "first": ["2031-12-24"],
    "last": ["2031-12-26"],
    "reason": ["Christmas"],
    "to": [str(SEAPORT), str(MARKET), str(PIER)],
}
THREE_CLOSED = [(f"2031-12-{day}", None, "Christmas") for day in (24, 25, 26)]


@pytest.fixture(autouse=True)
def as_seeded(database: Database) -> Iterator[None]:
    """The exceptions and busy modes as they were, once the test is over."""
    columns = "account_id, id, location_id, exception_date, is_closed, opens_at, closes_at, reason"
    with database.owner() as owner:
        before = owner.execute(f"select {columns} from public.location_hours_exceptions").fetchall()
    yield
    with database.owner() as owner, owner.cursor() as cursor:
        cursor.execute("delete from public.location_hours_exceptions")
        marks = ", ".join(["%s"] * 8)
        cursor.executemany(
            f"insert into public.location_hours_exceptions ({columns}) values ({marks})", before
        )
        cursor.execute(
            """update public.location_settings set busy_mode_enabled = false, busy_until = null,
                busy_reason = null, extra_wait_seconds = 0"""
        )


def preview(client: FlaskClient, fields: Fields) -> tuple[str, Fields]:
    """The page of a preview, and its form as the save button sends it."""
    response = send(client, NEW, fields, action="preview")
    assert response.status_code == 200, words(response.text)
    return words(response.text), {**fields_of(response.text, "preview"), "action": ["save"]}


def upcoming(database: Database, location_id: UUID) -> list[Any]:
    return [row for row in exceptions(database, location_id) if row[0] > "2031"]


def test_holidays_of_several_locations_are_previewed_saved_and_undone_in_one(
    manager: FlaskClient, database: Database
):
    said, form = preview(manager, CHRISTMAS)
    assert "Wed, Dec 24, 2031 11:30 AM – 2:30 PM, 5:00 PM – 10:30 PM Closed" in said
    assert "Harbour & Vine Pier" in said
    assert "Save 9 days at 3 locations" in said
    assert upcoming(database, SEAPORT) == []
    saved = send(manager, NEW, form)
    assert saved.status_code == 303
    for location in (SEAPORT, MARKET, PIER):
        assert upcoming(database, location) == THREE_CLOSED
    page = manager.get(saved.headers["Location"])
    assert "Saved at 3 locations" in words(page.text)
    assert send(manager, f"{saved.headers['Location']}/undo").status_code == 303
    for location in (SEAPORT, MARKET, PIER):
        assert upcoming(database, location) == []


def test_exceptions_that_are_there_stay_unless_they_are_replaced(manager: FlaskClient, database: Database):
    send(
        manager, NEW, preview(manager, {**CHRISTMAS, "last": [""], "to": [str(PIER)], "reason": ["Party"]})[1]
    )
    said, form = preview(manager, CHRISTMAS)
    assert "Has an exception already" in said
    send(manager, NEW, form)
    assert upcoming(database, PIER) == [("2031-12-24", None, "Party"), *THREE_CLOSED[1:]]
    hours = {"opens-0": ["12:00"], "closes-0": ["16:00"], "existing": ["replace"]}
    said, form = preview(manager, {**CHRISTMAS, **hours})
    saved = send(manager, NEW, form)
    assert [row[1] for row in upcoming(database, PIER)] == ["12:00", "12:00", "12:00"]
    assert "earlier exceptions were replaced" in words(manager.get(saved.headers["Location"]).text)
    assert send(manager, f"{saved.headers['Location']}/undo").status_code == 303
    assert upcoming(database, PIER) == [("2031-12-24", None, "Party"), *THREE_CLOSED[1:]]
    assert upcoming(database, SEAPORT) == THREE_CLOSED


def test_a_preview_tells_of_nights_that_run_into_the_day(manager: FlaskClient):
    saturday = {**CHRISTMAS, "first": ["2031-12-27"], "last": [""], "to": [str(SEAPORT)]}
    assert "The night before runs until 12:30 AM, whatever this day says." in preview(manager, saturday)[0]
    hours = {"opens-0": ["00:00"], "closes-0": ["03:00"]}
    assert "runs until 12:30 AM and overlaps these hours." in preview(manager, {**saturday, **hours})[0]


def test_what_changed_after_the_preview_is_shown_again_and_nothing_saved(
    manager: FlaskClient, database: Database
):
    form = preview(manager, CHRISTMAS)[1]
    send(manager, NEW, preview(manager, {**CHRISTMAS, "to": [str(PIER)], "reason": ["Party"]})[1])
    response = send(manager, NEW, form)
    assert response.status_code == 409
    assert "Nothing was saved" in words(response.text)
    assert upcoming(database, SEAPORT) == []
    assert len(upcoming(database, PIER)) == 3


def test_a_save_of_which_a_part_was_changed_is_not_undone(manager: FlaskClient, database: Database):
    saved = send(manager, NEW, preview(manager, CHRISTMAS)[1]).headers["Location"]
    path = f"{HOURS}exceptions/2031-12-25"
    form = {**fields_of(manager.get(path).text), "opens-0": ["10:00"], "closes-0": ["12:00"]}
    assert send(manager, path, form).status_code == 303
    assert ("2031-12-25", "10:00", "Christmas") in upcoming(database, SEAPORT)
    assert send(manager, f"{saved}/undo").status_code == 303
    assert "cannot be undone in one" in words(manager.get(saved).text)
    assert len(upcoming(database, SEAPORT)) == len(upcoming(database, PIER)) == 3


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"first": ["soon"]}, "Choose a date."),
        ({"first": ["2020-01-01"], "last": [""]}, "still to come"),
        ({"last": ["2031-12-01"]}, "before the first day"),
        ({"last": ["2033-12-01"]}, "Up to 92 days"),
        ({"to": []}, "at least one location"),
        ({"reason": ["x" * 201]}, "up to 200 characters"),
        ({"opens-0": ["10:00"], "closes-0": [""]}, "Say when it closes."),
        ({"opens-0": ["10:00", "11:00"], "closes-0": ["12:00", "13:00"]}, "overlaps 11:00 AM – 1:00 PM."),
    ],
)
def test_bad_exceptions_are_refused_beside_the_field(
    manager: FlaskClient, database: Database, change: Fields, said: str
):
    for action in ("preview", "save"):
        response = send(manager, NEW, {**CHRISTMAS, **change}, action=action)
        assert response.status_code == 422
        error = response.text.split('class="field-error"', 1)[1].split("</p>", 1)[0]
        assert said in words("<p" + error)
    assert upcoming(database, SEAPORT) == []


def test_an_exception_is_deleted_after_a_question(manager: FlaskClient, database: Database):
    path = f"{HOURS}exceptions/2026-12-25/delete"
    page = manager.get(path)
    assert "Delete the exception on Fri, Dec 25, 2026?" in words(page.text)
    assert ("2026-12-25", None, "Christmas Day") in exceptions(database, SEAPORT)
    assert send(manager, path, fields_of(page.text)).status_code == 303
    assert ("2026-12-25", None, "Christmas Day") not in exceptions(database, SEAPORT)
    assert manager.get(path).status_code == 404


EVE = f"{HOURS}exceptions/2026-12-31"


@pytest.fixture
def two_readers(client_of: ClientOf) -> tuple[FlaskClient, Fields, FlaskClient, Fields]:
    """Two people who opened the same exception, and the form of each."""
    first, second = client_of("manager"), client_of("admin")
    return first, fields_of(first.get(EVE).text), second, fields_of(second.get(EVE).text)


def test_what_two_people_changed_of_an_exception_is_put_together(
    two_readers: tuple[FlaskClient, Fields, FlaskClient, Fields], database: Database
):
    first, mine, second, theirs = two_readers
    assert send(second, EVE, {**theirs, "opens-0": ["18:00"]}).status_code == 303
    assert send(first, EVE, {**mine, "reason": ["New Year"]}).status_code == 303
    said = words(first.get(f"{HOURS}exceptions").text)
    assert "Exception saved. Changed by somebody else meanwhile, and kept: Hours." in said
    assert ("2026-12-31", "18:00", "New Year") in exceptions(database, SEAPORT)


@pytest.mark.parametrize(("choice", "opens"), [(0, "17:00"), (1, "18:00"), (2, None)])
def test_hours_of_an_exception_that_two_people_changed_are_chosen(
    two_readers: tuple[FlaskClient, Fields, FlaskClient, Fields],
    database: Database,
    choice: int,
    opens: str | None,
):
    first, mine, second, theirs = two_readers
    assert send(second, EVE, {**theirs, "opens-0": ["18:00"], "reason": ["Theirs"]}).status_code == 303
    met = send(first, EVE, {**mine, "opens-0": [], "closes-0": []})
    assert met.status_code == 409
    said = words(met.text)
    assert "Nothing of yours is saved yet. Admin saved this" in said
    assert "Before both 5:00 PM – " in said
    assert "Theirs, as it is saved now 6:00 PM – " in said
    assert "Yours Closed" in said
    assert ("2026-12-31", "18:00", "Theirs") in exceptions(database, SEAPORT)
    undecided = fields_of(met.text)
    asked = send(first, EVE, undecided)
    assert asked.status_code == 422
    assert "Choose what it should be." in asked.text
    side = re.findall(r'type="radio" name="hours" value="([^"]+)"', met.text)[choice]
    assert send(first, EVE, {**undecided, "hours": [side]}).status_code == 303
    assert ("2026-12-31", opens, "Theirs") in exceptions(database, SEAPORT)


def test_a_choice_over_a_third_save_is_asked_again(
    two_readers: tuple[FlaskClient, Fields, FlaskClient, Fields], database: Database
):
    first, mine, second, theirs = two_readers
    send(second, EVE, {**theirs, "reason": ["Theirs"]})
    met = send(first, EVE, {**mine, "reason": ["Mine"]})
    send(second, EVE, {**fields_of(second.get(EVE).text), "reason": ["Once more"]})
    again = send(first, EVE, {**fields_of(met.text), "reason": ["Mine"]})
    assert again.status_code == 409
    assert "Theirs, as it is saved now Once more" in words(again.text)
    assert "Once more" in {row[2] for row in exceptions(database, SEAPORT)}


def test_an_exception_that_is_gone_or_was_changed_is_not_written_or_deleted_unseen(
    two_readers: tuple[FlaskClient, Fields, FlaskClient, Fields], database: Database
):
    first, mine, second, theirs = two_readers
    asked = fields_of(second.get(f"{EVE}/delete").text)
    assert send(first, EVE, {**mine, "reason": ["Mine"]}).status_code == 303
    refused = send(second, f"{EVE}/delete", asked)
    assert refused.status_code == 409
    assert "Mine" in refused.text
    assert send(second, f"{EVE}/delete", fields_of(refused.text)).status_code == 303
    gone = send(first, EVE, {**mine, "reason": ["Mine again"]})
    assert gone.status_code == 409
    assert "Admin changed this day meanwhile" in words(gone.text)
    assert "Saved now: Deleted" in words(gone.text)
    assert "2026-12-31" not in {row[0] for row in exceptions(database, SEAPORT)}
    assert send(first, EVE, {**theirs, "hours": ["soon"]}).status_code == 400


def test_operators_read_exceptions_and_cannot_write_them(client_of: ClientOf, database: Database):
    operator = client_of("operator")
    page = operator.get(f"{HOURS}exceptions")
    assert "Christmas Day" in page.text
    assert "Delete" not in page.text
    only = {**CHRISTMAS, "to": [str(SEAPORT)]}
    assert operator.get(NEW).status_code == 403
    assert send(operator, NEW, only, action="save").status_code == 403
    assert send(operator, f"{HOURS}exceptions/2026-12-25", {}).status_code == 403
    assert send(operator, f"{HOURS}exceptions/2026-12-25/delete", {}).status_code == 403
    assert upcoming(database, SEAPORT) == []


def test_exceptions_out_of_reach_do_not_exist(client_of: ClientOf, database: Database):
    manager = client_of("manager")
    assert manager.get(f"/configuration/{LYON_ACCOUNT}/exceptions/new").status_code == 404
    assert send(manager, NEW, {**CHRISTMAS, "to": [str(LYON)]}, action="save").status_code == 404
    assert manager.get(f"/configuration/{LYON_ACCOUNT}/{LYON}/exceptions").status_code == 404
    assert manager.get(f"/configuration/{ACCOUNT}/exceptions/saved/unknown").status_code == 404
    lyon = client_of("manager.lyon")
    form = {**CHRISTMAS, "to": [str(LYON)], "seen": ["[]"]}
    path = f"/configuration/{LYON_ACCOUNT}/exceptions/new"
    assert send(lyon, path, form, action="save").status_code == 303
    assert upcoming(database, LYON) == THREE_CLOSED
