"""The history of a configuration, and the way back that overwrites nobody's later save."""

import re
from typing import Any

import pytest
from flask import Flask

from certus_admin.database import Caller, acting_as, db
from certus_admin.queries.history import ChangedSinceError, list_request_changes, put_back_request
from tests.fixtures.database import Database
from tests.fixtures.forms import Send, fields_of
from tests.fixtures.pages import ClientOf
from tests.fixtures.people import AsUser

ACCOUNT = "a0000000-0000-7000-8000-00000000000a"
MARKET = "10c00000-0000-7000-8000-0000000000a2"
LYON = "/configuration/a0000000-0000-7000-8000-00000000000c/10c00000-0000-7000-8000-0000000000c2"
HERE = f"/configuration/{ACCOUNT}/{MARKET}"
VOICE, AVERAGES, HISTORY = f"{HERE}/voice", f"{HERE}/averages", f"{HERE}/history"
ADD = """insert into public.location_hours_exceptions
    (account_id, location_id, exception_date, is_closed, reason)
    values (%s, %s, %s, true, 'Staff outing') returning id"""
VALUE = "select value from public.settings where location_id = %s and key = 'ai_voice'"
AVERAGE = "select avg_spend_per_head from public.location_settings where location_id = %s"
DAYS = "select exception_date::text from public.location_hours_exceptions where location_id = %s order by 1"


@pytest.fixture(autouse=True)
def nothing_set(database: Database) -> None:
    """The Market as it was before: no voice, no averages, no exceptions of its own."""
    with database.owner() as owner:
        owner.execute("delete from public.settings where location_id = %s", [MARKET])
        owner.execute("delete from public.location_hours_exceptions where location_id = %s", [MARKET])
        owner.execute(
            """update public.location_settings set avg_spend_per_head = null, baseline_handle_seconds = null
            where location_id = %s""",
            [MARKET],
        )


@pytest.fixture
def value(database: Database) -> Any:
    """The first column of what the owner reads about the Market."""

    def read(statement: str) -> list[Any]:
        with database.owner() as owner:
            return [row[0] for row in owner.execute(statement.encode(), [MARKET]).fetchall()]

    return read


def lines_of(page: str) -> list[str]:
    """The lines of the history in words, newest first."""
    items = page.split('<li class="history-line"')[1:]
    return [" ".join(re.sub("<[^>]+>", " ", item.partition(">")[2]).split()) for item in items]


def ways_back(page: str) -> list[str]:
    """The addresses of the buttons, newest first."""
    return re.findall(r'action="([^"]+/put-back)"', page)


def token_in(page: str) -> dict[str, str]:
    """The token that every page carries."""
    return {"csrf_token": page.partition('name="csrf-token" content="')[2].partition('"')[0]}


def test_the_history_says_who_changed_what_in_words(client_of: ClientOf, send: Send) -> None:
    manager = client_of("manager")
    send(manager, AVERAGES, avg_spend_per_head="50", baseline_handle_seconds="90")
    send(client_of("admin"), AVERAGES, avg_spend_per_head="55")
    newest, older = lines_of(manager.get(HISTORY).text)[:2]
    assert newest.startswith("Averages changed Admin,")
    assert "Average spend a guest $50.00 became $55.00" in newest
    assert "Time a call would take staff" not in newest
    assert older.startswith("Averages changed Account Manager,")
    assert "nothing became $50.00" in older
    assert "nothing became 1m 30s" in older


def test_a_change_is_put_back_and_that_is_a_change_of_its_own(
    client_of: ClientOf, send: Send, value: Any
) -> None:
    manager = client_of("manager")
    send(manager, AVERAGES, avg_spend_per_head="50")
    send(manager, AVERAGES, avg_spend_per_head="55")
    page = manager.get(HISTORY).text
    assert manager.post(ways_back(page)[0], data=token_in(page)).status_code == 303
    assert [str(each) for each in value(AVERAGE)] == ["50.00"]
    page = manager.get(HISTORY).text
    assert "Averages changed: put back." in page
    assert "$55.00 became $50.00" in lines_of(page)[0]


