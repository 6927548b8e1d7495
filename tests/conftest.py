"""The suite's plugins, one file a theme, what stays together, and the rule about skipping."""

import os
from collections.abc import Generator
from pathlib import Path

import pytest

pytest_plugins = sorted(
    f"tests.fixtures.{path.stem}" for path in (Path(__file__).parent / "fixtures").glob("[a-z]*.py")
)

BROWSER = Path(__file__).parent / "browser"
NOTHING_MAY_BE_SKIPPED = os.environ.get("CERTUS_NO_SKIPS") == "1"


@pytest.hookimpl(tryfirst=True)  # before xdist writes the groups into the tests' names
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say what stays in one process: a module, whose tests share a database, and all of the browser's.

    Two browsers beside two databases are more than two cores can draw in time.
    """
    for item in items:
        group = (
            "browser" if BROWSER in item.path.parents else item.path.relative_to(BROWSER.parent).as_posix()
        )
        item.add_marker(pytest.mark.xdist_group(group))


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """In continuous integration everything is there to test with: what skips has stopped testing."""
    if NOTHING_MAY_BE_SKIPPED and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = (
            f"{report.nodeid} was skipped, and CERTUS_NO_SKIPS says that nothing may be: {reason}"
        )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Judge each test's report."""
    report = yield
    _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Judge each module's report: a module may skip itself while it is read."""
    report = yield
    _refuse_skip(report)
    return report
