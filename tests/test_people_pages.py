"""People: the list, one person, who may change whom, and access that ends at the next request."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.fixtures.core import MakePerson, Somebody, signed_in_client
from tests.fixtures.database import Database
from tests.fixtures.forms import fields_of
from tests.fixtures.pages import ClientOf

ADMIN = UUID("05e00000-0000-7000-8000-000000000001")
MANAGER = UUID("05e00000-0000-7000-8000-000000000002")
OPERATOR = UUID("05e00000-0000-7000-8000-000000000003")
WEST = UUID("05e00000-0000-7000-8000-000000000004")
ACCOUNT_A = "a0000000-0000-7000-8000-00000000000a"
ACCOUNT_B = "a0000000-0000-7000-8000-00000000000b"
PLACE_B1 = f"{ACCOUNT_B}/10c00000-0000-7000-8000-0000000000b1"
LAST = "nobody else is an active admin of every account"


@pytest.fixture(scope="module")
def admin(client_of: ClientOf) -> FlaskClient:
    """The admin of everything."""
    return client_of("admin")


@pytest.fixture(scope="module")
def harbour(client_of: ClientOf) -> FlaskClient:
    """The admin of one account."""
    return client_of("admin.harbour")


@pytest.fixture
def ann(make_person: MakePerson, database: Database) -> Iterator[Somebody]:
    """Somebody who works at one account."""
    somebody = make_person()
    with database.owner() as owner:
        owner.execute(
            "insert into public.user_access (user_id, account_id) values (%s, %s)",
            [somebody.user_id, ACCOUNT_A],
        )
    yield somebody
    with database.owner() as owner:
        owner.execute("update public.users set updated_by = null")


def token(client: FlaskClient) -> str:
    found = re.search(r'name="csrf-token" content="([^"]+)"', client.get("/account/password").text)
    assert found is not None
    return found[1]


def press(client: FlaskClient, path: str, **fields: Any) -> TestResponse:
    """Send a form with the token of a page that the person sees."""
    return client.post(path, data=fields | {"csrf_token": token(client)})


def row(database: Database, user_id: UUID) -> Any:
    with database.owner() as owner:
        return owner.execute("select * from public.people_v where id = %s", [user_id]).fetchone()


def save(client: FlaskClient, user_id: UUID, **typed: str) -> TestResponse:
    page = client.get(f"/people/{user_id}/")
    fields = fields_of(page)
    role = re.search(r'<option selected value="(\w+)"', page.text)
    assert role is not None
    return client.post(f"/people/{user_id}/", data=fields | {"role": role[1]} | typed)


def test_the_list_says_who_is_what_where_and_since_when(admin: FlaskClient) -> None:
    page = admin.get("/people/").text
    for words in ("operator@certus.example", "Harbour &amp; Vine, Harbour &amp; Vine Market", "Deactivated"):
        assert words in page
    assert "<strong>9</strong> people" in page


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("role=admin", {"Admin", "Admin Harbour"}),
        ("state=deactivated", {"Former Operator"}),
        ("words=LYON", {"Manager Lyon"}),
        (f"account={ACCOUNT_B}", {"Admin", "Account Manager", "Operator West"}),
        ("location=10c00000-0000-7000-8000-0000000000a5&role=operator", {"Operator Pier", "Former Operator"}),
        ("role=admin&words=nobody", set()),
    ],
)
def test_the_list_is_filtered(admin: FlaskClient, query: str, names: set[str]) -> None:
    shown = re.findall(r'class="row-link"[^>]*>([^<]+)<', admin.get(f"/people/?{query}").text)
    assert set(shown) == names


def test_the_list_is_read_page_by_page(admin: FlaskClient, database: Database) -> None:
    with database.owner() as owner:
        owner.execute(
            """insert into public.users (email, full_name, role)
            select 'many' || n || '@people.example', 'Many ' || n, 'operator' from generate_series(1, 70) n"""
        )
    try:
        first = admin.get("/people/?words=many").text
        older = re.search(r'href="([^"]+)" rel="next"', first)
        assert older is not None
        second = admin.get(older[1].replace("&amp;", "&")).text
        names = [re.findall(r'class="row-link"[^>]*>([^<]+)<', page) for page in (first, second)]
        assert [len(found) for found in names] == [50, 20]
        assert len(set(names[0]) | set(names[1])) == 70
    finally:
        with database.owner() as owner:
            owner.execute("delete from public.users where email like 'many%'")


def test_an_admin_of_one_account_sees_its_people_alone(harbour: FlaskClient) -> None:
    page = harbour.get("/people/").text
    assert "Operator Pier" in page
    assert "Operator West" not in page
    assert "Tres Soles" not in page
    for path in ("/", "/sees"):
        assert harbour.get(f"/people/{WEST}{path}").status_code == 404
        assert harbour.get(f"/people/{uuid4()}{path}").status_code == 404


@pytest.mark.parametrize("path", ["/", "/deactivate", "/reactivate", "/link", "/link/withdraw", "/view-as"])
def test_whoever_also_works_elsewhere_is_read_and_not_changed(
    harbour: FlaskClient, database: Database, path: str
) -> None:
    before = row(database, MANAGER)
    page = harbour.get(f"/people/{MANAGER}/")
    assert page.status_code == 200
    assert "only an admin of all their accounts changes them" in page.text
    assert harbour.get(f"/people/{MANAGER}/sees").status_code == 403
    assert press(harbour, f"/people/{MANAGER}{path}").status_code == 403
    assert press(harbour, f"/people/{WEST}{path}").status_code == 404
    assert row(database, MANAGER) == before


def test_name_and_email_are_saved(admin: FlaskClient, ann: Somebody, database: Database) -> None:
    email = f"{uuid4().hex[:8]}@People.example"
    assert save(admin, ann.user_id, full_name="  Ann Other ", email=email).status_code == 303
    assert (row(database, ann.user_id).full_name, row(database, ann.user_id).email) == (
        "Ann Other",
        email.lower(),
    )


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"full_name": " "}, "Enter a name."),
        ({"full_name": "x" * 201}, "Use up to 200 characters."),
        ({"email": "nobody"}, "Write an address such as"),
        ({"email": "operator@certus.example"}, "Somebody has this email already"),
        ({"role": "owner"}, "Not a valid choice"),
        ({"version": "none"}, "out of date"),
    ],
)
def test_what_cannot_be_saved_is_said_beside_its_field(
    admin: FlaskClient, ann: Somebody, database: Database, typed: dict[str, str], words: str
) -> None:
    before = row(database, ann.user_id)
    answer = save(admin, ann.user_id, **typed)
    assert answer.status_code == 422
    assert words in answer.text
    assert row(database, ann.user_id) == before


def test_two_admins_who_save_at_once_choose(admin: FlaskClient, ann: Somebody, database: Database) -> None:
    page = fields_of(admin.get(f"/people/{ann.user_id}/")) | {"role": "operator"}
    assert save(admin, ann.user_id, full_name="Theirs").status_code == 303
    both = admin.post(f"/people/{ann.user_id}/", data=page | {"full_name": "Mine"})
    assert both.status_code == 409
    assert "Theirs" in both.text
    assert row(database, ann.user_id).full_name == "Theirs"
    other_field = admin.post(f"/people/{ann.user_id}/", data=page | {"role": "account_manager"})
    assert other_field.status_code == 303
    assert (row(database, ann.user_id).full_name, row(database, ann.user_id).role) == (
        "Theirs",
        "account_manager",
    )


@pytest.mark.parametrize("change", ["demoted", "deactivated"])
def test_a_person_is_out_at_the_next_request_on_every_session(
    app: Flask, admin: FlaskClient, ann: Somebody, change: str
) -> None:
    devices = [signed_in_client(app, ann) for _ in range(3)]
    assert [device.get("/calls/").status_code for device in devices] == [200] * 3
    if change == "demoted":
        assert save(admin, ann.user_id, role="account_manager").status_code == 303
    else:
        assert press(admin, f"/people/{ann.user_id}/deactivate").status_code == 303
    assert [device.get("/calls/").status_code for device in devices] == [302] * 3
    assert [press_without_token(device) for device in devices] == [303] * 3


def press_without_token(device: FlaskClient) -> int:
    answer = device.post("/calls/ca110000-0000-7000-8000-000000000001/notes", data={"note_md": "Late."})
    assert answer.headers["Location"].startswith("/login")
    return answer.status_code


def test_access_is_gone_at_the_next_request(
    app: Flask, admin: FlaskClient, ann: Somebody, database: Database
) -> None:
    call = "/calls/ca110000-0000-7000-8000-000000000001"
    devices = [signed_in_client(app, ann) for _ in range(2)]
    assert [device.get(call).status_code for device in devices] == [200] * 2
    access = row(database, ann.user_id).access[0]["id"]
    assert press(admin, f"/people/{ann.user_id}/access/{access}/remove").status_code == 303
    assert [device.get(call).status_code for device in devices] == [404] * 2
    assert press(admin, f"/people/{ann.user_id}/access/{access}/remove").status_code == 404


def test_somebody_reactivated_signs_in_as_before(app: Flask, admin: FlaskClient, ann: Somebody) -> None:
    press(admin, f"/people/{ann.user_id}/deactivate")
    assert press(admin, f"/people/{ann.user_id}/reactivate").status_code == 303
    assert signed_in_client(app, ann).get("/calls/").status_code == 200


def test_access_is_given_once(admin: FlaskClient, ann: Somebody, database: Database) -> None:
    path = f"/people/{ann.user_id}/access"
    assert press(admin, path, place=PLACE_B1).status_code == 303
    assert len(row(database, ann.user_id).access) == 2
    again = press(admin, path, place=PLACE_B1)
    assert (again.status_code, "They work there already." in again.text) == (422, True)
    for place in ("", "all/x", str(uuid4())):
        assert press(admin, path, place=place).status_code == 422


@pytest.mark.parametrize("place", ["all", ACCOUNT_B, PLACE_B1])
def test_nobody_gives_more_access_than_they_have(
    harbour: FlaskClient, ann: Somebody, database: Database, place: str
) -> None:
    assert press(harbour, f"/people/{ann.user_id}/access", place=place).status_code == 422
    assert len(row(database, ann.user_id).access) == 1


def test_the_last_admin_of_everything_stays(admin: FlaskClient, database: Database) -> None:
    before = row(database, ADMIN)
    demoted = save(admin, ADMIN, role="operator")
    deactivated = press(admin, f"/people/{ADMIN}/deactivate")
    deprived = press(admin, f"/people/{ADMIN}/access/{before.access[0]['id']}/remove")
    for answer in (demoted, deactivated, deprived):
        assert answer.status_code == 422
        assert LAST in answer.text
    assert row(database, ADMIN) == before


def test_what_a_person_sees_is_what_they_see(admin: FlaskClient, client_of: ClientOf) -> None:
    page = admin.get(f"/people/{OPERATOR}/sees").text
    counts = {
        name: re.findall(r">([\d,+]+|·)<", cells)
        for name, cells in re.findall(r'<th scope="row">([^<]+)</th>(.*?)</tr>', page, re.DOTALL)
    }
    # In all, at Market, at Seaport: rows of the seed.
    assert counts["Calls"] == ["5", "2", "3"]
    assert counts["Locations"] == ["2", "1", "1"]
    assert counts["Knowledge requests"] == ["0", "0", "0"]
    assert counts["People"] == ["1", "·", "·"]
    assert "<strong>5</strong> calls" in client_of("operator").get("/calls/").text
    everything = admin.get(f"/people/{ADMIN}/sees").text
    assert re.search(r"Calls</th><td class=\"to-end\"><strong>14</strong>", everything)
    nothing = admin.get("/people/05e00000-0000-7000-8000-000000000008/sees").text
    assert "They have no access" in nothing