def test_a_change_of_other_fields_since_does_not_stand_in_the_way(
    client_of: ClientOf, send: Send, value: Any
) -> None:
    manager = client_of("manager")
    send(manager, AVERAGES, avg_spend_per_head="50")
    send(manager, AVERAGES, baseline_handle_seconds="90")
    page = manager.get(HISTORY).text
    assert manager.post(ways_back(page)[1], data=token_in(page)).status_code == 303
    assert value(AVERAGE) == [None]
    assert value("select baseline_handle_seconds from public.location_settings where location_id = %s") == [
        90
    ]


def test_what_was_changed_again_since_is_shown_and_not_overwritten(
    client_of: ClientOf, send: Send, value: Any
) -> None:
    manager = client_of("manager")
    send(manager, VOICE, greeting="One.", speed="1")
    send(manager, VOICE, greeting="Two.", speed="1.1")
    send(client_of("admin"), VOICE, greeting="Three.", language="en-GB")
    page = manager.get(HISTORY).text
    both = manager.post(ways_back(page)[1], data=token_in(page))
    assert both.status_code == 409
    assert all(words in both.text for words in ("One.", "Two.", "Three."))
    assert value(VALUE)[0]["greeting"] == "Three."
    chosen = fields_of(both) | {"greeting": '"One."'}
    assert manager.post(ways_back(both.text)[0], data=chosen).status_code == 303
    assert value(VALUE) == [{"greeting": "One.", "speed": 1, "language": "en-GB"}]


def test_choices_over_a_version_that_is_gone_are_shown_again(
    client_of: ClientOf, send: Send, value: Any
) -> None:
    manager = client_of("manager")
    send(manager, VOICE, greeting="One.")
    send(manager, VOICE, greeting="Two.")
    send(manager, VOICE, greeting="Three.")
    page = manager.get(HISTORY).text
    both = manager.post(ways_back(page)[1], data=token_in(page))
    send(client_of("admin"), VOICE, greeting="Four.")
    again = manager.post(ways_back(both.text)[0], data=fields_of(both) | {"greeting": '"One."'})
    assert again.status_code == 409
    assert "Four." in again.text
    assert value(VALUE)[0]["greeting"] == "Four."


def test_what_was_added_is_removed_and_what_was_removed_comes_again(
    client_of: ClientOf, send: Send, value: Any
) -> None:
    manager = client_of("manager")
    send(manager, VOICE, greeting="One.")
    page = manager.get(HISTORY).text
    assert lines_of(page)[0].startswith("Voice added Account Manager")
    manager.post(ways_back(page)[0], data=token_in(page))
    assert value(VALUE) == []
    page = manager.get(HISTORY).text
    assert lines_of(page)[0].startswith("Voice removed")
    removal = ways_back(page)[0]
    manager.post(removal, data=token_in(page))
    assert value(VALUE) == [{"greeting": "One."}]
    assert (
        "It is there again already." in manager.post(removal, data=token_in(page), follow_redirects=True).text
    )
    assert value(VALUE) == [{"greeting": "One."}]


def test_what_was_added_and_changed_since_is_removed_only_when_chosen(
    client_of: ClientOf, send: Send, value: Any
) -> None:
    manager = client_of("manager")
    send(manager, VOICE, greeting="One.")
    send(manager, VOICE, greeting="Two.")
    page = manager.get(HISTORY).text
    both = manager.post(ways_back(page)[1], data=token_in(page))
    assert both.status_code == 409
    assert value(VALUE) == [{"greeting": "Two."}]
    manager.post(ways_back(both.text)[0], data=fields_of(both) | {"row": '"kept"'})
    assert value(VALUE) == [{"greeting": "Two."}]
    manager.post(ways_back(both.text)[0], data=fields_of(both) | {"row": '"removed"'})
    assert value(VALUE) == []


