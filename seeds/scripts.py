"""The form of a scripted call: a summary and the lines that belong to it."""


class Script:
    """`summary` is Markdown; lines begin with `caller: ` or `agent: `, or are a {part} that may be absent."""

    def __init__(self, summary: str, *lines: str) -> None:
        self.summary = summary
        self.lines = lines
