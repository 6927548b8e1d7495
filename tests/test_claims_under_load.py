"""One connection for everybody: nobody's claims reach the next request, whatever the one before broke."""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from certus_admin import database
from certus_admin.config import Config
from certus_admin.database import db, engine_options
from tests.fixtures.core import MakeApp, try_sign_in
from tests.fixtures.database import PEOPLE_PASSWORD
from tests.fixtures.pages import full_email

PEOPLE = ("operator", "manager", "admin", "admin.harbour")
REQUESTS = 80
WHO = text(
    """select auth.uid() as uid, current_user::text as role,
        (select count(*) from public.calls_v) as calls, (select count(*) from public.accounts) as accounts"""
)
# A bare transaction, as sign-ins use it; what it finds in the connection it was given.
BARE = text(
    """select current_user::text as role, nullif(current_setting('request.jwt.claims', true), '') as claims,
        nullif(current_setting('request.headers', true), '') as headers"""
)


def who() -> dict[str, Any]:
    row = db.session.execute(WHO).one()
    return {"uid": str(row.uid), "role": row.role, "calls": row.calls, "accounts": row.accounts}


def divide() -> str:
    db.session.execute(WHO)
    return str(db.session.execute(text("select 1 / 0")).scalar())


def misspell() -> str:
    return str(db.session.execute(text("selec 1")).scalar())


def refuse() -> str:
    return str(db.session.execute(text("select from_number from public.call_logs")).scalar())


def take_too_long() -> str:
    db.session.execute(text("select set_config('statement_timeout', '5ms', true)"))
    return str(db.session.execute(text("select pg_sleep(1)")).scalar())


def raise_within() -> str:
    db.session.execute(WHO)
    raise RuntimeError("in the middle")


def commit_and_raise() -> str:
    """What is set for longer than the transaction would stay in the connection from here on."""
    db.session.execute(WHO)
    db.session.commit()
    raise RuntimeError("after a commit")


def forget_to_end() -> str:
    db.session.execute(WHO)
    db.session.begin_nested()
    return "left open"


def lose_connection() -> str:
    """As when the server restarts: the connection is gone in the middle of a transaction."""
    db.session.execute(WHO)
    return str(db.session.execute(text("select pg_terminate_backend(pg_backend_pid())")).scalar())


BREAKING: tuple[Callable[[], str], ...] = (
    divide, misspell, refuse, take_too_long, raise_within, commit_and_raise,
    forget_to_end, lose_connection,
)  # fmt: skip


@pytest.fixture
def app(app_of: MakeApp, config: Config, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """A pool of one, with pages that break their transactions in every way."""
    one = {"pool_size": 1, "max_overflow": 0, "pool_timeout": 60}
    monkeypatch.setattr(database, "engine_options", lambda url: engine_options(url) | one)
    app = app_of(config)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.add_url_rule("/who", view_func=who)
    for view in BREAKING:
        app.add_url_rule(f"/breaking/{view.__name__}", view_func=view)
    return app


@dataclass
class Load:
    """Who asks at once, what each is answered alone, and what was answered otherwise."""

    app: Flask
    clients: dict[str, FlaskClient]
    alone: dict[str, Any]
    found: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)

    def ask(self, person: str) -> None:
        """Requests of one person, of which a good part breaks."""
        random = Random(person)
        for _ in range(REQUESTS):
            if random.random() < 0.4:
                view = random.choice(BREAKING)
                self.clients[person].get(f"/breaking/{view.__name__}")
                self.found["broken"] += 1
                continue
            answer = self.clients[person].get("/who")
            self.found[str(answer.status_code)] += 1
            # A connection that was just taken away costs one page, which says so and shows nothing.
            if answer.status_code != 503 and answer.json != self.alone[person]:
                self.wrong.append(f"{person}: {answer.status_code} {answer.text[:80]}")

    def look(self) -> None:
        """Transactions of nobody in between, until everybody has asked."""
        with self.app.app_context():
            while not self.done.wait(0.002):
                try:
                    with db.engine.connect() as connection:
                        left = tuple(connection.execute(BARE).one())
                except OperationalError:
                    self.found["taken away"] += 1
                    continue
                self.found["bare"] += 1
                if left != ("certus_app", None, None):
                    self.wrong.append(f"nobody: {left}")

    def run(self) -> None:
        """All at once."""
        nobody = threading.Thread(target=self.look)
        everybody = [threading.Thread(target=self.ask, args=(person,)) for person in self.clients]
        for thread in (nobody, *everybody):
            thread.start()
        for thread in everybody:
            thread.join()
        self.done.set()
        nobody.join()


@pytest.mark.usefixtures("no_attempts")
def test_no_request_sees_the_claims_of_another(app: Flask, owner_url: str) -> None:
    with psycopg.connect(owner_url) as owner:
        ids: dict[str, str] = dict(owner.execute("select email, id::text from public.users").fetchall())
    clients = {person: app.test_client() for person in PEOPLE}
    for person, client in clients.items():
        assert try_sign_in(client, full_email(person), PEOPLE_PASSWORD).status_code == 303
    load = Load(app, clients, {person: client.get("/who").json for person, client in clients.items()})
    assert {person: answer["uid"] for person, answer in load.alone.items()} == {
        person: ids[full_email(person)] for person in PEOPLE
    }
    assert len({answer["calls"] for answer in load.alone.values()}) == len(PEOPLE)
    load.run()
    assert load.wrong == []
    assert load.found["200"] > REQUESTS, load.found
    assert load.found["broken"] > REQUESTS, load.found
    assert load.found["bare"] > 10, load.found
