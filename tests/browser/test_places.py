"""Choosing among hundreds of places, with scripts and without."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_accessibility import faults_in
from tests.fixtures.database import Database
from tests.fixtures.pages import PHONE, WIDE, PageOf, sign_in
from tests.many_places import OF_SECOND, SECOND, fill


@pytest.fixture(scope="module", autouse=True)
def many_places(database: Database, busy_days: None) -> None:
    """500 locations in 50 accounts."""
    fill(database)


def names(page: Page, picker: str) -> list[str]:
    """What a select offers, in words."""
    return page.locator(f"{picker} option").all_inner_texts()


def test_the_locations_of_a_list_follow_the_account(page_of: PageOf) -> None:
    page = page_of("admin")
    page.goto("/calls/")
    location = page.locator("#filter-location")
    expect(location).to_be_disabled()
    assert names(page, "#filter-location") == ["Account first"]
    page.locator("#filter-account").select_option(value=SECOND)
    expect(location).to_be_enabled()
    assert len(names(page, "#filter-location")) == 11
    location.select_option(value=OF_SECOND)
    expect(page).to_have_url(re.compile(f"location={OF_SECOND}"))
    expect(page.get_by_role("link", name=re.compile("Remove filter Location"))).to_be_visible()
    expect(location).to_have_value(OF_SECOND)
    page.locator("#filter-account").select_option(label="Harbour & Vine")
    expect(page).not_to_have_url(re.compile("location="))
    expect(location).to_have_value("")
    assert "Harbour & Vine Seaport" in names(page, "#filter-location")
    page.locator("#filter-account").select_option(label="Any")
    expect(location).to_be_disabled()


def test_the_pickers_of_the_overview_follow_the_account(page_of: PageOf) -> None:
    page = page_of("admin")
    page.goto("/")
    location = page.locator("#pick-location")
    expect(location).to_be_disabled()
    page.locator("#pick-account").select_option(value=SECOND)
    expect(location).to_be_enabled()
    location.select_option(value=OF_SECOND)
    expect(page).to_have_url(re.compile(f"location={OF_SECOND}"))
    expect(page.locator("#pick-account")).to_have_value(SECOND)
    page.locator("#pick-account").select_option(label="All accounts")
    expect(location).to_be_disabled()


def test_places_are_chosen_without_scripts_too(page_of: PageOf) -> None:
    page = page_of(java_script_enabled=False, viewport=PHONE)
    sign_in(page, "admin")
    page.goto("/calls/")
    expect(page.locator("#filter-location")).to_be_disabled()
    page.get_by_role("button", name="Filters").click()
    page.locator("#filter-account").select_option(value=SECOND)
    page.get_by_role("button", name="Apply").click()
    page.get_by_role("button", name=re.compile("^Filters")).click()
    page.locator("#filter-location").select_option(value=OF_SECOND)
    page.get_by_role("button", name="Apply").click()
    assert f"location={OF_SECOND}" in page.url
    assert f"account={SECOND}" in page.url
    expect(page.locator("#filter-location")).to_have_value(OF_SECOND)


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_a_picker_that_waits_for_the_account_breaks_no_rule_of_axe(
    page_of: PageOf, size: dict[str, int]
) -> None:
    page = page_of("admin", viewport=size)
    for path in ("/", "/calls/", f"/calls/?location={OF_SECOND}"):
        page.goto(path)
        if path != "/" and page.locator(".filters-open").is_visible():
            page.locator(".filters-open").click()
        assert faults_in(page) == []
