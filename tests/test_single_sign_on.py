"""Single sign-on: whoever a provider vouches for comes in if we know them, like anybody else."""

from dataclasses import replace
from typing import Any

import psycopg
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from certus_admin.config import Config
from tests.fixtures.core import MakeApp, MakePerson, try_sign_in
from tests.fixtures.single_sign_on import (
    BACK,
    LABEL,
    REFUSED,
    START,
    assert_refused,
    come_back,
    go,
    is_signed_in,
)
from tests.oidc_provider import OidcProvider

pytestmark = pytest.mark.usefixtures("no_attempts")


@pytest.fixture
def app(single_sign_on_app: Flask) -> Flask:
    return single_sign_on_app


def test_a_known_person_comes_in_to_the_page_they_wanted(
    app: Flask, provider: OidcProvider, make_person: MakePerson, owner_url: str
) -> None:
    ann, client = make_person(), app.test_client()
    page = client.get("/login?next=/calls/?status%3Dmissed").text
    assert LABEL.replace("'", "&#39;") in page
    assert f'href="{START}?next=/calls/?status%3Dmissed"' in page
    brought = provider.agree(go(client, "?next=/calls/?status%3Dmissed"), ann.email.upper())
    answer = client.get(BACK, query_string=brought)
    assert (answer.status_code, answer.location) == (303, "/calls/?status=missed")
    assert is_signed_in(client)
    with client.session_transaction() as session:
        assert set(session) == {"token"}
    with psycopg.connect(owner_url) as owner:
        lines = owner.execute(
            "select count(*) from public.audit_log where action = 'sign_in' and actor_user_id = %s",
            [ann.user_id],
        ).fetchone()
    assert lines == (1,)


def test_whoever_never_had_a_password_comes_in_and_goes_out_with_everybody(
    app: Flask, provider: OidcProvider, make_person: MakePerson, owner_url: str
) -> None:
    ann, client = make_person(), app.test_client()
    with psycopg.connect(owner_url) as owner:
        owner.execute("delete from private.user_passwords where user_id = %s", [ann.user_id])
    come_back(client, provider, ann.email)
    assert is_signed_in(client)
    with psycopg.connect(owner_url) as owner:
        owner.execute("update public.users set is_active = false where id = %s", [ann.user_id])
    assert not is_signed_in(client)


def test_a_deactivated_person_stays_outside(
    app: Flask, provider: OidcProvider, make_person: MakePerson
) -> None:
    client = app.test_client()
    assert_refused(client, come_back(client, provider, make_person(is_active=False).email))


def test_an_answer_is_good_for_the_browser_that_asked_and_once(
    app: Flask, provider: OidcProvider, make_person: MakePerson
) -> None:
    ann, client, victim = make_person(), app.test_client(), app.test_client()
    brought = provider.agree(go(client), ann.email)
    assert_refused(victim, victim.get(BACK, query_string=brought))
    go(victim)
    assert_refused(victim, victim.get(BACK, query_string=brought))
    assert_refused(client, client.get(BACK, query_string=brought | {"state": "guessed"}))
    brought = provider.agree(go(client), ann.email)
    with client.session_transaction() as session:
        before = dict(session)
    assert client.get(BACK, query_string=brought).status_code == 303
    assert is_signed_in(client)
    with victim.session_transaction() as session:
        session.update(before)
    assert_refused(victim, victim.get(BACK, query_string=brought))


@pytest.mark.parametrize("changed", ["code_verifier", "exp"])
def test_without_its_verifier_or_in_time_a_code_is_worth_nothing(
    app: Flask, provider: OidcProvider, make_person: MakePerson, changed: str
) -> None:
    ann, client = make_person(), app.test_client()
    brought = provider.agree(go(client), ann.email)
    with client.session_transaction() as session:
        entry = session[f"_state_oidc_{brought['state']}"]
        if changed == "exp":
            entry["exp"] -= 601
        else:
            entry["data"].pop(changed)
        session.modified = True
    assert_refused(client, client.get(BACK, query_string=brought))


