"""How a column is called and how its value is drawn, once for every list: labels by name, formats by kind."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import current_app
from markupsafe import Markup

from certus_admin.audit_words import changed_names, title_of, who_of
from certus_admin.formats import (
    UNKNOWN,
    duration,
    local_date,
    local_time,
    masked_number,
    money,
    number,
    relative_age,
)
from forms.knowledge import KINDS
from views.people_words import place_of

LABELS = {
    "started_at": "Started",
    "done_at": "When",
    "done_by": "Who",
    "done": "What",
    "done_where": "Where",
    "saved_at": "Saved",
    "saved_by": "By",
    "holds_at": "Holds at",
    "preview": "Value",
    "created_at": "Taken",
    "written_at": "Written",
    "author_name": "By",
    "full_name": "Name",
    "access": "Works at",
    "last_sign_in_at": "Last sign-in",
    "added_at": "Added",
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
    "key_state": "State",
    "key_hint": "Ends in",
    "issued_at": "Issued",
    "last_used_at": "Last used",
    "expires_at": "Expires",
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

    def _done_at(self, row: Any) -> Markup:
        return self._moment(row.at, row)

    def _done_by(self, row: Any) -> Markup | str:
        who = who_of(row.actor_name, row.application, row.actor_role)
        return who if row.actor_name else Markup('{}<span class="cell-note">program</span>').format(who)

    def _done(self, row: Any) -> str:
        return title_of(row.table_name, row.action)

    def _done_where(self, row: Any) -> Markup | str:
        if row.location_name is None:
            return row.account_name or Markup('<span class="secondary">no account</span>')
        return self._location(row)

    def _changed(self, row: Any) -> Markup:
        return Markup('<span class="excerpt">{}</span>').format(changed_names(row.before, row.after))

    def _saved_at(self, row: Any) -> Markup:
        return self._moment(row.updated_at, row)

    def _saved_by(self, row: Any) -> str:
        return row.updated_by_name or "a program"

    def _holds_at(self, row: Any) -> Markup | str:
        if row.location_name is not None:
            return self._location(row)
        words = f"All locations but {row.location_rows}" if row.location_rows else "All locations"
        return Markup('{}<span class="cell-note">{}</span>').format(words, row.account_name)

    def _preview(self, row: Any) -> Markup:
        return Markup('<code class="excerpt">{}</code>').format(row.preview)

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

    def _full_name(self, row: Any) -> Markup:
        return Markup('{}<span class="cell-note">{}</span>').format(row.full_name, row.email)

    def _role(self, row: Any) -> str:
        return label(row.role)

    def _state(self, row: Any) -> Markup:
        return self._macro("status", row.state)

    def _access(self, row: Any) -> Markup | str:
        if not row.access:
            return Markup('<span class="secondary">Nowhere yet</span>')
        places = [place_of(access) for access in row.access]
        more = f" and {len(places) - 2} more" if len(places) > 2 else ""
        return f"{'; '.join(places[:2])}{more}"

    def _last_sign_in_at(self, row: Any) -> Markup:
        return self._moment(row.last_sign_in_at, row) if row.last_sign_in_at else Markup("Never")

    def _added_at(self, row: Any) -> Markup:
        return local_time(row.created_at, row.timezone, "date")

    def _guest_count(self, row: Any) -> Markup | str:
        return number(row.guest_count)

    def _account(self, row: Any) -> Markup | str:
        return str(row.account_name)

    def _key_hint(self, row: Any) -> Markup | str:
        return Markup("<code>…{}</code>").format(row.key_hint) if row.key_hint else UNKNOWN

    def _scopes(self, row: Any) -> Markup | str:
        return Markup('<span class="excerpt">{}</span>').format(", ".join(row.scopes)) if row.scopes else ""

    def _key_state(self, row: Any) -> Markup | str:
        state, warnings = self._macro("key_state", row.state), self._macro("key_warnings", row.warnings)
        return Markup('<span class="key-state">{}{}</span>').format(state, warnings)

    def _issued_at(self, row: Any) -> Markup:
        return local_time(row.created_at, row.timezone, "date")

    def _last_used_at(self, row: Any) -> Markup | str:
        return relative_age(row.last_used_at) if row.last_used_at else "Never"

    def _expires_at(self, row: Any) -> Markup | str:
        return local_time(row.expires_at, row.timezone, "date") if row.expires_at else "Never"
