"""The one base of Flask-Admin's lists: access, what exists at all, paging, filters and the wording of faults.

A list is data: a model, columns, a filter form and the two questions it asks. What Flask-Admin would open
besides (forms, deletion, actions, its export and its ajax endpoints, whether `can_*` says so or not) is not
registered unless the view names it, so it is 404.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, abort, flash, make_response, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from flask_admin.contrib.sqla import ModelView
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest
from wtforms import Form

from certus_admin.database import Base, db
from certus_admin.local_paths import local_path
from certus_admin.queries.cursors import BadCursorError, Cursor
from certus_admin.queries.listing import Page, Summary
from certus_admin.queries.places import Place, list_places
from certus_admin.queries.scope import Scope
from forms.filters import FilterForm
from views.cells import Cells
from views.listings import Listing, ListRow, columns_of
from views.menu import EVERYONE

# Which of Flask-Admin's endpoints a setting opens.
OPENED_BY = {
    "create_view": "can_create",
    "edit_view": "can_edit",
    "details_view": "can_view_details",
    "delete_view": "can_delete",
}


class TableView(ModelView):
    """A list over a model. Subclasses say what stands in it; see views/calls.py."""

    roles: tuple[str, ...] = EVERYONE
    # Endpoints of Flask-Admin, or the view's own, that exist besides the list.
    endpoints: tuple[str, ...] = ()
    title = ""
    noun = ("row", "rows")
    # What to say where nothing is, and where nothing matches.
    nothing_yet = "Nothing here yet."
    nothing_matches = "Nothing matches these filters."
    filter_form: type[FilterForm] = FilterForm
    can_create = can_edit = can_delete = can_view_details = can_export = False
    list_template = "admin/model/list.html"
    fragment_template = "admin/model/_table.html"

    def __init__(self, model: type[Base], endpoint: str, url: str) -> None:
        """`url` is absolute, as "/calls/"; the list's endpoint is `<endpoint>.index_view`."""
        super().__init__(model, db, name=self.title, endpoint=endpoint, url=url.rstrip("/"))

    # What a list says about itself

    def find_page(self, scope: Scope, filters: Any, cursor: Cursor | None) -> Page[Any]:
        """The page's rows, in one statement."""
        raise NotImplementedError

    def find_summary(self, scope: Scope, filters: Any) -> Summary:
        """Count and sums of what the filters leave, in one statement."""
        raise NotImplementedError

    def sums(self, summary: Summary) -> list[tuple[str, str]]:  # noqa: ARG002 - for subclasses
        """The sums behind the count, in words; none by default."""
        return []

    def row_url(self, row: Any) -> str | None:  # noqa: ARG002 - for subclasses
        """Where a row leads."""
        return None

    # The list

    @expose("/")
    def index_view(self) -> ResponseReturnValue:
        """The list, or the part of it that filters change; the same address gives both."""
        places = list_places()
        form = self.filter_form(request.args, places)
        scope, filters, cursor = Scope.of(current_user), form.filters(), read_cursor(request.args)
        page = self.find_page(scope, filters, cursor)
        if cursor and not page.rows:
            return redirect(self.url_with(form))
        listing = self.listing(form, page, self.find_summary(scope, filters), places)
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
        names = {place.account_id: place.account_name for place in places}
        cells = Cells(account_names=names, several_accounts=len(names) > 1)
        rows = [
            ListRow(
                row.id, self.row_url(row), [cells.draw(name, row) for name in self.column_list], row.timezone
            )
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
            count_text=f"{summary.count:,}{'+' if summary.capped else ''}",
            summary=[] if summary.capped or not summary.count else self.sums(summary),
            export_url=self.url_with(form, endpoint=".export_csv")
            if "export_csv" in self.endpoints
            else None,
            empty=self.empty(bool(chosen), places),
        )

    def empty(self, filtered: bool, places: Sequence[Place]) -> tuple[str, str | None, str | None]:
        """What an empty list says, and what to do about it."""
        if not places:
            return ("You have not been given a location yet. Ask an admin for access.", None, None)
        if filtered:
            return (self.nothing_matches, "Clear all filters", self.url_with(None))
        return (self.nothing_yet, None, None)

    def url_with(
        self,
        form: FilterForm | None,
        leave_out: tuple[str, str] | None = None,
        endpoint: str = ".index_view",
        **cursor: Cursor | None,
    ) -> str:
        """The list with the form's filters, less one of them, at a cursor; no form means no filters."""
        pairs = [(field.short_name, value) for field, value, _ in form.chosen()] if form else []
        if leave_out in pairs:
            pairs.remove(leave_out)
        pairs += [(name, str(position)) for name, position in cursor.items() if position]
        return self.get_url(endpoint) + (f"?{urlencode(pairs)}" if pairs else "")

    # What Flask-Admin leaves open

    def create_blueprint(self, admin: Any) -> Blueprint:
        """Register the list and what the view names; everything else does not exist."""
        opened = {name for name, setting in OPENED_BY.items() if getattr(self, setting)}
        kept = {"index_view", *opened, *self.endpoints}
        self._urls: list[Any] = [rule for rule in self._urls if rule[1] in kept]
        return super().create_blueprint(admin)

    def is_accessible(self) -> bool:
        """Signed in, and of a role that the page is for."""
        return bool(current_user.is_authenticated and current_user.has_role(*self.roles))

    def inaccessible_callback(self, _name: str, **_kwargs: Any) -> ResponseReturnValue:
        """403: strangers were sent to sign in before they came here."""
        abort(403)

    def _handle_view(self, name: str, **kwargs: Any) -> ResponseReturnValue | None:
        """Before each endpoint: access, and no way back to another site."""
        back = request.values.get("url")
        if back is not None and local_path(back) != back:
            raise BadRequest("The address to go back to is not one of this site.")
        return super()._handle_view(name, **kwargs)

    def is_action_allowed(self, name: str) -> bool:
        """No action on rows unless the view opens the endpoint for it."""
        return "action_view" in self.endpoints and super().is_action_allowed(name)

    def get_one(self, id: str) -> Any:  # noqa: A002 - Flask-Admin's name for it
        """The row with this id within the caller's reach; 404 otherwise, as for one that does not exist."""
        try:
            identity = UUID(id)
        except ValueError:
            abort(404)
        key = self.model.__mapper__.primary_key[0]
        return db.session.scalars(select(self.model).where(key == identity)).one_or_none() or abort(404)

    def handle_view_exception(self, exc: Exception) -> bool:
        """A contradiction is said in words without the statement; everything else is an error page."""
        if isinstance(exc, IntegrityError):
            flash("Not saved: it would contradict what is already stored.", "error")
            return True
        raise exc

    def scaffold_form(self) -> type[Form]:
        """No form is made from a model whose rows nobody edits here."""
        return super().scaffold_form() if self.can_create or self.can_edit else Form


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
