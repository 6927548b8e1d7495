"""The suite's plugins, one file a theme, what stays together, and the rule about skipping."""

import os
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

pytest_plugins = sorted(
    f"tests.fixtures.{path.stem}" for path in (Path(__file__).parent / "fixtures").glob("[a-z]*.py")
)

NOTHING_MAY_BE_SKIPPED = os.environ.get("CERTUS_NO_SKIPS") == "1"


class Together(LoadScopeScheduling):
    """What stays in one process: a module, whose tests share a database, and all of the browser's.

    Two browsers beside two databases are more than two cores can draw in time.
    """

    def _split_scope(self, nodeid: str) -> str:
        return "browser" if nodeid.startswith("tests/browser/") else nodeid.partition("::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together:
    """Deal the tests out by what stays together."""
    return Together(config, log)


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
