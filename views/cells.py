"""How a column is called and how its value is drawn, once for every list: labels by name, formats by kind."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import current_app
from markupsafe import Markup

from certus_admin.formats import UNKNOWN, duration, local_date, local_time, masked_number, money, number
from forms.knowledge import KINDS

LABELS = {
    "started_at": "Started",
    "created_at": "Taken",
    "written_at": "Written",
    "author_name": "By",
    "note_md": "Note",
    "note_page": "Details",
    "filed_at": "Filed",
    "request_place": "For",
    "kind": "About",
    "requested_by_name": "Filed by",
    "reservation_at": "Table for",
    "location": "Location",
    "caller_masked": "Caller",
    "guest": "Guest",
    "guest_count": "Guests",
    "call_type": "Type",
    "fulfillment_type": "Fulfilment",
    "status": "Status",
    "duration_seconds": "Duration",
    "excerpt": "Summary",
    "review_reasons": "Review",
    "items": "Items",
    "total_amount": "Total",
    "estimated_revenue": "Estimate",
}
AT_THE_END = frozenset({"duration_seconds", "total_amount", "estimated_revenue", "guest_count"})

MARKS_OF_MARKDOWN = re.compile(r"[*_`#>|~]+")
EXCERPT = 110

Cell = Callable[[Any], Markup | str]


def label(name: str) -> str:
    """The heading of a column."""
    return LABELS.get(name) or name.replace("_", " ").capitalize()


def align(name: str) -> str:
    """Numbers stand at the end of their column."""
    return "end" if name in AT_THE_END else "start"


class Cells:
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

    def _started_at(self, row: Any) -> Markup:
        return self._moment(row.started_at, row)

    def _created_at(self, row: Any) -> Markup:
        return self._moment(row.created_at, row)

    def _written_at(self, row: Any) -> Markup:
        return self._moment(row.created_at, row)

    def _filed_at(self, row: Any) -> Markup:
        return self._moment(row.created_at, row)

    def _request_place(self, row: Any) -> Markup | str:
        if row.location_id is not None:
            return self._location(row)
        name = self.account_names.get(row.account_id)
        return f"All of {name}" if name else "The whole account"

    def _kind(self, row: Any) -> str:
        return KINDS.get(row.kind, row.kind.replace("_", " ").capitalize())

    def _note_page(self, row: Any) -> Markup:
        return Markup('<a href="/notes/details/?id={}" aria-label="This note by itself">Open</a>').format(
            row.id
        )

    def _location(self, row: Any) -> Markup | str:
        account = self.account_names.get(row.account_id)
        if account is None:
            return row.location_name
        return Markup('{}<span class="cell-note">{}</span>').format(row.location_name, account)

    def _caller_masked(self, row: Any) -> Markup:
        drawn = masked_number(row.caller_masked)
        return (
            drawn
            if row.direction == "inbound"
            else Markup('{}<span class="cell-note">outbound</span>').format(drawn)
        )

    def _call_type(self, row: Any) -> Markup:
        return self._macro("call_type", row.call_type)

    def _status(self, row: Any) -> Markup:
        return self._macro("status", row.status)

    def _duration_seconds(self, row: Any) -> Markup | str:
        return duration(row.duration_seconds)

    def _excerpt(self, row: Any) -> Markup | str:
        return self._beginning_of(row.excerpt)

    def _note_md(self, row: Any) -> Markup | str:
        return self._beginning_of(row.note_md)

    def _beginning_of(self, text: str | None) -> Markup | str:
        words = " ".join(MARKS_OF_MARKDOWN.sub("", text or "").split())
        if len(words) > EXCERPT:
            words = words[:EXCERPT].rsplit(" ", 1)[0] + "…"
        return Markup('<span class="excerpt">{}</span>').format(words) if words else ""

    def _review_reasons(self, row: Any) -> Markup | str:
        return self._macro("review", row.review_reasons) if row.review_reasons else ""

    def _fulfillment_type(self, row: Any) -> Markup | str:
        return str(row.fulfillment_type).replace("_", " ").capitalize()

    def _items(self, row: Any) -> Markup | str:
        named = [(item.get("quantity"), item.get("name")) for item in row.items if isinstance(item, dict)]
        words = ", ".join(f"{quantity} × {name}" for quantity, name in named)
        return Markup('<span class="excerpt">{}</span>').format(words) if words else ""

    def _guest(self, row: Any) -> Markup | str:
        name = row.guest_name or UNKNOWN
        if not row.guest_phone_masked:
            return name
        return Markup('{}<span class="cell-note">{}</span>').format(
            name, masked_number(row.guest_phone_masked)
        )

    def _reservation_at(self, row: Any) -> Markup | str:
        if row.reservation_at is None:
            return local_date(row.reservation_date)
        return self._moment(row.reservation_at, row)

    def _total_amount(self, row: Any) -> Markup | str:
        return money(row.total_amount, row.currency)

    def _estimated_revenue(self, row: Any) -> Markup | str:
        return money(row.estimated_revenue, row.currency)

    def _guest_count(self, row: Any) -> Markup | str:
        return number(row.guest_count)
