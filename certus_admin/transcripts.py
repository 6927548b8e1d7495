"""A transcript as the providers write it (one line a turn, `agent: ...`), taken apart into turns."""

import re
from dataclasses import dataclass

# Retell, Vapi and our own loader name the two speakers differently; some set the name in bold.
LINE = re.compile(
    r"\s*(?:\*\*)?(caller|user|customer|agent|assistant|ai|bot)(?:\*\*)?\s*:(?:\*\*)?\s*(.*)", re.I | re.S
)
LINE_BREAK = re.compile(r"\r\n|\r|\n")
AGENTS = frozenset({"agent", "assistant", "ai", "bot"})
# Words that stand before anybody was named.
NOBODY = "transcript"


@dataclass(frozen=True)
class Turn:
    """What one side said: `speaker` is `caller`, `agent`, or `transcript` where the text names nobody."""

    speaker: str
    text: str


def parse_transcript(text: str | None) -> tuple[Turn, ...]:
    """The turns of a transcript, in order; a line without a speaker continues the one before it."""
    turns: list[tuple[str, list[str]]] = []
    for line in LINE_BREAK.split((text or "").strip()) if text and text.strip() else ():
        named = LINE.fullmatch(line)
        if named:
            turns.append(("agent" if named[1].lower() in AGENTS else "caller", [named[2].strip()]))
        elif turns:
            turns[-1][1].append(line.rstrip())
        else:
            turns.append((NOBODY, [line.rstrip()]))
    return tuple(Turn(speaker, "\n".join(lines).strip()) for speaker, lines in turns)
