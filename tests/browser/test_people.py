"""People in a browser: invited by a link that leaves no trace, viewed as, and every page accessible."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_accessibility import SIZES, faults_in
from tests.fixtures.database import Database
from tests.fixtures.pages import PageOf

OPERATOR = "/people/05e00000-0000-7000-8000-000000000003/"
CHOSEN = "kettle plum river nine"


@pytest.fixture
def email(database: Database) -> Iterator[str]:
    """An address for somebody who is invited."""
    address = f"{uuid4().hex[:10]}@people.example"
    yield address
    with database.owner() as owner:
        found = "(select id from public.users where email = %s)"
        owner.execute(f"delete from public.user_access where user_id = {found}".encode(), [address])
        owner.execute(b"delete from public.users where email = %s", [address])


def invite(page: Page, email: str) -> str:
    """Fill in the invitation; the link."""
    page.goto("/people/")
    page.get_by_role("link", name="Invite").click()
    page.get_by_label("Name").fill("Ann")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Works at").select_option(label="Harbour & Vine Market")
    page.get_by_role("button", name="Invite").click()
    expect(page.get_by_text("You see this link only now.")).to_be_visible()
    return page.get_by_role("textbox", name="One-time link").input_value()


@pytest.mark.parametrize("size", SIZES)
def test_somebody_invited_chooses_a_password_and_is_in(page_of: PageOf, email: str, size: str) -> None:
    admin = page_of("admin", viewport=SIZES[size])
    link = invite(admin, email)
    assert faults_in(admin) == []
    guest = page_of(viewport=SIZES[size])
    sent: list[str] = []
    guest.on("request", lambda request: sent.append(str(request.headers.get("referer"))))
    guest.goto(link)
    expect(guest.get_by_role("heading", level=1)).to_have_text("Welcome, Ann")
    assert faults_in(guest) == []
    for field in ("New password", "New password again"):
        guest.get_by_label(field, exact=True).fill(CHOSEN)
    guest.get_by_role("button", name="Save and sign in").click()
    expect(guest).to_have_url("/")
    token = link.partition("#")[2]
    assert sent
    assert not [referer for referer in sent if token in referer]
    for _ in range(2):
        guest.go_back()
        assert token not in guest.url


def test_without_scripts_the_link_is_pasted(page_of: PageOf, email: str) -> None:
    link = invite(page_of("admin"), email)
    guest = page_of(java_script_enabled=False)
    guest.goto(link)
    guest.get_by_label("Your one-time link").fill(link)
    guest.get_by_role("button", name="Go on").click()
    expect(guest.get_by_role("heading", level=1)).to_have_text("Welcome, Ann")


@pytest.mark.parametrize("size", SIZES)
def test_a_link_that_opens_nothing_says_what_to_do(page_of: PageOf, size: str) -> None:
    page = page_of(viewport=SIZES[size])
    page.goto(f"/one-time-link#{'x' * 43}")
    expect(page.get_by_role("alert")).to_contain_text("This link opens nothing.")
    assert faults_in(page) == []


@pytest.mark.parametrize("size", SIZES)
def test_an_admin_views_as_somebody_and_comes_back(page_of: PageOf, size: str) -> None:
    page = page_of("admin", viewport=SIZES[size])
    page.goto(OPERATOR)
    page.get_by_role("button", name="View as").click()
    banner = page.get_by_role("region", name="Viewing as somebody else")
    expect(banner).to_contain_text("Admin, you are viewing as Operator.")
    assert faults_in(page) == []
    page.goto("/calls/")
    expect(banner).to_be_visible()
    banner.get_by_role("button", name="End view").click()
    expect(page).to_have_url(OPERATOR)
    expect(banner).to_have_count(0)


def test_taking_access_away_is_asked_about(page_of: PageOf) -> None:
    page = page_of("admin")
    page.goto(OPERATOR)
    page.get_by_role("button", name="Take away Harbour & Vine, Harbour & Vine Market").click()
    expect(page.locator("#question")).to_contain_text("Take Harbour & Vine, Harbour & Vine Market away")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".access-list li")).to_have_count(2)


def test_leaving_an_edit_is_asked_about(page_of: PageOf) -> None:
    page = page_of("admin")
    page.goto(OPERATOR)
    page.get_by_label("Name").fill("Somebody")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.get_by_role("link", name="What can they see?").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What Operator can see")
    assert asked == ["beforeunload"]
