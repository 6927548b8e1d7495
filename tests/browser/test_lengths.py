"""Compression as a browser sees it: its own requests, and those that another site makes it send."""

from playwright.sync_api import Page, Response, expect

from tests.fixtures.pages import LiveServer, PageOf

ELSEWHERE = "http://elsewhere.test/"


def answer_of(page: Page, url: str) -> Response:
    """The calls, reached by the link on the page before the browser."""
    with page.expect_response(url) as answered:
        page.locator('a[href$="/calls/"]').first.click()
    expect(page.get_by_role("heading", name="Calls", level=1)).to_be_visible()
    return answered.value


def test_a_link_of_ours_is_answered_compressed_and_one_of_another_site_is_not(
    page_of: PageOf, live_server: LiveServer
) -> None:
    page = page_of("operator")
    calls = f"{live_server.url}/calls/"
    page.goto("/")
    assert answer_of(page, calls).all_headers()["content-encoding"] in ("zstd", "br", "gzip")
    link = f'<link rel="icon" href="data:,"><a href="{calls}">Calls</a>'
    page.route(f"{ELSEWHERE}**", lambda route: route.fulfill(body=link, content_type="text/html"))
    page.goto(ELSEWHERE)
    assert "content-encoding" not in answer_of(page, calls).all_headers()
