"""What every answer carries, and which requests are not listened to."""

import re
from dataclasses import replace

import pytest
from flask import Flask, request, url_for

from certus_admin.config import Config
from certus_admin.security import LARGEST_BODY
from tests.fixtures.core import MakeApp, MakePerson, signed_in_client

pytestmark = pytest.mark.usefixtures("no_attempts")


def policy_of(header: str) -> dict[str, list[str]]:
    return {name: values for name, *values in (part.split() for part in header.split(";"))}


def test_scripts_run_by_nonce_and_nothing_is_loaded_from_elsewhere(pages: Flask) -> None:
    answer = pages.test_client().get("/login")
    policy = policy_of(answer.headers["Content-Security-Policy"])
    assert policy["default-src"] == ["'none'"]
    assert policy["style-src"] == ["'self'"]
    assert policy["frame-ancestors"] == ["'none'"]
    assert policy["base-uri"] == ["'none'"]
    assert policy["form-action"] == ["'self'"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    nonces = re.findall(r'<script[^>]*nonce="([^"]+)"', answer.text)
    assert nonces
    assert {f"'nonce-{nonce}'" for nonce in nonces} == set(policy["script-src"]) - {"'self'"}


def test_every_answer_has_a_nonce_of_its_own(pages: Flask) -> None:
    client = pages.test_client()
    policies = {client.get("/login").headers["Content-Security-Policy"] for _ in range(3)}
    assert len(policies) == 3


@pytest.mark.parametrize("path", ["/login", "/no-such-page", "/healthz", "/static/no-such-file"])
def test_the_headers_are_on_every_answer(pages: Flask, path: str) -> None:
    headers = pages.test_client().get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "microphone=()" in headers["Permissions-Policy"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"
    assert "Strict-Transport-Security" not in headers


def test_a_refused_form_has_a_policy_and_an_id_too(pages: Flask) -> None:
    answer = pages.test_client().post("/login")
    assert answer.status_code == 400
    assert "'nonce-" in answer.headers["Content-Security-Policy"]
    assert len(answer.headers["X-Request-Id"]) == 32


def test_pages_of_the_signed_in_are_stored_nowhere(pages: Flask, make_person: MakePerson) -> None:
    client = signed_in_client(pages, make_person())
    assert client.get("/no-such-page").headers["Cache-Control"] == "no-store"


def test_static_files_set_no_cookie_and_may_be_kept(pages: Flask) -> None:
    with pages.test_client().get("/static/img/favicon.svg") as answer:
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
        assert "no-store" not in answer.headers["Cache-Control"]
        assert "Cookie" not in answer.headers.get("Vary", "")


def test_on_https_browsers_are_told_to_stay_there(app_of: MakeApp, config: Config) -> None:
    app = app_of(replace(config, public_url="https://backoffice.example"))
    answer = app.test_client().get("/login", base_url="https://backoffice.example")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")


@pytest.mark.parametrize(
    "host", ["evil.test", "localhost.evil.test", "127.0.0.1@evil.test", "evil.test:8000"]
)
def test_a_forged_host_is_refused_without_repeating_it(pages: Flask, host: str) -> None:
    answer = pages.test_client().get("/login", headers={"Host": host})
    assert answer.status_code == 400
    assert "evil" not in answer.text
    assert "Location" not in answer.headers
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_without_trusted_proxies_forwarded_headers_mean_nothing(pages: Flask) -> None:
    forged = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Host": "evil.test"}
    with pages.test_request_context("/login", headers=forged):
        assert request.remote_addr != "203.0.113.9"
        assert "evil" not in url_for("session.login", _external=True)


def test_with_one_trusted_proxy_the_last_address_counts(app_of: MakeApp, config: Config) -> None:
    app = app_of(replace(config, proxies=1))
    seen: list[str | None] = []
    app.before_request_funcs[None].insert(0, lambda: seen.append(request.remote_addr))
    app.test_client().get("/login", headers={"X-Forwarded-For": "198.51.100.1, 203.0.113.9"})
    assert seen == ["203.0.113.9"]


def test_a_body_that_is_too_large_is_refused(pages: Flask) -> None:
    answer = pages.test_client().post("/login", data={"email": "x" * (LARGEST_BODY + 1)})
    assert answer.status_code == 413
