"""JSON settings: the list, for whom it is, adding, changing and deleting one, and which row wins."""

import re
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from tests.fixtures.database import Database
from tests.fixtures.forms import Send, fields_of
from tests.fixtures.pages import ClientOf
from tests.fixtures.people import AsUser
from tests.made_calls import ids_on, read_list, texts
from tests.setting_pages import ACCOUNT, AT_SEAPORT, HERE, LUMEN, LYON, SEAPORT, SOLES, beside, words

pytestmark = pytest.mark.usefixtures("routing")


@pytest.mark.parametrize("who", ["admin", "admin.harbour"])
def test_the_list_holds_every_setting_in_reach_but_the_voice(
    who: str, client_of: ClientOf, as_user: AsUser, database: Database
) -> None:
    with database.owner() as owner:
        for account, location, key in (
            (ACCOUNT, SEAPORT, "routing"),
            (SOLES, None, "menu"),
            (LUMEN, LYON, "menu"),
        ):
            owner.execute(
                "insert into public.settings (org_id, location_id, key, value) values (%s, %s, %s, '[1]')",
                [account, location, key],
            )
    wanted = "select id from settings where key <> 'ai_voice' {} order by updated_at desc, id desc"
    client = client_of(who)
    for query, condition in (
        ("", ""), ("?key=menu", "and key = 'menu'"), (f"?account={ACCOUNT}", f"and org_id = '{ACCOUNT}'"),
        (f"?location={SEAPORT}", f"and location_id = '{SEAPORT}'"), ("?key=ai_voice", "and false"),
    ):  # fmt: skip
        assert read_list(client, f"/settings/{query}") == texts(as_user(who).rows(wanted.format(condition)))
    page = words(client.get("/settings/").text)
    assert "All locations but 1 Harbour & Vine" in page
    assert ("menu" in page) == (who == "admin")


def test_an_admin_of_one_location_sees_the_accounts_settings_too_and_may_not_change_them(
    client_of: ClientOf, database: Database, stored: Any
) -> None:
    with database.owner() as owner:
        owner.execute("update public.users set role = 'admin' where email = 'manager.lyon@certus.example'")
        for location in (None, LYON):
            owner.execute(
                "insert into public.settings (org_id, location_id, key, value) values (%s, %s, 'menu', '{}')",
                [LUMEN, location],
            )
    client = client_of("manager.lyon")
    assert len(ids_on(client.get("/settings/").text)) == 2
    account, own = f"/settings/menu/{LUMEN}", f"/settings/menu/{LUMEN}/{LYON}"
    assert "Only admins of the whole account change it." in client.get(account).text
    form = fields_of(client.get(own))
    assert client.post(account, data=form).status_code == 403
    assert client.get(f"{account}/delete").status_code == 403
    assert client.post(own, data=form | {"value": '{"a": 1}'}).status_code == 303
    assert stored(LYON, "menu", LUMEN).value == {"a": 1}
    with database.owner() as owner:
        owner.execute(
            "update public.users set role = 'account_manager' where email = 'manager.lyon@certus.example'"
        )


@pytest.mark.parametrize("who", ["operator", "manager"])
@pytest.mark.parametrize("path", ["/settings/", "/settings/new", HERE, f"{HERE}/delete", f"{HERE}/history"])
def test_only_admins_come_here(who: str, path: str, client_of: ClientOf) -> None:
    assert client_of(who).get(path).status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        f"/settings/routing/{SOLES}", f"/settings/routing/{ACCOUNT}/{LYON}", f"/settings/menu/{ACCOUNT}",
        f"/settings/Routing/{ACCOUNT}", f"/settings/routing/{LUMEN}", f"/settings/routing/{LUMEN}/history",
        f"/settings/routing/{ACCOUNT}/{LYON}/history", f"/settings/ai_voice/{ACCOUNT}/history",
    ],
)  # fmt: skip
def test_what_is_not_there_or_out_of_reach_is_not_found(other: FlaskClient, path: str) -> None:
    assert other.get(path).status_code == 404


@pytest.mark.parametrize("verb", ["", "/delete", f"/history/{SEAPORT}/put-back"])
@pytest.mark.parametrize("place", [SOLES, LUMEN, f"{LUMEN}/{LYON}", f"{ACCOUNT}/{LYON}"])
def test_nothing_is_sent_to_what_is_out_of_reach(
    other: FlaskClient, database: Database, place: str, verb: str
) -> None:
    with database.owner() as owner:
        owner.execute(
            """insert into public.settings (org_id, location_id, key, value) values
            (%s, null, 'routing', '{}'), (%s, null, 'routing', '{}'), (%s, %s, 'routing', '{}')""",
            [SOLES, LUMEN, LUMEN, LYON],
        )
    form = fields_of(other.get(HERE)) | {"value": '{"mine": true}'}

    def told(path: str) -> tuple[int, str]:
        answer = other.post(path, data=form)
        page = answer.text.replace(answer.headers["X-Request-Id"], "")
        return answer.status_code, re.sub(r'(nonce|content)="[^"]*"', "", page)

    nowhere = re.sub("[0-9a-f-]{36}", lambda _: str(uuid4()), place)
    answer = told(f"/settings/routing/{place}{verb}")
    assert answer[0] == 404
    assert answer == told(f"/settings/routing/{nowhere}{verb}")
    with database.owner() as owner:
        assert owner.execute("select from public.settings where value ? 'mine'").rowcount == 0


