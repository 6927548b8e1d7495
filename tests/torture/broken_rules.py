"""Rules broken one at a time, each in a copy of the checkout: the one test that guards it must turn red."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from certus_admin.config import CHECKOUT
from tests.torture.figures import Figure, Part, Report, counted

LINKED = (".venv", "node_modules")
LEFT_OUT = shutil.ignore_patterns(".git", "var", "__pycache__", ".*_cache", *LINKED)
SECONDS = 140
# Of pytest: everything passed, and something failed; any other code means that it could not be tried.
GREEN, RED = 0, 1


@dataclass(frozen=True)
class Rule:
    """`text` stands once in `path`; with `broken` in its place `test` fails."""

    name: str
    path: str
    text: str
    broken: str
    test: str

    def breaks(self, checkout: Path) -> None:
        """Break it there. Raises ValueError where the text does not stand exactly once."""
        file = checkout / self.path
        source = file.read_text(encoding="utf-8")
        if source.count(self.text) != 1:
            raise ValueError(f"{self.path} has {source.count(self.text)} times: {self.text}")
        file.write_text(source.replace(self.text, self.broken), encoding="utf-8")


RULES = (
    Rule(
        "a view asks with its reader's rights",
        "supabase/schema.sql",
        "internal_notes_v with (security_invoker = true)",
        "internal_notes_v with (security_invoker = false)",
        "tests/sql/test_rules.py::test_every_view_asks_as_its_reader_or_is_a_barrier",
    ),
    Rule(
        "a stale version is not saved",
        "supabase/schema.sql",
        "if new.version is distinct from old.version then",
        "if false then",
        "tests/sql/test_versions.py::test_a_stale_version_is_refused",
    ),
    Rule(
        "claims end with their transaction",
        "certus_admin/database.py",
        "set_config('request.jwt.claims', :claims, true)",
        "set_config('request.jwt.claims', :claims, false)",
        "tests/test_database.py::test_nothing_stays_in_the_connection_after_a",
    ),
    Rule(
        "database errors carry no values",
        "certus_admin/database.py",
        '"hide_parameters": True',
        '"hide_parameters": False',
        "tests/test_database.py::test_errors_do_not_carry_the_values_they_failed_on",
    ),
    Rule(
        "a statement ends when its time is over",
        "certus_admin/database.py",
        "for name, value in SERVER_SETTINGS.items())",
        'for name, value in SERVER_SETTINGS.items() if name != "statement_timeout")',
        "tests/test_time_limits.py::test_a_statement_ends_when_its_time_is_over",
    ),
    Rule(
        "an export has a time limit of its own",
        "certus_admin/queries/exports.py",
        'session.execute(SETTINGS, {"limit": TIME_LIMIT})',
        'session.execute(SETTINGS, {"limit": "0"})',
        "tests/test_time_limits.py::test_an_export_ends_when_its_own_time_is_over",
    ),
    Rule(
        "a worker takes no more requests than it has places",
        "certus_admin/admission.py",
        "if not self._found():",
        "if self._found() and False:",
        "tests/test_admission.py::test_who_finds_no_place_is_turned_away",
    ),
    Rule(
        "a form needs its token",
        "certus_admin/__init__.py",
        "    csrf.init_app(app)",
        '    app.config["WTF_CSRF_CHECK_DEFAULT"] = False\n    csrf.init_app(app)',
        "tests/test_sessions.py::test_signing_out_needs_a_post_with_the_forms_token",
    ),
    Rule(
        "redirects lead to our own pages only",
        "certus_admin/local_paths.py",
        'and "//" not in wanted.split("?")[0]',
        "",
        "tests/test_auth.py::test_only_pages_of_this_site_are_returned_to",
    ),
    Rule(
        "pages of the signed-in are stored nowhere",
        "certus_admin/security.py",
        'response.headers["Cache-Control"] = "no-store"',
        'response.headers["Cache-Control"] = "private"',
        "tests/test_security.py::test_pages_of_the_signed_in_are_stored_nowhere",
    ),
    Rule(
        "ten wrong passwords lock a person",
        "certus_admin/limits.py",
        'SIGN_IN_LIMIT = "10 per 5 minutes"',
        'SIGN_IN_LIMIT = "1000 per 5 minutes"',
        "tests/test_auth.py::test_ten_wrong_passwords_lock_a_person_and_say_until_when",
    ),
    Rule(
        "text in an export is no formula",
        "certus_admin/queries/export_columns.py",
        'case((looks, literal("\'") + column)',
        'case((looks, literal("") + column)',
        "tests/test_exports.py::test_text_that_would_be_a_formula_is_disarmed_and_nothing_else_changes",
    ),
    Rule(
        "a recording lies at a public web address",
        "certus_admin/recordings.py",
        'INTERNAL.search(found["host"]) is None',
        "bool(found)",
        "tests/test_call_secrets.py::test_no_other_address_is_followed",
    ),
)


def run(report: Report) -> Part:
    """The tests are green as they are; then each rule is broken, two at a time."""
    unbroken = _outcome([rule.test for rule in RULES])
    report(f"unbroken: {unbroken}")
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(_broken, RULES))
    figures = [
        Figure("the tests without a broken rule", "green", unbroken, unbroken == "green"),
        counted("rules whose breaking turns their test red", found.count("red"), len(RULES)),
    ]
    for rule, outcome in zip(RULES, found, strict=True):
        what = f"{rule.name}: `{rule.path}`, `{rule.test}`"
        figures.append(Figure(what, "red", outcome, outcome == "red"))
    return Part("Rules broken on purpose", tuple(figures), "Each in a copy of the checkout, with its test.")


def _broken(rule: Rule) -> str:
    try:
        return _outcome([rule.test], rule)
    except ValueError as fault:
        return f"not tried ({fault})"


def _outcome(tests: Sequence[str], rule: Rule | None = None) -> str:
    """`green`, `red`, or why neither is known, of tests in a copy of the checkout where `rule` is broken."""
    with tempfile.TemporaryDirectory(prefix="certus-broken-", ignore_cleanup_errors=True) as folder:
        copy = Path(folder) / "checkout"
        shutil.copytree(CHECKOUT, copy, ignore=LEFT_OUT)
        for name in LINKED:
            (copy / name).symlink_to((CHECKOUT / name).resolve())
        if rule is not None:
            rule.breaks(copy)
        environ = {name: value for name, value in os.environ.items() if not name.startswith("CERTUS_")}
        # One engine tells it; the suite asks the other one, too.
        pytest = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-k", "not debian"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        process = subprocess.Popen([*pytest, *tests], cwd=copy, env=environ, **quiet)
        try:
            code = process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)  # it stops its databases before it leaves
            process.wait()
            return f"not tried (pytest took longer than {SECONDS} s)"
    return {GREEN: "green", RED: "red"}.get(code, f"not tried (pytest ended with {code})")
