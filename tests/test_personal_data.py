"""Two hundred numbers, recordings, notes and secrets go through every page: no log, no address has them."""

from collections.abc import Callable
from random import Random

import pytest
from flask import Flask
from sqlalchemy import text

from certus_admin.config import Config
from certus_admin.database import db
from seeds.recordings import make_recordings
from tests.audit_meant import audit_leaks
from tests.canaries import Canaries
from tests.canary_walk import Ask, Request, Seen, Walk, encoded
from tests.fixtures.database import Cluster, Database
from tests.fixtures.pages import ClientOf

CANARIES = Canaries.drawn(Random(20261126))


@pytest.fixture(scope="module")
def app(app: Flask) -> Flask:
    """Faults are answered with pages, as in service; two pages fail with what they were asked for in hand."""
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def fail() -> str:
        raise ValueError(f"{CANARIES.notes[0]} {CANARIES.numbers[0]} {CANARIES.secrets[0]}")

    def ask() -> str:
        values = {"note": CANARIES.notes[0], "secret": CANARIES.secrets[0]}
        return str(db.session.execute(text("select :note || cast(:secret as uuid)::text"), values).scalar())

    def crash() -> str:
        wrong = text("select no_such_column from accounts where name = :note")
        return str(db.session.execute(wrong, {"note": CANARIES.notes[1]}))

    for view in (fail, ask, crash):
        app.add_url_rule(f"/{view.__name__}", view_func=view, endpoint=view.__name__)
    return app


@pytest.fixture(scope="module")
def calls(database: Database, config: Config) -> list[str]:
    """The canaries, planted."""
    make_recordings(config.var / "recordings")
    with database.owner() as owner:
        return CANARIES.plant(owner)


@pytest.fixture
def server_log(cluster: Cluster) -> Callable[[], str]:
    """What PostgreSQL has written to its log since the test began."""
    folder = cluster.server.place.data / "log"
    began = {path.name: path.stat().st_size for path in folder.glob("*.log")}

    def read() -> str:
        files = ((path.read_bytes(), began.get(path.name, 0)) for path in folder.glob("*.log"))
        return "\n".join(words[offset:].decode(errors="replace") for words, offset in files)

    return read


def asker(client_of: ClientOf, person: str) -> Ask:
    """Ask as one person."""
    client = client_of(person)

    def ask(request: Request) -> Seen:
        answer = client.open(
            request.path,
            method=request.method,
            data=encoded(request),
            content_type="application/x-www-form-urlencoded" if request.form is not None else None,
            headers=dict(request.headers),
        )
        body = answer.get_data().decode(errors="replace")
        answer.close()
        return Seen(answer.status_code, {name.lower(): value for name, value in answer.headers}, body)

    return ask


def test_there_are_two_hundred_of_them_and_they_are_found_in_every_spelling() -> None:
    assert len(CANARIES.all()) == 200
    number = CANARIES.numbers[0]
    for spelt in (
        number,
        number.replace("-", ""),
        number[3:].replace("-", "."),
        f"({number[3:6]}) {number[7:]}",
    ):
        assert CANARIES.found(f"call {spelt} back") == {number}
    assert CANARIES.found("nothing of it 1 617 555 0100") == set()


@pytest.mark.parametrize("person", ["operator", "manager", "admin"])
def test_canaries_are_in_no_log_no_address_and_no_error(
    client_of: ClientOf,
    calls: list[str],
    database: Database,
    server_log: Callable[[], str],
    capsys: pytest.CaptureFixture[str],
    person: str,
) -> None:
    with database.superuser() as superuser:  # it does write: the log is the right one
        superuser.execute("do $$ begin raise log 'the canaries begin'; end $$")
    walk = Walk(CANARIES, calls)
    ask = asker(client_of, person)
    walk.go(person, ask)
    for path, status in (("/fail", 500), ("/ask", 400), ("/crash", 500)):
        request = Request("GET", path)
        seen = ask(request)
        assert seen.status == status
        walk.judge(person, request, seen)
    assert walk.leaks == []
    assert walk.stored == []
    assert walk.revealed == 1
    assert {200, 302, 303, 400, 404, 405, 413, 422, 500} <= set(walk.answers)
    said = capsys.readouterr()
    assert said.out.count('"event": "request"') >= sum(walk.answers.values())
    assert CANARIES.found(said.out + said.err) == set()
    assert "the canaries begin" in server_log()
    assert CANARIES.found(server_log()) == set()
    with database.owner() as owner:
        assert audit_leaks(CANARIES, owner) == []
