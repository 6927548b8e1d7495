"""The menu: pages that exist and that the person's role may open."""

from dataclasses import dataclass

from flask import Flask, request, url_for
from flask_login import current_user

EVERYONE = ("operator", "account_manager", "admin")
KEEPERS = ("account_manager", "admin")
ADMINS = ("admin",)


@dataclass(frozen=True)
class MenuEntry:
    """A page in the menu: the endpoint it leads to, the roles it is for, and the heading above its group."""

    label: str
    endpoint: str
    icon: str
    roles: tuple[str, ...] = EVERYONE
    group: str | None = None


@dataclass(frozen=True)
class PageMenu:
    """An entry as the layout draws it for this request."""

    label: str
    url: str
    icon: str
    active: bool
    group: str | None


MENU = (
    MenuEntry("Overview", "overview.index", "layout-dashboard"),
    MenuEntry("Calls", "calls.index_view", "phone"),
    MenuEntry("Orders", "orders.index_view", "receipt"),
    MenuEntry("Reservations", "reservations.index_view", "calendar-event"),
    MenuEntry("Notes", "notes.index_view", "note"),
    MenuEntry("Analytics", "analytics.index", "chart-bar"),
    MenuEntry("Configuration", "configuration.index", "adjustments-horizontal", group="Set up"),
    MenuEntry("Knowledge", "knowledge.index_view", "book", KEEPERS, group="Set up"),
    MenuEntry("People", "people.index_view", "users", ADMINS, group="Administer"),
    MenuEntry("API keys", "api_keys.index_view", "key", ADMINS, group="Administer"),
    MenuEntry("Settings", "settings.index_view", "settings", ADMINS, group="Administer"),
    MenuEntry("Audit", "audit.index_view", "history", KEEPERS, group="Administer"),
    MenuEntry("Health", "health.page", "heart-rate-monitor", ADMINS, group="Administer"),
)


def menu() -> list[PageMenu]:
    """The signed-in person's menu, in order; empty for strangers."""
    if not current_user.is_authenticated:
        return []
    return [_page(entry) for entry in MENU if current_user.has_role(*entry.roles)]


def _page(entry: MenuEntry) -> PageMenu:
    url = url_for(entry.endpoint)
    inside = url != "/" and request.path.startswith(url)
    return PageMenu(entry.label, url, entry.icon, inside or request.path == url, entry.group)


def init_menu(app: Flask) -> None:
    """Give templates `menu` and the page objects in it."""
    app.context_processor(lambda: {"menu": menu()})
