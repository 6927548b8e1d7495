"""What templates/admin/model/list.html draws."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from wtforms import Form

from views.column_words import align, label

Column = tuple[str, str, str | None, str | None, str]


@dataclass(frozen=True)
class ListRow:
    """A row: cells in the order of the columns, the first links to `url`; `zone` (IANA) is its times'."""

    id: Any
    url: str | None
    cells: Sequence[Markup | str]
    zone: str | None = None


@dataclass(frozen=True)
class Listing:
    """A list as its template reads it; list.html explains each field."""

    title: str
    noun: str
    columns: Sequence[Column]
    rows: Sequence[ListRow]
    clear_url: str
    count_text: str
    empty: tuple[str, str | None, str | None]
    filters: Form | None = None
    active_filters: Sequence[tuple[str, str, str]] = ()
    newer_url: str | None = None
    older_url: str | None = None
    summary: Sequence[tuple[str, str]] = ()
    count_url: str | None = None
    count_note: str | None = None
    export_url: str | None = None
    create_url: str | None = None
    drawer: bool = True


def columns_of(names: Sequence[str], sorted_by: str) -> list[Column]:
    """Headings by the columns' names; a list has one order, newest first, because that one has an index."""
    return [(name, label(name), None, "desc" if name == sorted_by else None, align(name)) for name in names]
