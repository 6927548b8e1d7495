"""`python -m benchmarks.browser`: when pages appear in a slow browser, and what they make it fetch.

Chromium behind 1.6 Mbit/s and 150 ms a round trip, on a processor four times slower than this one, asks
gunicorn with the demo and CALLS bulk calls (default 100,000) on an embedded database of its own; medians of
RUNS (default 5). Cold: nothing is cached. Warm: the page was there before, so its assets are.
"""

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, sync_playwright
from rich.console import Console
from rich.table import Table

from certus_admin import embedded
from certus_admin.config import CHECKOUT
from certus_admin.embedded_identity import free_port

CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
NETWORK = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 95_000}
SLOWER = 4
PEOPLE = ("operator", "manager", "admin")
PAGES = {"Call list": "/calls/", "Overview": "/", "Analytics": "/analytics/"}
KINDS = ("Document", "Stylesheet", "Script", "other")
# A browser counts no larger paint where the first one is the largest.
PAINTS = """async () => {
    const first = performance.getEntriesByName('first-contentful-paint')[0].startTime;
    const larger = new Promise(answer => new PerformanceObserver(
        list => answer(list.getEntries().at(-1).startTime),
    ).observe({ type: 'largest-contentful-paint', buffered: true }));
    const none = new Promise(answer => setTimeout(() => answer(first), 1000));
    return [first, await Promise.race([larger, none])];
}"""


@dataclass(frozen=True)
class Visit:
    """Milliseconds until the first and the largest content is painted; bytes as sent, by KINDS."""

    first: float
    largest: float
    requests: int
    sent: Counter[str]


@dataclass(frozen=True)
class Seen:
    """A page for one person: the medians of its visits."""

    page: str
    person: str
    cache: str
    visit: Visit


def main() -> None:
    """Build the data, serve it, visit, print, and leave nothing behind."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    calls, runs = int(os.environ.get("CALLS", "100000")), int(os.environ.get("RUNS", "5"))
    with served(calls) as url:
        seen = visit_pages(url, runs)
    Console(width=130).print(as_table(seen, calls, runs))


def visit_pages(url: str, runs: int) -> list[Seen]:
    """Every page for every person, cold and warm, `runs` times each; `url` serves the demo's people."""
    seen = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for person in PEOPLE:
            session = signed_in(browser, url, person)
            for page, path in PAGES.items():
                cold, warm = [], []
                for _ in range(runs):
                    context = browser.new_context(storage_state=session)
                    cold.append(visit(context, url + path))
                    warm.append(visit(context, url + path))
                    context.close()
                seen += [
                    Seen(page, person, cache, median(visits))
                    for cache, visits in (("cold", cold), ("warm", warm))
                ]
        browser.close()
    return seen


def signed_in(browser: Browser, url: str, person: str) -> Any:
    """The cookies of one of the demo's people."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{url}/login")
    page.get_by_label("Email").fill(f"{person}@certus.example")
    page.get_by_label("Password").fill("certus-demo")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda address: "/login" not in address)
    state = context.storage_state()
    context.close()
    return state


def visit(context: BrowserContext, url: str) -> Visit:
    """Open `url` in a new tab, slowly, and wait until nothing more comes."""
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    kinds: dict[str, str] = {}
    sent: Counter[str] = Counter()
    asked: Counter[str] = Counter()

    def note_kind(event: dict[str, Any]) -> None:
        kinds[event["requestId"]] = event["type"] if event["type"] in KINDS else "other"

    def note_bytes(event: dict[str, Any]) -> None:
        size = event["encodedDataLength"]
        if size and event["requestId"] in kinds:
            sent[kinds[event["requestId"]]] += int(size)
            asked["requests"] += 1

    devtools.on("Network.responseReceived", note_kind)
    devtools.on("Network.loadingFinished", note_bytes)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", NETWORK)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(url, wait_until="networkidle")
    first, largest = page.evaluate(PAINTS)
    page.close()
    return Visit(first, largest, asked["requests"], sent)


def median(visits: list[Visit]) -> Visit:
    """The middle of each figure."""
    return Visit(
        statistics.median(visit.first for visit in visits),
        statistics.median(visit.largest for visit in visits),
        round(statistics.median(visit.requests for visit in visits)),
        Counter({kind: round(statistics.median(visit.sent[kind] for visit in visits)) for kind in KINDS}),
    )


@contextmanager
def served(calls: int) -> Iterator[str]:
    """The address of a back office of its own, with the demo and `calls` bulk calls."""
    with tempfile.TemporaryDirectory(prefix="certus-browser-") as folder:
        port = free_port()
        environ = os.environ | {
            "CERTUS_VAR": folder,
            "CERTUS_LOG_LEVEL": "WARNING",
            "CERTUS_METRICS_PORT": "0",
            "CERTUS_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "PORT": str(port),
        }
        for name in ("CERTUS_DATABASE_URL", "CERTUS_OWNER_DATABASE_URL"):
            environ.pop(name, None)
        server = embedded.start(Path(folder))
        try:
            for command in (
                ["db", "apply"],
                ["seed", "demo"],
                ["seed", "bulk", "--calls", str(calls), "--share"],
            ):
                run = [sys.executable, "-m", "flask", "--app", "wsgi", *command]
                subprocess.run(run, cwd=CHECKOUT, env=environ, check=True)
            gunicorn = [sys.executable, "-m", "gunicorn", "--no-control-socket", "wsgi:create_app()"]
            web = subprocess.Popen(gunicorn, cwd=CHECKOUT, env=environ)
            try:
                wait_for(f"http://127.0.0.1:{port}/healthz")
                yield f"http://127.0.0.1:{port}"
            finally:
                web.terminate()
                web.wait()
        finally:
            server.stop()


def wait_for(url: str, seconds: int = 60) -> None:
    """Wait until `url` answers, whatever it says. Raises TimeoutError."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - our own address, on loopback
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(f"{url} does not answer")


def as_table(seen: list[Seen], calls: int, runs: int) -> Table:
    """One row a page, person and cache; milliseconds and kB."""
    table = Table(
        title=f"{calls:,} bulk calls beside the demo, medians of {runs}: "
        f"1.6 Mbit/s, 150 ms, processor {SLOWER} times slower; ms and kB as sent"
    )
    for column in ("page", "person", "cache"):
        table.add_column(column)
    for column in ("first paint", "largest paint", "requests", "HTML", "CSS", "JS", "icons"):
        table.add_column(column, justify="right")
    for each in seen:
        table.add_row(
            each.page,
            each.person,
            each.cache,
            f"{each.visit.first:,.0f}",
            f"{each.visit.largest:,.0f}",
            str(each.visit.requests),
            *(f"{each.visit.sent[kind] / 1000:.1f}" for kind in KINDS),
            end_section=each.cache == "warm" and each.page == "Analytics",
        )
    return table


if __name__ == "__main__":
    main()
