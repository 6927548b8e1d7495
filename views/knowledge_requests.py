"""One knowledge request: filing it, its course, and what managers and admins do with it."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_login import current_user
from sqlalchemy.exc import IntegrityError

from certus_admin.administration_models import KnowledgeRequest
from certus_admin.auth import Person
from certus_admin.database import db
from certus_admin.queries.knowledge import (
    PayloadRefusedError,
    decide_request,
    file_request,
    get_knowledge_request,
    get_request_schema,
    list_steps,
    withdraw_request,
)
from certus_admin.queries.places import list_places
from certus_admin.sent_forms import take_form
from forms.knowledge import KINDS, KnowledgeForm, RejectForm, SeenForm
from views.menu import KEEPERS

blueprint = Blueprint("knowledge_requests", __name__, url_prefix="/knowledge")

MOVED_ON = (
    "This request has moved on since you opened it. Nothing of yours was saved; here is how it stands now."
)


class RequestPage:
    """A request for the person who reads it; 404 where it is missing or out of reach."""

    def __init__(self, request_id: UUID) -> None:
        found = get_knowledge_request(request_id)
        if found is None:
            abort(404)
        self.request: KnowledgeRequest = found[0]
        self.account_name = found[1]

    @property
    def payload(self) -> dict[str, Any]:
        """What it holds; other clients could once write anything."""
        return self.request.payload if isinstance(self.request.payload, dict) else {}

    @property
    def url(self) -> str | None:
        """The address it names, where a browser may be sent there."""
        url = str(self.payload.get("url") or "")
        return url if url.startswith(("https://", "http://")) else None

    @property
    def claim_holds(self) -> bool:
        """Whether a poller is still given time for it."""
        until = self.request.claim_expires_at
        return self.request.status == "processing" and until is not None and until > datetime.now(UTC)

    @property
    def actions(self) -> tuple[str, ...]:
        """What the signed-in person may do with it as it stands; the database says the same."""
        person: Person = current_user
        status, found = self.request.status, []
        whole = person.sees_everything or self.request.account_id in person.whole_account_ids
        if person.has_role("admin") and whole:
            if status == "pending":
                found.append("approve")
            if status in ("pending", "approved"):
                found.append("reject")
            if status == "failed" or (status == "processing" and not self.claim_holds):
                found.append("retry")
        if status == "pending" and self.request.requested_by_user_id == person.user_id:
            found.append("withdraw")
        return tuple(found)

    def draw(self, code: int = 200, **context: Any) -> Response:
        """The page."""
        kind = KINDS.get(self.request.kind, self.request.kind.capitalize())
        context = {"reject_form": RejectForm(formdata=None), "moved_on": None} | context
        page = render_template(
            "knowledge/show.html",
            page=self,
            row=self.request,
            kind=kind,
            steps=list_steps(self.request),
            raw=json.dumps(self.request.payload, indent=2, ensure_ascii=False),
            **context,
        )
        return make_response(page, code)

    def draw_moved_on(self) -> Response:
        """How it stands now, to somebody who saw it otherwise."""
        db.session.rollback()
        return RequestPage(self.request.id).draw(409, moved_on=MOVED_ON)

    def take(self, action: str, status: str | None, said: str, form: SeenForm) -> Response:
        """Do what was asked for, if the request still stands as it was seen."""
        row, done = self.request, False
        if not form.validate_on_submit():
            for words in form.seen_at.errors:
                flash(words, "error")
            return self.draw(422, **({"reject_form": form} if isinstance(form, RejectForm) else {}))
        if form.seen_moment != row.changed_at:
            return self.draw_moved_on()
        if action not in self.actions:
            abort(403)
        try:
            if status is None:
                done = withdraw_request(row, form.seen_moment)
            else:
                reason = form.reason.data if isinstance(form, RejectForm) else None
                done = decide_request(row, status, reason, form.seen_moment)
        except IntegrityError:
            # The automation was given time for it in this very moment.
            done = False
        if not done:
            return self.draw_moved_on()
        db.session.commit()
        flash(said, "success")
        to = url_for("knowledge.index_view") if status is None else url_for(".show", knowledge_id=row.id)
        return make_response(redirect(to, 303))


@blueprint.before_request
def keep_operators_out() -> None:
    """Operators have no part in knowledge requests."""
    if not current_user.has_role(*KEEPERS):
        abort(403)


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> Response:
    """File a request."""
    form = KnowledgeForm()
    form.offer(list_places())
    if request.method != "POST":
        return make_response(render_template("knowledge/new.html", form=form))
    if form.validate() and form.fits(get_request_schema()):
        try:
            sent = take_form()
            request_id = sent.id or file_request(form.account_id, form.payload())
            sent.keep(request_id)
            db.session.commit()
        except PayloadRefusedError as error:
            db.session.rollback()
            form.refuse(error)
        else:
            flash("Request filed. An admin decides about it.", "success")
            return make_response(redirect(url_for(".show", knowledge_id=request_id), 303))
    return make_response(render_template("knowledge/new.html", form=form), 422)


@blueprint.get("/<uuid:knowledge_id>")
def show(knowledge_id: UUID) -> Response:
    """A request and its course."""
    return RequestPage(knowledge_id).draw()


@blueprint.post("/<uuid:knowledge_id>/approve")
def approve(knowledge_id: UUID) -> Response:
    """Let the automation have it."""
    said = "Approved. The automation takes it when it asks next."
    return RequestPage(knowledge_id).take("approve", "approved", said, SeenForm())


@blueprint.post("/<uuid:knowledge_id>/reject")
def reject(knowledge_id: UUID) -> Response:
    """Turn it down, with a reason."""
    return RequestPage(knowledge_id).take("reject", "rejected", "Rejected.", RejectForm())


@blueprint.post("/<uuid:knowledge_id>/retry")
def retry(knowledge_id: UUID) -> Response:
    """Send round again what failed, or what nobody reported about."""
    said = "Sent round again. The automation takes it when it asks next."
    return RequestPage(knowledge_id).take("retry", "approved", said, SeenForm())


@blueprint.post("/<uuid:knowledge_id>/withdraw")
def withdraw(knowledge_id: UUID) -> Response:
    """Take back an own request that nobody has decided about."""
    return RequestPage(knowledge_id).take("withdraw", None, "Request withdrawn.", SeenForm())
