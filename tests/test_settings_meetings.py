"""Two who save the same setting at once, its history, and the way back that overwrites nobody."""

import html
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.fixtures.database import Database
from tests.fixtures.forms import Send, fields_of
from tests.setting_pages import ACCOUNT, AT_SEAPORT, HERE, SOLES, words

pytestmark = pytest.mark.usefixtures("routing")


def test_edits_of_different_names_are_put_together_and_said_so(
    admin: FlaskClient, other: FlaskClient, stored: Any
) -> None:
    mine, theirs = fields_of(admin.get(HERE)), fields_of(other.get(HERE))
    assert (
        other.post(HERE, data=theirs | {"value": '{"overflow": "staff", "x-client": 1}'}).status_code == 303
    )
    added = mine["value"].replace("{", '{"rings": 4,', 1)
    assert admin.post(HERE, data=mine | {"value": added}).status_code == 303
    assert stored().value == {"overflow": "staff", "x-client": 1, "rings": 4}
    assert stored().version == 3
    said = words(admin.get(HERE).text)
    assert "Changed by somebody else meanwhile, and kept: overflow, x-client." in said


def test_edits_of_the_same_name_show_before_theirs_and_yours(
    admin: FlaskClient, other: FlaskClient, stored: Any
) -> None:
    mine, theirs = fields_of(admin.get(HERE)), fields_of(other.get(HERE))
    other.post(HERE, data=theirs | {"value": '{"overflow": "staff", "theirs": true}'})
    both = admin.post(HERE, data=mine | {"value": mine["value"].replace("voicemail", "hang up")})
    assert both.status_code == 409
    page = words(both.text)
    assert "Admin Harbour saved this" in page or "saved this" in page
    for side in ('Before both "voicemail"', 'Theirs, as it is saved now "staff"', 'Yours "hang up"'):
        assert side in page
    assert stored().value == {"overflow": "staff", "theirs": True}
    settled = fields_of(both)
    assert "value" not in settled
    # Without a choice nothing is saved.
    assert admin.post(HERE, data=settled).status_code == 422
    assert stored().version == 2
    chosen = settled | {"at:overflow": '"hang up"'}
    assert admin.post(HERE, data=chosen).status_code == 303
    # What they took away stays away, and what they added stays.
    assert stored().value == {"overflow": "hang up", "theirs": True}


def test_a_name_called_like_a_field_of_the_form_does_no_harm(
    admin: FlaskClient, other: FlaskClient, send: Send, stored: Any
) -> None:
    send(admin, HERE, value='{"version": 1, "csrf_token": 1, "before": 1, "value": 1, "parts": 1}')
    mine, theirs = fields_of(admin.get(HERE)), fields_of(other.get(HERE))
    other.post(HERE, data=theirs | {"value": theirs["value"].replace('"version": 1', '"version": 2')})
    both = admin.post(HERE, data=mine | {"value": mine["value"].replace('"version": 1', '"version": 3')})
    assert both.status_code == 409
    assert admin.post(HERE, data=fields_of(both) | {"at:version": "3"}).status_code == 303
    assert stored().value == {"version": 3, "csrf_token": 1, "before": 1, "value": 1, "parts": 1}


def test_values_that_are_no_objects_are_compared_as_a_whole(
    admin: FlaskClient, other: FlaskClient, stored: Any
) -> None:
    mine, theirs = fields_of(admin.get(HERE)), fields_of(other.get(HERE))
    other.post(HERE, data=theirs | {"value": "[1]"})
    both = admin.post(HERE, data=mine | {"value": "[2]"})
    assert both.status_code == 409
    assert admin.post(HERE, data=fields_of(both) | {"value": "[2]"}).status_code == 303
    assert stored().value == [2]


def test_a_setting_that_was_deleted_meanwhile_is_made_anew_only_when_saved_again(
    admin: FlaskClient, other: FlaskClient, stored: Any
) -> None:
    mine = fields_of(admin.get(HERE)) | {"value": '{"mine": true}'}
    other.post(f"{HERE}/delete", data=fields_of(other.get(f"{HERE}/delete")))
    answer = admin.post(HERE, data=mine)
    assert answer.status_code == 409
    assert "Somebody deleted this setting while you were editing." in answer.text
    assert stored() is None
    assert admin.post(HERE, data=fields_of(answer)).status_code == 303
    assert stored().value == {"mine": True}


def test_a_form_of_another_page_is_refused(admin: FlaskClient, send: Send, stored: Any) -> None:
    for field, value in (("version", "x:1"), ("version", ""), ("before", "{}"), ("before", "[")):
        assert send(admin, HERE, **{field: value, "value": "{}"}).status_code == 422
    for parts in ("[", "1", '["a"]'):
        sent = fields_of(admin.get(HERE)) | {"parts": parts}
        del sent["value"]
        assert admin.post(HERE, data=sent).status_code in (400, 422)
    assert stored().version == 1


def test_the_history_shows_what_changed_and_puts_it_back(admin: FlaskClient, send: Send, stored: Any) -> None:
    send(admin, HERE, value='{"overflow": "staff", "x-client": {"exact": 2}}')
    page = admin.get(f"{HERE}/history").text
    text = words(page)
    assert "Setting routing changed Admin," in text
    assert "value.overflow voicemail became staff" in text
    assert "Voice" not in text
    back = re.findall(r'action="([^"]+/put-back)"', page)[0]
    token = {"csrf_token": fields_of(admin.get(HERE))["csrf_token"]}
    assert admin.post(back, data=token).status_code == 303
    assert stored().value["overflow"] == "voicemail"


def test_what_was_changed_again_since_is_compared_before_it_goes_back(
    admin: FlaskClient, other: FlaskClient, send: Send, stored: Any
) -> None:
    send(admin, HERE, value='{"overflow": "staff"}')
    send(other, HERE, value='{"overflow": "hang up"}')
    page = admin.get(f"{HERE}/history").text
    first = re.findall(r'action="([^"]+/put-back)"', page)[1]
    both = admin.post(first, data={"csrf_token": fields_of(admin.get(HERE))["csrf_token"]})
    assert both.status_code == 409
    for side in ("voicemail", "staff", "hang up"):
        assert side in both.text
    assert stored().value == {"overflow": "hang up"}
    choice = next(
        html.unescape(value)
        for value in re.findall(r'type="radio" name="value" value="([^"]*)"', both.text)
        if "voicemail" in value
    )
    assert admin.post(first, data=fields_of(both) | {"value": choice}).status_code == 303
    assert stored().value["overflow"] == "voicemail"


def test_a_line_of_another_setting_is_not_put_back_from_here(
    admin: FlaskClient, send: Send, stored: Any, database: Database
) -> None:
    send(admin, "/settings/new", place=ACCOUNT, key="menu", value='{"a": 1}')
    token = {"csrf_token": fields_of(admin.get(HERE))["csrf_token"]}
    page = admin.get(f"/settings/menu/{ACCOUNT}/history").text
    line = re.findall(r"history/([0-9a-f-]{36})/put-back", page)[0]
    for path in (HERE, AT_SEAPORT, f"/settings/routing/{SOLES}"):
        assert admin.post(f"{path}/history/{line}/put-back", data=token).status_code == 404
    assert admin.post(f"/configuration/{ACCOUNT}/history/{line}/put-back", data=token).status_code == 404
    assert stored(key="menu").value == {"a": 1}
