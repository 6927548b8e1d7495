"""Analytics: how is this customer doing, and since when?"""

import re
import unicodedata
from collections.abc import Sequence

from flask import Blueprint, Response, abort, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from certus_admin.queries.analytics import get_analytics
from certus_admin.queries.analytics_changes import Change, list_changes
from certus_admin.queries.analytics_hours import get_busy_hours
from certus_admin.queries.export_columns import METRICS_EXPORT
from certus_admin.queries.freshness import get_freshness
from certus_admin.queries.metrics import metrics_query
from certus_admin.queries.period import Period
from certus_admin.queries.places import list_places
from certus_admin.queries.scope import Scope
from forms.analytics import COMPARE_LABELS, AnalyticsForm
from forms.period import PRESET_LABELS
from views.analytics_charts import Chart, charts_of
from views.analytics_figures import figures_of, types_of
from views.analytics_links import Links
from views.analytics_tables import heat_map, ranking_of
from views.exports import stream_export
from views.menu import KEEPERS

blueprint = Blueprint("analytics", __name__, url_prefix="/analytics")

NOT_FRESH = {None: "", "failed": "-refresh-fails", "late": "-late", "never": "-never-computed"}


@blueprint.get("/")
def index() -> ResponseReturnValue:
    """The whole page, or the part that its pickers change."""
    form = AnalyticsForm(request.args, list_places())
    period, where = form.dates_at(), (form.account_id, form.location_id)
    scope, links = Scope.of(current_user), Links(form, period)
    numbers = get_analytics(scope, period, form.comparison_of(period), *where)
    fragment = request.headers.get("HX-Request") == "true"
    if fragment and form.table.data:
        return with_vary(
            chart_table(form.table.data, charts_of(numbers, links, changes_of(form, period) or ()))
        )
    changes = changes_of(form, period)
    page = render_template(
        "analytics/_numbers.html" if fragment else "analytics/index.html",
        form=form,
        presets=PRESET_LABELS,
        comparisons=COMPARE_LABELS,
        period=period,
        numbers=numbers,
        figures=figures_of(numbers, links),
        charts=charts_of(numbers, links, changes or ()),
        types=types_of(numbers, links),
        heat=heat_map(get_busy_hours(scope, period, *where), links),
        ranking=ranking_of(numbers, links),
        changes=changes,
        links=links,
    )
    return with_vary(page)


def with_vary(page: str) -> Response:
    """The same address answers whole and in part."""
    response = make_response(page)
    response.vary.add("HX-Request")
    return response


def changes_of(form: AnalyticsForm, period: Period) -> tuple[Change, ...] | None:
    """The configuration's changes in the period; None for those who may not read the audit log."""
    return list_changes(period, form.chosen_places) if current_user.has_role(*KEEPERS) else None


def chart_table(key: str, charts: Sequence[Chart]) -> str:
    """A chart's numbers by day; 404 where there is no such chart."""
    chart = next((chart for chart in charts if chart.id == key), None) or abort(404)
    return render_template("analytics/_chart_table.html", chart=chart)


@blueprint.get("/metrics.csv")
def metrics() -> ResponseReturnValue:
    """The rows of metrics_daily_v behind the page, as a file; 503 while others export."""
    form = AnalyticsForm(request.args, list_places())
    period = form.dates_at()
    query = metrics_query(
        Scope.of(current_user), period, form.chosen_places, form.account_id, form.location_id
    )
    name = file_name(form, period, get_freshness().fault)
    return stream_export(METRICS_EXPORT, query, form, form.places, name)


def file_name(form: AnalyticsForm, period: Period, fault: str | None) -> str:
    """metrics-harbour-vine-2026-01-01-to-2026-01-31-America-New_York.csv: whose, which dates, in which zone.

    Where the places are in several zones, each date is that of its location: `local-dates`.
    A file says so at the end of its name where its numbers are not fresh: it has no banner.
    """
    zones = {place.timezone for place in form.chosen_places}
    place = next(iter(form.chosen_places), None)
    named = ""
    if place and form.location_id:
        named = place.location_name
    elif place and form.account_id:
        named = place.account_name
    plain = unicodedata.normalize("NFKD", named).encode("ascii", "ignore").decode().lower()
    whose = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or ("place" if named else "all-locations")
    zone = zones.pop().replace("/", "-") if len(zones) == 1 else "local-dates"
    return f"metrics-{whose}-{period.first}-to-{period.last}-{zone}{NOT_FRESH[fault]}.csv"
