"""`make screenshots`: every page for every role, light and dark, wide and phone, into screenshots/.

The pages stand on the demo's data in a temporary embedded database, as a newcomer sees them.
"""

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from certus_admin import embedded
from certus_admin.config import CHECKOUT, Config
from certus_admin.embedded_identity import free_port
from tests.fixtures.pages import CHROMIUM, CHROMIUM_FLAGS, PHONE, WIDE, sign_in
from wsgi import create_app

FOLDER = CHECKOUT / "screenshots"
PEOPLE = ("operator", "manager", "admin")
SCHEMES = ("light", "dark")
SIZES = {"wide": WIDE, "phone": PHONE}
HARBOUR = "/configuration/a0000000-0000-7000-8000-00000000000a/"
SEAPORT = f"{HARBOUR}10c00000-0000-7000-8000-0000000000a1/"
PAGES = {
    "overview": "/",
    "overview-90-days": "/?period=90d",
    "overview-nothing": "/?from=2010-01-01&to=2010-01-02",
    "calls": "/calls/",
    "calls-filtered": "/calls/?status=completed&status=transferred&review=yes&duration=2m_to_5m",
    "calls-nothing-matches": "/calls/?words=zebra",
    "orders": "/orders/",
    "reservations": "/reservations/",
    "notes": "/notes/",
    "analytics": "/analytics/",
    "analytics-year": "/analytics/?period=90d&compare=year",
    "knowledge": "/knowledge/",
    "knowledge-failed": "/knowledge/?status=failed",
    "knowledge-new": "/knowledge/new",
    "knowledge-request": "/knowledge/4e000000-0000-7000-8000-000000000001",
    "configuration": "/configuration/",
    "configuration-hours": SEAPORT,
    "configuration-exceptions": f"{SEAPORT}exceptions",
    "configuration-new-exceptions": f"{HARBOUR}exceptions/new",
    "configuration-busy": f"{SEAPORT}busy",
    "error-400": "/calls/?status=nonsense",
    "error-404": "/nowhere",
}
# What moves has arrived, and charts have found their size.
STAND_STILL = """async () => {
    const fits = canvas => Math.abs(canvas.clientWidth - canvas.parentElement.clientWidth) <= 1;
    const charts = [...document.querySelectorAll("canvas")];
    for (let frame = 0; frame < 2 || (frame < 120 && !charts.every(fits)); frame++)
        await new Promise(requestAnimationFrame);
    await Promise.allSettled(document.getAnimations().map(animation => animation.finished));
}"""
# Lists whose first call is opened, in the drawer and as a page.
CALLS = {
    "order": "/calls/?has_order=yes",
    "order-review": "/calls/?has_order=yes&review=yes",
    "reservation": "/calls/?has_reservation=yes",
    "missed": "/calls/?status=missed",
}


Draw = Callable[..., None]


def main() -> None:
    """Build the demo, serve it on loopback, and draw."""
    FOLDER.mkdir(exist_ok=True)
    folder = tempfile.TemporaryDirectory(prefix="certus-screenshots-")
    with folder as var, demo(Path(var)) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        for scheme in SCHEMES:
            for size in SIZES:
                draw_stranger(browser, url, scheme, size)
                for person in PEOPLE:
                    draw_person(browser, url, person, scheme, size)
        browser.close()
    click.echo(f"{len(list(FOLDER.glob('*.png')))} pictures in {FOLDER.name}/")


