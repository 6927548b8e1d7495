"""Single sign-on: asks an OpenID Connect provider who somebody is. See decision 0026.

Imported only where CERTUS_OIDC_* is set: authlib and requests cost a tenth of a second at each start.
"""

import logging
import time
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import FlaskIntegration, FlaskOAuth2App
from flask import current_app, request, session
from joserfc.errors import JoseError
from requests import RequestException
from werkzeug.wrappers import Response

from certus_admin.oidc_settings import OidcSettings

logger = logging.getLogger(__name__)
# At DEBUG it writes the PKCE verifier down.
logging.getLogger("authlib").setLevel(logging.INFO)

NAME = "oidc"
STATE = f"_state_{NAME}_"
# What the provider signs with its private key: HS256 would take whatever key both sides know, `none` no key.
ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
SECONDS_AT_PROVIDER = 600
SECONDS_TO_ANSWER = 5
LEEWAY_SECONDS = 60


class RefusedError(Exception):
    """The provider's answer is not one to let somebody in by; the reason is for the log alone."""


class UnavailableError(Exception):
    """The provider does not answer, or not as a provider does."""


class Provider(FlaskOAuth2App):
    """Authlib's client, held to the issuer that was configured and to signatures by a private key."""

    issuer = ""
    server_metadata: dict[str, Any]

    def load_server_metadata(self) -> dict[str, Any]:
        """The discovery document, fetched once. UnavailableError where it is another issuer's."""
        metadata: dict[str, Any] = super().load_server_metadata()
        offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        allowed = sorted(ALGORITHMS & set(offered))
        whole = all(isinstance(metadata.get(name), str) for name in ENDPOINTS)
        if metadata.get("issuer") != self.issuer or not allowed or not whole:
            self.server_metadata = {}  # asked again next time: the provider may be mended by then
            raise UnavailableError("its discovery document is of another issuer, or lacks what is needed")
        metadata["id_token_signing_alg_values_supported"] = allowed
        return metadata


def provider_of(settings: OidcSettings) -> Provider:
    """The client of one application; it asks the provider nothing before somebody signs in."""
    provider = Provider(
        FlaskIntegration(NAME),
        NAME,
        client_id=settings.client_id,
        client_secret=settings.client_secret,
        server_metadata_url=settings.discovery_url,
        client_kwargs={
            "scope": "openid email",
            "code_challenge_method": "S256",
            "default_timeout": SECONDS_TO_ANSWER,
        },
    )
    provider.issuer = settings.issuer
    return provider


def way_to_provider(redirect_uri: str) -> Response:
    """The redirect to the provider; state, nonce and PKCE verifier wait in the cookie. UnavailableError."""
    _forget_states()
    try:
        answer: Response = _provider().authorize_redirect(redirect_uri)
    except (AuthlibBaseError, RequestException, RuntimeError, ValueError) as fault:
        raise UnavailableError(type(fault).__name__) from fault
    return answer


def proven_email() -> str:
    """The address that the provider vouches for in its answer, in lower case.

    Raises RefusedError and UnavailableError.
    """
    settings: OidcSettings = current_app.extensions["certus_config"].oidc
    began = session.get(STATE + request.args.get("state", ""), {})
    try:
        if began and began["exp"] - FlaskIntegration.expires_in < time.time() - SECONDS_AT_PROVIDER:
            raise RefusedError("state too old")
        token = _provider().authorize_access_token(
            claims_options={
                "iss": {"essential": True, "value": settings.issuer},
                "aud": {"essential": True, "value": settings.client_id},
            },
            leeway=LEEWAY_SECONDS,
        )
    except RequestException as fault:
        raise UnavailableError(type(fault).__name__) from fault
    except (AuthlibBaseError, JoseError, RuntimeError, ValueError, TypeError, KeyError) as fault:
        # Their own words may repeat what the provider said of a person.
        raise RefusedError(type(fault).__name__) from fault
    finally:
        _forget_states()
    return address_of(token.get("userinfo") or {}, settings.domains)


def address_of(claims: dict[str, Any], domains: frozenset[str]) -> str:
    """The verified address in an ID token's claims. RefusedError where there is none of these domains."""
    email = claims.get("email")
    # Letters beyond ASCII can turn into ASCII ones in lower case: another person's address.
    if not isinstance(email, str) or not email.isascii() or email.count("@") != 1:
        raise RefusedError("no address")
    if claims.get("email_verified") is not True:
        raise RefusedError("address not verified")
    if email.rpartition("@")[2].lower() not in domains:
        raise RefusedError("foreign domain")
    return email.strip().lower()


def _provider() -> Provider:
    provider: Provider = current_app.extensions["certus_oidc"]
    return provider


def _forget_states() -> None:
    """One way at a time: each answer is good once, and the cookie does not grow."""
    for key in [key for key in session if key.startswith(STATE)]:
        session.pop(key)
