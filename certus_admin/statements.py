"""An SQL file cut into its statements, so that a failing one can be named by its line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Whatever may hold a semicolon that ends nothing: strings, quoted names, dollar-quoted bodies, comments.
TOKEN = re.compile(
    r"""
    --[^\n]*
    | /\*.*?\*/
    | (?<!\w)[eE]'(?:[^'\\]|\\.|'')*'
    | '(?:[^']|'')*'
    | "(?:[^"]|"")*"
    | (?<![\w$])\$(?P<tag>[A-Za-z_]\w*)?\$.*?\$(?(tag)(?P=tag))\$
    | (?P<end>;)
    """,
    re.DOTALL | re.VERBOSE,
)
BLANK = re.compile(r"(?:\s+|--[^\n]*|/\*.*?\*/)*", re.DOTALL)


@dataclass(frozen=True)
class Statement:
    """One statement without its semicolon; `line` is where its first word stands, counted from 1."""

    text: str
    line: int


def split_statements(script: str) -> Iterator[Statement]:
    """Cut `script` at its semicolons. Bodies of functions must be quoted: `begin atomic` is not known."""
    start = 0
    ends = [match.start() for match in TOKEN.finditer(script) if match["end"]]
    for end in [*ends, len(script)]:
        blank = BLANK.match(script, start, end)
        begin = blank.end() if blank else start
        if begin < end:
            yield Statement(script[begin:end], script.count("\n", 0, begin) + 1)
        start = end + 1
