"""Analytics in a browser: what is drawn leads to its rows, pickers change it, and it needs no scripts."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_accessibility import SIZES, faults_in, too_wide
from tests.fixtures.pages import PageOf

PATHS = (
    "/analytics/",
    "/analytics/?from=2026-01-01&to=2026-01-31&compare=year&sort=missed",
    "/analytics/?from=2010-01-01&to=2010-01-02",
)

# The middle of the tallest bar of a chart, in pixels of its canvas, and what it stands for.
TALLEST = """() => {
    const chart = Chart.getChart(document.querySelector('[data-chart] canvas'));
    const values = chart.data.datasets[0].data;
    const index = values.indexOf(Math.max(...values));
    const bar = chart.getDatasetMeta(0).data[index];
    return {x: bar.x, y: (bar.y + bar.base) / 2, value: values[index], day: chart.data.labels[index]};
}"""


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("person", ["admin", "operator", "newcomer"])
def test_the_page_breaks_no_rule_and_fits(page_of: PageOf, person: str, size: str) -> None:
    page = page_of(person, viewport=SIZES[size])
    for path in PATHS:
        page.goto(path)
        for table in page.locator("details.chart-table > summary").all():
            table.click()
        for table in page.locator("details.chart-table").all():
            expect(table.locator("table, li").first).to_be_visible()
        assert faults_in(page) == [], path
        assert not too_wide(page)


def test_a_bar_leads_to_the_calls_behind_it(page_of: PageOf) -> None:
    page = page_of("operator")
    page.goto("/analytics/?period=7d")
    bar = page.evaluate(TALLEST)
    assert bar["value"] > 0
    page.locator("[data-chart] canvas").first.click(position={"x": bar["x"], "y": bar["y"]})
    page.wait_for_url(re.compile(rf"/calls/.*{bar['day']}"))
    expect(page.locator("[data-count] strong").first).to_have_text(f"{bar['value']:,.0f}")


def test_an_hour_of_the_week_leads_to_its_calls(page_of: PageOf) -> None:
    page = page_of("operator")
    page.goto("/analytics/?period=30d")
    cell = page.locator(".heat-5 a").first
    count = cell.inner_text()
    cell.click()
    expect(page.locator("[data-count] strong").first).to_have_text(count)


def test_pickers_change_the_page_and_its_address(page_of: PageOf) -> None:
    page = page_of("admin")
    page.goto("/analytics/?period=7d&sort=missed")
    page.get_by_label("Compare with").select_option("none")
    page.wait_for_url(re.compile(r"compare=none"))
    assert "sort=missed" in page.url
    assert "period=7d" in page.url
    expect(page.locator(".key-line")).to_have_count(0)
    page.get_by_label("Account", exact=True).select_option(label="Tres Soles")
    page.wait_for_url(re.compile(r"account="))
    expect(page.locator(".ranking tbody tr")).to_have_count(4)
    assert drawn(page) == page.locator("[data-chart] canvas").count()


def drawn(page: Page) -> int:
    """How many charts there are on canvases."""
    found: int = page.evaluate(
        """[...document.querySelectorAll('[data-chart] canvas')]
            .filter(canvas => Chart.getChart(canvas)).length"""
    )
    return found


def test_the_numbers_are_there_without_scripts(page_of: PageOf) -> None:
    client = page_of("operator", java_script_enabled=False)
    client.goto("/analytics/?period=7d")
    expect(client.locator(".chart-box").first).to_be_hidden()
    client.locator("details.chart-table > summary").first.click()
    client.get_by_role("link", name="The numbers of each day").first.click()
    expect(client.locator(".chart-table table").first).to_be_visible()
    client.get_by_role("button", name="Apply").first.click()
    expect(client.get_by_role("heading", name="Analytics")).to_be_visible()
