"""Two people set busy mode at the same time: put together, or chosen between with open eyes."""

import re
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from tests.configured import BASE, HOURS, MARKET, SEAPORT, Fields, fields_of, send, words
from tests.fixtures.database import Database

PATH = f"{HOURS}busy"
MANY = f"{BASE}busy"
OFF = """update public.location_settings set busy_mode_enabled = false, busy_until = null,
    busy_reason = null, extra_wait_seconds = 0"""
ON = """update public.location_settings set busy_mode_enabled = true, busy_until = now() + interval '1 hour',
    busy_reason = 'Party', extra_wait_seconds = 600 where location_id = any (%s)"""


@pytest.fixture(autouse=True)
def busy_before(database: Database) -> Any:
    """Busy for an hour at two locations; nothing is busy afterwards."""
    with database.owner() as owner:
        owner.execute(OFF)
        owner.execute(ON, [[SEAPORT, MARKET]])
    yield
    with database.owner() as owner:
        owner.execute(OFF)


def stored(database: Database, location_id: UUID = SEAPORT) -> Any:
    """Busy mode as it is stored."""
    with database.owner() as owner:
        return owner.execute(
            """select busy_mode_enabled as enabled, busy_until as until, busy_reason as reason,
                extra_wait_seconds as wait, version from public.location_settings where location_id = %s""",
            [location_id],
        ).fetchone()


def form_of(client: FlaskClient, path: str = PATH) -> Fields:
    """The form that switches on, as a browser would send it."""
    page = client.get(path).text
    return fields_of('<form class="panel' + page.rsplit('<form class="panel', 1)[1])


def sides(page: str, name: str, location_id: UUID = SEAPORT) -> list[str]:
    """The values of a conflict's choices: before, theirs, yours."""
    found = fields_of(page.replace('type="radio"', 'type="text"'))
    return found[f"{name}-{location_id}"]


def test_what_only_they_changed_is_kept_and_said(
    manager: FlaskClient, admin: FlaskClient, database: Database
):
    mine = form_of(manager)
    assert (mine["wait"], mine["reason"]) == (["10"], ["Party"])
    with database.owner() as owner:
        owner.execute(
            "update public.location_settings set busy_reason = 'Theirs' where location_id = %s", [SEAPORT]
        )
    assert send(manager, PATH, mine, wait="20").status_code == 303
    said = words(manager.get(PATH).text)
    assert "Busy mode is on at 1 location. Changed by somebody else meanwhile, and kept: Reason." in said
    assert (stored(database).reason, stored(database).wait) == ("Theirs", 1200)


@pytest.mark.parametrize(("choice", "wait"), [(0, 600), (1, 1800), (2, 1200)])
def test_what_both_changed_is_chosen(
    manager: FlaskClient, admin: FlaskClient, database: Database, choice: int, wait: int
):
    mine = form_of(manager)
    assert send(admin, PATH, form_of(admin), wait="30", reason="Theirs", duration="60").status_code == 303
    before = stored(database)
    met = send(manager, PATH, mine, wait="20")
    assert met.status_code == 409
    said = words(met.text)
    assert "Nothing of yours is saved yet. Admin saved this" in said
    assert "Before both 10 min Theirs, as it is saved now 30 min Yours 20 min" in said
    assert "Reason : Party became Theirs" in said
    assert stored(database) == before
    undecided = fields_of(met.text)
    asked = send(manager, PATH, undecided)
    assert asked.status_code == 422
    assert "Choose what it should be." in asked.text
    assert fields_of(asked.text)["reason"] == ["Theirs"]
    assert stored(database) == before
    chosen = {f"{name}-{SEAPORT}": sides(met.text, name)[choice] for name in ("until", "wait")}
    assert send(manager, PATH, undecided, **chosen).status_code == 303
    now = stored(database)
    assert (now.enabled, now.reason, now.wait) == (True, "Theirs", wait)
    assert now.until.isoformat() == chosen[f"until-{SEAPORT}"] or choice == 1


def test_ending_what_somebody_changed_is_a_choice(
    manager: FlaskClient, admin: FlaskClient, database: Database
):
    mine = form_of(manager)
    send(admin, PATH, form_of(admin), wait="30")
    met = send(manager, PATH, mine, action="end")
    assert met.status_code == 409
    assert re.search(r"Before both Until .+ 10 min extra wait · Party Theirs, .+ Yours Off", words(met.text))
    assert stored(database).enabled
    chosen = {f"busy-{SEAPORT}": sides(met.text, "busy")[2]}
    assert send(manager, PATH, fields_of(met.text), **chosen).status_code == 303
    assert (stored(database).enabled, stored(database).wait) == (False, 0)


def test_a_choice_over_a_third_save_is_asked_again(
    manager: FlaskClient, admin: FlaskClient, database: Database
):
    mine = form_of(manager)
    send(admin, PATH, form_of(admin), action="end")
    met = send(manager, PATH, mine, wait="20")
    assert met.status_code == 409
    chosen = {f"busy-{SEAPORT}": sides(met.text, "busy")[2]}
    send(admin, PATH, form_of(admin), reason="Once more", duration="60")
    again = send(manager, PATH, fields_of(met.text), **chosen)
    assert again.status_code == 409
    assert "Once more" in words(again.text)
    assert stored(database).reason == "Once more"


def test_several_locations_are_chosen_for_one_by_one(
    manager: FlaskClient, admin: FlaskClient, database: Database
):
    mine = {**form_of(manager, MANY), "to": [str(SEAPORT), str(MARKET)]}
    send(admin, PATH, form_of(admin), reason="Theirs")
    met = send(manager, MANY, mine, action="end")
    assert met.status_code == 409
    assert "Harbour & Vine Seaport: Busy mode" in words(met.text)
    assert stored(database, MARKET).enabled
    chosen = {f"busy-{SEAPORT}": sides(met.text, "busy")[1]}
    assert send(manager, MANY, fields_of(met.text), **chosen).status_code == 303
    assert stored(database).reason == "Theirs"
    assert not stored(database, MARKET).enabled


def test_a_row_saved_meanwhile_with_the_same_busy_mode_is_no_conflict(
    manager: FlaskClient, database: Database
):
    mine = form_of(manager)
    with database.owner() as owner:
        owner.execute(
            "update public.location_settings set updated_at = now() where location_id = %s", [SEAPORT]
        )
    assert send(manager, PATH, mine, reason="Mine").status_code == 303
    assert stored(database).reason == "Mine"


@pytest.mark.parametrize(
    "change",
    [
        {f"seen-{SEAPORT}": "[]"},
        {f"seen-{SEAPORT}": ""},
        {"action": "choose", f"busy-{SEAPORT}": '["soon", "0", ""]'},
        {"action": "choose", f"busy-{SEAPORT}": '["open", "99999", ""]'},
    ],
)
def test_a_form_of_another_page_is_refused(manager: FlaskClient, database: Database, change: dict[str, str]):
    before = stored(database)
    assert send(manager, PATH, form_of(manager), **change).status_code == 400
    assert stored(database) == before
