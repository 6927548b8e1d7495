"""What is out of reach looks exactly like what does not exist, whichever way it is asked for."""

import re
from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from certus_admin.config import Config
from seeds.recordings import make_recordings
from tests.fixtures.database import Database
from tests.fixtures.pages import ClientOf
from tests.route_table import ROUTES, VALUES

# The operator works for Seaport and Market, two locations of Harbour & Vine.
REACHED = UUID("ca110000-0000-7000-8000-000000000001")
OTHER_OF_THE_SAME_CALLER = UUID("ca110000-0000-7000-8000-000000000002")
FOREIGN_CALLS = {
    "of another location": UUID("ca110000-0000-7000-8000-000000000007"),
    "of another account": UUID("ca110000-0000-7000-8000-000000000011"),
    "of a third account": UUID("ca110000-0000-7000-8000-000000000022"),
}
FOREIGN_NOTES = {
    FOREIGN_CALLS["of another location"]: UUID("007e0000-0000-7000-8000-000000000003"),
    FOREIGN_CALLS["of another account"]: UUID("007e0000-0000-7000-8000-000000000004"),
    FOREIGN_CALLS["of a third account"]: UUID("007e0000-0000-7000-8000-000000000005"),
}
OWN_NOTE = UUID("007e0000-0000-7000-8000-000000000001")
FOREIGN_PLACES = {
    "another location": ("location", UUID("10c00000-0000-7000-8000-0000000000a3")),
    "another account's location": ("location", UUID("10c00000-0000-7000-8000-0000000000b1")),
    "another account": ("account", UUID("a0000000-0000-7000-8000-00000000000b")),
}
PLACE_PAGES = ("/", "/calls/", "/calls/export.csv", "/orders/", "/orders/export.csv", "/reservations/",
               "/reservations/export.csv", "/notes/", "/analytics/", "/analytics/metrics.csv")  # fmt: skip
HARBOUR = UUID("a0000000-0000-7000-8000-00000000000a")
SOLES = UUID("a0000000-0000-7000-8000-00000000000b")
LUMEN = UUID("a0000000-0000-7000-8000-00000000000c")
# Account and location of which the person reaches at most one, or both but not in each other.
FOREIGN_SETTINGS = {
    "another location": ("operator", HARBOUR, UUID("10c00000-0000-7000-8000-0000000000a3")),
    "another account": ("manager", LUMEN, UUID("10c00000-0000-7000-8000-0000000000c2")),
    "another account's location in one's own": (
        "manager", HARBOUR, UUID("10c00000-0000-7000-8000-0000000000c2"),
    ),
    "one's own location in another account": (
        "manager", LUMEN, UUID("10c00000-0000-7000-8000-0000000000a1"),
    ),
    "one's own location in the other own account": (
        "manager", SOLES, UUID("10c00000-0000-7000-8000-0000000000a1"),
    ),
}  # fmt: skip

LISTS = [path for path in PLACE_PAGES if path not in ("/", "/analytics/metrics.csv")]
LISTS += ["/configuration/", "/analytics/metrics.csv?from=2026-01-01&to=2026-01-31"]

# The pages of settings: place, method and rule. A look at where hours are pasted sends everybody to the hours
# of the same address, unread.
SETTINGS = [
    (place, method, rule)
    for place, (_, account, _) in FOREIGN_SETTINGS.items()
    for method, rule in ROUTES
    if rule.startswith("/configuration/<uuid:account_id>/")
    and ("location_id" in rule or account == LUMEN)
    and (method, rule.rsplit("/", 1)[1]) != ("GET", "paste")
]

HTMX = {"HX-Request": "true"}
Form = dict[str, str]