def test_the_voice_has_a_page_of_its_own(admin: FlaskClient, send: Send) -> None:
    answer = admin.get(f"/settings/ai_voice/{ACCOUNT}/{SEAPORT}")
    assert (answer.status_code, answer.location) == (303, f"/configuration/{ACCOUNT}/{SEAPORT}/voice")
    refused = send(admin, "/settings/new", place=ACCOUNT, key="ai_voice", value="{}")
    assert refused.status_code == 422
    assert "a page of its own" in beside(refused.text, "key")


def test_a_setting_is_added_where_it_was_chosen(admin: FlaskClient, send: Send, stored: Any) -> None:
    for place, location in ((ACCOUNT, None), (f"{ACCOUNT}/{SEAPORT}", SEAPORT)):
        answer = send(admin, "/settings/new", place=place, key="opening.menu", value='{"lunch": [1, 2]}')
        assert answer.status_code == 303
        assert answer.location == f"/settings/opening.menu/{place}"
        assert stored(location, "opening.menu").value == {"lunch": [1, 2]}
        assert "Setting added." in admin.get(answer.location).text


@pytest.mark.parametrize("key", ["", "Routing", "1a", "a b", "a" * 81, "é", "a-b"])
def test_a_key_that_is_none_is_refused(admin: FlaskClient, send: Send, database: Database, key: str) -> None:
    answer = send(admin, "/settings/new", place=ACCOUNT, key=key, value="{}")
    assert answer.status_code == 422
    assert "Write a key such as" in beside(answer.text, "key")
    with database.owner() as owner:
        assert owner.execute("select from public.settings where key <> 'ai_voice'").rowcount == 1


def test_a_second_setting_of_a_key_at_a_place_is_refused(admin: FlaskClient, send: Send, stored: Any) -> None:
    answer = send(admin, "/settings/new", place=ACCOUNT, key="routing", value="{}")
    assert answer.status_code == 422
    assert "already" in beside(answer.text, "key")
    assert stored().value["overflow"] == "voicemail"


@pytest.mark.parametrize("place", ["", LUMEN, f"{LUMEN}/{LYON}", "nowhere"])
def test_a_place_out_of_reach_cannot_be_chosen(other: FlaskClient, send: Send, place: str) -> None:
    assert send(other, "/settings/new", place=place, key="menu", value="{}").status_code == 422


def test_a_save_writes_single_names_and_keeps_exactly_what_others_wrote(
    admin: FlaskClient, send: Send, stored: Any
) -> None:
    shown = fields_of(admin.get(HERE))["value"]
    assert "12345678901234567890.10" in shown
    answer = send(admin, HERE, value=shown.replace("voicemail", "staff"))
    assert answer.status_code == 303
    assert stored().text == '{"overflow": "staff", "x-client": {"exact": 12345678901234567890.10}}'
    assert stored().version == 2


def test_a_save_of_nothing_new_writes_nothing(admin: FlaskClient, send: Send, stored: Any) -> None:
    assert send(admin, HERE).status_code == 303
    assert (
        send(
            admin, HERE, value=' {"x-client":{"exact":12345678901234567890.10},\r\n"overflow":"voicemail"}'
        ).status_code
        == 303
    )
    assert stored().version == 1


def test_a_setting_that_is_no_object_is_replaced_as_a_whole(
    admin: FlaskClient, send: Send, stored: Any
) -> None:
    for value in ("[1, 2]", '"words"', "3", '{"again": true}'):
        assert send(admin, HERE, value=value).status_code == 303
        assert stored().text == value


def test_which_row_wins_is_said(admin: FlaskClient, send: Send) -> None:
    assert "This holds at every location of Harbour & Vine." in words(admin.get(HERE).text)
    send(admin, "/settings/new", place=f"{ACCOUNT}/{SEAPORT}", key="routing", value='{"overflow": "staff"}')
    page = admin.get(HERE)
    assert "but those with a setting of their own, which wins there: Harbour & Vine Seaport ." in words(
        page.text
    )
    assert f'href="{AT_SEAPORT}"' in page.text
    own = words(admin.get(AT_SEAPORT).text)
    assert "wins at Harbour & Vine Seaport over the account’s setting of the same key , as a whole" in own
    assert "voicemail" in own


def test_a_setting_is_deleted_as_it_was_shown_and_comes_back(
    admin: FlaskClient, other: FlaskClient, send: Send, stored: Any
) -> None:
    question = fields_of(admin.get(f"{HERE}/delete"))
    assert stored() is not None
    send(other, HERE, value='{"overflow": "staff"}')
    late = admin.post(f"{HERE}/delete", data=question, follow_redirects=True)
    assert "Somebody saved this setting in the meantime." in late.text
    assert stored().value == {"overflow": "staff"}
    gone = admin.post(f"{HERE}/delete", data=fields_of(admin.get(f"{HERE}/delete")), follow_redirects=True)
    assert "Setting deleted." in gone.text
    assert stored() is None
    assert admin.get(HERE).status_code == 404
    back = re.search(r'action="([^"]+/put-back)"', gone.text)
    assert back is not None
    assert admin.post(back[1], data={"csrf_token": question["csrf_token"]}).status_code == 303
    assert stored().value == {"overflow": "staff"}
