"""Asking pages as the three people of the demo, in one process, without a network in between."""

import re
import statistics
import time
from dataclasses import dataclass

from flask import Flask
from flask.testing import FlaskClient

from certus_admin.database import statement_count

PEOPLE = ("operator", "manager", "admin")
WARM_UP = 12
CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
CALL = re.compile(r'href="(/calls/[0-9a-f-]{36})"')


@dataclass(frozen=True)
class Timing:
    """One page for one person: milliseconds from the WSGI call to the last byte, body size in bytes."""

    page: str
    person: str
    minimum: float
    median: float
    p95: float
    statements: int
    size: int


def time_pages(app: Flask, runs: int) -> list[Timing]:
    """Overview, call list (also filtered) and drawer for each person.

    Raises RuntimeError for an answer that is not 200.
    """
    counts: list[int] = []

    @app.teardown_request
    def count(_error: BaseException | None) -> None:
        counts.append(statement_count())

    timings = []
    clients = {person: signed_in(app, person) for person in PEOPLE}
    for page, url in (
        ("Overview", "/"),
        ("Call list", "/calls/"),
        ("Call list, needs review", "/calls/?review=yes"),
        ("Call list, status and type", "/calls/?status=completed&call_type=order"),
        ("Call list, words", "/calls/?words=table"),
        ("Drawer", None),
    ):
        for person, client in clients.items():
            timings.append(time_page(client, page, person, url or first_call(client), runs, counts))
    return timings


def signed_in(app: Flask, person: str) -> FlaskClient:
    """A client with the session of one of the demo's people."""
    client = app.test_client()
    found = CSRF.search(client.get("/login").text)
    form = {
        "email": f"{person}@certus.example",
        "password": "certus-demo",
        "csrf_token": found[1] if found else "",
    }
    answer = client.post("/login", data=form)
    if answer.status_code not in (302, 303):
        raise RuntimeError(f"{person} cannot sign in: {answer.status_code}")
    return client


def first_call(client: FlaskClient) -> str:
    """The address of the newest call that the person sees."""
    found = CALL.search(client.get("/calls/").text)
    if found is None:
        raise RuntimeError("the call list is empty")
    return found[1]


def time_page(client: FlaskClient, page: str, person: str, url: str, runs: int, counts: list[int]) -> Timing:
    """Ask `url` again and again, as the browser asks for it."""
    headers = {"HX-Request": "true"} if page == "Drawer" else {}
    taken, size = [], 0
    for _ in range(WARM_UP + runs):
        began = time.perf_counter()
        answer = client.get(url, headers=headers)
        size = len(answer.data)
        taken.append((time.perf_counter() - began) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(f"{page} for {person} answers {answer.status_code}")
    counted = sorted(taken[WARM_UP:])
    p95 = counted[min(len(counted) - 1, round(0.95 * len(counted)))]
    return Timing(page, person, counted[0], statistics.median(counted), p95, counts[-1], size)
