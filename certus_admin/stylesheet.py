"""Leaves out of a third-party stylesheet what no page of ours can use (nine tenths of Tabler).

A rule stays when every class and data attribute in its selector is a word somewhere in our templates, scripts
or Python. So class names are written whole in the sources: `class="btn-{{ tone }}"` needs `btn-danger` spelt
out where the tone is chosen, or here in KEPT.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from webassets.filter import Filter

SOURCES = ("templates/**/*.html", "static/js/*.js", "views/**/*.py", "forms/**/*.py", "certus_admin/**/*.py")
WORD = re.compile(r"[A-Za-z][\w-]*")
NAME = re.compile(r"(?:\.(?=-?[A-Za-z_])|\[(?=data-))([\w-]+)")
STRING_OR_BRACE = re.compile(
    r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|url\([^)"']*\)|/\*.*?\*/|[{};])""", re.DOTALL
)
VARIABLE = re.compile(r"""(?<=[{;])\s*(--[\w-]+)\s*:(?:[^;{}"']|"[^"]*"|'[^']*')*(?:;|(?=\}))""")
NESTING = ("@media", "@supports", "@container", "@layer")
KEPT = {"btn-primary", "btn-danger", "is-invalid", "data-bs-theme"}


def words_of(root: Path) -> set[str]:
    """Every word in our own sources: a class name that is not among them is on no page."""
    found = set(KEPT)
    for pattern in SOURCES:
        for path in root.glob(pattern):
            found.update(WORD.findall(path.read_text(encoding="utf-8")))
    return found


def split_blocks(css: str) -> Iterator[tuple[str, str]]:
    """The top-level (prelude, body) pairs; statements without a body (`@charset`) come with an empty one."""
    depth = start = body_start = 0
    prelude = ""
    for match in STRING_OR_BRACE.finditer(css):
        mark = match[0]
        if mark == "{":
            if depth == 0:
                prelude, body_start = css[start : match.start()].strip(), match.end()
            depth += 1
        elif mark == "}":
            depth -= 1
            if depth == 0:
                yield prelude, css[body_start : match.start()]
                start = match.end()
        elif mark == ";" and depth == 0:
            yield css[start : match.start()].strip(), ""
            start = match.end()


def split_selectors(prelude: str) -> list[str]:
    """A selector list at its own commas, not those inside :is(), :not() or [attribute]."""
    parts, depth, current = [], 0, ""
    for character in prelude:
        depth += (character in "([") - (character in ")]")
        if character == "," and depth == 0:
            parts.append(current.strip())
            current = ""
        else:
            current += character
    return [*parts, current.strip()]


def keep_used(css: str, words: set[str]) -> str:
    """The stylesheet without rules for classes that are not among `words`. Rules keep their order."""
    kept = []
    for prelude, body in split_blocks(css):
        rule = prelude.rsplit("*/", 1)[-1].strip()
        if not body:
            kept.append(f"{rule};" if rule.startswith("@") else "")
        elif rule.startswith(NESTING):
            inner = keep_used(body, words)
            kept.append(f"{rule}{{{inner}}}" if inner else "")
        elif rule.startswith("@"):
            kept.append(f"{rule}{{{body}}}")
        else:
            used = ",".join(part for part in split_selectors(rule) if words.issuperset(NAME.findall(part)))
            kept.append(f"{used}{{{body}}}" if used else "")
    return "".join(kept)


def drop_unread_variables(css: str, own_css: str) -> str:
    """Without the custom properties that nothing reads, neither the stylesheet itself nor ours."""
    read = set(re.findall(r"var\((--[\w-]+)", css + own_css))
    shorter = VARIABLE.sub(lambda found: found[0] if found[1] in read else "", css)
    # What is gone may have been the only reader of something else.
    return css if shorter == css else drop_unread_variables(shorter, own_css)


class UsedRules(Filter):
    """webassets filter over one source file; `root` is the folder of the project."""

    name = "used_rules"  # type: ignore[assignment]

    def __init__(self, root: Path) -> None:
        super().__init__()
        self.root = root

    def unique(self) -> str:
        """Part of webassets' cache key."""
        return str(self.root)

    def input(self, _in: Any, out: Any, **_options: Any) -> None:
        """Write what is used of the source."""
        own = "".join(path.read_text(encoding="utf-8") for path in (self.root / "static/css").glob("*.css"))
        out.write(drop_unread_variables(keep_used(_in.read(), words_of(self.root)), own))
