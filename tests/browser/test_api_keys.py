"""A key is issued, rotated and revoked in a browser, and what looks like a key is forgotten at once."""

from random import Random

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.fixtures.database import Database
from tests.fixtures.pages import PHONE, WIDE, PageOf
from tests.key_pages import keys
from tests.secret_samples import SHAPES

pytestmark = pytest.mark.usefixtures("keys_as_seeded")


def expect_no_faults(page: Page) -> None:
    """What axe finds on this page: nothing."""
    assert [violation["id"] for violation in Axe().run(page).response["violations"]] == []


def expect_only_refusals(page_faults: list[str]) -> None:
    """Chromium writes a line for each page that comes with a status of 400 or more."""
    assert [fault for fault in page_faults if "422" not in fault] == []
    page_faults.clear()


def issue(page: Page, label: str, hint: str) -> None:
    """Fill in the form of a new key and send it."""
    page.goto("/api-keys/")
    page.get_by_role("link", name="Issue a key").click()
    page.get_by_label("Account").select_option(label="Harbour & Vine")
    page.get_by_label("Label").fill(label)
    page.get_by_label("Last characters of the key").fill(hint)
    page.get_by_label("Write orders").check()
    page.get_by_role("button", name="Issue key").click()


@pytest.mark.parametrize(("scheme", "viewport"), [("light", WIDE), ("dark", PHONE)])
def test_a_key_is_issued_rotated_and_revoked(
    page_of: PageOf, page_faults: list[str], database: Database, scheme: str, viewport: dict[str, int]
) -> None:
    page = page_of("admin", color_scheme=scheme, viewport=viewport)
    issue(page, "Bar tablet", "Ab3d")
    expect(page.get_by_text("Key issued.")).to_be_visible()
    expect(page.get_by_role("heading", name="Bar tablet", level=1)).to_be_visible()
    expect(page.locator(".page-note").get_by_text("Never used")).to_be_visible()

    page.get_by_role("link", name="Rotate").click()
    page.get_by_label("Last characters of the key").fill("Fk8w")
    page.get_by_label("In 7 days").check()
    expect_no_faults(page)
    page.get_by_role("button", name="Rotate key").click()
    expect(page.get_by_text("Key rotated: this is the new one.")).to_be_visible()
    expect_no_faults(page)
    page.get_by_role("link", name="Bar tablet (…Ab3d)").click()
    expect(page.locator(".page-note").get_by_text("Being replaced")).to_be_visible()
    page.get_by_role("link", name="Bar tablet (…Fk8w)").click()

    page.get_by_role("link", name="Revoke").click()
    page.get_by_role("button", name="Revoke key").click()
    expect(page.get_by_text("Say why the key ends.").first).to_be_visible()
    expect_only_refusals(page_faults)
    page.get_by_label("Why?").fill("The tablet was lost")
    page.get_by_role("button", name="Revoke key").click()
    expect(page.get_by_text("Key revoked.")).to_be_visible()
    expect(page.get_by_text("The tablet was lost").first).to_be_visible()
    expect(page.get_by_role("link", name="Revoke")).to_have_count(0)
    expect_no_faults(page)

    old, new = keys(database)[-2:]
    assert (old.key_hint, old.revoked_at, (old.expires_at - old.replaced_at).days) == ("Ab3d", None, 7)
    assert (new.key_hint, new.succeeds_id, new.revoked_reason) == ("Fk8w", old.id, "The tablet was lost")


def test_a_key_typed_as_a_label_is_gone_from_the_page(
    page_of: PageOf, page_faults: list[str], database: Database
) -> None:
    page = page_of("admin")
    secret = SHAPES["forge"](Random("browser"))
    issue(page, secret, "Ab3d")
    expect(page.get_by_text("This looks like a key or a password").first).to_be_visible()
    expect(page.get_by_label("Label")).to_have_value("")
    expect(page.get_by_label("Last characters of the key")).to_have_value("Ab3d")
    assert secret not in page.content() + page.url
    assert len(keys(database)) == 3
    expect_no_faults(page)
    expect_only_refusals(page_faults)
    page.on("dialog", lambda dialog: dialog.accept())


def test_leaving_a_half_written_key_is_asked_about(page_of: PageOf) -> None:
    page = page_of("admin")
    page.goto("/api-keys/new")
    page.get_by_label("Label").fill("Bar tablet")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.get_by_role("link", name="Cancel").click()
    page.wait_for_url("**/api-keys/")
    assert asked == ["beforeunload"]


def test_the_list_is_narrowed_by_what_needs_a_look(page_of: PageOf) -> None:
    page = page_of("admin")
    page.goto("/api-keys/")
    expect(page.locator("#listing tbody tr")).to_have_count(3)
    page.get_by_role("link", name="2 never used").click()
    expect(page.locator("#listing tbody tr")).to_have_count(2)
    page.get_by_role("link", name="Remove filter State: Never used").click()
    expect(page.locator("#listing tbody tr")).to_have_count(3)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Website", level=1)).to_be_visible()
