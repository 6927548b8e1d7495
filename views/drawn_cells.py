"""How a list's cells are drawn: what every list shares."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import current_app
from markupsafe import Markup

from certus_admin.formats import UNKNOWN, local_time

MARKS_OF_MARKDOWN = re.compile(r"[*_`#>|~]+")
EXCERPT = 110

Cell = Callable[[Any], Markup | str]


class DrawnCells:
    """Draws the cells of one answer; what repeats from row to row is drawn once."""

    def __init__(
        self, *, several_accounts: bool = False, account_names: dict[Any, str] | None = None
    ) -> None:
        self.account_names = account_names or {} if several_accounts else {}
        self._drawn: dict[tuple[str, Any], Markup] = {}
        self._this_year = datetime.now(UTC).year

    def draw(self, name: str, row: Any) -> Markup | str:
        """The cell of column `name`: by the method of that name, else the value as text."""
        method: Cell | None = getattr(self, f"_{name}", None)
        if method:
            return method(row)
        value = getattr(row, name)
        return UNKNOWN if value is None else str(value)

    def _macro(self, name: str, value: Any) -> Markup:
        key = (name, tuple(value) if isinstance(value, list) else value)
        if key not in self._drawn:
            macros: Any = current_app.jinja_env.get_template("macros/badge.html").module
            self._drawn[key] = Markup(getattr(macros, name)(value)).strip()  # noqa: S704 - drawn by a template
        return self._drawn[key]

    def _moment(self, value: datetime | None, row: Any) -> Markup:
        old = value is not None and value.year != self._this_year
        return local_time(value, row.timezone, "full" if old else "short")

    def _location(self, row: Any) -> Markup | str:
        account = self.account_names.get(row.account_id)
        if account is None:
            return row.location_name
        return Markup('{}<span class="cell-note">{}</span>').format(row.location_name, account)

    def _status(self, row: Any) -> Markup:
        return self._macro("status", row.status)

    def _beginning_of(self, text: str | None) -> Markup | str:
        words = " ".join(MARKS_OF_MARKDOWN.sub("", text or "").split())
        if len(words) > EXCERPT:
            words = words[:EXCERPT].rsplit(" ", 1)[0] + "…"
        return Markup('<span class="excerpt">{}</span>').format(words) if words else ""
