"""Knowledge requests: the list, with what waits for somebody. views/knowledge_requests.py has the rest."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import url_for

from certus_admin.administration_models import KnowledgeRequest
from certus_admin.queries.cursors import Cursor
from certus_admin.queries.export_columns import KNOWLEDGE_EXPORT
from certus_admin.queries.knowledge_list import (
    KnowledgeFilters,
    KnowledgeRow,
    count_knowledge_requests,
    count_waiting,
    list_knowledge_requests,
)
from certus_admin.queries.listing import Page, Summary
from certus_admin.queries.places import Place
from certus_admin.queries.scope import Scope
from forms.filters import FilterForm
from forms.knowledge import KnowledgeFilterForm
from views.base import TableView
from views.listings import Listing
from views.menu import KEEPERS

WAITING_WORDS = {
    "pending": "to be decided",
    "approved": "for the automation to take",
    "processing": "being worked on",
    "failed": "failed",
}


@dataclass(frozen=True)
class Waiting:
    """How many requests stand at a status, and the list of them."""

    status: str
    count: int
    words: str
    url: str


class KnowledgeView(TableView):
    """/knowledge/"""

    roles = KEEPERS
    title = "Knowledge"
    noun = ("request", "requests")
    nothing_yet = "No requests yet. File the first one: what should the AI know?"
    nothing_matches = "No requests match these filters."
    column_list = ("title", "request_place", "kind", "requested_by_name", "filed_at", "status")
    column_default_sort = ("filed_at", True)
    filter_form = KnowledgeFilterForm
    export = KNOWLEDGE_EXPORT
    list_template = "knowledge/list.html"

    def __init__(self) -> None:
        super().__init__(KnowledgeRequest, "knowledge", "/knowledge/")

    def find_page(self, scope: Scope, filters: KnowledgeFilters, cursor: Cursor | None) -> Page[KnowledgeRow]:
        """The page's requests."""
        return list_knowledge_requests(scope, filters, cursor)

    def find_summary(self, scope: Scope, filters: KnowledgeFilters) -> Summary:
        """How many there are."""
        return count_knowledge_requests(scope, filters)

    def row_url(self, row: Any) -> str:
        """The request's own page."""
        return url_for("knowledge_requests.show", knowledge_id=row.id)

    def listing(
        self, form: FilterForm, page: Page[Any], summary: Summary, places: Sequence[Place]
    ) -> Listing:
        """Rows open as pages; whoever works somewhere may file."""
        new = url_for("knowledge_requests.new") if places else None
        return replace(super().listing(form, page, summary, places), drawer=False, create_url=new)

    def empty(self, filtered: bool, places: Sequence[Place]) -> tuple[str, str | None, str | None]:
        """An empty list leads to the form."""
        said = super().empty(filtered, places)
        if places and not filtered:
            return (said[0], "File a request", url_for("knowledge_requests.new"))
        return said

    def render(self, template: str, **context: Any) -> str:
        """The whole page says what waits; the part that filters change does not."""
        if template == self.list_template:
            context["waiting"] = [
                Waiting(status, count, WAITING_WORDS[status], self.get_url(".index_view", status=status))
                for status, count in count_waiting().items()
            ]
        drawn: str = super().render(template, **context)
        return drawn