# Each way to a call or a note of it: where to, what is sent (None where it is only looked at), and how.
WAYS: dict[str, tuple[str, Form | None, dict[str, str]]] = {
    "page": ("", None, {}),
    "drawer": ("", None, HTMX),
    "recording": ("/recording", None, {}),
    "reveal": ("/reveal", {"reason": "to call back"}, {}),
    "reveal in the drawer": ("/reveal", {"reason": "to call back"}, HTMX),
    "people": ("/people.json?q=", None, {}),
    "new note": ("/notes", {"note_md": "Mine, @Operator."}, {}),
    "new note in the drawer": ("/notes", {"note_md": "Mine."}, HTMX),
    "refused note": ("/notes", {"note_md": " "}, {}),
    "note": ("/notes/{note}", None, {}),
    "note in the drawer": ("/notes/{note}", None, HTMX),
    "editing": ("/notes/{note}/edit", None, {}),
    "edited": ("/notes/{note}/edit", {"note_md": "Mine.", "seen_at": ""}, {}),
    "deleting": ("/notes/{note}/delete", None, {}),
    "deleted": ("/notes/{note}/delete", {}, {}),
    "deleted in the drawer": ("/notes/{note}/delete", {}, HTMX),
}
NOTE_WAYS = [way for way, (path, _, _) in WAYS.items() if "{note}" in path]
# Flask-Admin's pages of one note, by its id in the query string or the form.
NOTE_PAGES: dict[str, tuple[str, Form | None]] = {
    "details": ("/notes/details/?id={note}", None),
    "editing": ("/notes/edit/?id={note}", None),
    "edited": ("/notes/edit/?id={note}", {"note_md": "Mine.", "seen_at": ""}),
    "deleting": ("/notes/delete/?id={note}", None),
    "deleted": ("/notes/delete/", {"id": "{note}"}),
}


@pytest.fixture(scope="module", autouse=True)
def recordings(config: Config) -> None:
    """The sounds of the calls that have one."""
    make_recordings(config.var / "recordings")


@pytest.fixture(scope="module")
def operator(client_of: ClientOf) -> FlaskClient:
    """The operator of two locations."""
    return client_of("operator")


@pytest.fixture(scope="module")
def manager(client_of: ClientOf) -> FlaskClient:
    """The manager of two accounts."""
    return client_of("manager")


@pytest.fixture(scope="module")
def admin(client_of: ClientOf) -> FlaskClient:
    """The admin, who sees everything."""
    return client_of("admin")


@pytest.fixture
def unchanged(database: Database) -> Iterator[None]:
    """Nothing is written for what cannot be reached: no note, and no line in the audit log either."""
    before = written(database)
    yield
    assert written(database) == before


def written(database: Database) -> tuple[int, ...]:
    """Notes, their changes, and what the audit log says about things rather than sign-ins."""
    with database.owner() as owner:
        row = owner.execute(
            """select count(*) as notes, coalesce(sum(hashtext(n::text)), 0) as content,
                (select count(*) from public.audit_log where table_name <> 'web_sessions') as lines
            from public.internal_notes n"""
        ).fetchone()
        assert row is not None
        return tuple(row)


def send(client: FlaskClient, path: str, form: Form | None, headers: dict[str, str]) -> TestResponse:
    """Look at an address, or send it a form with the token of a page that the person does see."""
    if form is None:
        return client.get(path, headers=headers)
    token = re.search(r'name="csrf-token" content="([^"]+)"', client.get(f"/calls/{REACHED}").text)
    assert token is not None
    return client.post(path, data=form | {"csrf_token": token[1]}, headers=headers)


def go(client: FlaskClient, way: str, call: UUID, note: UUID) -> TestResponse:
    """Ask for a call or a note in one of the ways."""
    path, form, headers = WAYS[way]
    return send(client, f"/calls/{call}" + path.format(note=note), form, headers)


def open_note(client: FlaskClient, page: str, note: UUID) -> TestResponse:
    """Ask for one of Flask-Admin's pages of a note."""
    path, form = NOTE_PAGES[page]
    filled = form and {name: value.format(note=note) for name, value in form.items()}
    return send(client, path.format(note=note), filled, {})


def told(answer: TestResponse) -> tuple[int, str, dict[str, str]]:
    """All that an answer tells: its status, its body and its headers, without what differs by chance."""
    text = answer.text.replace(answer.headers["X-Request-Id"], "REQUEST")
    text = re.sub(r'(name="csrf[-_]token" (?:content|value))="[^"]*"', r"\1", text)  # it holds the second
    by_chance = {"X-Request-Id", "Content-Security-Policy", "Date", "Set-Cookie", "Server-Timing"}
    headers = {name: value for name, value in answer.headers if name not in by_chance}
    answer.close()
    return answer.status_code, text, headers


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("call", FOREIGN_CALLS)
@pytest.mark.usefixtures("unchanged")
def test_a_call_out_of_reach_is_like_none(operator: FlaskClient, call: str, way: str) -> None:
    foreign = FOREIGN_CALLS[call]
    answer = told(go(operator, way, foreign, FOREIGN_NOTES[foreign]))
    assert answer[0] == 404
    assert answer == told(go(operator, way, uuid4(), uuid4()))


