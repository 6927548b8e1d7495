"""`make bench` where nothing is slow: its parts run, and its report is written. No timing is judged."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from benchmarks import markdown
from benchmarks.__main__ import all_tables, drawn
from benchmarks.building import Grown
from benchmarks.machine import describe
from benchmarks.pages import DEEP, FIRST, time_pages
from benchmarks.report import Table, Target, exponent
from benchmarks.results import Measured, Run
from benchmarks.rivals import PAGES, RIVALS
from benchmarks.targets import targets
from benchmarks.timing import Answer, Timing, time_page
from certus_admin.config import Config
from certus_admin.database import db
from seeds.bulk import load_bulk
from seeds.bulk_people import BULK_PEOPLE
from tests.fixtures.database import Cluster, Database
from wsgi import create_app


@pytest.fixture(scope="module")
def measured(database: Database, cluster: Cluster, config: Config) -> Measured:
    """Our pages over a few thousand calls, each asked twice."""
    load_bulk(database.owner_url, 4_000, 20, 1, share=False, people=True)
    app = create_app(config)
    said: list[str] = []
    timings, depths = time_pages(app, database.owner_url, 2, cluster.server.pid, said.append)
    with app.app_context():
        db.engine.dispose()
    assert len(said) == len(BULK_PEOPLE)
    part = Table("A part", ("what",), (("3 | 4",),), figures={"what it costs": 4.0}, targets=(MISSED,))
    return Measured(4_000, Grown(4_000, "Loaded", 1_000, 4.0), tuple(timings), depths, {}, (part,))


MISSED = Target("what a part promises", "at most 3", "4", False)


def stand_in(name: str) -> list[Timing]:
    """A rival whose pages took 100 ms."""
    return [Timing(page, name, 3, 90.0, 100.0, 110.0, 95.0, 5, 1_000) for page in PAGES]


def test_every_page_is_asked_for_everybody_who_may_open_it(measured: Measured) -> None:
    asked = {(timing.page, timing.person) for timing in measured.timings}
    assert {person for page, person in asked if page == FIRST} == {person.key for person in BULK_PEOPLE}
    assert {person for page, person in asked if page == "Audit log"} == {"admin", "manager", "portfolio"}
    assert set(measured.depths) == {"admin", "manager", "three", "portfolio"}
    assert all(timing.runs == 2 and timing.size > 0 and timing.statements > 0 for timing in measured.timings)


def test_the_report_has_every_promise_and_what_grew(measured: Measured, database: Database) -> None:
    rivals = {name: stand_in(name) for name in RIVALS}
    small = replace(measured, calls=400, rivals=rivals)
    run = Run(small, replace(measured, rivals=rivals))
    text = markdown.page(describe(database.owner_url), targets(run), all_tables(run))
    assert "| what a part promises | at most 3 | 4 | **not reached** |" in text
    assert "| 3 \\| 4 |" in text
    assert "| what it costs | 4.0 | 4.0 | 0.00 |" in text
    for name in RIVALS:
        assert text.count(f"against {name}'s first page") == 1
    assert f"| {DEEP} | admin |" in text
    assert all(drawn(table).row_count == len(table.rows) for table in all_tables(run))


def test_rivals_that_were_left_out_are_said_to_be(measured: Measured) -> None:
    text = markdown.page({}, targets(Run(replace(measured, calls=400), measured)), [])
    assert text.count("| not measured | not measured |") == 2


def test_a_slow_page_is_asked_less_often(cluster: Cluster) -> None:
    asked: list[Mapping[str, str]] = []

    def ask() -> Answer:
        asked.append({})
        return Answer(1, 10)

    timing = time_page("slow", "somebody", ask, 30, 0, cluster.server.pid)
    assert (timing.runs, len(asked)) == (3, 4)


def test_an_exponent_is_one_for_what_grows_in_step() -> None:
    assert exponent(2, 20, 10) == pytest.approx(1)
    assert exponent(3, 3, 10) == 0
