"""One call: the drawer, the same as a page, its recording, and the caller's number for a reason."""

from uuid import UUID

from flask import Blueprint, Response, abort, make_response, redirect, render_template
from flask_login import current_user
from sqlalchemy import text

from certus_admin.database import db
from certus_admin.formats import money
from certus_admin.queries.call_detail import CallDetail, get_call_detail
from certus_admin.queries.call_parts import OrderDetail
from certus_admin.recordings import OWN_RECORDING, is_recording_address
from forms.notes import NoteForm
from forms.reveal import RevealForm
from views.call_notes import note_card, wants_fragment
from views.recordings import opened_address

blueprint = Blueprint("call_detail", __name__, url_prefix="/calls/<uuid:call_id>")

OPEN_RECORDING = text("select public.open_recording(:call_id)")
REVEAL_CALLER = text("select public.reveal_caller(:call_id, :reason)")

REVIEW_SENTENCES = {
    "order_missing": "Order intent, but no order was taken.",
    "reservation_missing": "Reservation intent, but no table was booked.",
    "total_differs": "The order's total differs from its items and charges.",
    "transfer_unanswered": "The call was handed to staff, and nobody picked up.",
    "status_unknown": "The provider ended the call with a reason we do not know.",
}


def find_call(call_id: UUID) -> CallDetail:
    """The call, or 404 where it is missing or out of reach."""
    call = get_call_detail(call_id)
    if call is None:
        abort(404)
    return call


def differences(order: OrderDetail) -> list[str]:
    """What does not add up in an order, in words; empty where all of it does."""
    found = []
    for name, said, parts, sum_of_parts in (
        ("subtotal", order.subtotal, "items", order.items_total),
        ("total", order.total, "subtotal and charges", order.parts_total),
    ):
        if said != sum_of_parts:
            gap = money(abs(said - sum_of_parts), order.currency)
            more = "more" if said > sum_of_parts else "less"
            added = money(sum_of_parts, order.currency)
            found.append(f"The {parts} add up to {added}: the {name} says {gap} {more}.")
    return found


def draw_call(
    call: CallDetail,
    note_form: NoteForm | None = None,
    reveal_form: RevealForm | None = None,
    revealed: str | None = None,
    code: int = 200,
) -> Response:
    """The call as the drawer's fragment or as a page; forms come back with what was typed."""
    template = "calls/_call.html" if wants_fragment() else "calls/call.html"
    page = render_template(
        template,
        call=call,
        notes=[note_card(note, current_user) for note in call.notes],
        note_form=note_form or NoteForm(formdata=None),
        reveal_form=reveal_form or RevealForm(formdata=None),
        revealed=revealed,
        reasons=[REVIEW_SENTENCES.get(reason, reason) for reason in call.review_reasons],
        differences=differences,
    )
    response = make_response(page, code)
    response.vary.add("HX-Request")
    return response


@blueprint.get("")
def show(call_id: UUID) -> Response:
    """Everything about one call."""
    return draw_call(find_call(call_id))


@blueprint.get("/recording")
def recording(call_id: UUID) -> Response:
    """Write down that somebody listens, and send the player to where the recording is."""
    address: str = db.session.execute(OPEN_RECORDING, {"call_id": call_id}).scalar_one()
    if not is_recording_address(address):
        abort(404)
    db.session.commit()
    own = OWN_RECORDING.fullmatch(address) is not None
    response = make_response(redirect(opened_address(address) if own else address, 302))
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/reveal")
def reveal(call_id: UUID) -> Response:
    """The caller's full number, for this answer only."""
    call = find_call(call_id)
    form = RevealForm()
    if not form.validate_on_submit():
        return draw_caller(call, form, code=422)
    values = {"call_id": call_id, "reason": form.reason.data}
    number = db.session.execute(REVEAL_CALLER, values).scalar_one()
    db.session.commit()
    return draw_caller(call, form, number or "")


def draw_caller(call: CallDetail, form: RevealForm, revealed: str | None = None, code: int = 200) -> Response:
    """The caller's part of the drawer for htmx, else the whole page with it."""
    if not wants_fragment():
        return draw_call(call, reveal_form=form, revealed=revealed, code=code)
    part = render_template("calls/_caller.html", call=call, reveal_form=form, revealed=revealed)
    response = make_response(part, code)
    response.vary.add("HX-Request")
    return response
