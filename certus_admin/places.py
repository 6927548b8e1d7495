"""So many requests at once for each worker, so that slow ones leave threads for `/healthz` and static files.

A request that finds no place waits for one, a few of them and not for long; all others are told at once to
come back. What is answered here never asks the database: it would take the connection that is missing.
"""

import json
import logging
import re
from collections.abc import Iterable
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response
from werkzeug.wsgi import ClosingIterator

from certus_admin.logs import request_id_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

logger = logging.getLogger(__name__)

# gunicorn.conf.py has four threads more than both together.
PLACES = 8
WAITING = 8
# Shorter than lock_timeout: eight requests that end together, all at a lock, are no places for eight more
# that would end there as well, twice as late.
SECONDS_TO_WAIT = 1.5
SECONDS_UNTIL_RETRY = 5
# The one asks a single short question, the others none. What is like them and no page of ours (another
# method, an empty name) is answered as any page is.
WITHOUT_A_PLACE = re.compile(r"/healthz|/static(/[^/]+)+")
READING = ("GET", "HEAD")
WORDS = "Many people ask at once just now. Nothing was saved. Try again in a moment."


class Places:
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
        """The app's answer, or 503 with Retry-After."""
        path = str(environ.get("PATH_INFO", ""))
        if environ["REQUEST_METHOD"] in READING and WITHOUT_A_PLACE.fullmatch(path):
            return self.app(environ, start_response)
        if not self._found():
            request = Request(environ)
            request_id = request_id_of(request)
            logger.warning("no place for request %s", request_id)
            return _come_back(request, request_id)(environ, start_response)
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


def _come_back(request: Request, request_id: str) -> Response:
    """Words for people, a fragment for htmx, JSON for programs."""
    if request.accept_mimetypes.best_match(("text/html", "application/json")) == "application/json":
        response = Response(
            json.dumps({"error": WORDS, "request_id": request_id}), 503, mimetype="application/json"
        )
    elif request.headers.get("HX-Request"):
        notice = (
            '<div class="notice notice-danger" role="alert" data-error-code="503">'
            f"{WORDS} Request {request_id}</div>"
        )
        response = Response(notice, 503, mimetype="text/html")
    else:
        page = (
            '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Busy just now</title></head>'
            f"<body><h1>Busy just now</h1><p>{WORDS}</p><p>{request_id}</p></body></html>"
        )
        response = Response(page, 503, mimetype="text/html")
    response.headers["X-Request-Id"] = request_id
    response.headers["Retry-After"] = str(SECONDS_UNTIL_RETRY)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.vary.update(("Accept", "HX-Request"))
    return response
