"""How a list's cells are drawn: what every list shares."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from flask import current_app
from markupsafe import Markup

from certus_admin.formats import UNKNOWN, excerpt, local_time, with_note

MARKS_OF_MARKDOWN = re.compile(r"[*_`#>|~]+")
EXCERPT = 110
MOST_BADGES = 2_000

Cell = Callable[[Any], Markup | str]


class DrawnCells:
    """Draws the cells of one answer; what repeats from row to row is drawn once."""

    def __init__(
        self, *, several_accounts: bool = False, account_names: dict[Any, str] | None = None
    ) -> None:
        self.account_names = account_names or {} if several_accounts else {}
        self._drawn: dict[Any, Markup] = {}
        self._this_year = datetime.now(UTC).year

    def drawers(self, names: Iterable[str]) -> list[Cell]:
        """What draws each column's cell of a row: the method of the column's name, else the value as text."""
        return [getattr(self, f"_{name}", None) or _value_of(name) for name in names]

    def _macro(self, name: str, value: Any) -> Markup:
        return draw_badge(name, tuple(value) if isinstance(value, list) else value)

    def _moment(self, value: datetime | None, row: Any) -> Markup:
        old = value is not None and value.year != self._this_year
        return local_time(value, row.timezone, "full" if old else "short")

    def _location(self, row: Any) -> Markup | str:
        account = self.account_names.get(row.account_id)
        if account is None:
            return row.location_name
        key = row.location_id
        if key not in self._drawn:
            self._drawn[key] = with_note(row.location_name, account)
        return self._drawn[key]

    def _status(self, row: Any) -> Markup:
        return self._macro("status", row.status)

    def _beginning_of(self, text: str | None) -> Markup | str:
        words = " ".join(MARKS_OF_MARKDOWN.sub("", text or "").split())
        if len(words) > EXCERPT:
            words = words[:EXCERPT].rsplit(" ", 1)[0] + "…"
        return excerpt(words) if words else ""


def draw_badge(name: str, value: Any) -> Markup:
    """A macro of macros/badge.html for a (hashable) value; the few words there are were drawn before."""
    drawn: dict[Any, Markup] = current_app.extensions.setdefault("drawn_badges", {})
    if (name, value) not in drawn:
        if len(drawn) >= MOST_BADGES:
            drawn.clear()
        macros: Any = current_app.jinja_env.get_template("macros/badge.html").module
        drawn[name, value] = Markup(getattr(macros, name)(value)).strip()  # noqa: S704 - drawn by a template
    return drawn[name, value]


def _value_of(name: str) -> Cell:
    def draw(row: Any) -> Markup | str:
        value = getattr(row, name)
        return UNKNOWN if value is None else str(value)

    return draw