@pytest.mark.parametrize(
    "query", ["", "?error=access_denied&error_description=secret", "?state=x", "?code=x&state=\x00"]
)
def test_an_answer_that_is_none_is_refused_without_repeating_it(app: Flask, query: str) -> None:
    client = app.test_client()
    answer = client.get(BACK + query)
    assert answer.location == "/login"
    page = client.get("/login").text
    assert REFUSED in page
    assert "secret" not in page


@pytest.mark.parametrize(
    "wanted", ["//evil.test", "https://evil.test/", "/\\evil.test", "http:evil.test", "/login"]
)
def test_single_sign_on_leads_to_our_own_pages_only(
    app: Flask, provider: OidcProvider, make_person: MakePerson, wanted: str
) -> None:
    client, ann = app.test_client(), make_person()
    answer = client.get(START, query_string={"next": wanted})
    brought = provider.agree(answer.location or "", ann.email)
    assert client.get(BACK, query_string=brought | {"next": wanted}).location == "/"


def test_the_provider_sends_people_to_our_public_address_whatever_host_is_asked(app: Flask) -> None:
    location = go(app.test_client())
    assert "redirect_uri=http%3A%2F%2F127.0.0.1%3A8000%2Flogin%2Fsingle-sign-on%2Fback" in location
    assert app.test_client().get(START, base_url="http://evil.test").status_code == 400


def test_ten_refusals_close_an_address_for_either_way(app: Flask, make_person: MakePerson) -> None:
    client, ann = app.test_client(), make_person()
    for _ in range(5):
        assert client.get(BACK).status_code == 303
        assert try_sign_in(app.test_client(), ann.email, "wrong").status_code == 200
    answer = client.get(BACK)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 300
    assert try_sign_in(app.test_client(), ann.email, ann.password).status_code == 429


def test_ten_tries_of_one_address_close_it_and_no_other(
    app: Flask, provider: OidcProvider, make_person: MakePerson
) -> None:
    def answers(email: str, number: int) -> TestResponse:
        client = app.test_client()
        client.environ_base["REMOTE_ADDR"] = f"203.0.113.{number}"
        return come_back(client, provider, email)

    assert [answers("nobody@people.example", number).status_code for number in range(10)] == [303] * 10
    refused = answers("nobody@people.example", 11)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 300
    assert answers(make_person().email, 12).location == "/"


def test_coming_in_often_closes_nothing(app: Flask, provider: OidcProvider, make_person: MakePerson) -> None:
    ann = make_person()
    answers = [come_back(app.test_client(), provider, ann.email) for _ in range(12)]
    assert [(answer.status_code, answer.location) for answer in answers] == [(303, "/")] * 12


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://login.evil.test"},
        {"authorization_endpoint": None},
        {"id_token_signing_alg_values_supported": ["none", "HS256"]},
    ],
)
def test_a_provider_that_is_not_the_one_configured_is_a_clear_page(
    app: Flask, provider: OidcProvider, metadata: dict[str, Any]
) -> None:
    provider.metadata = metadata
    answer = app.test_client().get(START)
    assert answer.status_code == 503
    assert "does not answer just now" in answer.text
    assert "evil" not in answer.text
    provider.metadata = {}
    assert go(app.test_client())


def test_a_provider_that_is_away_is_a_clear_page_and_the_password_still_works(
    app_of: MakeApp, oidc_config: Config, make_person: MakePerson
) -> None:
    assert oidc_config.oidc is not None
    app = app_of(replace(oidc_config, oidc=replace(oidc_config.oidc, issuer="http://127.0.0.1:9")))
    answer = app.test_client().get(START)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    ann = make_person()
    assert try_sign_in(app.test_client(), ann.email, ann.password).status_code == 303


def test_without_a_provider_there_is_no_button_and_no_address(pages: Flask, make_person: MakePerson) -> None:
    assert "single-sign-on" not in pages.test_client().get("/login").text
    assert not [rule for rule in pages.url_map.iter_rules() if "single" in rule.rule]
    client, ann = pages.test_client(), make_person()
    assert try_sign_in(client, ann.email, ann.password).status_code == 303
    assert client.get(START).status_code == client.get(BACK).status_code == 404
