"""Who is signed in, and the gate: nobody passes unless a line says otherwise."""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, wraps
from ipaddress import ip_address
from typing import Any, ParamSpec, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

from flask import Flask, abort, flash, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user
from werkzeug.wrappers import Response

from certus_admin import sessions
from certus_admin.database import Caller
from certus_admin.local_paths import HOME, local_path
from certus_admin.passwords import hash_password, needs_rehash, password_matches
from certus_admin.viewing import Viewer, refuse_writes

OPEN_ENDPOINTS = frozenset(
    {
        "static",
        "session.login",
        "single_sign_on.start",
        "single_sign_on.back",
        "health.healthz",
        "one_time_link.show",
        "one_time_link.choose",
    }
)
TOKEN = "token"  # noqa: S105 - the name of the cookie's entry

Parameters = ParamSpec("Parameters")
Returned = TypeVar("Returned")


@dataclass(frozen=True)
class Grant:
    """One line of user_access; None stands for every account, or for every location of the account."""

    account_id: UUID | None
    location_id: UUID | None


@dataclass(frozen=True)
class Person(UserMixin):
    """The signed-in person: `role` says what they may do, `grants` where; the database decides too.

    `viewer` is the admin who looks at the pages as this person, None where it is themself.
    """

    user_id: UUID
    session_id: UUID
    email: str
    full_name: str
    role: str
    sees_everything: bool
    grants: tuple[Grant, ...]
    viewer: Viewer | None = None

    @property
    def whole_account_ids(self) -> tuple[UUID, ...]:
        """Accounts that are granted with all their locations."""
        return tuple(
            grant.account_id for grant in self.grants if grant.account_id and grant.location_id is None
        )

    @property
    def granted_location_ids(self) -> tuple[UUID, ...]:
        """Locations that are granted one by one."""
        return tuple(grant.location_id for grant in self.grants if grant.location_id)

    def has_role(self, *roles: str) -> bool:
        """True when the person's role is one of `roles`."""
        return self.role in roles

    def caller(self) -> Caller:
        """What this request's transactions carry to the database."""
        viewer_id = self.viewer.user_id if self.viewer else None
        return Caller(self.user_id, self.session_id, g.get("request_id"), client_address(), viewer_id)

    def get_id(self) -> str:
        """The id in text, for Flask-Login."""
        return str(self.user_id)


login_manager = LoginManager()
# Its own protection ties sessions to an address and a browser; ours end in the database instead.
login_manager.session_protection = None


def init_auth(app: Flask) -> None:
    """Load the person from the session's token and close every page to strangers."""
    login_manager.init_app(app)
    app.before_request(require_sign_in)


@login_manager.request_loader
def load_person(_request: Any) -> Person | None:
    """The person behind the cookie's token, once a request; from then on transactions run in their name."""
    token = session.get(TOKEN)
    # A page about a database that is away asks again who is signed in: it gets a stranger, not the same
    # error.
    if not isinstance(token, str) or g.get("loading_person") or request.endpoint == "static":
        return None
    g.loading_person = True
    row: Any = sessions.resume_session(token)
    g.loading_person = False
    if row is None:
        return None
    person = Person(
        user_id=row.user_id,
        session_id=row.session_id,
        email=row.email,
        full_name=row.full_name,
        role=row.role,
        sees_everything=row.sees_everything,
        grants=grants_of(row.access),
        viewer=Viewer(row.viewer_id, row.viewer_name, row.viewing_until) if row.viewer_id else None,
    )
    if row.viewing_lapsed:
        forget_forms()
        flash("You are yourself again: the view as somebody else is over.", "info")
    g.caller = person.caller()
    return person


def ask_for_nobody() -> None:
    """Draw this request's page as for a stranger, without asking the database who is signed in."""
    g.loading_person = True


@lru_cache(maxsize=1024)
def grants_of(access: str | None) -> tuple[Grant, ...]:
    """The lines of user_access in a session's JSON, each once, in the order of their ids.

    Read once a text: hundreds of ids took longer than the rest of signing in to a page.
    """
    lines = {(entry.get("account_id"), entry.get("location_id")) for entry in json.loads(access or "[]")}
    return tuple(
        Grant(UUID(account_id) if account_id else None, UUID(location_id) if location_id else None)
        for account_id, location_id in sorted(lines, key=lambda line: (line[0] or "", line[1] or ""))
    )


def client_address() -> str | None:
    """The client's address as Postgres takes it; None where a proxy or a socket names none."""
    try:
        return str(ip_address((request.remote_addr or "").partition("%")[0]))
    except ValueError:
        return None


def check_password(email: str, password: str) -> UUID | None:
    """The id of the active person with this email and password, else None.

    People who are unknown, deactivated or without a password cost the same argon2 work as a wrong password.
    """
    found = sessions.find_sign_in(email)
    matches = password_matches(password, found.password_hash if found else None)
    if found is None or not matches or not found.is_active:
        return None
    if found.password_hash and needs_rehash(found.password_hash):
        sessions.save_password_hash(found.user_id, hash_password(password))
    return found.user_id


def sign_in(user_id: UUID) -> None:
    """Open a session under a new token; whatever the cookie held before is gone."""
    token = secrets.token_urlsafe(32)
    sessions.open_session(user_id, token, client_address(), request.user_agent.string)
    session.clear()
    session[TOKEN] = token


def forget_forms() -> None:
    """Make every form that was drawn so far expire: somebody else would send it than it was drawn for."""
    session.pop("csrf_token", None)


def sign_out() -> None:
    """End the session in the database and empty the cookie."""
    token = session.get(TOKEN)
    session.clear()
    if isinstance(token, str):
        sessions.end_session(token)


def role_required(
    *roles: str,
) -> Callable[[Callable[Parameters, Returned]], Callable[Parameters, Returned]]:
    """A view for these roles only; others get the 403 page."""

    def decorate(view: Callable[Parameters, Returned]) -> Callable[Parameters, Returned]:
        @wraps(view)
        def guarded(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Returned:
            if not current_user.is_authenticated or not current_user.has_role(*roles):
                abort(403)
            return view(*args, **kwargs)

        return guarded

    return decorate


def require_sign_in() -> ResponseReturnValue | None:
    """Let the signed-in pass, and strangers to the open pages. Others are sent to sign in and come back."""
    if request.endpoint in OPEN_ENDPOINTS:
        return None
    if current_user.is_authenticated:
        refuse_writes(current_user.viewer, request.method, request.endpoint)
        return None
    if session.pop(TOKEN, None):
        flash("Your session has ended. Sign in again to go on.", "info")
    wanted = wanted_path()
    login = url_for("session.login", next=wanted if wanted != HOME else None)
    if request.headers.get("HX-Request"):
        return Response(status=401, headers={"HX-Redirect": login, "Vary": "HX-Request"})
    if request.accept_mimetypes.best_match(("text/html", "application/json")) == "application/json":
        abort(401)
    return redirect(login, 302 if request.method in ("GET", "HEAD") else 303)


def wanted_path() -> str:
    """The page to come back to: this one, or the one that holds the form or fragment that was sent."""
    if request.headers.get("HX-Request"):
        return _path_of_ours(request.headers.get("HX-Current-URL", ""))
    if request.method in ("GET", "HEAD"):
        return local_path(request.full_path.removesuffix("?"))
    return _path_of_ours(request.referrer or "")


def _path_of_ours(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return HOME
    if parts.netloc != request.host:
        return HOME
    return local_path(f"{parts.path}?{parts.query}" if parts.query else parts.path)
