"""Rate limits that every worker shares, counted in the database.

Keys are keyed hashes: neither the counters nor a log line can tell whose address or email was counted.
"""

import hashlib
import hmac
import time

from flask import Flask, Response, current_app, g, request
from flask_limiter import Limiter
from flask_login import current_user
from limits import parse
from limits.storage import Storage
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import TooManyRequests

from certus_admin.database import db

COUNT = text("select attempts, resets_at from back_office.count_attempt(:key, :window_seconds)")
READ = text("select attempts, resets_at from back_office.attempts(:key)")
FORGET = text("select back_office.forget_attempts(:key)")

SIGN_IN_LIMIT = "10 per 5 minutes"
# By whatever way somebody signs in, their address is counted once.
SIGN_IN_SCOPE = "sign-in"
EACH_PERSON = parse(SIGN_IN_LIMIT)


class DatabaseStorage(Storage):
    """Storage of the `limits` library over `back_office.count_attempt`; address `certus://`."""

    STORAGE_SCHEME = ["certus"]

    @property
    def base_exceptions(self) -> type[Exception]:
        """What a failing storage raises: it reaches the error page for a database that is away."""
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count `amount` attempts in a window of `expiry` seconds; the attempts so far."""
        attempts = 0
        with db.engine.begin() as connection:
            for _ in range(amount):
                row = connection.execute(COUNT, {"key": key, "window_seconds": expiry}).one()
                attempts = int(row.attempts)
        return attempts

    def get(self, key: str) -> int:
        """The attempts in the running window."""
        with db.engine.begin() as connection:
            row = connection.execute(READ, {"key": key}).one_or_none()
        return int(row.attempts or 0) if row else 0

    def get_expiry(self, key: str) -> float:
        """When the running window ends, in seconds since 1970; now where there is none."""
        with db.engine.begin() as connection:
            row = connection.execute(READ, {"key": key}).one_or_none()
        return row.resets_at.timestamp() if row and row.resets_at else time.time()

    def check(self) -> bool:
        """True while the counters can be read."""
        try:
            self.get("check")
        except SQLAlchemyError:
            return False
        return True

    def reset(self) -> int | None:
        """Not offered: nothing in the app forgets everybody's attempts at once."""
        raise NotImplementedError

    def clear(self, key: str) -> None:
        """Forget the attempts under `key`."""
        with db.engine.begin() as connection:
            connection.execute(FORGET, {"key": key})


def hashed_key(kind: str, value: str) -> str:
    """A name for `value` that only this app can make again."""
    secret = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(secret, f"{kind}:{value}".encode(), hashlib.sha256).hexdigest()


def address_key() -> str:
    """The counter of the client's network address."""
    return hashed_key("address", request.remote_addr or "unknown")


def person_key() -> str:
    """The counter of the email address that somebody tries to sign in with, whether it exists or not."""
    return hashed_key("person", request.form.get("email", "").strip().lower())


def own_key() -> str:
    """The counter of the signed-in person, for what asks their password again."""
    return hashed_key("own", current_user.get_id() or "")


limiter = Limiter(key_func=address_key, storage_uri="certus://", strategy="fixed-window")


def sign_in_was_refused(_response: Response) -> bool:
    """Only mistakes count against an address: an office of many people signs in through one."""
    return bool(g.get("sign_in_refused"))


def forget_person_attempts() -> None:
    """Somebody knew the password: their earlier mistakes no longer count. The address keeps its own."""
    for limit in limiter.current_limits:
        if limit.request_args[0] == person_key():
            limiter.limiter.clear(limit.limit, *limit.request_args)


def count_proven(email: str) -> None:
    """Count a single sign-on of this address, before anybody looks whose it is; TooManyRequests past ten.

    Apart from passwords: who mistypes somebody's password ten times does not lock this way too.
    """
    key = hashed_key("single sign-on", email)
    if not limiter.limiter.hit(EACH_PERSON, key):
        resets_at = limiter.limiter.get_window_stats(EACH_PERSON, key).reset_time
        raise TooManyRequests(retry_after=max(1, int(resets_at - time.time())))


def forget_proven(email: str) -> None:
    """Somebody came in: their earlier tries no longer count."""
    limiter.limiter.clear(EACH_PERSON, hashed_key("single sign-on", email))


def init_limits(app: Flask) -> None:
    """Start counting; only routes that name a limit are counted."""
    limiter.init_app(app)
