"""Colleagues named in a note: `@Full Name` in the text, ids in the row, a chip on the page."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from uuid import UUID

from markupsafe import Markup

# What the HTML serialiser writes: attributes in double quotes, in which no double quote is left.
TAG = re.compile(r'(<[^">]*(?:"[^"]*"[^">]*)*>)')


@dataclass(frozen=True)
class Mention:
    """Somebody who can see the call, or could when the note was written."""

    user_id: UUID
    full_name: str


def _as_text(name: str) -> str:
    # As the serialiser writes text: quotes stay as they are.
    return escape(name, quote=False)


def _pattern(names: Iterable[str]) -> re.Pattern[str] | None:
    # The longest name first: "@Ana Maria" is not "@Ana" followed by a word.
    spelled = sorted({name for name in names if name.strip()}, key=len, reverse=True)
    if not spelled:
        return None
    return re.compile(rf"(?<![\w@])@({'|'.join(re.escape(name) for name in spelled)})(?!\w)", re.IGNORECASE)


def find_mentions(text: str, people: Iterable[Mention]) -> tuple[UUID, ...]:
    """The ids of the `people` that `text` names, in the order of their first mention; capitals do not matter.

    Where two people have the same name, both are meant: better one message too many than one that is missed.
    """
    known = tuple(people)
    pattern = _pattern(person.full_name for person in known)
    if pattern is None:
        return ()
    named = dict.fromkeys(match[1].casefold() for match in pattern.finditer(text))
    return tuple(dict.fromkeys(p.user_id for name in named for p in known if p.full_name.casefold() == name))


def mark_mentions(html: Markup, mentions: Sequence[Mention], reader: UUID | None = None) -> Markup:
    """Safe HTML with each mentioned `@Full Name` as a chip; the reader's own stands out.

    Only text between tags is looked at, so that no name can end up inside an attribute.
    """
    pattern = _pattern(_as_text(mention.full_name) for mention in mentions)
    if pattern is None:
        return html
    own = {_as_text(m.full_name).casefold() for m in mentions if m.user_id == reader}

    def chip(match: re.Match[str]) -> str:
        look = "note-mention note-mention-own" if match[1].casefold() in own else "note-mention"
        return f'<span class="{look}">@{match[1]}</span>'

    parts = TAG.split(html)
    parts[::2] = [pattern.sub(chip, text) for text in parts[::2]]
    return Markup("".join(parts))  # noqa: S704 - only chips around escaped names were added to safe HTML
