"""Analytics: who sees what, what is refused, and what the file is called."""

import pytest

from certus_admin.database import statement_count
from tests.analytics_pages import charts_on, ranking_on, words
from tests.fixtures.database import Database
from tests.fixtures.pages import ClientOf
from tests.fixtures.people import AsUser
from tests.made_calls import NOWHERE, SEAPORT, SOLES

MISSION = "10c00000-0000-7000-8000-0000000000b1"
JANUARY = "/analytics/?from=2026-01-01&to=2026-01-31"


def test_locations_are_ranked_as_asked(client_of: ClientOf) -> None:
    client = client_of("admin")
    counts = [int(cells[0]) for _, cells in ranking_on(client.get(JANUARY).text)]
    assert counts == sorted(counts, reverse=True)
    assert len(set(counts)) > 1
    names = [name for name, _ in ranking_on(client.get(f"{JANUARY}&sort=name").text)]
    assert names == sorted(names, key=str.casefold)
    rates = [cells[2] for _, cells in ranking_on(client.get(f"{JANUARY}&sort=missed&order=asc").text)]
    known = [rate for rate in rates if "%" in rate]
    assert known == sorted(known, key=lambda rate: float(rate.rstrip("%")))
    assert all("not known" in rate for rate in rates[len(known) :])


@pytest.mark.parametrize(
    "query",
    [
        "compare=never", "sort=luck", "order=up", "from=2026-02-30&to=2026-03-01", "day=2026-01-01",
        "period=x", "words=a",
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/analytics/", "/analytics/metrics.csv"])
def test_what_cannot_be_read_is_refused_by_name(client_of: ClientOf, path: str, query: str) -> None:
    answer = client_of("admin").get(f"{path}?{query}")
    assert answer.status_code == 400
    assert query.split("=")[0] in words(answer.text)


@pytest.mark.parametrize("path", ["/analytics/", "/analytics/metrics.csv"])
def test_places_out_of_reach_look_like_none(client_of: ClientOf, path: str) -> None:
    assert client_of("admin").get(f"{path}?location={MISSION}").status_code == 200
    for place in (f"location={MISSION}", f"location={NOWHERE}", f"account={SOLES}"):
        assert client_of("operator").get(f"{path}?{place}").status_code == 404


@pytest.mark.parametrize("person", ["admin", "manager", "operator", "operator.pier", "newcomer"])
def test_the_page_takes_few_statements_whatever_it_draws(client_of: ClientOf, person: str) -> None:
    client, seen = client_of(person), set()
    with client:
        for path in ("/analytics/?period=today&compare=none", "/analytics/?period=90d&compare=year", JANUARY):
            assert client.get(path).status_code == 200
            seen.add(statement_count())
    assert len(seen) == 1
    assert max(seen) <= 8


def test_changes_of_the_configuration_are_for_those_who_may_read_the_log(
    client_of: ClientOf, as_user: AsUser
) -> None:
    manager = as_user("manager")
    manager.execute(
        """update public.location_settings set extra_wait_seconds = 240, version = version
        where location_id = %s""",
        [SEAPORT],
    )
    manager.connection.commit()
    page = client_of("manager").get(f"/analytics/?location={SEAPORT}&period=7d").text
    assert "Location settings at Harbour & Vine Seaport" in words(page)
    assert sum(charts_on(page)["calls"]["changes"].values()) >= 1
    page = client_of("operator").get(f"/analytics/?location={SEAPORT}&period=7d").text
    assert "Configuration changes" not in page
    assert charts_on(page)["calls"]["changes"] == {}


def test_the_file_says_whose_numbers_and_which_dates_it_holds(
    client_of: ClientOf, database: Database
) -> None:
    client = client_of("admin")
    with database.owner() as owner:  # the file's name says more where the numbers are not fresh
        owner.execute("update private.metrics_refreshes set started_at = now(), finished_at = now()")
    names = {
        f"location={SEAPORT}": "metrics-harbour-vine-seaport-2026-01-01-to-2026-01-31-America-New_York.csv",
        f"account={SOLES}": "metrics-tres-soles-2026-01-01-to-2026-01-31-local-dates.csv",
        "": "metrics-all-locations-2026-01-01-to-2026-01-31-local-dates.csv",
    }
    for query, name in names.items():
        answer = client.get(f"/analytics/metrics.csv?from=2026-01-01&to=2026-01-31&{query}".rstrip("&"))
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
        count = int(answer.headers["X-Row-Count"])
        answer.close()
        with database.owner() as owner:
            line = owner.execute(
                "select after from public.audit_log where action = 'export' order by at desc limit 1"
            ).fetchone()
        assert line is not None
        assert line.after["rows"] == count
