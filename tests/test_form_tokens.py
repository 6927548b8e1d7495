"""A form is taken with the token of the session that it was drawn in, and with no other."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.fixtures.core import try_sign_in
from tests.fixtures.database import PEOPLE_PASSWORD, Database
from tests.fixtures.pages import ClientOf, full_email
from tests.route_table import CALL, FORMS, PEOPLE, ROUTES, address_of
from tests.test_routes import fingerprint, token_of

POSTS = [rule for method, rule in ROUTES if method == "POST"]
Refused = Callable[[FlaskClient, str], None]


def sign_in(client: FlaskClient, person: str) -> None:
    """In this browser, whatever it did before."""
    assert try_sign_in(client, full_email(person), PEOPLE_PASSWORD).status_code == 303


@pytest.fixture
def refused(database: Database) -> Refused:
    """Every form is refused with this token, and nothing changes."""

    def check(client: FlaskClient, token: str) -> None:
        before = fingerprint(database)
        for rule in POSTS:
            form = FORMS.get(rule, {}) | {"csrf_token": token}
            for headers in ({}, {"HX-Request": "true", "X-CSRFToken": token}):
                answer = client.post(address_of(rule), data=form, headers=headers)
                assert answer.status_code == 400, rule
                assert "This form has expired" in answer.text, rule
        assert fingerprint(database) == before

    return check


@pytest.mark.parametrize("person", PEOPLE[1:])
def test_the_token_of_another_session_of_ones_own_is_refused(
    client_of: ClientOf, refused: Refused, person: str
) -> None:
    here, there = client_of(person), client_of(person)
    refused(here, token_of(there))


@pytest.mark.parametrize("whose", ["admin", "a stranger"])
def test_the_token_of_somebody_else_is_refused(
    client_of: ClientOf, client: FlaskClient, refused: Refused, whose: str
) -> None:
    theirs = token_of(client if whose == "a stranger" else client_of(whose))
    refused(client_of("operator"), theirs)


@pytest.mark.parametrize("person", PEOPLE[1:])
def test_a_token_from_before_a_sign_out_is_refused(
    client_of: ClientOf, refused: Refused, person: str
) -> None:
    client = client_of(person)
    old = token_of(client)
    assert client.post("/logout", data={"csrf_token": old}).status_code == 303
    sign_in(client, person)
    assert token_of(client) != old
    refused(client, old)


def test_a_token_from_before_the_sign_in_is_refused(client: FlaskClient, refused: Refused) -> None:
    old = token_of(client)
    sign_in(client, "admin")
    refused(client, old)


def test_a_token_that_was_changed_is_refused(client_of: ClientOf, refused: Refused) -> None:
    admin = client_of("admin")
    token = token_of(admin)
    for changed in ("", token[:-1], token + "x", token.swapcase(), token.split(".")[0], "null", "\x00"):
        assert changed != token
        refused(admin, changed)


def test_a_good_token_is_taken_by_the_same_form(client_of: ClientOf) -> None:
    operator = client_of("operator")
    page = operator.get(f"/calls/{CALL}").text
    token = re.search(r'name="csrf-token" content="([^"]+)"', page)
    assert token is not None
    answer = operator.post(f"/calls/{CALL}/notes", data={"note_md": "Mine.", "csrf_token": token[1]})
    assert answer.status_code == 303
