"""Going back and forth faster than pages load: what is shown is what the address says."""

import re

from playwright.sync_api import Page, Route, expect

from tests.fixtures.pages import PageOf

SCRIPT = re.compile(r"/static/dist/app\.")


def test_forward_while_the_page_behind_still_loads_ends_at_the_page_ahead(page_of: PageOf) -> None:
    page = page_of("manager")
    page.goto("/")
    page.locator("#pick-location").select_option(label="Harbour & Vine Seaport")
    expect(page).to_have_url(re.compile(r"location="))
    hold_scripts_and_turn_round(page)
    expect(page).to_have_url(re.compile(r"location="))
    expect(page.locator("#pick-location option:checked")).to_have_text("Harbour & Vine Seaport")
    page.go_back()
    expect(page.locator("#pick-location option:checked")).to_have_text("All locations")


def hold_scripts_and_turn_round(page: Page) -> None:
    """Back, and forward again after the page has come but before its scripts have."""
    held: list[Route] = []
    page.route(SCRIPT, lambda route: held.append(route), times=1)
    with page.expect_request(SCRIPT):
        page.evaluate("history.back()")
    page.evaluate("history.forward()")
    page.wait_for_url(re.compile(r"location="), wait_until="commit")
    held[0].continue_()
