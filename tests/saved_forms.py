"""Every form that saves something: who sends it, on which page it is drawn, and what is typed into it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.configured import ACCOUNT, BASE, HOURS, MARKET, PIER, SEAPORT
from tests.drawn_forms import Typed, press
from tests.fixtures.database import PEOPLE_PASSWORD
from tests.key_pages import TILL
from tests.note_pages import CALL, OPERATOR, OPERATORS_NOTE

As = Callable[[str], FlaskClient]
Open = Callable[[Flask, FlaskClient, As], TestResponse]

CHOSEN = "kettle plum river nine"
REQUEST = "4e000000-0000-7000-8000-00000000f001"
KNOWLEDGE = f"/knowledge/{REQUEST}"
PERSON = f"/people/{OPERATOR}/"
WEST = "05e00000-0000-7000-8000-000000000004"
ROUTING = f"/settings/routing/{ACCOUNT}"
DAY = f"{HOURS}exceptions/2031-12-25"

AT_ACCOUNT, AT_LOCATION = (f"/configuration/<uuid:account_id>{more}" for more in ("", "/<uuid:location_id>"))
SETTING = "/settings/<key>/<uuid:account_id>"
NEW_EXCEPTIONS = f"{AT_ACCOUNT}/exceptions/new"
PUT_BACK = "history/<uuid:line_id>/put-back"

CHRISTMAS: Typed = {
    "first": "2031-12-24",
    "last": "2031-12-26",
    "reason": "Christmas",
    "to": [str(SEAPORT), str(MARKET)],
    "action": "preview",
}
INVITED: Typed = {
    "full_name": "Ann",
    "email": "ann@people.example",
    "role": "operator",
    "access": [str(ACCOUNT)],
}


def request_at(status: str) -> str:
    return f"""insert into public.knowledge_update_requests
            (id, org_id, requested_by_user_id, payload, status)
        select '{REQUEST}', '{ACCOUNT}', u.id, '{{"kind": "menu", "title": "Soup", "text": "Hot."}}',
            '{status}'
        from public.users u where u.email = 'manager@certus.example'"""


def setting_at(location: str) -> str:
    return f"""delete from public.settings where key = 'routing';
        insert into public.settings (org_id, location_id, key, value)
        values ('{ACCOUNT}', {location}, 'routing', '{{"overflow": "voicemail"}}')"""


EXCEPTION = f"""insert into public.location_hours_exceptions
    (account_id, location_id, exception_date, is_closed, reason)
    values ('{ACCOUNT}', '{SEAPORT}', '2031-12-25', true, 'Staff outing')"""
OF_ACCOUNT, OF_LOCATION = setting_at("null"), setting_at(f"'{SEAPORT}'")
FORMER = f"update public.users set is_active = false where id = '{WEST}'"


def preview(app: Flask, client: FlaskClient, _as: As) -> TestResponse:
    """The exceptions of a holiday, typed and looked at."""
    return press(app, client, NEW_EXCEPTIONS, f"{BASE}exceptions/new", CHRISTMAS)


def saved_holiday(app: Flask, client: FlaskClient, as_: As) -> TestResponse:
    """The page with its undo."""
    saved = press(app, client, NEW_EXCEPTIONS, preview(app, client, as_), {"action": "save"}, which=1)
    return client.get(saved.headers["Location"])


def after(rule: str, page: str, typed: Typed, then: str) -> Open:
    """A page that is there once something else was saved."""

    def open_page(app: Flask, client: FlaskClient, _as: As) -> TestResponse:
        answer = press(app, client, rule, page, typed)
        assert answer.status_code < 400, answer.text
        return client.get(then)

    return open_page


def chosen_link(app: Flask, client: FlaskClient, as_: As) -> TestResponse:
    """The page on which somebody invited chooses a password."""
    answer = press(app, as_("admin"), "/people/invite", "/people/invite", INVITED)
    link = re.search(r'data-copy="[^"#]+#([^"]+)"', answer.text)
    assert link is not None
    press(app, client, "/one-time-link", "/one-time-link", {"link": link[1]})
    return client.get("/one-time-link/password")


@dataclass(frozen=True)
class SavedForm:
    """`page` is an address or opens one; `given` are statements of the owner's that come before.

    `takes` are fields of the rule that another of its pages has: they are no extras. `which` is the form's
    place among those of the page that lead to the rule.
    """

    person: str
    page: str | Open
    typed: Typed = field(default_factory=dict)
    given: tuple[str, ...] = ()
    takes: frozenset[str] = frozenset()
    which: int = 0


WEEK: Typed = {"closes-2": ["14:30", "23:00"]}
BUSY: Typed = {"duration": "30", "wait": "10", "reason": "Party"}
AVERAGES: Typed = {"avg_spend_per_head": "51", "baseline_handle_seconds": "90"}
VERSION = frozenset({"version"})  # sent by the page on which somebody chooses what to put back

SAVED_FORMS = {
    "/account/password": SavedForm(
        "operator",
        "/account/password",
        {"current": PEOPLE_PASSWORD, "password": CHOSEN, "again": CHOSEN},
    ),
    "/api-keys/new": SavedForm(
        "admin",
        "/api-keys/new",
        {"account": str(ACCOUNT), "label": "Widget", "key_hint": "Ab3dE", "scopes": ["reservations:write"]},
    ),
    "/api-keys/<uuid:key_id>/rotate": SavedForm(
        "admin", f"/api-keys/{TILL}/rotate", {"key_hint": "n3wK", "overlap": "1d"}
    ),
    "/api-keys/<uuid:key_id>/revoke": SavedForm(
        "admin", f"/api-keys/{TILL}/revoke", {"reason": "The tablet was stolen"}
    ),
    "/calls/<uuid:call_id>/reveal": SavedForm("operator", f"/calls/{CALL}", {"reason": "to call back"}),
    "/calls/<uuid:call_id>/notes": SavedForm("operator", f"/calls/{CALL}", {"note_md": "Called back."}),
    "/calls/<uuid:call_id>/notes/<uuid:note_id>/edit": SavedForm(
        "operator", f"/calls/{CALL}/notes/{OPERATORS_NOTE}/edit", {"note_md": "Called back twice."}
    ),
    "/calls/<uuid:call_id>/notes/<uuid:note_id>/delete": SavedForm(
        "operator", f"/calls/{CALL}/notes/{OPERATORS_NOTE}/delete"
    ),
    "/notes/edit/": SavedForm("operator", f"/notes/edit/?id={OPERATORS_NOTE}", {"note_md": "Called twice."}),
    "/notes/delete/": SavedForm("operator", f"/notes/delete/?id={OPERATORS_NOTE}"),
    f"{AT_ACCOUNT}/busy": SavedForm(
        "manager", f"{BASE}busy", {**BUSY, "to": [str(SEAPORT), str(MARKET)], "action": "on"}
    ),
    f"{AT_LOCATION}/busy": SavedForm("manager", f"{HOURS}busy", BUSY),
    NEW_EXCEPTIONS: SavedForm("manager", preview, {"action": "save"}, which=1),
    f"{AT_ACCOUNT}/exceptions/saved/<request_id>/undo": SavedForm("manager", saved_holiday),
    f"{AT_LOCATION}/": SavedForm("manager", HOURS, WEEK),
    f"{AT_LOCATION}/copy": SavedForm("manager", f"{HOURS}copy?to={PIER}"),
    f"{AT_LOCATION}/exceptions/<day>": SavedForm(
        "manager", DAY, {"reason": "Party", "action": "save"}, (EXCEPTION,)
    ),
    f"{AT_LOCATION}/exceptions/<day>/delete": SavedForm("manager", f"{DAY}/delete", given=(EXCEPTION,)),
    f"{AT_ACCOUNT}/averages": SavedForm("manager", f"{BASE}averages", AVERAGES),
    f"{AT_LOCATION}/averages": SavedForm("manager", f"{HOURS}averages", AVERAGES),
    f"{AT_ACCOUNT}/voice": SavedForm("manager", f"{BASE}voice", {"greeting": "Good day."}),
    f"{AT_LOCATION}/voice": SavedForm("manager", f"{HOURS}voice", {"greeting": "Good day."}),
    f"{AT_ACCOUNT}/{PUT_BACK}": SavedForm(
        "manager",
        after(f"{AT_ACCOUNT}/averages", f"{BASE}averages", AVERAGES, f"{BASE}history"),
        takes=VERSION,
    ),
    f"{AT_LOCATION}/{PUT_BACK}": SavedForm(
        "manager",
        after(f"{AT_LOCATION}/averages", f"{HOURS}averages", AVERAGES, f"{HOURS}history"),
        takes=VERSION,
    ),
    "/knowledge/new": SavedForm(
        "manager",
        "/knowledge/new",
        {"place": str(ACCOUNT), "kind": "menu", "title": "Soup", "text": "The soup is hot."},
    ),
    "/knowledge/<uuid:knowledge_id>/approve": SavedForm("admin", KNOWLEDGE, given=(request_at("pending"),)),
    "/knowledge/<uuid:knowledge_id>/reject": SavedForm(
        "admin", KNOWLEDGE, {"reason": "Not true any more"}, (request_at("pending"),)
    ),
    "/knowledge/<uuid:knowledge_id>/retry": SavedForm("admin", KNOWLEDGE, given=(request_at("failed"),)),
    "/knowledge/<uuid:knowledge_id>/withdraw": SavedForm(
        "manager", KNOWLEDGE, given=(request_at("pending"),)
    ),
    "/login": SavedForm(
        "stranger", "/login", {"email": "operator@certus.example", "password": PEOPLE_PASSWORD}
    ),
    "/logout": SavedForm("operator", "/"),
    "/one-time-link/password": SavedForm("stranger", chosen_link, {"password": CHOSEN, "again": CHOSEN}),
    "/people/invite": SavedForm("admin", "/people/invite", INVITED),
    "/people/<uuid:person_id>/": SavedForm("admin", PERSON, {"full_name": "Ann"}),
    "/people/<uuid:person_id>/access": SavedForm("admin", PERSON, {"place": f"{ACCOUNT}/{PIER}"}),
    "/people/<uuid:person_id>/access/<uuid:access_id>/remove": SavedForm("admin", PERSON),
    "/people/<uuid:person_id>/deactivate": SavedForm("admin", PERSON),
    "/people/<uuid:person_id>/reactivate": SavedForm("admin", f"/people/{WEST}/", given=(FORMER,)),
    "/people/<uuid:person_id>/link": SavedForm("admin", PERSON),
    "/people/<uuid:person_id>/link/withdraw": SavedForm(
        "admin", after("/people/<uuid:person_id>/link", PERSON, {}, PERSON)
    ),
    "/people/<uuid:person_id>/view-as": SavedForm("admin", PERSON),
    "/viewing/end": SavedForm("admin", after("/people/<uuid:person_id>/view-as", PERSON, {}, "/")),
    "/settings/new": SavedForm(
        "admin", "/settings/new", {"place": str(ACCOUNT), "key": "menu", "value": '{"lunch": 1}'}
    ),
    SETTING: SavedForm("admin", ROUTING, {"value": '{"overflow": "ring"}'}, (OF_ACCOUNT,)),
    f"{SETTING}/delete": SavedForm("admin", f"{ROUTING}/delete", given=(OF_ACCOUNT,)),
    f"{SETTING}/{PUT_BACK}": SavedForm(
        "admin",
        after(SETTING, ROUTING, {"value": '{"overflow": "ring"}'}, f"{ROUTING}/history"),
        given=(OF_ACCOUNT,),
        takes=VERSION,
    ),
    f"{SETTING}/<uuid:location_id>": SavedForm(
        "admin", f"{ROUTING}/{SEAPORT}", {"value": '{"overflow": "ring"}'}, (OF_LOCATION,)
    ),
    f"{SETTING}/<uuid:location_id>/delete": SavedForm(
        "admin", f"{ROUTING}/{SEAPORT}/delete", given=(OF_LOCATION,)
    ),
    f"{SETTING}/<uuid:location_id>/{PUT_BACK}": SavedForm(
        "admin",
        after(
            f"{SETTING}/<uuid:location_id>",
            f"{ROUTING}/{SEAPORT}",
            {"value": '{"overflow": "ring"}'},
            f"{ROUTING}/{SEAPORT}/history",
        ),
        given=(OF_LOCATION,),
        takes=VERSION,
    ),
}

# Forms whose fields are stored nowhere, and why.
SAVE_NOTHING = {
    f"{AT_LOCATION}/paste": "it shows what a text would change; the hours' own form saves it",
    "/one-time-link": "it puts the link into the cookie; the page that it leads to saves the password",
}
