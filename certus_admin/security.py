"""What every answer carries: a strict content policy with a nonce, and headers that keep pages private."""

import secrets

from flask import Flask, Response, g, request, session
from flask_wtf.csrf import CSRFProtect
from werkzeug.exceptions import SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix

from certus_admin.config import Config

LARGEST_BODY = 1024 * 1024
ONE_YEAR = 365 * 24 * 3600
ABSOLUTE_SESSION_SECONDS = 12 * 3600

# Recordings live at the voice providers: our audited route redirects to an address known only then. A media
# element can send nothing but that address, and only our own scripts can make one.
MEDIA = "'self' https:"

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

csrf = CSRFProtect()


def init_security(app: Flask, config: Config) -> None:
    """Cookies, hosts, sizes and headers. Call it before anything else that looks at a request."""
    app.config.update(
        SECRET_KEY=config.secret_key,
        TRUSTED_HOSTS=config.trusted_hosts,
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        # The prefix makes browsers refuse the cookie unless it is Secure, host-only and for the whole site.
        SESSION_COOKIE_NAME="__Host-certus" if config.is_https else "certus",
        SESSION_COOKIE_SECURE=config.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        PERMANENT_SESSION_LIFETIME=ABSOLUTE_SESSION_SECONDS,
        PREFERRED_URL_SCHEME="https" if config.is_https else "http",
        WTF_CSRF_TIME_LIMIT=None,  # a form stays good as long as the session it was opened in
        WTF_CSRF_SSL_STRICT=config.is_https,
    )
    if config.proxies:
        count = config.proxies
        proxied = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)
        app.wsgi_app = proxied  # type: ignore[method-assign]
    app.before_request(make_nonce)
    app.before_request(refuse_forged_host)
    app.after_request(add_headers)
    if config.is_https:
        app.after_request(add_transport_security)
    app.add_template_global(csp_nonce)


def make_nonce() -> None:
    """Draw the nonce first: an answer that refuses the request carries a policy too."""
    g.csp_nonce = secrets.token_urlsafe(18)


def csp_nonce() -> str:
    """This answer's nonce, for `<script nonce>`."""
    return str(g.csp_nonce)


def refuse_forged_host() -> None:
    """End a request for a host that is not ours before anything builds an address from it."""
    if isinstance(request.routing_exception, SecurityError):
        raise request.routing_exception


def content_policy(nonce: str) -> str:
    """The Content-Security-Policy: our own files only, scripts by nonce, no inline styles, no frames."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'nonce-{nonce}'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            f"media-src {MEDIA}",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def add_headers(response: Response) -> Response:
    """Set the headers; pages are stored nowhere, static files keep the lifetime they were given."""
    if "csp_nonce" not in g:
        make_nonce()
    response.headers.setdefault("Content-Security-Policy", content_policy(csp_nonce()))
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "static" or response.status_code >= 400:
        response.headers["Cache-Control"] = "no-store"
    elif not session.modified:
        session.accessed = (
            False  # Flask-Login looked into it; a file is the same for everybody: no Vary: Cookie
        )
    return response


def add_transport_security(response: Response) -> Response:
    """Tell browsers to stay on https for a year."""
    response.headers["Strict-Transport-Security"] = f"max-age={ONE_YEAR}"
    return response
