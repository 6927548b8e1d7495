"""Two browsers edit the same voice and the same averages: no edit is lost."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Dialog, Locator, Page, expect

from tests.fixtures.database import Database
from tests.fixtures.pages import PHONE, WIDE, PageOf

ACCOUNT = "a0000000-0000-7000-8000-00000000000a"
SEAPORT = "10c00000-0000-7000-8000-0000000000a1"
HERE = f"/configuration/{ACCOUNT}/{SEAPORT}"
VOICE = "select value from public.settings where location_id = %s and key = 'ai_voice'"
AVERAGES = """select avg_spend_per_head::text, baseline_handle_seconds
    from public.location_settings where location_id = %s"""


@pytest.fixture(autouse=True)
def seeded(database: Database) -> None:
    """The Seaport with a voice of its own, and without averages."""
    with database.owner() as owner:
        owner.execute(
            """update public.settings set value = '{"speed": 1.05, "greeting": "At the Seaport."}'
            where location_id = %s and key = 'ai_voice'""",
            [SEAPORT],
        )
        owner.execute(
            """update public.location_settings set avg_spend_per_head = null, baseline_handle_seconds = null
            where location_id = %s""",
            [SEAPORT],
        )


def stored(database: Database, statement: str) -> tuple[object, ...]:
    """The row as it is in the database."""
    with database.owner() as owner:
        row = owner.execute(statement.encode(), [SEAPORT]).fetchone()
        assert row is not None
        return tuple(row)


def text_field(page: Page, name: str) -> Locator:
    """A field of the form by its label; boxes beside it have labels of their own."""
    return page.get_by_role("textbox", name=name, exact=False)


def expect_no_faults(page: Page) -> None:
    """What axe finds on this page: nothing."""
    found = Axe().run(page)
    assert [violation["id"] for violation in found.response["violations"]] == []


@pytest.mark.parametrize(("scheme", "viewport"), [("light", WIDE), ("dark", PHONE)])
def test_two_browsers_edit_the_same_voice(
    page_of: PageOf, page_faults: list[str], database: Database, scheme: str, viewport: dict[str, int]
) -> None:
    first = page_of("manager", color_scheme=scheme, viewport=viewport)
    second = page_of("admin", color_scheme=scheme, viewport=viewport)
    for page in (first, second):
        page.goto(f"{HERE}/voice")
    expect_no_faults(first)
    text_field(first, "Greeting").fill("Ahoy from the first.")
    text_field(first, "Language").fill("en-GB")
    first.get_by_role("button", name="Save voice").click()
    expect(first.get_by_text("Voice saved.")).to_be_visible()
    text_field(second, "Greeting").fill("Welcome from the second.")
    text_field(second, "Speed").fill("1.2")
    second.get_by_role("button", name="Save voice").click()
    expect(second.get_by_role("heading", name="Voice: saved by two people")).to_be_visible()
    # Chromium writes a line for each page that comes with a status of 400 or more.
    assert [fault for fault in page_faults if "409" not in fault] == []
    page_faults.clear()
    expect_no_faults(second)
    for words in ("At the Seaport.", "Ahoy from the first.", "Welcome from the second.", "en-GB", "1.2"):
        expect(second.get_by_text(words, exact=False).first).to_be_visible()
    (before,) = stored(database, VOICE)
    assert before == {"speed": 1.05, "greeting": "Ahoy from the first.", "language": "en-GB"}
    second.get_by_role("radio", name="Yours").check()
    second.get_by_role("button", name="Save these choices").click()
    expect(second.get_by_text("Voice saved.")).to_be_visible()
    (after,) = stored(database, VOICE)
    assert after == {"speed": 1.2, "greeting": "Welcome from the second.", "language": "en-GB"}
    second.goto(f"{HERE}/history")
    expect(second.get_by_text("Ahoy from the first.").first).to_be_visible()
    expect_no_faults(second)


def test_a_choice_is_asked_for_before_anything_is_sent(
    page_of: PageOf, page_faults: list[str], database: Database
) -> None:
    first, second = page_of("manager"), page_of("admin")
    for page, words in ((first, "Ahoy."), (second, "Welcome.")):
        page.goto(f"{HERE}/voice")
        text_field(page, "Greeting").fill(words)
    for page in (first, second):
        page.get_by_role("button", name="Save voice").click()
        page.wait_for_load_state()
    page_faults.clear()
    second.get_by_role("button", name="Save these choices").click()
    expect(second.get_by_role("heading", name="Voice: saved by two people")).to_be_visible()
    assert stored(database, VOICE)[0] == {"speed": 1.05, "greeting": "Ahoy."}
    second.on("dialog", lambda dialog: dialog.accept())
    second.goto(f"{HERE}/voice")


def test_two_browsers_edit_the_same_averages(page_of: PageOf, database: Database) -> None:
    first, second = page_of("manager"), page_of("admin")
    for page in (first, second):
        page.goto(f"{HERE}/averages")
    with first.expect_response(lambda response: "avg_spend_per_head=52.50" in response.url) as effect:
        text_field(first, "Average spend").fill("52.50")
    assert "csrf" not in effect.value.url
    expect_no_faults(first)
    assert stored(database, AVERAGES) == (None, None)
    first.get_by_role("button", name="Save averages").click()
    expect(first.get_by_text("Averages saved.")).to_be_visible()
    text_field(second, "Time a call").fill("90")
    second.get_by_role("button", name="Save averages").click()
    kept = "Changed by somebody else meanwhile, and kept: Average spend a guest."
    expect(second.get_by_text(kept)).to_be_visible()
    assert stored(database, AVERAGES) == ("52.50", 90)


def test_leaving_with_edits_is_asked_about(page_of: PageOf) -> None:
    page = page_of("manager")
    page.goto(f"{HERE}/voice")
    text_field(page, "Greeting").fill("Not saved yet.")
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    page.get_by_role("link", name="History", exact=True).click()
    page.wait_for_url("**/history")
    assert asked == ["beforeunload"]
