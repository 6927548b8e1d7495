"""How a column's value is drawn, once for every list: by the column's name."""

from typing import Any

from markupsafe import Markup

from certus_admin.formats import (
    UNKNOWN,
    duration,
    excerpt,
    local_date,
    masked_number,
    money,
    number,
    with_note,
)
from views.administration_cells import AdministrationCells


class Cells(AdministrationCells):
    """The cells of every list: calls and what came of them, and what administration lists."""

    def _started_at(self, row: Any) -> Markup:
        return self._moment(row.started_at, row)

    def _created_at(self, row: Any) -> Markup:
        return self._moment(row.created_at, row)

    def _written_at(self, row: Any) -> Markup:
        return self._moment(row.created_at, row)

    def _note_page(self, row: Any) -> Markup:
        return Markup('<a href="/notes/details/?id=%s" aria-label="This note by itself">Open</a>') % row.id

    def _caller_masked(self, row: Any) -> Markup:
        drawn = masked_number(row.caller_masked)
        return drawn if row.direction == "inbound" else with_note(drawn, "outbound")

    def _call_type(self, row: Any) -> Markup:
        return self._macro("call_type", row.call_type)

    def _duration_seconds(self, row: Any) -> Markup | str:
        return duration(row.duration_seconds)

    def _excerpt(self, row: Any) -> Markup | str:
        return self._beginning_of(row.excerpt)

    def _note_md(self, row: Any) -> Markup | str:
        return self._beginning_of(row.note_md)

    def _review_reasons(self, row: Any) -> Markup | str:
        return self._macro("review", row.review_reasons) if row.review_reasons else ""

    def _fulfillment_type(self, row: Any) -> Markup | str:
        return str(row.fulfillment_type).replace("_", " ").capitalize()

    def _items(self, row: Any) -> Markup | str:
        named = [(item.get("quantity"), item.get("name")) for item in row.items if isinstance(item, dict)]
        words = ", ".join(f"{quantity} × {name}" for quantity, name in named)
        return excerpt(words) if words else ""

    def _guest(self, row: Any) -> Markup | str:
        name = row.guest_name or UNKNOWN
        if not row.guest_phone_masked:
            return name
        return with_note(name, masked_number(row.guest_phone_masked))

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
