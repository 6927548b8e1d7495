"""The audit log and the settings in a real browser: keyboard, drawer, filters, and edits that meet."""

import json

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_accessibility import SIZES, faults_in
from tests.fixtures.pages import PageOf

SETTING = "/settings/routing/a0000000-0000-7000-8000-00000000000a"


def save(page: Page, value: str) -> None:
    """Type a value and send it."""
    page.get_by_label("Value").fill(value)
    page.get_by_role("button", name="Save setting").click()


def test_a_line_opens_in_the_drawer_by_keyboard_and_the_address_follows(page_of: PageOf) -> None:
    page = page_of("manager")
    page.goto("/audit/")
    page.locator("#filter-table").select_option("settings")
    expect(page).to_have_url("/audit/?table=settings")
    expect(page.locator("#listing .chip")).to_contain_text("Setting")
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#drawer[open] [data-audit-line]")).to_be_visible()
    line = page.url
    assert "/audit/" in line
    page.keyboard.press("Escape")
    expect(page.locator("#drawer[open]")).to_have_count(0)
    expect(page).to_have_url("/audit/?table=settings")
    page.goto(line)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Setting added")


@pytest.mark.parametrize("size", SIZES)
def test_a_line_is_accessible_and_fits_in_the_drawer_and_as_a_page(page_of: PageOf, size: str) -> None:
    page = page_of("admin", viewport=SIZES[size])
    page.goto(SETTING)
    long = json.dumps({"overflow": "voicemail", "notes": ["A sentence of some length."] * 12})
    save(page, long)
    expect(page.get_by_role("status").filter(has_text="Setting saved.")).to_be_visible()
    page.goto("/audit/?table=settings&action=update")
    page.locator("#listing .row-link").first.click()
    drawer = page.locator("#drawer[open]")
    drawer.locator("details.audit-long summary").first.click()
    expect(drawer.locator("pre").last).to_contain_text("A sentence of some length.")
    assert faults_in(page) == []
    page.goto(page.url)
    assert faults_in(page) == []
    page.goto(SETTING)
    save(page, '{"overflow": "voicemail"}')


def test_what_is_wrong_with_the_json_is_said_beside_it_and_nothing_typed_is_lost(
    page_of: PageOf, page_faults: list[str]
) -> None:
    page = page_of("admin")
    page.goto(SETTING)
    typed = '{"overflow": "staff",\n "rings" 3}'
    save(page, typed)
    expect(page.locator("#value-error")).to_contain_text("Line 2, column 10: a colon is expected.")
    expect(page.get_by_label("Value")).to_have_value(typed)
    assert faults_in(page) == []
    # An answer that refuses is a fault in the browser's eyes.
    assert len(page_faults) == 1
    page_faults.clear()


def test_leaving_with_an_edit_that_is_not_saved_is_asked_about(page_of: PageOf) -> None:
    page = page_of("admin")
    page.goto(SETTING)
    page.get_by_label("Value").fill("{}")
    asked: list[str] = []

    def answer(dialog: object) -> None:
        asked.append("asked")
        dialog.accept()  # type: ignore[attr-defined]

    page.on("dialog", answer)
    page.get_by_role("link", name="History").click()
    expect(page.get_by_role("heading", name="History")).to_be_visible()
    assert asked == ["asked"]


@pytest.mark.parametrize("size", SIZES)
def test_two_who_save_the_same_name_choose(page_of: PageOf, page_faults: list[str], size: str) -> None:
    one, two = page_of("admin", viewport=SIZES[size]), page_of("admin.harbour")
    one.goto(SETTING)
    save(one, '{"overflow": "voicemail"}')
    one.wait_for_url(f"**{SETTING}")
    one.goto(SETTING)
    two.goto(SETTING)
    save(two, '{"overflow": "staff", "theirs": 1}')
    expect(two.get_by_role("status").filter(has_text="Setting saved.")).to_be_visible()
    save(one, '{"overflow": "hang up"}')
    expect(one.get_by_role("heading", name="Setting: saved by two people")).to_be_visible()
    assert faults_in(one) == []
    one.get_by_label('Yours "hang up"').check()
    one.get_by_role("button", name="Save these choices").click()
    expect(one.get_by_role("status").filter(has_text="Setting saved.")).to_be_visible()
    value = json.loads(one.get_by_label("Value").input_value())
    assert value == {"overflow": "hang up", "theirs": 1}
    assert len(page_faults) == 1
    page_faults.clear()


def test_a_setting_is_added_deleted_and_put_back(page_of: PageOf) -> None:
    page = page_of("admin")
    page.goto("/settings/")
    page.get_by_role("link", name="New", exact=True).click()
    page.get_by_label("Holds at").select_option(label="All locations of Tres Soles")
    page.get_by_label("Key", exact=True).fill("opening.menu")
    page.get_by_label("Value").fill('{"lunch": true}')
    page.get_by_role("button", name="Add setting").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("opening.menu")
    page.get_by_role("link", name="Delete").click()
    expect(page.get_by_text("Delete this setting?")).to_be_visible()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name="Put this back").first.click()
    page.locator("#question").get_by_role("button", name="Put back").click()
    expect(page.get_by_role("status").filter(has_text="put back")).to_be_visible()
    page.get_by_role("link", name="Value").click()
    expect(page.get_by_label("Value")).to_have_value('{\n    "lunch": true\n}')
