"""A small OpenID Connect provider on loopback: discovery, keys, codes that work once, PKCE, ID tokens.

It behaves, unless `twist` says what to do wrong with the next ID token.
"""

import json
import secrets
import threading
import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit
from wsgiref.simple_server import WSGIRequestHandler, make_server

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm

CLIENT_ID = "certus"
CLIENT_SECRET = "known to both"

Claims = dict[str, Any]


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class QuietHandler(WSGIRequestHandler):
    def log_message(self, *values: Any) -> None:
        """Say nothing."""


class OidcProvider:
    """The provider's memory; `asked` holds the paths it was asked for."""

    def __init__(self) -> None:
        self.key = new_key()
        self.issuer = ""
        self.codes: dict[str, dict[str, str]] = {}
        self.claims: Claims = {}
        self.twist: Callable[[Claims], Claims] = lambda claims: claims
        self.sign: Callable[[Claims], str] = self.signed
        self.metadata: dict[str, Any] = {}
        self.asked: list[str] = []

    def signed(self, claims: Claims) -> str:
        return jwt.encode(claims, self.key, "RS256", {"kid": "first"})

    def public_pem(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def agree(self, url: str, email: str, **claims: Any) -> dict[str, str]:
        """What somebody's browser brings back after they signed in here: code and state."""
        asked = dict(parse_qsl(urlsplit(url).query))
        assert asked["response_type"] == "code"
        assert (asked["client_id"], asked["code_challenge_method"]) == (CLIENT_ID, "S256")
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        self.claims = {"sub": "a person", "email": email, "email_verified": True, **claims}
        return {"code": code, "state": asked["state"]}

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        self.asked.append(path)
        if path == "/.well-known/openid-configuration":
            status, answer = 200, self.discovery()
        elif path == "/keys":
            public = json.loads(RSAAlgorithm.to_jwk(self.key.public_key()))
            status, answer = 200, {"keys": [public | {"kid": "first", "use": "sig", "alg": "RS256"}]}
        else:
            body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode()
            status, answer = self.token(parse_qs(body), environ.get("HTTP_AUTHORIZATION", ""))
        start_response(f"{status} said", [("Content-Type", "application/json")])
        return [json.dumps(answer).encode()]

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            **self.metadata,
        }

    def token(self, form: dict[str, list[str]], authorization: str) -> tuple[int, dict[str, Any]]:
        """A code is taken out: whoever brings it again gets nothing, nor does a wrong secret or verifier."""
        asked = self.codes.pop(form.get("code", [""])[0], None)
        known = b64decode(authorization.removeprefix("Basic ")).decode() == f"{CLIENT_ID}:{CLIENT_SECRET}"
        verifier = form.get("code_verifier", [""])[0]
        challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        if not asked or not known or challenge != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        if form["redirect_uri"] != [asked["redirect_uri"]]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        id_token = self.sign(self.twist(claims | self.claims))
        return 200, {"access_token": secrets.token_urlsafe(8), "token_type": "Bearer", "id_token": id_token}


@contextmanager
def oidc_provider() -> Iterator[OidcProvider]:
    """A provider that listens, until the block ends."""
    provider = OidcProvider()
    with make_server("127.0.0.1", 0, provider, handler_class=QuietHandler) as server:
        provider.issuer = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield provider
        finally:
            server.shutdown()
