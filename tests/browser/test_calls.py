"""Working through the list of calls: filters, pages, keys, the drawer, the file."""

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.fixtures.pages import PageOf

CALL_URL = re.compile(r"/calls/[0-9a-f-]{36}$")


@pytest.fixture
def calls(page_of: PageOf) -> Page:
    """The operator's list of calls."""
    page = page_of("operator")
    page.goto("/calls/")
    return page


def ids(page: Page) -> list[str]:
    """The rows of the list, in order."""
    found: list[str] = page.locator("#listing tr[data-row]").evaluate_all(
        "rows => rows.map(r => r.dataset.row)"
    )
    return found


def drawer(page: Page) -> None:
    """Wait until the drawer shows a call."""
    expect(page.locator("#drawer[open] [data-drawer-title]")).to_be_visible()


def test_filters_change_list_and_address(calls: Page) -> None:
    everything = calls.locator("[data-count] strong").first.inner_text()
    calls.locator("#filter-status").click()
    calls.locator("#filters").get_by_label("Missed", exact=True).check()
    expect(calls.get_by_role("link", name="Remove filter Status: Missed")).to_be_visible()
    expect(calls).to_have_url("/calls/?status=missed")
    calls.keyboard.press("Escape")
    calls.locator("#filter-words").fill("oysters")
    expect(calls.get_by_role("link", name="Remove filter Words in the summary: oysters")).to_be_visible()
    calls.locator("#filter-period").select_option("7d")
    expect(calls.get_by_role("link", name="Remove filter Period: Last 7 days")).to_be_visible()
    expect(calls).to_have_url(re.compile(r"period=7d"))
    assert calls.locator("#listing tbody .col-status").all_inner_texts() == ["Missed"] * len(ids(calls))
    calls.reload()
    expect(calls.get_by_role("link", name=re.compile("^Remove filter"))).to_have_count(3)
    calls.get_by_role("link", name="Remove filter Status: Missed").click()
    expect(calls.get_by_role("link", name=re.compile("^Remove filter"))).to_have_count(2)
    calls.locator("#listing").get_by_role("link", name="Clear all").click()
    expect(calls).to_have_url("/calls/")
    expect(calls.locator("[data-count] strong").first).to_have_text(everything)


def test_nothing_that_matches_says_what_to_do(calls: Page) -> None:
    calls.goto("/calls/?words=zebra")
    expect(calls.locator("#listing")).to_contain_text("No calls match these filters.")
    calls.get_by_role("link", name="Clear all filters").click()
    expect(calls).to_have_url("/calls/")
    assert ids(calls)


def test_pages_go_back_and_forth_without_a_row_twice(calls: Page) -> None:
    first = ids(calls)
    seen = list(first)
    pages = [first]
    while calls.get_by_role("link", name="Older").count():
        calls.get_by_role("link", name="Older").click()
        expect(calls.locator(f'tr[data-row="{pages[-1][0]}"]')).to_have_count(0)
        pages.append(ids(calls))
        seen += pages[-1]
    assert len(pages) >= 3
    assert len(seen) == len(set(seen)) > 120
    for page in reversed(pages[:-1]):
        calls.get_by_role("link", name="Newer").click()
        expect(calls.locator(f'tr[data-row="{page[0]}"]')).to_be_visible()
        assert ids(calls) == page


def test_a_click_opens_the_drawer_and_closing_gives_the_focus_back(calls: Page) -> None:
    row = calls.locator("#listing tr[data-row]").nth(2)
    row.locator("td").last.click()
    drawer(calls)
    expect(calls).to_have_url(CALL_URL)
    calls.get_by_role("button", name="Close", exact=True).click()
    expect(calls.locator("#drawer")).not_to_be_visible()
    expect(calls).to_have_url("/calls/")
    expect(row.locator(".row-link")).to_be_focused()


def test_keys_do_everything(calls: Page) -> None:
    links = calls.locator("#listing .row-link")
    calls.keyboard.press("j")
    expect(links.nth(0)).to_be_focused()
    calls.keyboard.press("j")
    calls.keyboard.press("j")
    calls.keyboard.press("k")
    expect(links.nth(1)).to_be_focused()
    calls.keyboard.press("Enter")
    drawer(calls)
    second = calls.url
    calls.keyboard.press("j")
    expect(calls).not_to_have_url(second)
    expect(calls.locator(f'#drawer [data-call="{ids(calls)[2]}"]')).to_be_visible()
    calls.keyboard.press("k")
    expect(calls).to_have_url(second)
    expect(calls.locator(f'#drawer [data-call="{ids(calls)[1]}"]')).to_be_visible()
    calls.keyboard.press("Escape")
    expect(calls.locator("#drawer")).not_to_be_visible()
    expect(links.nth(1)).to_be_focused()
    calls.keyboard.press("?")
    expect(calls.get_by_role("dialog", name="Keyboard")).to_be_visible()
    calls.keyboard.press("Escape")
    expect(calls.get_by_role("dialog", name="Keyboard")).not_to_be_visible()
    calls.keyboard.press("/")
    expect(calls.locator("#filter-words")).to_be_focused()


def test_the_browsers_back_and_forward_work(calls: Page) -> None:
    calls.locator("#listing .row-link").first.click()
    drawer(calls)
    calls.go_back()
    expect(calls.locator("#drawer")).not_to_be_visible()
    expect(calls).to_have_url("/calls/")
    calls.go_forward()
    drawer(calls)
    expect(calls).to_have_url(CALL_URL)
    calls.reload()
    expect(calls.get_by_role("heading", level=1)).to_contain_text("Harbour & Vine")
    calls.go_back()
    expect(calls).to_have_url("/calls/")
    expect(calls.locator("#drawer")).not_to_be_visible()
    assert ids(calls)


def test_the_file_holds_what_is_filtered(calls: Page, tmp_path: Path) -> None:
    calls.goto("/calls/?status=missed")
    count = int(calls.locator("[data-count] strong").first.inner_text())
    with calls.expect_download() as download:
        calls.get_by_role("link", name="CSV").click()
    download.value.save_as(tmp_path / "calls.csv")
    rows = list(csv.DictReader((tmp_path / "calls.csv").read_text("utf-8-sig").splitlines()))
    assert len(rows) == count > 1
    assert {row["status"] for row in rows} == {"missed"}


def test_orders_and_reservations_open_their_calls(calls: Page) -> None:
    for path in ("/orders/", "/reservations/", "/notes/"):
        calls.goto(path)
        calls.locator("#listing .row-link").first.click()
        drawer(calls)
        calls.keyboard.press("Escape")
        expect(calls).to_have_url(path)


def test_the_overview_leads_to_the_calls_it_counts(page_of: PageOf) -> None:
    page = page_of("manager")
    page.goto("/")
    page.locator("label", has=page.locator("#period-7d")).click()
    expect(page).to_have_url(re.compile(r"period=7d"))
    page.locator("#pick-account").select_option(label="Harbour & Vine")
    expect(page).to_have_url(re.compile(r"account="))
    page.locator("#pick-location").select_option(label="Harbour & Vine Seaport")
    expect(page).to_have_url(re.compile(r"location="))
    page.go_back()
    expect(page.locator("#pick-location")).to_have_value("")
    page.go_forward()
    expect(page.locator("#pick-location option:checked")).to_have_text("Harbour & Vine Seaport")
    tile = page.get_by_role("region", name="Calls", exact=True)
    count = tile.locator(".tile-value").inner_text()
    assert int(count) > 10
    tile.get_by_role("link", name="Calls", exact=True).click()
    expect(page.locator("[data-count] strong").first).to_have_text(count)