@pytest.mark.parametrize("way", NOTE_WAYS)
@pytest.mark.usefixtures("unchanged")
def test_a_note_is_found_with_its_own_call_alone(operator: FlaskClient, way: str) -> None:
    nothing = told(go(operator, way, REACHED, uuid4()))
    assert nothing[0] == 404
    for call, note in FOREIGN_NOTES.items():
        assert told(go(operator, way, REACHED, note)) == nothing
        assert told(go(operator, way, call, OWN_NOTE)) == nothing
    assert told(go(operator, way, OTHER_OF_THE_SAME_CALLER, OWN_NOTE)) == nothing


@pytest.mark.parametrize("way", WAYS)
def test_what_is_in_reach_is_found(operator: FlaskClient, database: Database, way: str) -> None:
    note = UUID("007e0000-0000-7000-8000-00000000f002")
    with database.owner() as owner:
        owner.execute(
            """insert into public.internal_notes (account_id, id, call_id, author_user_id, note_md)
            select c.account_id, %s, c.id, u.id, 'Theirs.' from public.call_logs c, public.users u
            where c.id = %s and u.email = 'operator@certus.example' on conflict do nothing""",
            [note, REACHED],
        )
    answer = go(operator, way, REACHED, note)
    answer.close()
    assert answer.status_code in (200, 302, 303, 422)


@pytest.mark.parametrize("page", NOTE_PAGES)
@pytest.mark.usefixtures("unchanged")
def test_a_note_out_of_reach_is_like_none(operator: FlaskClient, page: str) -> None:
    nothing = told(open_note(operator, page, uuid4()))
    assert nothing[0] == 404
    for note in FOREIGN_NOTES.values():
        assert told(open_note(operator, page, note)) == nothing


@pytest.mark.parametrize("path", PLACE_PAGES)
@pytest.mark.parametrize("place", FOREIGN_PLACES)
@pytest.mark.usefixtures("unchanged")
def test_a_place_out_of_reach_is_like_none_as_a_filter(operator: FlaskClient, path: str, place: str) -> None:
    name, foreign = FOREIGN_PLACES[place]
    for headers in ({}, HTMX):
        answer = told(operator.get(path, query_string={name: str(foreign)}, headers=headers))
        assert answer[0] == 404
        assert answer == told(operator.get(path, query_string={name: str(uuid4())}, headers=headers))


@pytest.mark.parametrize(("place", "method", "rule"), SETTINGS)
@pytest.mark.usefixtures("unchanged")
def test_settings_out_of_reach_are_like_none(
    request: pytest.FixtureRequest, place: str, method: str, rule: str
) -> None:
    name, account, location = FOREIGN_SETTINGS[place]
    client: FlaskClient = request.getfixturevalue(name)

    def ask(account_id: UUID, location_id: UUID) -> tuple[int, str, dict[str, str]]:
        values = {**VALUES, "account_id": account_id, "location_id": location_id}
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(values[found[1]]), rule)
        return told(send(client, path, {} if method == "POST" else None, {}))

    answer = ask(account, location)
    # Whoever writes nothing anywhere is told so whatever the place is.
    assert answer[0] == 404 or (name == "operator" and answer[0] == 403)
    assert answer == ask(uuid4(), uuid4())
    assert answer == ask(account, uuid4())


@pytest.mark.parametrize("path", PLACE_PAGES)
def test_a_place_in_reach_is_a_filter(manager: FlaskClient, path: str) -> None:
    for name, place in FOREIGN_PLACES.values():
        answer = manager.get(path, query_string={name: str(place)})
        answer.close()
        assert answer.status_code == 200


@pytest.mark.parametrize("path", LISTS)
def test_lists_hold_nothing_out_of_reach(operator: FlaskClient, admin: FlaskClient, path: str) -> None:
    """Ids and names of what others own are nowhere in the operator's lists; the admin's have them."""
    foreign = [*map(str, FOREIGN_CALLS.values()), "Tres Soles", "Maison Lumen", "Vine Providence"]
    foreign += [str(SOLES), str(LUMEN)]
    everything, reached = admin.get(path).text, operator.get(path).text
    assert [word for word in foreign if word in everything] != []
    assert [word for word in foreign if word in reached] == []
