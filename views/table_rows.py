"""The body of a list's table, written in one go.

A list has 400 cells. As a loop of the template it was a fifth of the whole page's work, most of it the
escaping of text that had been escaped; here each row is one join.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from flask import Flask
from markupsafe import Markup, escape

if TYPE_CHECKING:
    from views.listings import Column, ListRow


def table_rows(columns: Sequence["Column"], rows: Iterable["ListRow"], drawer: bool = True) -> Markup:
    """The `<tr>` of `rows`; a row's first cell links to its `url`, which opens in the drawer or as a page."""
    openings = [
        f'<td role="cell" class="to-{escape(align or "start")} col-{escape(name)}" '
        f'data-label="{escape(label)}">'
        for name, label, _, _, align in columns
    ]
    opens = " data-drawer" if drawer else ""
    written: list[str] = []
    for row in rows:
        # A cell is Markup that formats.py or a template wrote, or text. Put together by format strings: a `+`
        # with Markup on one side escapes the other.
        cells = [cell if type(cell) is Markup else escape(cell) for cell in row.cells]
        if row.url:
            link = f'<a class="row-link" href="{escape(row.url)}"{opens}>{cells[0]}</a>'
            cells[0] = Markup(link)  # noqa: S704 - address and cell are escaped
        written.append(f'<tr role="row" data-row="{escape(row.id)}">')
        written += [f"{opening}{cell}</td>" for opening, cell in zip(openings, cells, strict=True)]
        written.append("</tr>\n")
    return Markup("".join(written))  # noqa: S704 - every part is escaped above


def init_table_rows(app: Flask) -> None:
    """Give templates `table_rows`."""
    app.add_template_global(table_rows)
