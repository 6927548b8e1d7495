"""What leaves compressed, for whom, and what stays as it was: streams, ranges, headers, secrets."""

import gzip
import random
from collections.abc import Iterator

import brotli
import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from certus_admin.assets import FOREVER
from certus_admin.compression import init_compression, zstd
from certus_admin.database import db
from certus_admin.queries import exports
from tests.fixtures.database import Database
from tests.fixtures.pages import ClientOf
from tests.made_calls import make_calls

READERS = {"zstd": zstd.decompress, "br": brotli.decompress, "gzip": gzip.decompress}
BROWSER = {"Accept-Encoding": "gzip, deflate, br, zstd"}
LINES, LINE = 40_000, 100


@pytest.fixture(scope="module", autouse=True)
def some_calls(database: Database) -> None:
    """Enough for a full page."""
    make_calls(database, "compressed ", 30)


@pytest.fixture
def operator(client_of: ClientOf) -> FlaskClient:
    """An operator's browser."""
    return client_of("operator")


def ask(client: FlaskClient, url: str, asked: str | None = None, **headers: str) -> TestResponse:
    """A file as a browser asks for it, read and closed."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    with client.get(url, headers={"Accept-Encoding": asked or BROWSER["Accept-Encoding"], **sent}) as answer:
        assert answer.data is not None
        return answer


def static_url(app: Flask, name: str) -> str:
    """Where templates find a bundle."""
    with app.app_context():
        return str(app.jinja_env.globals["asset_url"](name))


@pytest.mark.parametrize("encoding", READERS)
def test_a_page_is_compressed_as_its_reader_likes_it(operator: FlaskClient, encoding: str) -> None:
    plain = operator.get("/calls/")
    answer = operator.get("/calls/", headers={"Accept-Encoding": encoding})
    assert "Content-Encoding" not in plain.headers
    assert answer.headers["Content-Encoding"] == encoding
    assert int(answer.headers["Content-Length"]) == len(answer.data) < len(plain.data) / 4
    words = READERS[encoding](answer.data).decode()
    assert words.count("<tr") == plain.text.count("<tr") > 20
    for page in (plain, answer):
        assert {"Accept-Encoding", "HX-Request"} <= {name.strip() for name in page.headers["Vary"].split(",")}
        assert page.headers["Cache-Control"] == "no-store"


def test_of_several_the_cheapest_is_taken_and_a_refusal_is_heard(operator: FlaskClient) -> None:
    for taken, asked in (
        ("zstd", BROWSER["Accept-Encoding"]),
        ("br", "gzip, br"),
        ("gzip", "br;q=0.5, gzip"),
    ):
        assert operator.get("/calls/", headers={"Accept-Encoding": asked}).content_encoding == taken
    for asked in ("identity", "compress"):
        assert operator.get("/calls/", headers={"Accept-Encoding": asked}).content_encoding is None


@pytest.mark.parametrize("origin", ["cross-site", "same-site"])
@pytest.mark.parametrize("path", ["/calls/?words=table", "/calls/export.csv?words=table"])
def test_what_another_site_asked_for_tells_nothing_by_its_length(
    operator: FlaskClient, origin: str, path: str
) -> None:
    ours = operator.get(path, headers={**BROWSER, "Sec-Fetch-Site": "same-origin"})
    theirs = operator.get(path, headers={**BROWSER, "Sec-Fetch-Site": origin})
    assert (ours.status_code, ours.content_encoding) == (200, "zstd")
    assert (theirs.status_code, theirs.content_encoding) == (200, None)
    assert "Sec-Fetch-Site" in theirs.headers["Vary"]
    ours.close()
    theirs.close()


def test_a_page_asked_for_its_headers_alone_tells_the_length_it_would_have(operator: FlaskClient) -> None:
    answer = operator.head("/calls/", headers=BROWSER)
    assert answer.content_encoding == "zstd"
    assert 1_000 < int(answer.headers["Content-Length"]) < 20_000
    assert answer.data == b""


def test_a_short_answer_and_a_redirect_stay_as_they_are(operator: FlaskClient, client: FlaskClient) -> None:
    for answer in (client.get("/healthz", headers=BROWSER), client.get("/calls/", headers=BROWSER)):
        assert answer.content_encoding is None


@pytest.mark.parametrize("encoding", READERS)
def test_a_file_arrives_compressed_and_whole(operator: FlaskClient, encoding: str) -> None:
    with (
        operator.get("/calls/export.csv") as plain,
        operator.get("/calls/export.csv", headers={"Accept-Encoding": encoding}) as answer,
    ):
        assert answer.content_encoding == encoding
        assert "Content-Length" not in answer.headers
        assert answer.headers["X-Row-Count"] == plain.headers["X-Row-Count"]
        assert READERS[encoding](answer.data) == plain.data


def test_a_reader_who_leaves_frees_the_export(operator: FlaskClient, app: Flask) -> None:
    with app.app_context():
        before = db.engine.pool.checkedout()  # type: ignore[attr-defined]
    for _ in range(exports.AT_ONCE + 1):
        answer = operator.get("/calls/export.csv", headers=BROWSER, buffered=False)
        assert answer.status_code == 200
        answer.close()
    with app.app_context():
        assert db.engine.pool.checkedout() == before  # type: ignore[attr-defined]


class Lines:
    """A body that counts what was taken of it, and notes its end."""

    def __init__(self) -> None:
        self.taken, self.closed = 0, False

    def __iter__(self) -> Iterator[bytes]:
        noise = random.Random(7)
        for _ in range(LINES):
            self.taken += 1
            yield noise.randbytes(LINE // 2).hex().encode()

    def close(self) -> None:
        """Called by the server in any case."""
        self.closed = True


@pytest.mark.parametrize("encoding", READERS)
def test_a_stream_leaves_while_it_is_made_and_ends_with_its_reader(encoding: str) -> None:
    bodies: list[Lines] = []

    def lines() -> Response:
        bodies.append(Lines())
        return Response(bodies[-1], mimetype="text/csv")

    app = Flask(__name__)
    init_compression(app)
    app.add_url_rule("/lines", "lines", lines)
    answer = app.test_client().get("/lines", headers={"Accept-Encoding": encoding}, buffered=False)
    chunks = iter(answer.response)
    first = next(chunks)
    assert 0 < bodies[0].taken < LINES / 2, "the compressor kept the lines back"
    assert len(READERS[encoding](first + b"".join(chunks))) == LINES * LINE
    answer = app.test_client().get("/lines", headers={"Accept-Encoding": encoding}, buffered=False)
    answer.close()
    assert bodies[1].closed
    assert bodies[1].taken < LINES / 2


def test_an_asset_comes_in_its_smallest_form_each_with_a_name_of_its_own(
    app: Flask, client: FlaskClient
) -> None:
    address = static_url(app, "style")
    answers = {
        encoding: ask(client, address, asked)
        for encoding, asked in (("br", BROWSER["Accept-Encoding"]), ("gzip", "gzip"), (None, "identity"))
    }
    whole = answers[None].data
    for encoding, answer in answers.items():
        assert answer.status_code == 200
        assert answer.content_encoding == encoding
        assert answer.mimetype == "text/css"
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert answer.headers["Cache-Control"] == FOREVER
        assert READERS.get(str(encoding), bytes)(answer.data) == whole
    assert len(answers["br"].data) < len(answers["gzip"].data) < len(whole) / 4
    etags = [answer.headers["ETag"] for answer in answers.values()]
    assert len(set(etags)) == 3
    assert not [etag for etag in etags if etag.startswith("W/")]


def test_an_asset_that_is_there_is_not_sent_again(app: Flask, client: FlaskClient) -> None:
    address = static_url(app, "app")
    first = ask(client, address)
    again = ask(client, address, If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Cache-Control"] == FOREVER
    assert ask(client, address, "gzip", If_None_Match=first.headers["ETag"]).status_code == 200


def test_parts_and_headers_of_an_asset_are_those_of_its_form(app: Flask, client: FlaskClient) -> None:
    address = static_url(app, "style")
    whole = ask(client, address)
    part = ask(client, address, Range="bytes=10-19")
    assert (part.status_code, part.content_encoding) == (206, "br")
    assert part.data == whole.data[10:20]
    with client.head(address, headers=BROWSER) as head:
        assert head.headers["Content-Length"] == str(len(whole.data))


def test_a_missing_asset_is_404_whatever_its_name(client: FlaskClient) -> None:
    for path in ("dist/app.00000000.js", "../dist/app.00000000.js", "dist/x/../../../wsgi.00000000.py"):
        assert client.get(f"/static/{path}", headers=BROWSER).status_code == 404
