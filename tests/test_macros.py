"""What the macros and shared templates say, and that a strict content policy allows all of it."""

import re
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from flask import Flask, render_template, render_template_string
from flask_wtf import CSRFProtect
from wtforms import BooleanField, Form, IntegerField, SearchField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange

from certus_admin.assets import ROOT, init_assets
from certus_admin.formats import init_formats
from certus_admin.markdown import init_markdown
from views.table_rows import init_table_rows

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


class WaitForm(Form):
    """One field of each look."""

    words = SearchField("Words")
    wait = IntegerField("Wait", [NumberRange(0, 120)], description="At most two hours.")
    kind = SelectField("Kind", choices=[SelectChoice("", "Any"), SelectChoice("order", "Order")])
    busy = BooleanField("Busy")


@pytest.fixture
def drawn() -> Iterator[Flask]:
    """An application that draws templates and has no pages, inside a request."""
    app = Flask("drawn", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    app.config["SECRET_KEY"] = "only for this test, and long enough"
    for init in (init_assets, init_formats, init_markdown, init_table_rows, CSRFProtect):
        init(app)
    app.add_template_global(lambda: "nonce", "csp_nonce")
    with app.test_request_context("/calls/"):
        yield app


def draw(source: str, **context: object) -> str:
    """The source drawn, its white space made one."""
    return re.sub(r"\s+", " ", render_template_string(source, **context))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_no_template_holds_styles_handlers_or_scripts_of_its_own(path) -> None:  # type: ignore[no-untyped-def]
    html = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert "<style" not in html
    assert not re.search(r"\sstyle=", html)
    assert not re.search(r"\son[a-z]+=", html)
    assert "javascript:" not in html
    assert "hx-on" not in html
    assert "|safe" not in html.replace(" ", "")
    assert all("src=" in script for script in re.findall(r"<script[^>]*>", html))


def test_a_status_is_told_by_word_and_drawing(drawn: Flask) -> None:
    html = draw('{% import "macros/badge.html" as badge %}{{ badge.status("in_progress") }}')
    assert "In progress" in html
    assert "<svg" in html
    assert "pill-live" in html


def test_a_status_nobody_knows_is_shown_as_it_is(drawn: Flask) -> None:
    html = draw(
        '{% import "macros/badge.html" as badge %}{{ badge.status("sent_<b>home") }}{{ badge.status(none) }}'
    )
    assert "Sent &lt;b&gt;home" in html
    assert "not known" in html


def test_a_call_type_has_a_name(drawn: Flask) -> None:
    assert "Reservation" in draw('{% import "macros/badge.html" as b %}{{ b.call_type("reservation") }}')


@pytest.mark.parametrize(
    ("change", "good", "look", "word"),
    [
        (0.12, "up", "delta-good", "better"),
        (0.12, "down", "delta-bad", "worse"),
        (-0.05, "down", "delta-good", "better"),
        (0.3, None, "delta-flat", "up"),
        (0, "up", "delta-flat", "unchanged"),
        (None, "up", "delta-flat", "no comparison"),
    ],
)
def test_a_change_says_whether_it_is_good_news(
    drawn: Flask, change: float | None, good: str | None, look: str, word: str
) -> None:
    html = draw(
        '{% from "macros/tile.html" import delta %}{{ delta(change, good) }}', change=change, good=good
    )
    assert look in html
    assert word in html


def test_a_tile_links_explains_and_covers(drawn: Flask) -> None:
    html = draw(
        '{% from "macros/tile.html" import tile %}'
        '{{ tile("Revenue", "$10", id="revenue", url="/calls/?x=1", points=[1, 2, 3], '
        'definition="What it is.", coverage="known for 2 of 3") }}'
    )
    assert '<a class="tile-link" href="/calls/?x=1">Revenue</a>' in html
    assert 'aria-describedby="tip-revenue"' in html
    assert 'role="tooltip" id="tip-revenue">What it is.' in html
    assert "known for 2 of 3" in html
    assert "<polyline" in html


def test_a_field_reads_out_its_rule_and_its_error(drawn: Flask) -> None:
    form = WaitForm(data={"wait": 500})
    form.validate()
    html = draw('{% from "macros/form.html" import field %}{{ field(form.wait) }}', form=form)
    assert '<label class="field-label " for="wait">Wait' in html
    assert 'aria-describedby="wait-help wait-error"' in html
    assert 'aria-invalid="true"' in html
    assert "At most two hours." in html
    assert "Number must be between 0 and 120." in html


def test_active_filters_can_each_be_removed(drawn: Flask) -> None:
    html = draw(
        '{% from "macros/table.html" import chips %}'
        '{{ chips([("Status", "Missed", "/calls/?type=order")], "/calls/") }}'
    )
    assert 'href="/calls/?type=order" aria-label="Remove filter Status: Missed"' in html
    assert 'href="/calls/">Clear all' in html


def test_paging_leads_on_and_back_only_where_there_is_something(drawn: Flask) -> None:
    source = '{% from "macros/table.html" import pagination %}{{ pagination(newer, older) }}'
    assert draw(source, newer=None, older=None).strip() == ""
    only_older = draw(source, newer=None, older="?before=x")
    assert 'rel="next"' in only_older
    assert 'rel="prev"' not in only_older


def test_deleting_asks_first_and_carries_the_token(drawn: Flask) -> None:
    html = draw('{% from "macros/form.html" import delete_button %}{{ delete_button("/x", "Delete it?") }}')
    assert 'method="post"' in html
    assert 'data-confirm="Delete it?"' in html
    assert 'name="csrf_token"' in html


def test_a_conversation_tells_who_speaks(drawn: Flask) -> None:
    turns = [SimpleNamespace(speaker="agent", text="Hello <b>"), SimpleNamespace(speaker="caller", text="Hi")]
    html = draw(
        '{% from "macros/conversation.html" import conversation %}{{ conversation(turns) }}', turns=turns
    )
    assert html.index("Certus") < html.index("Hello &lt;b&gt;") < html.index("Caller") < html.index("Hi")


def test_a_player_fetches_nothing_by_itself(drawn: Flask) -> None:
    assert 'preload="none"' in draw('{% from "macros/conversation.html" import player %}{{ player("/r") }}')


def listing(**changes: object) -> SimpleNamespace:
    """What a list page hands over, with one row."""
    columns = [("started_at", "Started", "?sort=x", "desc", None), ("total", "Total", None, None, "end")]
    row = SimpleNamespace(id=7, url="/calls/7", cells=["Nov 21", "$10 <b>"], zone="UTC")
    whole = {
        "title": "Calls", "noun": "calls", "columns": columns, "rows": [row], "filters": None,
        "active_filters": [], "clear_url": None, "newer_url": None, "older_url": None, "count_text": "1",
        "summary": [("total", "$10")], "export_url": "/calls/export.csv", "create_url": None,
        "empty": ("No calls yet.", "Clear", "/calls/"),
    }  # fmt: skip
    return SimpleNamespace(**(whole | changes))


def test_a_list_links_its_rows_and_names_its_columns(drawn: Flask) -> None:
    html = render_template("admin/model/_table.html", listing=listing())
    assert '<a class="row-link" href="/calls/7" data-drawer>Nov 21</a>' in html
    assert 'aria-sort="descending"' in html
    assert 'data-label="Total"' in html
    assert "$10 &lt;b&gt;" in html
    assert "/calls/export.csv" in html


def test_an_empty_list_says_what_to_do_and_offers_no_export(drawn: Flask) -> None:
    html = render_template("admin/model/_table.html", listing=listing(rows=[]))
    assert "No calls yet." in html
    assert 'href="/calls/">Clear' in html
    assert "export.csv" not in html


def test_filters_work_without_scripts_and_swap_the_list_with_them(drawn: Flask) -> None:
    form = WaitForm()
    form.secondary = ("busy",)
    html = draw('{% from "macros/table.html" import filters %}{{ filters(form, "/calls/") }}', form=form)
    assert '<form method="get" action="/calls/" role="search"' in html
    assert 'hx-get="/calls/" hx-target="#listing"' in html
    assert 'type="submit" data-apply' in html
    assert html.index("More filters") < html.index('id="filter-busy"')


@pytest.mark.parametrize(("code", "way_on"), [(404, 'href="/"'), (503, "Try again"), (429, 'href="/login"')])
def test_an_error_page_says_what_to_do_and_how_to_name_it(drawn: Flask, code: int, way_on: str) -> None:
    html = render_template(
        "errors/error.html", code=code, title="Oh", message="It broke.", hint="Wait.", request_id="abc-1"
    )
    assert way_on in html
    assert "<code>abc-1</code>" in html
    assert "It broke. Wait." in html
