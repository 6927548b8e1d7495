"""Readers over loopback that cost little: their work stands beside what it measures, on the same cores."""

import selectors
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

SECONDS_TO_ANSWER = 60.0
# Then a reader connects anew, as browsers do: by then whichever worker has the most time takes it.
ANSWERS_A_CONNECTION = 25
HEAD_ENDS = b"\r\n\r\n"
LENGTH = b"\r\ncontent-length:"


@dataclass
class Reader:
    """A connection that stays open for a while; `wanted` is the size of its answer, once it is known."""

    connection: socket.socket
    asked: float = 0.0
    arrived: bytearray = field(default_factory=bytearray)
    wanted: int | None = None
    answers: int = 0


def request_bytes(path: str, headers: Mapping[str, str], host: str) -> bytes:
    """A GET as it goes over the wire."""
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {host}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def ask(port: int, path: str, headers: Mapping[str, str], seconds: float, readers: int) -> list[float]:
    """`readers` at once ask again and again, over connections that stay open; milliseconds an answer.

    Raises RuntimeError for an answer that is not 200, or of a length that was not said.
    """
    request = request_bytes(path, headers, f"127.0.0.1:{port}")
    taken: list[float] = []
    with selectors.DefaultSelector() as selector:
        waiting = [_connect(selector, port) for _ in range(readers)]
        coming, until = 0, time.perf_counter() + seconds
        try:
            # The last answers are waited for, so that none of them falls into the next measurement.
            while coming or time.perf_counter() < until:
                if time.perf_counter() < until:
                    for reader in waiting:
                        _send(reader, request)
                    coming += len(waiting)
                finished = [reader for reader in _ready(selector, path) if _arrived(reader, path)]
                coming -= len(finished)
                now = time.perf_counter()
                if now < until:
                    taken += ((now - reader.asked) * 1000 for reader in finished)
                waiting = [_renewed(selector, port, reader) for reader in finished]
        finally:
            for key in list(selector.get_map().values()):
                key.data.connection.close()
    return taken


def _connect(selector: selectors.BaseSelector, port: int) -> Reader:
    connection = socket.create_connection(("127.0.0.1", port), timeout=SECONDS_TO_ANSWER)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    reader = Reader(connection)
    selector.register(connection, selectors.EVENT_READ, reader)
    return reader


def _renewed(selector: selectors.BaseSelector, port: int, reader: Reader) -> Reader:
    reader.answers += 1
    if reader.answers < ANSWERS_A_CONNECTION:
        return reader
    selector.unregister(reader.connection)
    reader.connection.close()
    return _connect(selector, port)


def _ready(selector: selectors.BaseSelector, path: str) -> list[Reader]:
    events = selector.select(SECONDS_TO_ANSWER)
    if not events:
        raise RuntimeError(f"{path} does not answer")
    return [key.data for key, _mask in events]


def _send(reader: Reader, request: bytes) -> None:
    reader.arrived.clear()
    reader.wanted = None
    reader.asked = time.perf_counter()
    reader.connection.sendall(request)


def _arrived(reader: Reader, path: str) -> bool:
    """Take what is there; whether the answer is whole."""
    part = reader.connection.recv(262_144)
    reader.arrived += part
    if reader.wanted is None and (head := reader.arrived.find(HEAD_ENDS)) >= 0:
        reader.wanted = head + len(HEAD_ENDS) + _length(bytes(reader.arrived[:head]), path)
    if not part:
        raise RuntimeError(f"{path} ends before its answer does")
    return reader.wanted is not None and len(reader.arrived) >= reader.wanted


def _length(head: bytes, path: str) -> int:
    status = head.split(b" ", 2)[1].decode()
    if status != "200":
        raise RuntimeError(f"{path} answers {status}")
    begins = head.lower().find(LENGTH)
    if begins < 0:
        raise RuntimeError(f"{path} says no length")
    return int(head[begins + len(LENGTH) :].split(b"\r\n", 1)[0])
