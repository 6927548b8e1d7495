"""The one base of lists: a page read by its key, filters from the URL, the same wording everywhere.

A list is data: a model, columns, a filter form and the two questions it asks.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from flask import abort, make_response, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from certus_admin.queries.cursors import BadCursorError, Cursor
from certus_admin.queries.export_rows import Export
from certus_admin.queries.listing import Page, Summary
from certus_admin.queries.places import Place, Places, list_places
from certus_admin.queries.scope import Scope
from forms.filters import FilterForm
from views.cells import Cells
from views.closed import ClosedView
from views.exports import stream_export
from views.listings import Listing, ListRow, columns_of

TOO_MANY = (
    "Counting took more than five seconds and was stopped. A shorter period, or one location, is faster."
)


class TableView(ClosedView):
    """A list over a model. Subclasses say what stands in it; see views/calls.py."""

    noun = ("row", "rows")
    # What to say where nothing is, and where nothing matches.
    nothing_yet = "Nothing here yet."
    nothing_matches = "Nothing matches these filters."
    filter_form: type[FilterForm] = FilterForm
    export: Export | None = None
    list_template = "admin/model/list.html"
    fragment_template = "admin/model/_changed.html"

    # What a list says about itself

    def find_page(self, scope: Scope, filters: Any, cursor: Cursor | None) -> Page[Any]:
        """The page's rows, in one statement."""
        raise NotImplementedError

    def find_summary(self, scope: Scope, filters: Any) -> Summary:
        """Count and sums of what the filters leave, in one statement."""
        raise NotImplementedError

    def find_exact(self, scope: Scope, filters: Any) -> Summary:
        """The same to the row, under a time limit; lists that are never long need not tell the difference."""
        return self.find_summary(scope, filters)

    def sums(self, summary: Summary) -> list[tuple[str, str]]:  # noqa: ARG002 - for subclasses
        """The sums behind the count, in words; none by default."""
        return []

    def row_url(self, row: Any) -> str | None:  # noqa: ARG002 - for subclasses
        """Where a row leads."""
        return None

    def make_form(self, places: Sequence[Place]) -> FilterForm:
        """The filters of this request."""
        return self.filter_form(request.args, places)

    # The list

    @expose("/")
    def index_view(self) -> ResponseReturnValue:
        """The list, or the part of it that filters change; the same address gives both."""
        places = list_places()
        form = self.make_form(places)
        scope, filters, cursor = Scope.of(current_user), form.filters(), read_cursor(request.args)
        page = self.find_page(scope, filters, cursor)
        if cursor and not (page.rows or page.newer or page.older):
            return redirect(self.url_with(form))
        count = self.find_exact if asks_exactly(request.args) else self.find_summary
        listing = self.listing(form, page, count(scope, filters), places)
        fragment = request.headers.get("HX-Request") == "true"
        response = make_response(
            self.render(self.fragment_template if fragment else self.list_template, listing=listing)
        )
        response.vary.add("HX-Request")
        return response

    def listing(
        self, form: FilterForm, page: Page[Any], summary: Summary, places: Sequence[Place]
    ) -> Listing:
        """What the template draws."""
        names = Places.of(places).account_names
        drawers = Cells(account_names=names, several_accounts=len(names) > 1).drawers(self.column_list)
        rows = [
            ListRow(row.id, self.row_url(row), [draw(row) for draw in drawers], row.timezone)
            for row in page.rows
        ]
        chosen = list(form.chosen())
        return Listing(
            title=self.title,
            noun=self.noun[summary.count != 1 or summary.capped],
            columns=columns_of(self.column_list, self.column_default_sort[0]),
            rows=rows,
            filters=form,
            active_filters=[
                (field.label.text, text, self.url_with(form, leave_out=(field.short_name, value)))
                for field, value, text in chosen
            ],
            clear_url=self.url_with(None),
            newer_url=self.url_with(form, newer=page.newer) if page.newer else None,
            older_url=self.url_with(form, older=page.older) if page.older else None,
            count_text="Many" if summary.late else f"{summary.count:,}{'+' if summary.capped else ''}",
            count_url=self.url_with(form, count="exact") if summary.capped and not summary.late else None,
            count_note=TOO_MANY if summary.late else None,
            summary=[] if summary.capped or not summary.count else self.sums(summary),
            export_url=self.url_with(form, endpoint=".export_csv") if self.export else None,
            empty=self.unfinished(form, page) or self.empty(bool(chosen), places),
        )

    def empty(self, filtered: bool, places: Sequence[Place]) -> tuple[str, str | None, str | None]:
        """What an empty list says, and what to do about it."""
        if not places:
            return ("You have not been given a location yet. Ask an admin for access.", None, None)
        if filtered:
            return (self.nothing_matches, "Clear all filters", self.url_with(None))
        return (self.nothing_yet, None, None)

    def unfinished(self, form: FilterForm, page: Page[Any]) -> tuple[str, str, str] | None:
        """What an empty page says that is not the end: how far it was looked, and the way on."""
        if edge := page.older:
            sentence = f"None of the {self.noun[1]} since {edge.at:%B %-d, %Y} match."
            return (sentence, f"Search older {self.noun[1]}", self.url_with(form, older=edge))
        if edge := page.newer:
            sentence = f"None of the {self.noun[1]} up to {edge.at:%B %-d, %Y} match."
            return (sentence, f"Search newer {self.noun[1]}", self.url_with(form, newer=edge))
        return None

    def url_with(
        self,
        form: FilterForm | None,
        leave_out: tuple[str, str] | None = None,
        endpoint: str = ".index_view",
        **position: Cursor | str | None,
    ) -> str:
        """The list with the form's filters, less one of them, at a position; no form means no filters."""
        pairs = [(field.short_name, value) for field, value, _ in form.chosen()] if form else []
        if leave_out in pairs:
            pairs.remove(leave_out)
        pairs += [(name, str(value)) for name, value in position.items() if value]
        return self.get_url(endpoint) + (f"?{urlencode(pairs)}" if pairs else "")

    @expose("/export.csv")
    def export_csv(self) -> ResponseReturnValue:
        """Everything that the filters leave as a file; exists where the view has an export."""
        if self.export is None or request.method != "GET":
            abort(405)
        places = list_places()
        form = self.make_form(places)
        query = form.filters().query(Scope.of(current_user))
        return stream_export(self.export, query, form, places)


def asks_exactly(arguments: "MultiDict[str, str]") -> bool:
    """Whether the list is to be counted to the row; BadRequest for any other way to count."""
    wanted = arguments.get("count", "")
    if wanted not in ("", "exact"):
        raise BadRequest("A list can be counted “exact” only.")
    return wanted == "exact"


def read_cursor(arguments: "MultiDict[str, str]") -> Cursor | None:
    """The page that is asked for; BadRequest for a cursor that we did not write."""
    given = [(name, value) for name in ("older", "newer") for value in arguments.getlist(name) if value]
    if len(given) > 1:
        raise BadRequest("Give one of “older” and “newer”, once.")
    for name, value in given:
        try:
            return Cursor.parse(value, newer=name == "newer")
        except BadCursorError:
            raise BadRequest(f"The page mark “{name}” is not one of ours.") from None
    return None
