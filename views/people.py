"""People: the list of everybody whom an admin sees."""

from dataclasses import replace
from typing import Any

from certus_admin.administration_models import PersonView
from certus_admin.queries.cursors import Cursor
from certus_admin.queries.listing import Page, Summary
from certus_admin.queries.people import PeopleFilters, PersonRow, count_people, list_people
from certus_admin.queries.scope import Scope
from forms.people import PeopleFilterForm
from views.base import TableView
from views.listings import Listing
from views.menu import ADMINS


class PeopleView(TableView):
    """/people/"""

    title = "People"
    noun = ("person", "people")
    roles = ADMINS
    nothing_yet = "Nobody here yet. Invite the first one."
    nothing_matches = "Nobody matches these filters."
    column_list = ("full_name", "role", "state", "access", "last_sign_in_at", "added_at")
    column_default_sort = ("added_at", True)
    filter_form = PeopleFilterForm
    list_template = "people/list.html"

    def __init__(self) -> None:
        super().__init__(PersonView, "people", "/people/")

    def find_page(self, _scope: Scope, filters: PeopleFilters, cursor: Cursor | None) -> Page[PersonRow]:
        """The page's people; the policies know whom an admin sees."""
        return list_people(filters, cursor)

    def find_summary(self, _scope: Scope, filters: PeopleFilters) -> Summary:
        """How many there are."""
        return count_people(filters)

    def row_url(self, row: Any) -> str:
        """Their page."""
        return f"/people/{row.id}/"

    def listing(self, *parts: Any) -> Listing:
        """Rows open as pages: what is done there is more than a drawer holds."""
        return replace(super().listing(*parts), drawer=False)
