"""The promises of issue 5 that pages, rivals and building decide; parts bring their own."""

from collections.abc import Iterator

from benchmarks.pages import DEEP, FIRST
from benchmarks.report import Target
from benchmarks.results import Run, times

FASTER = {"Flask-Admin": 300, "Django admin": 1_000}
AT_SERVER = {"Drawer": 8.0, "Overview": 12.0, "Analytics, one year, one account": 25.0}


def targets(run: Run) -> Iterator[Target]:
    """Each promise beside what the run found. Whatever fails is named with its page and person."""
    lists = [timing for timing in run.large.timings if timing.page.startswith("Calls")]
    worst = max(lists, key=lambda timing: timing.median)
    slowest = f"{worst.median:.1f} ms ({worst.page}; {worst.person})"
    yield Target(
        "call list, every user, any filter, at the server", "under 10 ms", slowest, worst.median < 10
    )
    for rival, promised in FASTER.items():
        first = run.rival(rival)
        yield Target(
            f"call list, every user, any filter, against {rival}'s first page",
            f"{promised:,} times faster",
            "not measured" if first is None else f"{times(first / worst.median)} times at the slowest",
            None if first is None else first / worst.median >= promised,
        )
    both = run.small.by_key().keys() & run.large.by_key().keys()
    steepest = max(both, key=run.growth)
    yield Target(
        f"growth exponent from {run.small.calls:,} to {run.large.calls:,} calls, each page and user",
        "at most 0.1",
        f"{run.growth(steepest):.2f} at the most ({steepest[0]}; {steepest[1]})",
        run.growth(steepest) <= 0.1,
    )
    found = run.large.by_key()
    ratios = {person: found[DEEP, person].median / found[FIRST, person].median for person in run.large.depths}
    person = max(ratios, key=lambda name: ratios[name])
    yield Target(
        "100,000 rows deep against the first page",
        "at most 1.3 times",
        f"{ratios[person]:.2f} times at the most ({person}, {run.large.depths[person]:,} deep)",
        ratios[person] <= 1.3,
    )
    for page, promised_ms in AT_SERVER.items():
        slow = max((t for t in run.large.timings if t.page == page), key=lambda timing: timing.median)
        yield Target(
            f"{page} at the server",
            f"{promised_ms:.0f} ms",
            f"{slow.median:.1f} ms ({slow.person})",
            slow.median <= promised_ms,
        )
    rate = run.large.grown.calls_a_second
    yield Target(
        "seed bulk, all indexes and policies in place",
        "40,000 a second",
        f"{rate:,} a second",
        rate >= 40_000,
    )
    for table in run.large.parts:
        yield from table.targets
