"""No page, drawer or dialog breaks a rule of axe, light or dark, wide or on a phone, or scrolls sideways."""

from collections.abc import Callable
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.fixtures.pages import PHONE, WIDE, PageOf

CALL = "ca110000-0000-7000-8000-000000000001"
NOTE = "007e0000-0000-7000-8000-000000000001"
RULES: dict[Literal["light", "dark"], tuple[str, ...]] = {
    "light": (),
    "dark": ("color-contrast", "link-in-text-block"),
}
SIZES = {"wide": WIDE, "phone": PHONE}
SEED_DAYS = "from=2026-01-01&to=2026-01-31"
PAGES = (
    "/",
    "/?from=2026-01-01&to=2026-01-31",
    "/?from=2010-01-01&to=2010-01-02",
    "/calls/",
    f"/calls/?{SEED_DAYS}&status=completed&status=missed&duration=over_5m&review=yes",
    "/calls/?words=zebra",
    f"/calls/{CALL}",
    f"/calls/{CALL}/notes/{NOTE}/edit",
    f"/calls/{CALL}/notes/{NOTE}/delete",
    "/orders/",
    "/reservations/",
    "/notes/",
    f"/notes/details/?id={NOTE}",
    f"/notes/edit/?id={NOTE}",
    f"/notes/delete/?id={NOTE}",
    "/account/password",
)
SETTING = "/settings/routing/a0000000-0000-7000-8000-00000000000a"
OPERATOR = "/people/05e00000-0000-7000-8000-000000000003/"
KEY = "/api-keys/a9140000-0000-7000-8000-000000000001"
ERRORS = ("/nowhere", "/calls/?status=nonsense")
# Who looks at which pages, in parts that take about as long; an admin's calls show what several accounts add.
PARTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "calls": ("operator", PAGES),
    "several accounts": ("admin", ("/", "/calls/", "/orders/", "/reservations/", "/health/", *ERRORS)),
    "audit and settings": ("admin", (
        "/audit/", "/audit/?table=settings&action=insert", "/audit/?to=2001-01-01", "/settings/",
        "/settings/new", SETTING, f"{SETTING}/delete", f"{SETTING}/history",
    )),
    "keys and people": ("admin", (
        "/api-keys/", "/api-keys/?state=double", "/api-keys/new", KEY, f"{KEY}/rotate", f"{KEY}/revoke",
        "/people/", "/people/invite", OPERATOR, f"{OPERATOR}sees",
    )),
}  # fmt: skip


def open_call(page: Page) -> None:
    page.goto(f"/calls/?{SEED_DAYS}")
    page.locator(f'tr[data-row="{CALL}"] .row-link').click()
    expect(page.locator(f'#drawer[open] [data-call="{CALL}"]')).to_be_visible()


def reveal(page: Page) -> None:
    open_call(page)
    page.locator("#drawer #call-caller summary").click()
    expect(page.get_by_label("Why do you need the number?")).to_be_visible()


def edit_note(page: Page) -> None:
    open_call(page)
    page.locator(f"#note-{NOTE}").get_by_role("link", name="Edit this note").click()
    expect(page.locator("#drawer .note-editing")).to_be_visible()


def delete_note(page: Page) -> None:
    open_call(page)
    page.locator(f"#note-{NOTE}").get_by_role("button", name="Delete this note").click()
    expect(page.locator("#question")).to_be_visible()


def name_somebody(page: Page) -> None:
    open_call(page)
    page.locator("#drawer").get_by_label("Note", exact=True).press_sequentially("@a")
    expect(page.get_by_role("listbox")).to_be_visible()


def help_with_keys(page: Page) -> None:
    page.goto("/calls/")
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()


def choose_filters(page: Page) -> None:
    page.goto("/calls/")
    opener = page.locator(".filters-open")
    if opener.is_visible():
        opener.click()
    page.locator("#filters summary", has_text="More filters").click()
    page.locator("#filter-status").click()
    expect(page.locator("#filters").get_by_label("Missed", exact=True)).to_be_visible()


DIALOGS: tuple[Callable[[Page], None], ...] = (
    open_call, reveal, edit_note, delete_note, name_somebody, help_with_keys, choose_filters,
)  # fmt: skip


# A change on its way has colours of its own: wait until it is drawn, then until everything has arrived. The
# wait has an end of its own: a page that is not drawn gets no frames and finishes nothing.
STAND_STILL = """() => Promise.race([
    new Promise(resolve => setTimeout(resolve, 5000)),
    (async () => {
        for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
        await Promise.allSettled(document.getAnimations().map(animation => animation.finished));
    })(),
])"""


def violations(page: Page, *rules: str) -> list[str]:
    """What axe finds by these rules, or by all, in a line each: the rule, and where."""
    page.evaluate(STAND_STILL)
    options = {"runOnly": list(rules)} if rules else None
    found: list[dict[str, Any]] = Axe().run(page, options=options).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for rule in found
        for node in rule["nodes"]
    ]


def too_wide(page: Page) -> bool:
    """Does the page scroll sideways?"""
    wide: bool = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return wide


def faults_in(page: Page) -> list[str]:
    """What is wrong with a page as it stands: by every rule in light, by those about colours in dark, too."""
    found = ["scrolls sideways"] if too_wide(page) else []
    for scheme, rules in RULES.items():
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        expect(page.locator("html")).to_have_attribute("data-bs-theme", scheme)
        found += [f"{scheme}: {fault}" for fault in violations(page, *rules)]
    return found


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("part", PARTS)
def test_every_page_is_accessible_and_fits(
    page_of: PageOf, part: str, size: str, page_faults: list[str]
) -> None:
    person, paths = PARTS[part]
    page = page_of(person, viewport=SIZES[size])
    found = {}
    for path in paths:
        page.goto(path)
        found[path] = faults_in(page)
    assert {path: faults for path, faults in found.items() if faults} == {}
    # A page that is not there is a fault in the browser's eyes.
    assert len(page_faults) == len(set(ERRORS) & set(paths))
    page_faults.clear()


@pytest.mark.parametrize("size", SIZES)
def test_every_dialog_is_accessible_and_fits(page_of: PageOf, size: str) -> None:
    page = page_of("operator", viewport=SIZES[size])
    page.on("dialog", lambda dialog: dialog.accept())
    found = {}
    for opening in DIALOGS:
        opening(page)
        found[opening.__name__] = faults_in(page)
    assert {name: faults for name, faults in found.items() if faults} == {}


@pytest.mark.parametrize("size", SIZES)
def test_the_sign_in_page_is_accessible(page_of: PageOf, size: str) -> None:
    page = page_of(viewport=SIZES[size])
    page.goto("/login")
    assert faults_in(page) == []
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".field-error").first).to_be_visible()
    assert faults_in(page) == []


def test_axe_and_the_width_find_faults(page: Page) -> None:
    page.goto("/login")
    page.evaluate(
        """() => { const image = document.createElement("img"); image.src = "/static/img/mark.svg";
        image.style.minWidth = "5000px"; document.body.append(image); }"""
    )
    assert "image-alt" in " ".join(violations(page))
    assert too_wide(page)
