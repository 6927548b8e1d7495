"""What a message above a page says was written by us; no exception and no word of the database is in it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import pytest

from certus_admin.config import CHECKOUT

PARTS = ("certus_admin", "forms", "seeds", "views")
Function = ast.FunctionDef | ast.AsyncFunctionDef

# Functions that show what their callers hand them, which is looked at where they are called.
CARRIERS = {
    ("views/history.py", "back"): "words",
    ("views/api_key.py", "to_key"): "said",
    ("views/person.py", "back_to"): "said",
    ("views/knowledge_requests.py", "take"): "said",
    ("views/settings_pages.py", "say_saved"): "said",
}
# What else is put into a message, and why nothing of the inside can be in it.
HARMLESS = {
    ("views/configuration_busy.py", "_said(changes)"): "two sentences of ours about a number of locations",
    ("views/configuration_hours.py", "theirs"): "names of weekdays",
    ("views/configuration_hours.py", "len(weeks)"): "a number",
    ("views/history.py", "entry_of(line, subject).title"): "a line of the history as its page names it",
    (
        "views/knowledge_requests.py",
        "form.seen_at.errors",
    ): "what a form says about a field, written in forms/",
    ("views/settings_pages.py", "theirs"): "labels of fields",
    ("views/settings_pages.py", "title"): "the page's own noun",
}


@dataclass(frozen=True)
class Source:
    """A module of the product, read."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def imported(self) -> dict[str, tuple[str, str]]:
        """Names that come from elsewhere: the path they come from, and their name there."""
        return {
            alias.asname or alias.name: (f"{node.module.replace('.', '/')}.py", alias.name)
            for node in ast.walk(self.tree)
            if isinstance(node, ast.ImportFrom) and node.module
            for alias in node.names
        }

    def calls(self) -> Iterator[tuple[str, ast.Call, Function | None]]:
        """Every call of a name or a method, with the innermost function that it stands in."""
        inside: dict[ast.AST, Function] = {}
        for function in ast.walk(self.tree):
            if isinstance(function, Function):
                inside.update(dict.fromkeys(ast.walk(function), function))
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
                name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                yield name, node, inside.get(node)


SOURCES = {
    path.relative_to(CHECKOUT).as_posix(): Source(path.relative_to(CHECKOUT).as_posix(), path.read_text())
    for part in PARTS
    for path in sorted((CHECKOUT / part).rglob("*.py"))
}


def values_of(scope: ast.AST, name: str) -> list[ast.expr]:
    """Everything that is given to a name in a module or a function, by assignments and loops."""
    found = []
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign) and any(ast.unparse(target) == name for target in node.targets):
            found.append(node.value)
        elif isinstance(node, ast.For) and ast.unparse(node.target) == name:
            found.append(node.iter)
    return found


def strange(said: ast.expr, source: Source, function: Function | None, seen: str = "") -> Iterator[str]:
    """The parts of a message that are not made of literals, as they are written; `seen` is known already."""
    if isinstance(said, ast.Name):
        if said.id != seen:
            yield from strange_name(said.id, source, function)
        return
    parts: list[ast.expr] = []
    if isinstance(said, ast.JoinedStr):
        parts = [each.value for each in said.values if isinstance(each, ast.FormattedValue)]
    elif isinstance(said, ast.IfExp):
        parts = [said.body, said.orelse]
    elif isinstance(said, ast.BoolOp):
        parts = said.values
    elif isinstance(said, ast.Call) and isinstance(said.func, ast.Attribute) and said.func.attr == "join":
        parts = [said.func.value, *said.args]
    elif not isinstance(said, ast.Constant):
        yield ast.unparse(said)
    for part in parts:
        yield from strange(part, source, function, seen)


