"""Single sign-on: ID tokens that let nobody in."""

import hmac
import json
import time
from base64 import urlsafe_b64encode
from typing import Any

import jwt
import psycopg
import pytest
from flask import Flask

from tests.fixtures.core import MakePerson
from tests.fixtures.single_sign_on import assert_refused, come_back, is_signed_in
from tests.oidc_provider import CLIENT_ID, CLIENT_SECRET, OidcProvider, new_key

pytestmark = pytest.mark.usefixtures("no_attempts")


@pytest.fixture
def app(single_sign_on_app: Flask) -> Flask:
    return single_sign_on_app


HOUR = 3600

TWISTS: dict[str, Any] = {
    "a wrong nonce": lambda claims: claims | {"nonce": "of another sign-in"},
    "no nonce": lambda claims: {name: value for name, value in claims.items() if name != "nonce"},
    "another issuer": lambda claims: claims | {"iss": "https://login.evil.test"},
    "another audience": lambda claims: claims | {"aud": "another app"},
    "another audience, in our name": lambda claims: claims | {"aud": "another app", "azp": CLIENT_ID},
    "an expired token": lambda claims: (
        claims | {"exp": int(time.time()) - HOUR, "iat": int(time.time()) - 2 * HOUR}
    ),
    "no expiry": lambda claims: {name: value for name, value in claims.items() if name != "exp"},
    "a token of tomorrow": lambda claims: claims | {"nbf": int(time.time()) + 24 * HOUR},
    "an address nobody verified": lambda claims: claims | {"email_verified": False},
    "an address verified in words": lambda claims: claims | {"email_verified": "true"},
    "no word of verifying": lambda claims: {n: v for n, v in claims.items() if n != "email_verified"},
    "no address": lambda claims: {name: value for name, value in claims.items() if name != "email"},
    "a list of addresses": lambda claims: claims | {"email": [claims["email"]]},
    "a foreign domain": lambda claims: claims | {"email": "ann@evil.test"},
    "a domain that ends like ours": lambda claims: claims | {"email": "ann@evilpeople.example"},
    "a domain below ours": lambda claims: claims | {"email": "ann@sub.people.example"},
    "two domains": lambda claims: claims | {"email": claims["email"].replace("@", "@evil.test@")},
    "an unknown person": lambda claims: claims | {"email": "nobody@people.example"},
}


@pytest.mark.parametrize("twist", TWISTS)
def test_nobody_comes_in_with(
    app: Flask, provider: OidcProvider, make_person: MakePerson, twist: str
) -> None:
    client, ann = app.test_client(), make_person()
    provider.twist = TWISTS[twist]
    assert_refused(client, come_back(client, provider, ann.email))
    provider.twist = lambda claims: claims
    come_back(client, provider, ann.email)
    assert is_signed_in(client)


def test_nobody_comes_in_with_a_letter_that_becomes_another(
    app: Flask, provider: OidcProvider, make_person: MakePerson, owner_url: str
) -> None:
    client, kim = app.test_client(), make_person()
    with psycopg.connect(owner_url) as owner:
        owner.execute("update public.users set email = 'k' || email where id = %s", [kim.user_id])
    assert_refused(client, come_back(client, provider, f"\u212a{kim.email}"))
    come_back(client, provider, f"k{kim.email}")
    assert is_signed_in(client)


def unsigned(claims: dict[str, Any]) -> str:
    return jwt.encode(claims, "", "none")


def signed_by_a_stranger(claims: dict[str, Any]) -> str:
    return jwt.encode(claims, new_key(), "RS256", {"kid": "first"})


@pytest.mark.parametrize(
    "forgery", ["none", "a stranger's key", "the public key as a secret", "our secret", "no dots"]
)
@pytest.mark.parametrize("offered", [["RS256"], ["none", "HS256", "RS256"]], ids=["RS256", "everything"])
def test_nobody_comes_in_with_a_token_signed_by(
    app: Flask, provider: OidcProvider, make_person: MakePerson, forgery: str, offered: list[str]
) -> None:
    client, ann = app.test_client(), make_person()
    provider.metadata = {"id_token_signing_alg_values_supported": offered}
    provider.sign = {
        "none": unsigned,
        "a stranger's key": signed_by_a_stranger,
        "the public key as a secret": lambda claims: hs256(claims, provider.public_pem()),
        "our secret": lambda claims: hs256(claims, CLIENT_SECRET.encode()),
        "no dots": lambda _claims: "no token at all",
    }[forgery]
    assert_refused(client, come_back(client, provider, ann.email))


def hs256(claims: dict[str, Any], secret: bytes) -> str:
    """Signed by hand: the library refuses to use a public key as a secret."""
    parts = [
        urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=")
        for part in ({"alg": "HS256", "kid": "first"}, claims)
    ]
    signature = hmac.digest(secret, b".".join(parts), "sha256")
    return b".".join([*parts, urlsafe_b64encode(signature).rstrip(b"=")]).decode()
