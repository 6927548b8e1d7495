"""The labels of API keys: a list as data, for admins. What is done with one of them stands in api_key.py."""

from dataclasses import replace
from typing import Any

from flask import url_for
from flask_login import current_user

from certus_admin.administration_models import ApiKey
from certus_admin.queries.api_keys import (
    ApiKeyFilters,
    ApiKeyRow,
    count_api_keys,
    count_warnings,
    list_api_keys,
)
from certus_admin.queries.cursors import Cursor
from certus_admin.queries.export_columns import API_KEY_EXPORT
from certus_admin.queries.listing import Page, Summary
from certus_admin.queries.scope import Scope
from forms.api_key_list import ApiKeyFilterForm
from views.base import TableView
from views.listings import Listing


class ApiKeyView(TableView):
    """/api-keys/"""

    title = "API keys"
    noun = ("key", "keys")
    roles = ("admin",)
    nothing_yet = "No API keys yet. Issue the first one."
    nothing_matches = "No keys match these filters."
    column_list = (
        "label", "account", "key_hint", "scopes", "key_state", "issued_at", "last_used_at", "expires_at",
    )  # fmt: skip
    column_default_sort = ("issued_at", True)
    filter_form = ApiKeyFilterForm
    export = API_KEY_EXPORT
    list_template = "api_keys/list.html"

    def __init__(self) -> None:
        super().__init__(ApiKey, "api_keys", "/api-keys/")

    def find_page(self, scope: Scope, filters: ApiKeyFilters, cursor: Cursor | None) -> Page[ApiKeyRow]:
        """The page's keys."""
        return list_api_keys(scope, filters, cursor)

    def find_summary(self, scope: Scope, filters: ApiKeyFilters) -> Summary:
        """How many there are."""
        return count_api_keys(scope, filters)

    def row_url(self, row: Any) -> str:
        """The key's own page."""
        return url_for("api_key.show", key_id=row.id)

    def listing(self, *parts: Any) -> Listing:
        """A row opens as a page: what is done with a key needs the room."""
        return replace(super().listing(*parts), drawer=False)

    def render(self, template: str, **context: Any) -> str:
        """The whole page also says how many keys need a look."""
        if template == self.list_template:
            context["counts"] = count_warnings(Scope.of(current_user))
        drawn: str = super().render(template, **context)
        return drawn
