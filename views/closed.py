"""Flask-Admin's model view with everything shut that it leaves open; views/base.py makes lists of it.

Forms, deletion, actions, its export and its ajax endpoints exist in Flask-Admin whether `can_*` says so or
not. Here they are not registered unless the view names them, so they are 404. Forms that do exist are checked
for their CSRF token by the core, like every POST.
"""

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, request
from flask.typing import ResponseReturnValue
from flask_admin.contrib.sqla import ModelView
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import BadRequest
from wtforms import Form

from certus_admin.database import Base, db
from certus_admin.local_paths import local_path
from views.menu import EVERYONE

# Which of Flask-Admin's endpoints a setting opens.
OPENED_BY = {
    "create_view": "can_create",
    "edit_view": "can_edit",
    "details_view": "can_view_details",
    "delete_view": "can_delete",
}


class ClosedView(ModelView):
    """A model view for `roles`, of which only the index and what the view names exists."""

    roles: tuple[str, ...] = EVERYONE
    # Endpoints of Flask-Admin, or the view's own, that exist besides the index.
    endpoints: tuple[str, ...] = ()
    title = ""
    can_create = can_edit = can_delete = can_view_details = can_export = False

    def __init__(self, model: type[Base], endpoint: str, url: str) -> None:
        """`url` is absolute, as "/calls/"; the list's endpoint is `<endpoint>.index_view`."""
        super().__init__(model, db, name=self.title, endpoint=endpoint, url=url.rstrip("/"))

    def create_blueprint(self, admin: Any) -> Blueprint:
        """Register the list and what the view names; everything else does not exist."""
        opened = {name for name, setting in OPENED_BY.items() if getattr(self, setting)}
        kept = {"index_view", *opened, *self.endpoints, *(["export_csv"] if self.export else [])}
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
