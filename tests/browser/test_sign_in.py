"""Signing in and out."""

from playwright.sync_api import Page, expect

from tests.fixtures.database import PEOPLE_PASSWORD
from tests.fixtures.pages import PageOf


def fill(page: Page, email: str, password: str) -> None:
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_a_wrong_password_is_said_and_the_right_one_opens_the_wanted_page(page: Page) -> None:
    page.goto("/calls/?status=missed")
    expect(page).to_have_url("/login?next=/calls/?status%3Dmissed")
    fill(page, "operator@certus.example", "wrong")
    expect(page.get_by_role("alert")).to_contain_text("do not belong together")
    expect(page.get_by_label("Email")).to_have_value("operator@certus.example")
    fill(page, "operator@certus.example", PEOPLE_PASSWORD)
    expect(page).to_have_url("/calls/?status=missed")
    expect(page.get_by_role("heading", level=1)).to_have_text("Calls")


def test_signing_out_ends_the_session_of_a_copied_cookie_too(page_of: PageOf) -> None:
    page = page_of("operator")
    copied = page.context.cookies()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("status")).to_contain_text("You are signed out")
    thief = page_of()
    thief.context.add_cookies(copied)
    thief.goto("/calls/")
    expect(thief).to_have_url("/login?next=/calls/")
    page.goto("/")
    expect(page).to_have_url("/login")


def test_the_colours_are_remembered(page_of: PageOf) -> None:
    page = page_of("operator", color_scheme="light")
    root = page.locator("html")
    expect(root).to_have_attribute("data-bs-theme", "light")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_title("Dark", exact=True).click()
    expect(root).to_have_attribute("data-bs-theme", "dark")
    page.reload()
    expect(root).to_have_attribute("data-bs-theme", "dark")
    expect(page.get_by_label("Dark", exact=True)).to_be_checked()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    page.get_by_title("As the system").click()
    expect(root).to_have_attribute("data-bs-theme", "light")


def test_the_colours_follow_the_system(page_of: PageOf) -> None:
    page = page_of("operator", color_scheme="dark")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
