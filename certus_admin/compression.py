"""Answers leave compressed: zstd where the reader takes it, else Brotli, else gzip.

Built assets were compressed when they were built (certus_admin/assets.py). What another site led to goes out
as it is; decision 23 says why.
"""

import gzip
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

import brotli
from flask import Flask, Response, request
from werkzeug.wsgi import ClosingIterator

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

# Measured on a call list of 99 kB: zstd 3 takes 0.06 ms for 9.1 kB, Brotli 3 takes 0.15 ms for 9.1 kB, gzip 4
# takes 0.33 ms for 9.7 kB. What the next steps save of 1.6 Mbit/s they cost at the server.
ZSTD_LEVEL, BROTLI_LEVEL, GZIP_LEVEL = 3, 3, 4
TYPES = frozenset({"text/html", "text/csv", "text/plain", "application/json"})
# A shorter answer fits into one packet as it is.
SHORTEST = 1024
OTHER_SITES = frozenset({"cross-site", "same-site"})


class Compressor(Protocol):
    """What the three libraries agree on."""

    def compress(self, data: bytes, /) -> bytes:
        """What is ready of all that came in so far."""

    def flush(self) -> bytes:
        """The rest."""


class BrotliCompressor:
    """Brotli's, which names the two otherwise."""

    def __init__(self) -> None:
        brotli_compressor = brotli.Compressor(quality=BROTLI_LEVEL)
        self.compress = brotli_compressor.process
        self.flush = brotli_compressor.finish


# By preference where a reader takes several alike.
WHOLE: dict[str, Callable[[bytes], bytes]] = {
    "zstd": lambda body: zstd.compress(body, ZSTD_LEVEL),
    "br": lambda body: brotli.compress(body, quality=BROTLI_LEVEL),
    "gzip": lambda body: gzip.compress(body, GZIP_LEVEL, mtime=0),
}
STREAMED: dict[str, Callable[[], Compressor]] = {
    "zstd": lambda: zstd.ZstdCompressor(level=ZSTD_LEVEL),
    "br": BrotliCompressor,
    "gzip": lambda: zlib.compressobj(GZIP_LEVEL, wbits=zlib.MAX_WBITS | 16),
}


def init_compression(app: Flask) -> None:
    """Compress what the application writes. Call it first: later hooks then see answers as they were."""
    app.after_request(compress)


def compress(response: Response) -> Response:
    """Compress an answer of text; a stream stays one, in constant memory.

    The length of a compressed page tells whether a word that another site made it repeat stands in it twice
    (BREACH). So nothing is compressed where another site led here; no page can make a browser hide that.
    """
    if request.endpoint == "static" or response.mimetype not in TYPES:
        return response
    response.vary.update(("Accept-Encoding", "Sec-Fetch-Site"))
    encoding = request.accept_encodings.best_match([*WHOLE, "identity"], default="identity")
    if (
        encoding == "identity"
        or response.status_code != 200
        or response.content_encoding
        or request.headers.get("Sec-Fetch-Site") in OTHER_SITES
    ):
        return response
    if response.is_sequence:
        body = response.get_data()
        if len(body) < SHORTEST:
            return response
        response.set_data(WHOLE[encoding](body))
    else:
        source: Any = response.response
        chunks = stream(response.iter_encoded(), STREAMED[encoding]())
        response.response = ClosingIterator(chunks, getattr(source, "close", None))
        response.headers.pop("Content-Length", None)
    response.content_encoding = encoding
    return response


def stream(chunks: Iterable[bytes], compressor: Compressor) -> Iterator[bytes]:
    """The chunks compressed, each as soon as enough of it is together."""
    for chunk in chunks:
        if ready := compressor.compress(chunk):
            yield ready
    yield compressor.flush()
