"""Browser windows: pages are read and their forms sent as a browser sends them, from several at once."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from threading import Barrier
from typing import TypeVar
from urllib.parse import urlencode

from benchmarks.served import Server
from tests.configured import fields_of

Found = TypeVar("Found")


@dataclass(frozen=True)
class Said:
    """An answer to a window: `place` is where it leads, None where it leads nowhere."""

    status: int
    place: str | None
    text: str


class Window:
    """One window of somebody who is signed in; others of the same person begin with the same cookie."""

    def __init__(self, server: Server, cookie: str) -> None:
        self.server = server
        self.cookie = cookie
        self.connection: HTTPConnection = server.connect()

    def look(self, path: str) -> str:
        """A page's text. RuntimeError where it is not there."""
        said = self.ask("GET", path)
        if said.status != 200:
            raise RuntimeError(f"{path} answers {said.status}")
        return said.text

    def form(self, path: str, form_id: str | None = None) -> dict[str, str]:
        """The fields of a page's forms, or of one of them, as they were drawn."""
        return {name: values[0] for name, values in fields_of(self.look(path), form_id).items()}

    def send(self, path: str, fields: Mapping[str, str]) -> Said:
        """Send a form."""
        return self.ask("POST", path, urlencode(fields))

    def ask(self, method: str, path: str, body: str | None = None) -> Said:
        """One request, on the connection that is kept; the session's cookie as the last answer left it."""
        headers = {"Cookie": self.cookie}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode(errors="replace")
        if cookie := answer.getheader("Set-Cookie"):
            self.cookie = cookie.partition(";")[0]
        return Said(answer.status, answer.getheader("Location"), text)


def at_once(pool: ThreadPoolExecutor, steps: Sequence[Callable[[], Found]]) -> list[Found]:
    """Run all steps at the same moment; the pool has a thread for each."""
    ready = Barrier(len(steps))

    def run(step: Callable[[], Found]) -> Found:
        ready.wait()
        return step()

    return [future.result() for future in [pool.submit(run, step) for step in steps]]
