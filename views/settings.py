"""Settings: the list of every JSON setting but the voice. One setting is in views/setting_pages.py."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import url_for

from certus_admin.administration_models import SettingView
from certus_admin.queries.cursors import Cursor
from certus_admin.queries.listing import Page, Summary
from certus_admin.queries.places import Place
from certus_admin.queries.scope import Scope
from certus_admin.queries.settings import SettingFilters, SettingRow, count_settings, list_settings
from forms.filters import FilterForm
from forms.settings import SettingFilterForm
from views.base import TableView
from views.listings import Listing


class SettingsView(TableView):
    """/settings/"""

    title = "Settings"
    noun = ("setting", "settings")
    roles = ("admin",)
    nothing_yet = "No settings yet besides the voice, which has a page of its own under Configuration."
    nothing_matches = "No settings match these filters."
    column_list = ("key", "holds_at", "preview", "saved_at", "saved_by")
    column_default_sort = ("saved_at", True)
    filter_form = SettingFilterForm
    list_template = "settings/list.html"

    def __init__(self) -> None:
        super().__init__(SettingView, "settings", "/settings/")

    def find_page(self, scope: Scope, filters: SettingFilters, cursor: Cursor | None) -> Page[SettingRow]:
        """The page's settings."""
        return list_settings(scope, filters, cursor)

    def find_summary(self, scope: Scope, filters: SettingFilters) -> Summary:
        """How many there are."""
        return count_settings(scope, filters)

    def row_url(self, row: Any) -> str:
        """The setting's page."""
        place = f"{row.account_id}/{row.location_id}" if row.location_id else f"{row.account_id}"
        return f"/settings/{row.key}/{place}"

    def listing(
        self, form: FilterForm, page: Page[Any], summary: Summary, places: Sequence[Place]
    ) -> Listing:
        """As every list; a row opens as a page, and there is a way to a new one."""
        listing = super().listing(form, page, summary, places)
        new = url_for("setting_pages.new") if places else None
        return replace(listing, create_url=new, drawer=False)
