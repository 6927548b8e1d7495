"""Reading an answer as HTML strictly: what is not closed, said twice, or would need an unsafe policy."""

import re
from html.parser import HTMLParser

from werkzeug.test import TestResponse

VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)
NONCE = re.compile(r"'nonce-([^']+)'")


class PageReader(HTMLParser):
    """Collects what a page holds and, in `faults`, what no page may hold."""

    def __init__(self, nonce: str) -> None:
        super().__init__(convert_charrefs=True)
        self.nonce = nonce
        self.faults: list[str] = []
        self.headings = 0
        self.title = ""
        self.links: list[str] = []
        self.ids: set[str] = set()
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element, and keep it until it is closed."""
        self._look_at(tag, attrs)
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element without content, as drawings have them."""
        self._look_at(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """The element that was opened last must be the one that is closed."""
        last = self._open.pop() if self._open else "nothing"
        if last != tag:
            self.faults.append(f"line {self.getpos()[0]}: </{tag}> closes {last}")

    def handle_data(self, data: str) -> None:
        """Read the title."""
        if self._open and self._open[-1] == "title" and "svg" not in self._open:
            self.title += data

    def close(self) -> None:
        """At the end everything must be closed, and the page must have a title and one main heading."""
        super().close()
        self.faults += [f"<{tag}> is never closed" for tag in self._open]
        if not self.title.strip():
            self.faults.append("the page has no title")
        if self.headings != 1:
            self.faults.append(f"the page has {self.headings} main headings")

    def _look_at(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        where = f"line {self.getpos()[0]}: <{tag}>"
        self.headings += tag == "h1"
        if len(values) != len(attrs):
            self.faults.append(f"{where} says an attribute twice")
        if tag == "style" or "style" in values:
            self.faults.append(f"{where} is styled inline")
        self.faults += [f"{where} has {name}" for name in values if name.startswith("on") or name == "hx-on"]
        if tag == "script" and "src" not in values and values.get("nonce") != self.nonce:
            self.faults.append(f"{where} is inline and has not this answer's nonce")
        if tag == "script" and values.get("nonce", self.nonce) != self.nonce:
            self.faults.append(f"{where} has another answer's nonce")
        if (values.get("href") or "").strip().lower().startswith("javascript:"):
            self.faults.append(f"{where} runs a script")
        if tag == "a" and values.get("href"):
            self.links.append(str(values["href"]))
        if "id" in values:
            if not values["id"] or values["id"] in self.ids:
                self.faults.append(f"{where} has no id of its own: {values['id']}")
            self.ids.add(str(values["id"]))


def read_page(text: str, nonce: str) -> PageReader:
    """Read a whole page that came with `nonce` in its policy."""
    reader = PageReader(nonce)
    reader.feed(text)
    reader.close()
    return reader


def read_answer(answer: TestResponse) -> PageReader:
    """Read the page of an answer."""
    nonce = NONCE.search(answer.headers["Content-Security-Policy"])
    assert nonce is not None, "the answer's policy has no nonce"
    return read_page(answer.text, nonce[1])
