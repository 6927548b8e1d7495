"""What an address has no view for is refused, whoever asks; HEAD looks, as GET does, and saves nothing."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from certus_admin.config import CHECKOUT, Config
from seeds.recordings import make_recordings
from tests.fixtures.database import Database
from tests.fixtures.pages import ClientOf
from tests.route_table import FORMS, OTHER_METHODS, PEOPLE, ROUTES, SIGN_IN, address_of, answers_otherwise
from tests.test_routes import fingerprint, note_of_the_operator

__all__ = ["note_of_the_operator"]  # each test here begins with that note

RULES = sorted({rule for _, rule in ROUTES})


@pytest.fixture(scope="module", autouse=True)
def recordings(config: Config) -> None:
    """The demo's sounds, of which one is asked for."""
    make_recordings(config.var / "recordings")


@pytest.mark.parametrize("person", PEOPLE)
def test_each_other_method_is_answered_as_the_table_says(
    client: FlaskClient, client_of: ClientOf, person: str
) -> None:
    somebody = client if person == "stranger" else client_of(person)
    found, wanted = {}, {}
    for rule in RULES:
        for method in OTHER_METHODS:
            if (method, rule) in ROUTES:
                continue
            with somebody.open(address_of(rule), method=method) as answer:
                away = answer.headers.get("Location", "").startswith("/login")
                found[method, rule] = SIGN_IN if away else answer.status_code
                assert method != "HEAD" or answer.data == b""
            wanted[method, rule] = answers_otherwise(method, rule)[PEOPLE.index(person)]
    assert len(found) > 4 * len(RULES)
    assert {cell: answer for cell, answer in found.items() if answer != wanted[cell]} == {}


def test_no_rule_takes_a_method_that_the_tables_do_not_name(app: Flask) -> None:
    taken = {method for rule in app.url_map.iter_rules() for method in rule.methods or ()}
    assert taken == {"GET", "HEAD", "OPTIONS", "POST"}


def test_a_refused_method_is_told_which_are_taken(client_of: ClientOf) -> None:
    admin = client_of("admin")
    for rule in RULES:
        taken = {method for method, named in ROUTES if named == rule}
        answer = admin.open(address_of(rule), method="PROPFIND")
        assert answer.status_code == 405
        allowed = {method.strip() for method in answer.headers["Allow"].split(",")}
        assert allowed - {"HEAD", "OPTIONS"} == taken, rule


# Forms are taken without a token when they come with HEAD: what saves has to ask for POST.
@pytest.mark.parametrize("person", PEOPLE[1:])
def test_a_head_request_saves_nothing(client_of: ClientOf, database: Database, person: str) -> None:
    client = client_of(person)
    before = fingerprint(database)
    for rule in RULES:
        with client.head(address_of(rule), data=FORMS.get(rule, {})) as answer:
            assert answer.status_code < 500, rule
    assert fingerprint(database) == before


def test_no_view_takes_whatever_is_not_get_for_a_form() -> None:
    views = {path.name: path.read_text("utf-8") for path in (CHECKOUT / "views").glob("*.py")}
    assert any('request.method != "POST"' in source for source in views.values())
    assert [name for name, source in views.items() if 'request.method == "GET"' in source] == []
