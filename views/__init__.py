"""The pages: one module each, registered here."""

from collections.abc import Callable
from importlib import import_module

from flask import Flask, abort
from flask.typing import ResponseReturnValue
from flask_admin import Admin, AdminIndexView, expose
from flask_admin.base import BaseView

from certus_admin.security import csp_nonce
from views import (
    account,
    analytics,
    api_key,
    api_keys,
    audit,
    audit_line,
    averages,
    call_detail,
    call_notes,
    calls,
    configuration,
    configuration_busy,
    configuration_hours,
    configuration_new_exceptions,
    health,
    history,
    invitations,
    knowledge,
    knowledge_requests,
    notes,
    one_time_link,
    orders,
    overview,
    people,
    person,
    recordings,
    reservations,
    session,
    setting_pages,
    settings,
    viewing,
    voice,
)
from views.configuration_words import init_configuration_words
from views.menu import init_menu
from views.people_words import place_of
from views.table_rows import init_table_rows
from views.theme import CertusTheme

BLUEPRINTS = (
    session.blueprint,
    one_time_link.blueprint,
    account.blueprint,
    analytics.blueprint,
    audit_line.blueprint,
    api_key.blueprint,
    call_detail.blueprint,
    call_notes.blueprint,
    configuration.blueprint,
    configuration_busy.blueprint,
    configuration_hours.blueprint,
    configuration_new_exceptions.blueprint,
    voice.blueprint,
    averages.blueprint,
    history.blueprint,
    invitations.blueprint,
    person.blueprint,
    viewing.blueprint,
    knowledge_requests.blueprint,
    health.blueprint,
    overview.blueprint,
    recordings.blueprint,
    setting_pages.blueprint,
)

# Each makes one of Flask-Admin's views anew: a view belongs to the application that it is added to.
ADMIN_VIEWS: tuple[Callable[[], BaseView], ...] = (
    calls.CallView,
    orders.OrderView,
    reservations.ReservationView,
    notes.NotesView,
    settings.SettingsView,
    audit.AuditView,
    api_keys.ApiKeyView,
    people.PeopleView,
    knowledge.KnowledgeView,
)


class NoIndex(AdminIndexView):
    """Flask-Admin wants an index of its own; ours is the Overview, so that address holds nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.static_folder = None  # its bundled Bootstrap 4 and jQuery cannot even be asked for

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """Always 404."""
        abort(404)

    def is_visible(self) -> bool:
        """Never in a menu."""
        return False


def register_pages(app: Flask) -> None:
    """Give `app` every page and the menu that leads to them."""
    init_menu(app)
    init_configuration_words(app)
    init_table_rows(app)
    app.add_template_filter(place_of)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    oidc = app.extensions["certus_config"].oidc
    if oidc:
        # Not named above: without a provider, nobody pays for loading what speaks to one.
        import_module("views.single_sign_on").register_single_sign_on(app, oidc)
    admin = Admin(
        name="Certus",
        theme=CertusTheme(),
        index_view=NoIndex(),
        csp_nonce_generator=csp_nonce,
    )
    for make_view in ADMIN_VIEWS:
        admin.add_view(make_view())
    admin.init_app(app)
