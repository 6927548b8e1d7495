"""A second click on a button whose form is on its way sends nothing."""

import re

from playwright.sync_api import Request, Route, expect

from tests.fixtures.database import Database
from tests.fixtures.pages import PageOf

FILED = re.compile(r"/knowledge/new$")


def test_a_second_click_while_the_form_is_on_its_way_sends_nothing(
    page_of: PageOf, database: Database
) -> None:
    page = page_of("manager")
    page.goto("/knowledge/new")
    page.get_by_label("Title").fill("Clicked twice")
    page.get_by_label("What the AI should know").fill("Once is enough.")
    held: list[Route] = []
    sent: list[Request] = []
    page.route(FILED, lambda route: held.append(route))
    page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    box = page.get_by_role("button", name="File request").bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    with page.expect_request(FILED):
        page.mouse.click(*middle)
    page.mouse.click(*middle)
    held[0].continue_()
    expect(page.get_by_text("Request filed. An admin decides about it.")).to_be_visible()
    assert len(sent) == 1
    with database.owner() as owner:
        owner.execute(
            "delete from public.knowledge_update_requests where payload ->> 'title' = 'Clicked twice'"
        )
