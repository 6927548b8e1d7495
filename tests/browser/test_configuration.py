"""Hours in a real browser: by keyboard, by two people at once, in both schemes and sizes."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.configured import BASE, HOURS, MARKET, day
from tests.fixtures.database import Database
from tests.fixtures.pages import PHONE, WIDE, PageOf

PAGES = {
    "index": "/configuration/",
    "account": BASE,
    "hours": HOURS,
    "copy": f"{HOURS}copy?to={MARKET}",
    "answer": f"{HOURS}at?at=2026-11-01T01:30",
    "exceptions": f"{HOURS}exceptions",
    "exception": f"{HOURS}exceptions/2026-12-31",
    "deletion": f"{HOURS}exceptions/2026-12-25/delete",
    "new exceptions": f"{BASE}exceptions/new",
    "busy": f"{HOURS}busy",
    "busy locations": f"{BASE}busy",
    "voice": f"{HOURS}voice",
    "averages": f"{HOURS}averages",
    "history": f"{HOURS}history",
    "account's voice": f"{BASE}voice",
    "account's averages": f"{BASE}averages",
    "account's history": f"{BASE}history",
}


def weekday(page: Page, number: int) -> Locator:
    """A day of the grid."""
    return page.locator(f'[data-day="{number}"]')


def saved(page: Page) -> None:
    page.get_by_role("button", name="Save hours", exact=True).click()
    expect(page.locator("#flashes")).to_contain_text("Hours saved.")


def test_two_people_edit_the_same_hours_and_no_edit_is_lost(
    page_of: PageOf, database: Database, page_faults: list[str]
):
    first, second = page_of("manager"), page_of("admin")
    for page in (first, second):
        page.goto(HOURS)
    second.get_by_label("Tuesday, interval 2 closes").fill("21:00")
    second.get_by_label("Thursday, interval 2 closes").fill("21:30")
    saved(second)
    first.get_by_label("Tuesday, interval 2 closes").fill("20:00")
    first.get_by_label("Friday, interval 1 opens").fill("12:00")
    first.get_by_role("button", name="Save hours", exact=True).click()
    conflict = first.locator(".conflict")
    expect(conflict).to_have_count(1)
    expect(conflict).to_contain_text("5:00 PM – 8:00 PM")
    expect(conflict).to_contain_text("5:00 PM – 9:00 PM")
    expect(conflict).to_contain_text("5:00 PM – 10:30 PM")
    assert day(database, 2)[1] == ("17:00", "21:00")
    conflict.get_by_label("Theirs").check()
    saved(first)
    assert day(database, 2)[1] == ("17:00", "21:00")
    assert day(database, 4)[1] == ("17:00", "21:30")
    assert day(database, 5)[0] == ("12:00", "14:30")
    # Chromium reports the answer 409 to the save that met another.
    assert [fault for fault in page_faults if "409" not in fault] == []
    page_faults.clear()


def test_the_grid_is_worked_by_keyboard(page_of: PageOf, database: Database):
    page = page_of("manager")
    page.goto(HOURS)
    monday = weekday(page, 1)
    expect(monday.get_by_text("Closed", exact=True)).to_be_visible()
    page.get_by_role("button", name="Add an interval on Monday").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Monday, interval 1 opens")).to_be_focused()
    page.keyboard.type("0600PM")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Monday, interval 1 closes")).to_be_focused()
    page.keyboard.type("0200AM")
    expect(monday).to_contain_text("(next day)")
    page.keyboard.press("Enter")
    expect(page.locator("#flashes")).to_contain_text("Hours saved.")
    assert day(database, 1) == [("18:00", "02:00")]
    page.get_by_role("button", name="Remove Monday, interval 1").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Add an interval on Monday")).to_be_focused()
    saved(page)
    assert day(database, 1) == []


def test_a_day_is_copied_and_opened_around_the_clock(page_of: PageOf, database: Database):
    page = page_of("manager")
    page.goto(HOURS)
    sunday = weekday(page, 7)
    sunday.locator("summary").click()
    sunday.get_by_label("Monday", exact=True).check()
    sunday.get_by_role("button", name="Copy Sunday").click()
    expect(page.get_by_label("Monday, interval 2 closes")).to_have_value("22:30")
    weekday(page, 3).get_by_label("24 hours").check()
    expect(page.get_by_label("Wednesday, interval 1 opens")).to_have_count(0)
    saved(page)
    assert day(database, 1) == day(database, 7)
    assert day(database, 3) == [("00:00", "00:00")]


def test_leaving_with_changes_is_asked_about(page_of: PageOf):
    page = page_of("manager")
    page.goto(HOURS)
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.get_by_label("Friday, interval 2 closes").fill("23:45")
    page.get_by_role("link", name="Exceptions", exact=True).click()
    page.wait_for_url("**/exceptions")
    assert asked == ["beforeunload"]


def test_the_answer_follows_the_moment(page_of: PageOf):
    page = page_of("operator")
    page.goto(HOURS)
    page.get_by_label("Date and time at the location").fill("2026-12-25T12:00")
    expect(page.locator("#answer")).to_contain_text("Christmas Day")
    page.get_by_label("Date and time at the location").fill("2026-11-01T01:30")
    page.get_by_label("Second (EST)").check()
    expect(page.get_by_label("Second (EST)")).to_be_checked()


def test_busy_mode_counts_down(page_of: PageOf):
    page = page_of("manager")
    page.goto(f"{HOURS}busy")
    page.get_by_text("15 minutes").click()
    page.get_by_role("button", name="Switch on").click()
    left = page.locator(".busy-left")
    expect(left).to_have_text(re.compile(r"^1[45]:\d\d$"))
    before = left.inner_text()
    expect(left).not_to_have_text(before)
    page.get_by_role("button", name="End now").click()
    expect(page.get_by_role("heading", name="Not busy")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_every_page_is_accessible(page_of: PageOf, scheme: str, size: dict[str, int]):
    page = page_of("manager", color_scheme=scheme, viewport=size)
    for name, path in PAGES.items():
        page.goto(path)
        found = Axe().run(page).response["violations"]
        assert found == [], f"{name}: {[(each['id'], each['nodes'][0]['html'][:200]) for each in found]}"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} scrolls sideways"