def test_older_pages_are_reached_and_come_back(client_of: ClientOf, database: Database) -> None:
    with database.owner() as owner:
        for day in range(1, 41):
            owner.execute(ADD, [ACCOUNT, MARKET, f"2030-0{1 + day // 29}-{1 + day % 28:02d}"])
    manager = client_of("manager")
    first = manager.get(HISTORY).text
    assert len(lines_of(first)) == 30
    older = re.search(r'href="([^"]+older=[^"]+)"', first)
    assert older is not None
    second = manager.get(older[1]).text
    assert not set(re.findall(r'id="line-([^"]+)"', first)) & set(re.findall(r'id="line-([^"]+)"', second))
    newer = re.search(r'href="([^"]+newer=[^"]+)"', second)
    assert newer is not None
    assert lines_of(manager.get(newer[1]).text) == lines_of(first)
    assert manager.get(f"{HISTORY}?older=nonsense").status_code == 400


def test_all_that_one_request_did_goes_back_at_once_or_not_at_all(
    app: Flask, as_user: AsUser, value: Any
) -> None:
    person = as_user("manager").user_id
    assert person is not None

    def act(*statements: tuple[str, list[Any]], request_id: str) -> None:
        with app.app_context(), acting_as(Caller(person, request_id=request_id)):
            for statement, values in statements:
                db.session.connection().exec_driver_sql(statement, tuple(values))
            db.session.commit()

    act(
        (ADD, [ACCOUNT, MARKET, "2031-01-01"]), (ADD, [ACCOUNT, MARKET, "2031-01-02"]), request_id="batch-one"
    )
    assert value(DAYS) == ["2031-01-01", "2031-01-02"]
    with app.app_context(), acting_as(Caller(person, request_id="undo")):
        assert put_back_request(ACCOUNT, "batch-one") == 2  # type: ignore[arg-type]
        db.session.commit()
    assert value(DAYS) == []
    act(
        (ADD, [ACCOUNT, MARKET, "2031-01-01"]), (ADD, [ACCOUNT, MARKET, "2031-01-02"]), request_id="batch-two"
    )
    change = (
        "update public.location_hours_exceptions set reason = 'Mine', version = 1 where exception_date = %s"
    )
    act((change, ["2031-01-01"]), request_id="later")
    with app.app_context(), acting_as(Caller(person, request_id="undo again")):
        assert len(list_request_changes(ACCOUNT, "batch-two")) == 2  # type: ignore[arg-type]
        with pytest.raises(ChangedSinceError):
            put_back_request(ACCOUNT, "batch-two")  # type: ignore[arg-type]
    assert value(DAYS) == ["2031-01-01", "2031-01-02"]


def test_an_operator_has_no_part_in_it(client_of: ClientOf, send: Send, value: Any) -> None:
    manager, operator = client_of("manager"), client_of("operator")
    send(manager, VOICE, greeting="One.")
    assert "One." in manager.get(HISTORY).text
    assert operator.get(HISTORY).status_code == 403
    page = operator.get(VOICE).text
    assert "/history" not in page
    back = ways_back(manager.get(HISTORY).text)[0]
    assert operator.post(back, data=token_in(page)).status_code == 403
    assert value(VALUE) == [{"greeting": "One."}]


def test_out_of_reach_is_not_found(client_of: ClientOf, send: Send) -> None:
    manager, lyon = client_of("manager"), client_of("manager.lyon")
    send(manager, VOICE, greeting="One.")
    line = ways_back(manager.get(HISTORY).text)[0]
    page = lyon.get(f"{LYON}/history")
    assert page.status_code == 200
    assert manager.get(f"{LYON}/history").status_code == 404
    assert lyon.post(line, data=token_in(page.text)).status_code == 404
    elsewhere = f"{LYON}/history/{line.split('/')[-2]}/put-back"
    assert lyon.post(elsewhere, data=token_in(page.text)).status_code == 404


def test_other_settings_stay_out_of_it(client_of: ClientOf) -> None:
    page = client_of("admin").get(f"/configuration/{ACCOUNT}/history").text
    assert "Voice added" in page
    assert "voicemail" not in page
