"""What is done with one call: listening, a number, notes."""

import re
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from tests.fixtures.database import Database
from tests.fixtures.pages import PageOf

CALL = UUID("ca110000-0000-7000-8000-000000000001")
OTHER = UUID("ca110000-0000-7000-8000-000000000002")

# Resolves once the sound has really moved on.
PLAY_A_LITTLE = """audio => new Promise((resolve, reject) => {
    audio.muted = true;
    audio.addEventListener("timeupdate", () => { if (audio.currentTime > 0.2) resolve(); });
    audio.addEventListener("error", () => reject(new Error(audio.error.message)));
    audio.play();
})"""


def open_drawer(page: Page, call: UUID) -> None:
    """The drawer over the list of the seed's days."""
    page.goto("/calls/?from=2026-01-01&to=2026-01-31")
    page.locator(f'tr[data-row="{call}"] .row-link').click()
    expect(page.locator(f'#drawer[open] [data-call="{call}"]')).to_be_visible()


@pytest.fixture
def opened(page_of: PageOf) -> Page:
    """The operator with a call in the drawer."""
    page = page_of("operator")
    open_drawer(page, CALL)
    return page


def test_the_recording_plays(opened: Page, database: Database) -> None:
    before = lines(database)
    audio = opened.locator("#drawer audio")
    audio.evaluate(PLAY_A_LITTLE)
    assert audio.evaluate("audio => audio.currentTime") > 0.2
    assert audio.evaluate("audio => audio.duration") > 1
    opened.locator("#drawer [data-player-speed]").select_option("2")
    assert audio.evaluate("audio => audio.playbackRate") == 2
    assert lines(database) > before


def lines(database: Database) -> int:
    """How many lines of the audit log are about the call."""
    with database.owner() as owner:
        row = owner.execute("select count(*) from public.audit_log where row_id = %s", [CALL]).fetchone()
        return int(row[0]) if row else 0


def test_a_number_is_shown_for_a_reason(opened: Page, page_faults: list[str], database: Database) -> None:
    caller = opened.locator("#drawer #call-caller")
    expect(caller).to_contain_text("0142")
    expect(caller).not_to_contain_text("617")
    caller.locator("summary").click()
    caller.get_by_role("button", name="Show the number").click()
    expect(caller.locator(".field-error")).to_have_text("Say why you need the number.")
    assert all("422" in fault for fault in page_faults)
    page_faults.clear()
    before = lines(database)
    caller.get_by_label("Why do you need the number?").fill("Guest left a bag")
    caller.get_by_role("button", name="Show the number").click()
    expect(caller.locator(".caller-number")).to_have_text(re.compile(r"617.?555.?0142"))
    assert lines(database) == before + 1


def test_a_note_is_written_changed_and_deleted(opened: Page) -> None:
    drawer = opened.locator("#drawer")
    count = drawer.locator("li.note").count()
    field = drawer.get_by_label("Note", exact=True)
    field.click()
    field.press_sequentially("Ask @Acc")
    people = drawer.get_by_role("listbox")
    expect(people.get_by_role("option")).to_have_text(["Account Manager"])
    field.press("Enter")
    expect(field).to_have_value("Ask @Account Manager ")
    field.press_sequentially("**today**")
    drawer.get_by_role("button", name="Add note").click()
    note = drawer.locator("li.note").last
    expect(note.locator(".prose strong")).to_have_text("today")
    expect(note.locator(".note-mention")).to_have_text("@Account Manager")
    expect(field).to_have_value("")
    expect(drawer.locator("li.note")).to_have_count(count + 1)

    note.get_by_role("link", name="Edit this note").click()
    editing = drawer.locator(".note-editing")
    editing.get_by_role("textbox").fill("Asked yesterday.")
    editing.get_by_role("button", name="Save note").click()
    expect(note.locator(".prose")).to_have_text("Asked yesterday.")
    expect(note).to_contain_text("edited")

    note.get_by_role("button", name="Delete this note").click()
    question = opened.locator("#question")
    expect(question).to_contain_text("Delete this note by Operator?")
    question.get_by_role("button", name="Cancel").click()
    expect(note).to_be_visible()
    note.get_by_role("button", name="Delete this note").click()
    question.get_by_role("button", name="Delete").click()
    expect(drawer.locator("li.note")).to_have_count(count)
    expect(drawer.locator(".note-gone")).to_have_text("Note deleted.")


def test_an_unsaved_note_is_not_lost_silently(opened: Page) -> None:
    opened.locator("#drawer").get_by_label("Note", exact=True).fill("Half a thought")
    opened.get_by_role("button", name="Close", exact=True).click()
    question = opened.locator("#question")
    expect(question).to_contain_text("not saved")
    question.get_by_role("button", name="Cancel").click()
    expect(opened.locator("#drawer").get_by_label("Note", exact=True)).to_have_value("Half a thought")
    opened.get_by_role("button", name="Close", exact=True).click()
    question.get_by_role("button", name="Leave").click()
    expect(opened.locator("#drawer")).not_to_be_visible()


def test_only_own_notes_can_be_changed(page_of: PageOf) -> None:
    page = page_of("manager")
    open_drawer(page, CALL)
    theirs = page.locator("#drawer li.note", has_text="the bag was swapped")
    expect(theirs).to_be_visible()
    expect(theirs.locator(".note-actions")).to_have_count(0)


def test_everything_works_without_scripts(page_of: PageOf) -> None:
    page = page_of("operator", java_script_enabled=False)
    page.goto("/calls/")
    page.locator("#filter-words").fill("Friday")
    page.get_by_role("button", name="Apply").click()
    expect(page).to_have_url(re.compile(r"words=Friday"))
    row = page.locator(f'tr[data-row="{OTHER}"]')
    expect(page.locator("#listing tr[data-row]")).to_have_count(1)
    row.locator(".row-link").click()
    expect(page).to_have_url(f"/calls/{OTHER}")
    page.get_by_label("Note", exact=True).fill("Without scripts.")
    page.get_by_role("button", name="Add note").click()
    expect(page.get_by_role("status").filter(has_text="Note added.")).to_be_visible()
    note = page.locator("li.note", has_text="Without scripts.")
    note.get_by_role("link", name="Edit this note").click()
    page.get_by_label("Note", exact=True).fill("Still without.")
    page.get_by_role("button", name="Save note").click()
    note = page.locator("li.note", has_text="Still without.")
    note.get_by_role("button", name="Delete this note").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.locator("li.note", has_text="Still without.")).to_have_count(0)
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url("/login")
