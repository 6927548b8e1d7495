"""So many requests at once for each worker, so that slow ones leave threads for `/healthz` and static files.

A request that finds no place waits for one, a few of them and not for long; all others are told at once to
come back. What they are told never asks the database: it would take the connection that is missing.
"""

import re
from collections.abc import Iterable
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from flask import Flask, request
from werkzeug.wrappers import Response
from werkzeug.wsgi import ClosingIterator

from certus_admin.auth import ask_for_nobody
from certus_admin.errors import ErrorPage, draw

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# gunicorn.conf.py has four threads more than both together.
PLACES = 8
WAITING = 8
# Shorter than lock_timeout: eight requests that end together, all at a lock, are no places for eight more
# that would end there as well, twice as late.
SECONDS_TO_WAIT = 1.5
# The one asks a single short question, the others none. What is like them and no page of ours (another
# method, an empty name) is answered as any page is.
WITHOUT_A_PLACE = re.compile(r"/healthz|/static(/[^/]+)+")
READING = ("GET", "HEAD")
# In the environment of a request that found no place.
TURNED_AWAY = "certus.turned_away"
BUSY = ErrorPage(
    503, "Busy just now", "Many people ask at once just now.", "Nothing was saved. Try again in a moment.", 5
)


class Admission:
    """WSGI middleware; a place is given back when the last byte of the answer is sent, or its reader left."""

    def __init__(
        self,
        app: "WSGIApplication",
        places: int = PLACES,
        waiting: int = WAITING,
        seconds: float = SECONDS_TO_WAIT,
    ) -> None:
        self.app = app
        self.seconds = seconds
        self._places = BoundedSemaphore(places)
        self._waiting = BoundedSemaphore(waiting)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """The app's answer; what it answers without a place is the page to come back."""
        path = str(environ.get("PATH_INFO", ""))
        if environ["REQUEST_METHOD"] in READING and WITHOUT_A_PLACE.fullmatch(path):
            return self.app(environ, start_response)
        if not self._found():
            environ[TURNED_AWAY] = True
            return self.app(environ, start_response)
        try:
            answer = self.app(environ, start_response)
        except BaseException:
            self._places.release()
            raise
        return ClosingIterator(answer, self._places.release)

    def _found(self) -> bool:
        if self._places.acquire(blocking=False):
            return True
        if not self._waiting.acquire(blocking=False):
            return False
        try:
            return self._places.acquire(timeout=self.seconds)
        finally:
            self._waiting.release()


def init_admission(app: Flask) -> None:
    """Answer requests that found no place, before anything of theirs is looked at."""
    app.before_request(turn_away)


def turn_away() -> Response | None:
    """The page that says to come back, for whoever was turned away."""
    if TURNED_AWAY not in request.environ:
        return None
    ask_for_nobody()
    return draw(BUSY)
