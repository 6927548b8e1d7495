"""A manager files, an admin approves, a poller finishes, and the manager sees it; each page by axe, too."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_accessibility import faults_in
from tests.fixtures.database import Database
from tests.fixtures.pages import PHONE, WIDE, PageOf
from tests.knowledge_pages import claimed

SEEDED = "/knowledge/4e000000-0000-7000-8000-000000000001"


def answer_question(page: Page, label: str) -> None:
    """Say yes to the question in the dialog."""
    expect(page.locator("#question")).to_be_visible()
    page.locator("#question").get_by_role("button", name=label).click()


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_a_request_from_its_filing_to_its_end(
    page_of: PageOf, database: Database, size: dict[str, int]
) -> None:
    manager, admin = page_of("manager", viewport=size), page_of("admin", viewport=size)
    manager.goto("/knowledge/")
    manager.get_by_role("link", name="File a request").click()
    manager.get_by_label("For", exact=True).select_option(label="Harbour & Vine Seaport")
    manager.get_by_label("Title").fill("Oysters")
    manager.get_by_label("What the AI should know").fill("By the dozen only.")
    manager.get_by_role("button", name="File request").click()
    expect(manager.get_by_text("Request filed.")).to_be_visible()
    address = manager.url

    admin.goto("/knowledge/?status=pending")
    admin.get_by_role("link", name="Oysters").first.click()
    expect(admin.get_by_role("heading", name="Oysters")).to_be_visible()
    admin.get_by_role("button", name="Approve").click()
    answer_question(admin, "Approve")
    expect(admin.get_by_text("Approved. The automation takes it")).to_be_visible()

    assert len(claimed(database, True)) == 1
    manager.goto(address)
    steps = manager.locator(".course-title")
    expect(steps).to_have_text(["Done", "Claimed by the automation", "Approved", "Filed"])
    expect(manager.get_by_text("Learnt.")).to_be_visible()
    assert faults_in(manager) == []


def test_a_manager_withdraws_after_a_question(page_of: PageOf) -> None:
    page = page_of("manager")
    page.goto("/knowledge/new")
    page.get_by_label("Title").fill("A slip")
    page.get_by_label("What the AI should know").fill("Never mind.")
    page.get_by_role("button", name="File request").click()
    page.get_by_role("button", name="Withdraw").click()
    answer_question(page, "Withdraw")
    page.wait_for_url(re.compile("/knowledge/$"))
    expect(page.get_by_text("Request withdrawn.")).to_be_visible()
    expect(page.get_by_role("link", name="A slip")).to_have_count(0)


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_every_page_of_knowledge_is_accessible_and_fits(page_of: PageOf, size: dict[str, int]) -> None:
    page = page_of("admin", viewport=size)
    page.on("dialog", lambda dialog: dialog.accept())
    found = {}
    for path in ("/knowledge/", "/knowledge/?status=failed", "/knowledge/new", SEEDED):
        page.goto(path)
        found[path] = faults_in(page)
    assert {path: faults for path, faults in found.items() if faults} == {}
