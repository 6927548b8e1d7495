"""The Overview: how is it doing, and what happened lately?"""

from uuid import UUID

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from certus_admin.queries.activities import list_activities
from certus_admin.queries.kpis import get_kpis
from certus_admin.queries.places import list_places
from certus_admin.queries.scope import Scope
from forms.period import PRESET_LABELS, PeriodForm
from views.drawn_cells import MARKS_OF_MARKDOWN, draw_badge
from views.overview_charts import chart_of, type_bars
from views.overview_tiles import list_url, tiles_of

blueprint = Blueprint("overview", __name__)


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """The whole page, or the part that its pickers change."""
    places = list_places()
    form = PeriodForm(request.args, places)
    period = form.dates_at()
    scope = Scope.of(current_user)
    where = (form.account_id, form.location_id)
    kpis = get_kpis(scope, period, *where)
    template = "overview/_numbers.html" if request.headers.get("HX-Request") else "overview/index.html"
    page = render_template(
        template,
        form=form,
        presets=PRESET_LABELS,
        period=period,
        kpis=kpis,
        tiles=tiles_of(kpis, form),
        chart=chart_of(kpis, form),
        types=type_bars(kpis, form),
        activities=list_activities(scope, period, *where),
        calls_url=list_url("calls.index_view", form),
        call_url=call_url,
        plain=plain,
        draw_badge=draw_badge,
    )
    response = make_response(page)
    response.vary.add("HX-Request")
    return response


def call_url(call_id: UUID) -> str:
    """Where a call is shown; written out, because a url_for for each row costs more than the row."""
    return f"/calls/{call_id}"


def plain(markdown: str | None) -> str:
    """Words without their Markdown, in one line."""
    return " ".join(MARKS_OF_MARKDOWN.sub("", markdown or "").split())
