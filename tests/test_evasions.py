"""Ways to have a page of ours lead to another site, through every address that is taken from outside."""

from urllib.parse import quote, urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from certus_admin.local_paths import local_path
from tests.fixtures.core import csrf_token, try_sign_in
from tests.fixtures.database import PEOPLE_PASSWORD
from tests.fixtures.pages import ClientOf, full_email
from tests.route_table import CALL, NOTE

OURS = "http://localhost"
ELSEWHERE = [
    "//evil.test", "///evil.test", "////evil.test", "/\\evil.test", "\\\\evil.test", "\\/evil.test",
    "/\\/evil.test", "/\t/evil.test", "/\n/evil.test", "/\r/evil.test", "\t//evil.test", " //evil.test",
    "\x00//evil.test", "\u00a0//evil.test", "\u3000//evil.test", "/\u3000/evil.test", "\ufeff//evil.test",
    "https://evil.test", "HTTPS://evil.test", "http:evil.test", "http:/evil.test", "http:\\\\evil.test",
    "hTTp:///evil.test", "ftp://evil.test", "//localhost@evil.test", "http://localhost@evil.test",
    "http://localhost:80@evil.test", "//evil.test\\@localhost", "//localhost.evil.test", "//[::1]evil.test",
    "javascript:alert(1)", "java\tscript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x",
    "vbscript:x", "blob:http://localhost/x", "/calls/../..//evil.test", "/.//evil.test", "/..//evil.test",
    "evil.test", ".evil.test", "@evil.test", ":80", "?//evil.test", "#//evil.test", ";//evil.test",
]  # fmt: skip
ENCODED = [quote(each, safe="") for each in ELSEWHERE[:20]]
EVASIONS = [*ELSEWHERE, *ENCODED]


def host_of(location: str) -> tuple[str, str]:
    """Scheme and host to which a browser goes: it drops tabs and line ends, and reads \\ as /."""
    read = "".join(letter for letter in location.strip(" \x00\t\r\n") if letter not in "\t\r\n")
    parts = urlsplit(urljoin(f"{OURS}/login", read.replace("\\", "/")))
    return parts.scheme, parts.netloc


def test_a_browser_would_be_led_away_by_these() -> None:
    away = [each for each in ELSEWHERE if host_of(each) != ("http", "localhost")]
    assert len(away) >= 25


@pytest.mark.parametrize("wanted", EVASIONS)
def test_none_is_a_page_to_come_back_to(wanted: str) -> None:
    found = local_path(wanted)
    assert host_of(found) == ("http", "localhost")
    assert found == "/"


def test_after_a_sign_in_nobody_lands_elsewhere(app: Flask, client: FlaskClient) -> None:
    for wanted in EVASIONS:
        with client.session_transaction() as session:
            session.clear()
        page = client.get("/login", query_string={"next": wanted}).text
        assert "evil" not in page.split("<form", 1)[1].split("</form>", 1)[0]
    for wanted in ELSEWHERE[::4]:
        answer = try_sign_in(app.test_client(), full_email("operator"), PEOPLE_PASSWORD, next=wanted)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/"), wanted


def test_who_is_signed_in_already_lands_on_our_pages(client_of: ClientOf) -> None:
    operator = client_of("operator")
    for wanted in EVASIONS:
        answer = operator.get("/login", query_string={"next": wanted})
        assert (answer.status_code, answer.headers["Location"]) == (303, "/"), wanted


def test_what_a_stranger_asked_for_is_ours(client: FlaskClient) -> None:
    # A server gives a header no line ends, and takes none.
    for wanted in (each for each in EVASIONS if not {"\n", "\r", "\x00"} & set(each)):
        headers = {"HX-Request": "true", "HX-Current-URL": wanted}
        ways = [client.get("/calls/", headers=headers).headers["HX-Redirect"]]
        ways.append(client.post("/logout", headers={"Referer": wanted}).headers["Location"])
        assert {way for way in ways if way != "/login" and "evil" in way} == set(), wanted


@pytest.mark.parametrize("field", ["url", "next", "back", "return_to", "redirect"])
def test_a_form_leads_to_our_pages_alone(client_of: ClientOf, field: str) -> None:
    """Flask-Admin takes `url` from the address; no other name is taken at all."""
    operator = client_of("operator")
    token = csrf_token(operator, f"/calls/{CALL}")
    for wanted in EVASIONS:
        query = {"id": str(NOTE), field: wanted}
        answers = [
            operator.get("/notes/details/", query_string=query),
            operator.post("/notes/edit/", query_string=query, data=query | {"csrf_token": token}),
            operator.post("/notes/delete/", query_string=query, data=query | {"csrf_token": token}),
            operator.post("/viewing/end", query_string=query, data=query | {"csrf_token": token}),
        ]
        for answer in answers:
            assert host_of(answer.headers.get("Location", "/")) == ("http", "localhost"), wanted
            assert answer.status_code < 500


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.test"},
        {"Host": "localhost@evil.test"},
        {"Host": "evil.test#localhost"},
        {"Host": "localhost.evil.test"},
        {"X-Forwarded-Host": "evil.test"},
        {"X-Forwarded-Host": "localhost, evil.test"},
        {"X-Forwarded-Server": "evil.test"},
        {"X-Host": "evil.test"},
        {"X-Original-URL": "//evil.test/"},
        {"X-Rewrite-URL": "//evil.test/"},
        {"Forwarded": "host=evil.test;proto=https"},
        {"X-Forwarded-Proto": "gopher", "X-Forwarded-Port": "99", "X-Forwarded-Prefix": "//evil.test"},
    ],
    ids=lambda headers: " ".join(f"{name}={value}" for name, value in headers.items()),
)
def test_a_forged_host_is_in_no_answer(app: Flask, client_of: ClientOf, headers: dict[str, str]) -> None:
    for client in (app.test_client(), client_of("admin")):
        for path in ("/", "/login", "/calls", "/calls/", "/no-such-page", f"/calls/{CALL}"):
            answer = client.get(path, headers=headers)
            assert answer.status_code in (200, 302, 303, 308, 400, 404)
            assert "evil.test" not in answer.text
            assert "evil.test" not in str(answer.headers)