def strange_name(name: str, source: Source, function: Function | None) -> Iterator[str]:
    """The same for a name: a constant, what a carrier is handed, or what the function gives it."""
    if name.isupper():
        path, name = source.imported.get(name, (source.path, name))
        source, function = SOURCES.get(path, source), None
    arguments = (*function.args.args, *function.args.kwonlyargs) if function else ()
    carried = function is not None and CARRIERS.get((source.path, function.name)) == name
    values = values_of(function or source.tree, name)
    if not carried and (not values or name in {argument.arg for argument in arguments}):
        yield name
    for value in values:
        yield from strange(value, source, function, name)


def handed(source: Source, name: str, call: ast.Call) -> ast.expr | None:
    """The message in a call of flash, or of a carrier; None in any other call."""
    if name == "flash":
        return call.args[0]
    path, there = source.imported.get(name, (source.path, name))
    parameter = CARRIERS.get((path, there))
    if parameter is None:
        return None
    defined = next(n for n in ast.walk(SOURCES[path].tree) if isinstance(n, Function) and n.name == there)
    places = [argument.arg for argument in defined.args.args if argument.arg != "self"]
    by_name = {keyword.arg: keyword.value for keyword in call.keywords}
    by_place = dict(zip(places, call.args, strict=False))
    return by_name.get(parameter) or by_place.get(parameter)


def strange_in(source: Source) -> list[tuple[str, str]]:
    """What a module's messages hold besides literals: its path, and the part as it is written."""
    return [
        (source.path, part)
        for name, call, function in source.calls()
        if (said := handed(source, name, call)) is not None
        for part in strange(said, source, function)
    ]


FOUND = [found for source in SOURCES.values() for found in strange_in(source)]


def test_no_message_holds_anything_but_our_words() -> None:
    assert sum(name == "flash" for source in SOURCES.values() for name, _, _ in source.calls()) > 30
    assert sorted(set(FOUND) - set(HARMLESS)) == []


def test_what_counts_as_harmless_is_said_somewhere() -> None:
    assert sorted(set(HARMLESS) - set(FOUND)) == []


def test_each_carrier_is_called_somewhere() -> None:
    called = {
        source.imported.get(name, (source.path, name))
        for source in SOURCES.values()
        for name, call, _ in source.calls()
        if handed(source, name, call) is not None
    }
    assert sorted(set(CARRIERS) - called) == []


def test_flash_is_called_by_its_own_name_only() -> None:
    for source in SOURCES.values():
        renamed = [name for name, (_, there) in source.imported.items() if there == "flash" and name != there]
        assert renamed == [], source.path
        mentions = [
            node for node in ast.walk(source.tree) if isinstance(node, ast.Name) and node.id == "flash"
        ]
        assert len(mentions) == sum(name == "flash" for name, _, _ in source.calls()), source.path


@pytest.mark.parametrize(
    ("written", "part"),
    [
        ("flash(str(error))", "str(error)"),
        ('flash(f"Not saved: {error}", "error")', "error"),
        ('flash("Not saved: %s" % error)', "'Not saved: %s' % error"),
        ('flash("Not saved: " + error.args[0])', "'Not saved: ' + error.args[0]"),
        ("flash(error.orig.diag.message_primary)", "error.orig.diag.message_primary"),
        ("words = str(error); flash(words)", "str(error)"),
        ("for words in error.args: flash(words)", "error.args"),
        ('flash("Saved." if not error else repr(error))', "repr(error)"),
        ("flash(handed or str(error))", "handed"),
        ('handed = handed or "Saved."; flash(handed)', "handed"),
        ("WORDS = str(error); flash(WORDS)", "str(error)"),
        ("flash(UNKNOWN)", "UNKNOWN"),
    ],
)
def test_an_exception_in_a_message_is_found(written: str, part: str) -> None:
    body = (
        f"def view(handed):\n    try:\n        save()\n    except ValueError as error:\n        {written}\n"
    )
    if written.startswith("for"):
        body = body.replace(": flash", ":\n            flash")
    found = strange_in(Source("views/made_up.py", body))
    assert ("views/made_up.py", part) in found
