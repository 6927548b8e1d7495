"""A browser that stops answering ends the wait, not the suite."""

import threading

import pytest
from playwright.sync_api import Error

from tests.fixtures.pages import Browsers, PageOf


def test_who_waits_for_a_stalled_browser_gets_an_error_and_the_next_a_new_one(
    browsers: Browsers, page_of: PageOf
) -> None:
    page = page_of()
    watchdog = threading.Timer(0.2, browsers.end)
    watchdog.start()
    with pytest.raises(Error, match="closed"):
        page.evaluate("new Promise(() => {})")
    watchdog.join()
    assert browsers.get().new_context().new_page().evaluate("6 * 7") == 42
