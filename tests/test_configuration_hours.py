"""The week grid: saved whole or not at all, pasted, copied, and edited by two people at once."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from forms.hours import HoursGrid
from tests.configured import (
    BROOKLYN,
    HOURS,
    LYON,
    LYON_ACCOUNT,
    MARKET,
    PIER,
    SEAPORT,
    day,
    fields_of,
    hours_rows,
    send,
    words,
)
from tests.fixtures.database import Database
from tests.fixtures.pages import ClientOf

EVENING = [("11:30", "14:30"), ("17:00", "22:30")]


@pytest.fixture(autouse=True)
def as_seeded(database: Database) -> Iterator[None]:
    """The hours as they were, once the test is over."""
    with database.owner() as owner:
        before = owner.execute(
            "select account_id, id, location_id, weekday, opens_at, closes_at from public.location_hours"
        ).fetchall()
    yield
    with database.owner() as owner, owner.cursor() as cursor:
        cursor.execute("delete from public.location_hours")
        cursor.executemany(
            """insert into public.location_hours (account_id, id, location_id, weekday, opens_at, closes_at)
            values (%s, %s, %s, %s, %s, %s)""",
            before,
        )


def grid(client: FlaskClient) -> dict[str, list[str]]:
    """The grid as it stands on the page."""
    return fields_of(client.get(HOURS).text, "hours")


def test_a_changed_day_is_saved_and_every_other_row_keeps_id_and_version(
    manager: FlaskClient, database: Database
):
    before = {row.id: row for row in hours_rows(database)}
    form = grid(manager)
    form["closes-2"] = ["14:30", "23:00"]
    form |= {"opens-1": ["10:00"], "closes-1": ["02:00"]}
    response = send(manager, HOURS, form)
    assert (response.status_code, response.headers["Location"]) == (303, HOURS)
    assert day(database, 2) == [("11:30", "14:30"), ("17:00", "23:00")]
    assert day(database, 1) == [("10:00", "02:00")]
    after = {row.id: row for row in hours_rows(database)}
    assert [row.weekday for each, row in after.items() if row != before.get(each)] == [1, 2]
    assert set(before) <= set(after)
    assert "(next day)" in manager.get(HOURS).text


def test_a_day_is_closed_by_sending_none_of_its_rows(manager: FlaskClient, database: Database):
    form = grid(manager)
    del form["opens-7"], form["closes-7"]
    assert send(manager, HOURS, form).status_code == 303
    assert day(database, 7) == []
    assert day(database, 6) != []


def test_the_switch_for_24_hours_wins_over_the_rows(manager: FlaskClient, database: Database):
    form = {**grid(manager), "whole-day": ["3"]}
    assert send(manager, HOURS, form).status_code == 303
    assert day(database, 3) == [("00:00", "00:00")]
    assert fields_of(manager.get(HOURS).text, "hours")["whole-day"] == ["3"]


@pytest.mark.parametrize(
    ("opens", "closes", "said"),
    [
        (["11:30", "14:00"], ["14:30", "22:00"], "2:00 PM – 10:00 PM overlaps 11:30 AM – 2:30 PM."),
        (["17:00"], ["11:45"], "5:00 PM – 11:45 AM (next day) overlaps Wednesday’s 11:30 AM – 2:30 PM."),
        (["17:00"], [""], "Say when it closes."),
        ([""], ["17:00"], "Say when it opens."),
        (["25:00"], ["26:00"], "Write times like 17:30."),
        (["9:00 <b>"], ["12:00"], "Write times like 17:30."),
    ],
)
def test_bad_hours_are_refused_beside_the_field_with_nothing_saved(
    manager: FlaskClient, database: Database, opens: list[str], closes: list[str], said: str
):
    before = hours_rows(database)
    form = {
        **grid(manager),
        "opens-2": opens,
        "closes-2": closes,
        "opens-4": ["09:00"],
        "closes-4": ["10:00"],
    }
    response = send(manager, HOURS, form)
    assert response.status_code == 422
    tuesday = response.text.split('data-day="2"', 1)[1].split("</fieldset>", 1)[0]
    assert said in words(tuesday)
    assert 'aria-invalid="true"' in tuesday
    assert hours_rows(database) == before


def test_the_database_refuses_the_same_overlap(database: Database, as_user: Any):
    with pytest.raises(Exception, match="opening hours overlap"):
        as_user("manager").execute(
            """insert into public.location_hours (account_id, location_id, weekday, opens_at, closes_at)
            select account_id, id, 2, '14:00', '16:00' from public.locations where id = %s""",
            [SEAPORT],
        )


def test_a_refusal_of_the_database_is_said_in_words(
    manager: FlaskClient, database: Database, monkeypatch: pytest.MonkeyPatch
):
    before = hours_rows(database)
    form = {**grid(manager), "opens-2": ["11:30", "14:00"]}
    monkeypatch.setattr(HoursGrid, "check", lambda _grid: True)
    response = send(manager, HOURS, form)
    assert response.status_code == 422
    assert "Two intervals overlap" in words(response.text)
    assert hours_rows(database) == before


def test_the_buttons_work_without_scripts(manager: FlaskClient, database: Database):
    before = hours_rows(database)
    form = grid(manager)
    page = send(manager, HOURS, form, action="add-1").text
    assert fields_of(page, "hours")["opens-1"] == [""]
    page = send(manager, HOURS, form, action="remove-2-0").text
    assert fields_of(page, "hours")["opens-2"] == ["17:00"]
    page = send(manager, HOURS, form, action="copy-5", **{"copy-to-5": ["1", "7"]}).text
    assert fields_of(page, "hours")["closes-1"] == fields_of(page, "hours")["closes-7"] == ["14:30", "00:30"]
    assert hours_rows(database) == before
    assert send(manager, HOURS, fields_of(page, "hours")).status_code == 303
    assert day(database, 1) == day(database, 5)


def test_two_people_who_change_different_days_lose_nothing(client_of: ClientOf, database: Database):
    first, second = client_of("manager"), client_of("admin")
    mine, theirs = grid(first), grid(second)
    assert send(second, HOURS, {**theirs, "closes-3": ["14:30", "21:00"]}).status_code == 303
    response = send(first, HOURS, {**mine, "closes-4": ["14:30", "20:00"]})
    assert response.status_code == 303
    assert "Wednesday had been changed meanwhile" in words(first.get(HOURS).text)
    assert day(database, 3)[1] == ("17:00", "21:00")
    assert day(database, 4)[1] == ("17:00", "20:00")


@pytest.mark.parametrize(("choice", "closes"), [("yours", "20:00"), ("theirs", "21:00"), ("before", "22:30")])
def test_two_people_who_change_the_same_day_choose(
    client_of: ClientOf, database: Database, choice: str, closes: str
):
    first, second = client_of("manager"), client_of("admin")
    mine, theirs = grid(first), grid(second)
    assert send(second, HOURS, {**theirs, "closes-3": ["14:30", "21:00"]}).status_code == 303
    form = {**mine, "closes-3": ["14:30", "20:00"], "closes-4": ["14:30", "23:00"]}
    met = send(first, HOURS, form)
    assert met.status_code == 409
    said = words(met.text)
    for side in (
        "Yours 11:30 AM – 2:30 PM, 5:00 PM – 8:00 PM",
        "– 9:00 PM",
        "Before both",
        "Changed by Admin",
    ):
        assert side in said
    assert day(database, 3)[1] == ("17:00", "21:00")
    again = fields_of(met.text, "hours")
    undecided = send(first, HOURS, again)
    assert undecided.status_code == 422
    assert "Choose one of the three." in words(undecided.text)
    assert day(database, 4) == EVENING
    decided = send(first, HOURS, fields_of(undecided.text, "hours"), **{"choice-3": choice})
    assert decided.status_code == 303
    assert day(database, 3)[1] == ("17:00", closes)
    assert day(database, 4)[1] == ("17:00", "23:00")


def test_pasted_hours_are_shown_before_they_are_saved(manager: FlaskClient, database: Database):
    before = hours_rows(database)
    page = send(manager, f"{HOURS}paste", text="Mo-Fr 11:30-14:30,17:30-22:00; Sa 17:00-24:00; Su off")
    assert page.status_code == 200
    assert "11:30 AM – 2:30 PM, 5:30 PM – 10:00 PM" in words(page.text)
    assert hours_rows(database) == before
    assert send(manager, HOURS, fields_of(page.text)).status_code == 303
    assert day(database, 1) == [("11:30", "14:30"), ("17:30", "22:00")]
    assert day(database, 6) == [("17:00", "00:00")]
    assert "Mo-Fr 11:30-14:30,17:30-22:00; Sa 17:00-24:00" in words(manager.get(HOURS).text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [("PH off", "holidays"), ("nonsense", "notation"), ("Mo 10:00-12:00,11:00-13:00", "overlap")],
)
def test_pasted_text_that_a_week_cannot_say_is_refused_with_the_reason(
    manager: FlaskClient, database: Database, text: str, reason: str
):
    before = hours_rows(database)
    page = send(manager, f"{HOURS}paste", text=text)
    assert page.status_code == 422
    assert reason in words(page.text.split('id="paste-error"', 1)[1])
    assert text in page.text
    assert hours_rows(database) == before


def test_a_text_with_two_readings_offers_both(manager: FlaskClient):
    page = send(manager, f"{HOURS}paste", text="Mo-Th 11:00-22:00; Fr-Sa 11:00-02:00; Su 11:00-22:00")
    assert page.status_code == 422
    reading = "Mo-Th,Su 11:00-22:00, Fr-Sa 11:00-02:00"
    assert reading in page.text
    assert send(manager, f"{HOURS}paste", text=reading).status_code == 200


def test_a_week_is_copied_to_other_locations_in_one(manager: FlaskClient, database: Database):
    send(manager, HOURS, {**grid(manager), "opens-1": ["10:00"], "closes-1": ["12:00"]})
    page = manager.get(f"{HOURS}copy?to={MARKET}&to={PIER}")
    assert "Harbour & Vine Pier" in words(page.text)
    assert hours_rows(database, PIER) == []
    assert send(manager, f"{HOURS}copy", fields_of(page.text)).status_code == 303
    week = [row[2:] for row in hours_rows(database, SEAPORT)]
    assert [row[2:] for row in hours_rows(database, PIER)] == week
    assert [row[2:] for row in hours_rows(database, MARKET)] == week
    assert [row[2:] for row in hours_rows(database, BROOKLYN)] != week


def test_a_copy_over_what_somebody_changed_meanwhile_saves_nothing(manager: FlaskClient, database: Database):
    page = manager.get(f"{HOURS}copy?to={PIER}").text
    form = fields_of(page)
    with database.owner() as owner:
        owner.execute(
            """insert into public.location_hours (account_id, location_id, weekday, opens_at, closes_at)
            select account_id, id, 1, '08:00', '09:00' from public.locations where id = %s""",
            [PIER],
        )
    assert send(manager, f"{HOURS}copy", form).status_code == 409
    assert day(database, 1, PIER) == [("08:00", "09:00")]
    assert day(database, 2, PIER) == []


def test_an_operator_reads_and_cannot_write(client_of: ClientOf, database: Database):
    operator, before = client_of("operator"), hours_rows(database)
    form = grid(client_of("manager"))
    page = operator.get(HOURS)
    assert page.status_code == 200
    assert "11:30 AM – 2:30 PM" in page.text
    assert "Save hours" not in page.text
    for path in (HOURS, f"{HOURS}paste", f"{HOURS}copy"):
        assert send(operator, path, {**form, "closes-3": ["14:30", "20:00"]}, text="24/7").status_code == 403
    assert hours_rows(database) == before


def test_hours_out_of_reach_do_not_exist(client_of: ClientOf):
    form = grid(client_of("manager"))
    for name in ("operator", "manager"):
        client = client_of(name)
        for path in ("", "paste", "copy"):
            assert send(client, f"/configuration/{LYON_ACCOUNT}/{LYON}/{path}", form).status_code == 404
        assert client.get(f"/configuration/{LYON_ACCOUNT}/{LYON}/").status_code == 404
        assert client.get(f"/configuration/{LYON_ACCOUNT}/{SEAPORT}/").status_code == 404
    assert client_of("manager.lyon").get(f"/configuration/{LYON_ACCOUNT}/{LYON}/").status_code == 200
