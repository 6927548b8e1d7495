"""The pages: one module each, registered here."""

from flask import Flask

from views import health, session
from views.menu import init_menu

BLUEPRINTS = (
    session.blueprint,
    health.blueprint,
)


def register_pages(app: Flask) -> None:
    """Give `app` every page and the menu that leads to them."""
    init_menu(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
