"""The forms of a page as a browser sends them: any of them, found by the rule that its address leads to."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

Typed = dict[str, str | list[str]]


@dataclass
class DrawnForm:
    """A POST form: where it goes, what it sends without a button, and the names of all its controls."""

    action: str
    id: str = ""
    classes: tuple[str, ...] = ()
    sent: list[tuple[str, str]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)

    def filled(self, typed: Typed) -> MultiDict[str, str]:
        """What is sent once this was typed into it."""
        data: MultiDict[str, str] = MultiDict(pair for pair in self.sent if pair[0] not in typed)
        for name, value in typed.items():
            assert name in self.names, f"the form has no {name}"
            data.setlist(name, [value] if isinstance(value, str) else value)
        return data


class FormReader(HTMLParser):
    """Reads every POST form of a page; what stands in a <template> is nobody's yet."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[DrawnForm] = []
        self.form: DrawnForm | None = None
        self.templates = 0
        self.area: str | None = None
        self.select: str | None = None
        self.offered: list[tuple[str, bool]] = []
        self.is_many = False
        self.feed(html.replace("\r\n", "\n"))  # as every browser reads a page

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        self.templates += tag == "template"
        if self.templates:
            return
        if tag == "form":
            classes = tuple(given.get("class", "").split())
            self.form = DrawnForm(given.get("action", ""), given.get("id", ""), classes)
            if given.get("method", "").lower() == "post":
                self.forms.append(self.form)
        elif tag == "option" and self.select:
            self.offered.append((given.get("value", ""), "selected" in given))
        elif self.form is not None and given.get("name"):
            self.take(tag, given)

    def take(self, tag: str, given: dict[str, str]) -> None:
        """One control of the open form."""
        assert self.form is not None
        name = given["name"]
        self.form.names.add(name)
        if tag == "textarea":
            self.area = name
            self.form.sent.append((name, ""))
        elif tag == "select":
            self.select, self.offered, self.is_many = name, [], "multiple" in given
        elif tag == "input" and (given.get("type") not in ("checkbox", "radio") or "checked" in given):
            self.form.sent.append((name, given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        self.templates -= tag == "template"
        if tag == "form":
            self.form = None
        elif tag == "textarea":
            self.area = None
        elif tag == "select" and self.select and self.form is not None:
            chosen = [value for value, selected in self.offered if selected]
            if not chosen and not self.is_many:
                chosen = [value for value, _ in self.offered[:1]]
            self.form.sent.extend((self.select, value) for value in chosen)
            self.select = None

    def handle_data(self, data: str) -> None:
        if self.area and self.form is not None:
            name, before = self.form.sent.pop()
            # The line break after the tag is the markup's, not the value's.
            self.form.sent.append((name, before + (data if before else data.removeprefix("\n"))))


def form_to(app: Flask, rule: str, answer: TestResponse, which: int = 0) -> DrawnForm:
    """The form of a page that leads to the rule; `which` of them, where several do."""
    found = []
    for form in FormReader(answer.text).forms:
        form.action = urljoin(answer.request.full_path.removesuffix("?"), form.action)
        try:
            matched, _ = app.url_map.bind("localhost").match(
                urlsplit(form.action).path, "POST", return_rule=True
            )
        except HTTPException:
            continue
        if matched.rule == rule:
            found.append(form)
    assert len(found) > which, f"{answer.request.path} ({answer.status_code}) has no form for {rule}"
    return found[which]


def press(
    app: Flask, client: FlaskClient, rule: str, page: str | TestResponse, typed: Typed, which: int = 0
) -> TestResponse:
    """Fill in the form of a page, named or drawn already, and send it."""
    answer = client.get(page) if isinstance(page, str) else page
    form = form_to(app, rule, answer, which)
    return client.post(form.action, data=form.filled(typed))