@contextmanager
def demo(var: Path) -> Iterator[str]:
    """The application over a fresh demo; gives its address and takes everything down again."""
    port = free_port()
    environ = os.environ | {"CERTUS_VAR": str(var), "PORT": str(port), "CERTUS_LOG_LEVEL": "ERROR"}
    for name in ("CERTUS_DATABASE_URL", "CERTUS_OWNER_DATABASE_URL", "CERTUS_PUBLIC_URL"):
        environ.pop(name, None)
    database = embedded.start(var)
    try:
        for command in (["db", "apply"], ["seed", "demo"]):
            flask = [sys.executable, "-m", "flask", "--app", "wsgi", *command]
            subprocess.run(flask, cwd=CHECKOUT, env=environ, check=True)
        server = make_server("127.0.0.1", port, create_app(Config.from_environment(environ)), threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.shutdown()
            thread.join()
    finally:
        database.stop()


def draw_stranger(browser: Browser, url: str, scheme: str, size: str) -> None:
    """What somebody sees who has not signed in, or mistyped."""
    context = new_context(browser, url, scheme, size)
    page = context.new_page()
    page.goto("/login")
    shoot(page, "login", "stranger", scheme, size)
    page.get_by_label("Email").fill("operator@certus.example")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("alert").wait_for()
    shoot(page, "login-refused", "stranger", scheme, size)
    context.close()


def draw_person(browser: Browser, url: str, person: str, scheme: str, size: str) -> None:
    """Every page of one person."""
    context = new_context(browser, url, scheme, size)
    page = context.new_page()
    sign_in(page, person)

    def draw(name: str, *, whole: bool = True) -> None:
        shoot(page, name, person, scheme, size, whole=whole)

    for name, path in PAGES.items():
        page.goto(path)
        draw(name)
    draw_calls(page, draw)
    draw_dialogs(page, draw)
    draw_notes(page, draw)
    context.close()


def draw_calls(page: Page, draw: Draw) -> None:
    """Calls of each kind, in the drawer, at its end, and as pages."""
    for name, path in CALLS.items():
        page.goto(path)
        open_first(page)
        draw(f"drawer-{name}", whole=False)
        page.locator("#drawer-body").evaluate("body => body.scrollTo(0, body.scrollHeight)")
        draw(f"drawer-{name}-end", whole=False)
        page.goto(page.url)
        draw(f"call-{name}")


def draw_dialogs(page: Page, draw: Draw) -> None:
    """What opens over a page."""
    page.goto(CALLS["order"])
    open_first(page)
    page.locator("#drawer #call-caller summary").click()
    draw("reveal", whole=False)
    page.locator("#drawer").get_by_role("button", name="Show the number").click()
    page.locator("#drawer .field-error").wait_for()
    draw("reveal-refused", whole=False)
    note = page.locator("#drawer").get_by_label("Note", exact=True)
    note.press_sequentially("Please look, @a")
    page.get_by_role("listbox").wait_for()
    note.scroll_into_view_if_needed()
    draw("mention", whole=False)
    page.goto("/calls/")
    page.keyboard.press("?")
    draw("keyboard-help", whole=False)
    page.keyboard.press("Escape")
    opener = page.locator(".filters-open")
    if opener.is_visible():
        opener.click()
    page.locator("#filters summary", has_text="More filters").click()
    page.locator("#filter-status").click()
    draw("filters", whole=False)
    menu = page.get_by_role("button", name="Menu", exact=True)
    if menu.is_visible():
        page.goto("/calls/")
        menu.click()
        draw("menu", whole=False)


def draw_notes(page: Page, draw: Draw) -> None:
    """Editing and deleting a note: in the drawer, and the pages for browsers without scripts."""
    page.goto(CALLS["order"])
    open_first(page)
    drawer = page.locator("#drawer")
    drawer.get_by_label("Note", exact=True).fill("The guest asked for **window seats**, see @Operator.")
    drawer.get_by_role("button", name="Add note").click()
    note = drawer.locator("li.note").last
    note.get_by_role("link", name="Edit this note").click()
    edit = drawer.locator(".note-editing form")
    edit.wait_for()
    draw("note-editing", whole=False)
    address = edit.get_attribute("action") or ""
    edit.get_by_role("link", name="Cancel").click()
    note.get_by_role("button", name="Delete this note").click()
    page.locator("#question").wait_for()
    draw("note-question", whole=False)
    note_id = address.split("/")[-2]
    for name, path in {
        "note-edit-page": address,
        "note-delete-page": address.replace("/edit", "/delete"),
        "note-details": f"/notes/details/?id={note_id}",
        "note-edit": f"/notes/edit/?id={note_id}",
        "note-delete": f"/notes/delete/?id={note_id}",
    }.items():
        page.goto(path)
        draw(name)
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("heading", name="Notes", exact=True).wait_for()


def open_first(page: Page) -> None:
    """The list's first call, in the drawer."""
    page.locator("#listing .row-link").first.click()
    page.locator("#drawer[open] [data-drawer-title]").wait_for()


def new_context(browser: Browser, url: str, scheme: str, size: str) -> BrowserContext:
    """A browser of its own, in one colour scheme and size."""
    return browser.new_context(
        base_url=url,
        viewport=SIZES[size],
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )


def shoot(page: Page, name: str, person: str, scheme: str, size: str, *, whole: bool = True) -> None:
    """One picture; `whole` pages are drawn to their end, drawers as the window shows them."""
    window = SIZES[size]
    if whole:
        # A window as tall as the page: a picture taken beyond the window's edge stretches the charts.
        height = int(page.evaluate("document.documentElement.scrollHeight"))
        page.set_viewport_size({"width": window["width"], "height": max(height, window["height"])})
    page.evaluate(STAND_STILL)
    page.screenshot(path=FOLDER / f"{name}-{person}-{scheme}-{size}.png")
    page.set_viewport_size({"width": window["width"], "height": window["height"]})


if __name__ == "__main__":
    main()
