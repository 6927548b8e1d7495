"""The page about health, from the menu to what is wrong."""

from playwright.sync_api import expect

from tests.fixtures.database import Database
from tests.fixtures.pages import PHONE, PageOf


def test_an_admin_goes_from_the_banner_to_what_failed(page_of: PageOf, database: Database) -> None:
    with database.owner(autocommit=True) as owner:
        owner.execute(
            """insert into private.metrics_refreshes (started_at, finished_at, error_code, error)
            values (now(), now(), '22000', 'the refresh would have emptied the metrics')"""
        )
    page = page_of("admin")
    page.goto("/")
    page.get_by_role("link", name="See Health").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Health")
    page.get_by_role("navigation", name="Parts").get_by_role("link", name="Metrics").click()
    expect(page.locator("#refreshes")).to_be_in_viewport()
    expect(page.locator("#refreshes")).to_contain_text("the refresh would have emptied the metrics")
    with database.owner(autocommit=True) as owner:
        owner.execute("delete from private.metrics_refreshes where error_code is not null")
        owner.execute("select private.refresh_metrics()")
    page.get_by_role("link", name="Check again").click()
    expect(page.locator("#refreshes")).to_have_attribute("data-state", "good")


def test_a_long_definition_stays_on_a_phone(page_of: PageOf, database: Database) -> None:
    long = "x" * 300
    with database.owner(autocommit=True) as owner:
        owner.execute(f"alter table public.users add column scratch text default '{long}'")
    try:
        page = page_of("admin", viewport=PHONE)
        page.goto("/health/#drift")
        expect(page.locator("#drift")).to_contain_text("column public.users.scratch")
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    finally:
        with database.owner(autocommit=True) as owner:
            owner.execute("alter table public.users drop column scratch")
