"""Single sign-on is off until all of it is said, and said right."""

import subprocess
import sys

import pytest

from certus_admin.config import CHECKOUT
from certus_admin.oidc_settings import LABEL, OidcSettings, oidc_from_environment

WHOLE = {
    "CERTUS_OIDC_ISSUER": "https://login.example/tenant",
    "CERTUS_OIDC_CLIENT_ID": "certus",
    "CERTUS_OIDC_CLIENT_SECRET": "known to both",
    "CERTUS_OIDC_DOMAINS": "People.example, group.example",
}


def read(**changes: str) -> tuple[OidcSettings | None, list[str]]:
    problems: list[str] = []
    return oidc_from_environment({**WHOLE, **changes}, problems), problems


def test_nothing_said_is_no_single_sign_on() -> None:
    problems: list[str] = []
    assert oidc_from_environment({}, problems) is None
    assert problems == []


def test_all_of_it_is_taken_and_the_secret_is_not_shown() -> None:
    settings, problems = read()
    assert problems == []
    assert settings is not None
    assert settings.domains == {"people.example", "group.example"}
    assert settings.label == LABEL
    assert settings.discovery_url == "https://login.example/tenant/.well-known/openid-configuration"
    assert "known to both" not in repr(settings)


@pytest.mark.parametrize("name", WHOLE)
def test_each_variable_is_needed(name: str) -> None:
    settings, problems = read(**{name: ""})
    assert settings is None
    assert problems == [f"{name} is missing: single sign-on needs all of its variables"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CERTUS_OIDC_ISSUER", "http://login.example"),
        ("CERTUS_OIDC_ISSUER", "login.example"),
        ("CERTUS_OIDC_ISSUER", "https://login.example?tenant=1"),
        ("CERTUS_OIDC_ISSUER", "https://me:secret@login.example"),
        ("CERTUS_OIDC_ISSUER", "https://[login"),
        ("CERTUS_OIDC_DOMAINS", "*"),
        ("CERTUS_OIDC_DOMAINS", "*.example"),
        ("CERTUS_OIDC_DOMAINS", "ann@people.example"),
        ("CERTUS_OIDC_DOMAINS", "example"),
        ("CERTUS_OIDC_DOMAINS", ","),
        ("CERTUS_OIDC_LABEL", "x" * 61),
    ],
)
def test_what_cannot_work_is_said(name: str, value: str) -> None:
    settings, problems = read(**{name: value})
    assert settings is None
    assert len(problems) == 1
    assert problems[0].startswith(name)


def test_plain_http_is_for_a_provider_on_this_machine() -> None:
    assert read(CERTUS_OIDC_ISSUER="http://127.0.0.1:9000")[1] == []


def test_without_single_sign_on_nothing_that_speaks_to_a_provider_is_loaded() -> None:
    program = """
import sys
from certus_admin.config import Config
from wsgi import create_app
create_app(Config(database_url="postgresql://a:b@127.0.0.1/c", secret_key="k" * 32))
print(sorted({"authlib", "joserfc", "requests", "cryptography"} & set(sys.modules)))
"""
    said = subprocess.run(
        [sys.executable, "-c", program], cwd=CHECKOUT, check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    assert said.strip() == "[]"
