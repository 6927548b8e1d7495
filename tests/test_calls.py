"""Call Logs: each filter, alone and in pairs, against SQL written here; and the tiles' lists."""

import re
from itertools import combinations

import pytest
from playwright.sync_api import expect

from tests.fixtures.database import Database
from tests.fixtures.pages import ClientOf, PageOf
from tests.fixtures.people import Actor, AsUser
from tests.made_calls import HARBOUR, SEAPORT, count_on, ids_on, make_calls, read_list, texts

# What the filter says, and the same in SQL over calls_v.
FILTERS = {
    "call_type=order": "call_type = 'order'",
    "call_type=order&call_type=other": "call_type in ('order', 'other')",
    "status=missed": "status = 'missed'",
    "status=completed&status=failed&status=unknown": "status in ('completed', 'failed', 'unknown')",
    "duration=under_30s": "duration_seconds < 30",
    "duration=30s_to_2m": "duration_seconds >= 30 and duration_seconds < 120",
    "duration=2m_to_5m": "duration_seconds >= 120 and duration_seconds < 300",
    "duration=over_5m": "duration_seconds >= 300",
    "direction=outbound": "direction = 'outbound'",
    "has_order=yes": "id in (select call_id from orders_v)",
    "has_order=no": "id not in (select call_id from orders_v where call_id is not null)",
    "has_reservation=yes": "id in (select call_id from reservations_v)",
    "review=yes": "cardinality(review_reasons) > 0",
    "review=no": "cardinality(review_reasons) = 0",
    "digits=11": "caller_masked like '%%11'",
    "digits=185": "caller_masked like '%%185'",
    "digits=0148": "caller_masked like '%%0148'",
    "words=lobster": "summary_md ilike '%%lobster%%'",
    'words="lobster bisque" -table': "false",
    f"account={HARBOUR}": f"account_id = '{HARBOUR}'",
    f"location={SEAPORT}": f"location_id = '{SEAPORT}'",
    "period=today": "local_date = (now() at time zone timezone)::date",
    "period=yesterday": "local_date = (now() at time zone timezone)::date - 1",
    "period=7d": "local_date > (now() at time zone timezone)::date - 7",
    "from=2026-01-15": "(started_at at time zone timezone)::date >= '2026-01-15'",
    "to=2026-01-14": "(started_at at time zone timezone)::date <= '2026-01-14'",
    "from=2026-01-14&to=2026-01-14": "(started_at at time zone timezone)::date = '2026-01-14'",
}
BAD = {
    "status": ["nonsense", "missed'", "MISSED"],
    "call_type": ["pizza"],
    "duration": ["60"],
    "direction": ["sideways"],
    "has_order": ["true", "1"],
    "review": ["maybe"],
    "digits": ["1", "12345", "ab", "%25%25", "١٢٣"],
    "words": ["a%00b", "x" * 201],
    "location": ["1", "10c00000-0000-7000-8000-0000000000", "{10c00000-0000-7000-8000-0000000000a1}"],
    "account": ["harbour"],
    "period": ["8d", "30"],
    "from": ["yesterday", "2026-02-30", "0001-01-01", "9999-12-31", "2026-1-1x"],
    "to": ["01/02/2026", "99999-01-01"],
    "stauts": ["missed"],
    "page": ["2"],
}


@pytest.fixture(scope="module", autouse=True)
def many_calls(database: Database) -> None:
    """Calls of every kind at every location."""
    make_calls(database, "calls ", 24)


def names_of(query: str) -> set[str]:
    """The filters in a query string; days and periods stand for each other."""
    names = {part.split("=")[0] for part in query.split("&")}
    return names | {"period"} if names & {"from", "to"} else names


def wanted_ids(person: Actor, *conditions: str) -> list[str]:
    """The ids that SQL gives for the conditions."""
    where = " and ".join(f"({condition})" for condition in conditions) or "true"
    return texts(person.rows(f"select id from calls_v where {where} order by started_at desc, id desc", []))


@pytest.mark.parametrize("query", FILTERS)
def test_a_filter_gives_exactly_its_rows(query: str, client_of: ClientOf, as_user: AsUser) -> None:
    for who in ("admin", "manager", "operator"):
        client = client_of(who)
        wanted = wanted_ids(as_user(who), FILTERS[query])
        assert read_list(client, f"/calls/?{query}") == wanted, who
        if "from" in query or "period" in query:
            assert count_on(client.get(f"/calls/?{query}").text) == f"{len(wanted):,}"


@pytest.mark.parametrize("who", ["manager", "operator"])
def test_filters_in_pairs_give_what_both_leave(who: str, client_of: ClientOf, as_user: AsUser) -> None:
    client, person, some = client_of(who), as_user(who), 0
    for one, other in combinations(FILTERS, 2):
        if names_of(one) & names_of(other):
            continue
        wanted = wanted_ids(person, FILTERS[one], FILTERS[other])[:50]
        some += bool(wanted)
        page = client.get(f"/calls/?{one}&{other}", headers={"HX-Request": "true"})
        assert ids_on(page.text) == wanted, (one, other)
    assert some > 100


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in BAD.items() for value in values]
)
def test_a_filter_that_cannot_be_read_is_refused_by_name(name: str, value: str, client_of: ClientOf) -> None:
    for suffix in ("", "export.csv"):
        response = client_of("manager").get(f"/calls/{suffix}?{name}={value}")
        assert response.status_code == 400
        assert name in response.text


def test_a_filter_given_twice_is_refused(client_of: ClientOf) -> None:
    response = client_of("manager").get("/calls/?direction=inbound&direction=outbound")
    assert response.status_code == 400
    assert "direction" in response.text


def test_empty_filters_of_a_plain_form_are_none(client_of: ClientOf) -> None:
    client = client_of("operator")
    assert ids_on(client.get("/calls/?direction=&words=&from=&status=").text) == ids_on(
        client.get("/calls/").text
    )


def test_days_that_are_given_win_over_a_period(client_of: ClientOf) -> None:
    client = client_of("operator")
    both = client.get("/calls/?period=today&from=2026-01-14&to=2026-01-15").text
    assert ids_on(both) == ids_on(client.get("/calls/?from=2026-01-14&to=2026-01-15").text) != []


@pytest.mark.parametrize("who", ["admin", "manager", "operator"])
def test_the_sums_above_the_list_are_those_of_its_rows(
    who: str, client_of: ClientOf, as_user: AsUser
) -> None:
    first, last = "2020-01-01", "2099-12-31"
    seconds = as_user(who).scalar("select sum(saved_seconds) from calls_v where direction = 'inbound'")
    talk = as_user(who).scalar(
        """select sum(duration_seconds) from calls_v
        where direction = 'inbound' and status in ('completed', 'transferred', 'in_progress')"""
    )
    page = client_of(who).get(f"/calls/?direction=inbound&from={first}&to={last}").text
    hours, minutes = divmod(round(seconds / 60), 60)
    assert f"saved <strong>{f'{hours} h {minutes:02d} min' if hours else f'{minutes} min'}</strong>" in page
    assert f"talk time <strong>{talk // 3600}h {talk % 3600 // 60:02d}m</strong>" in page or talk < 3600


def test_each_filter_can_be_taken_away_alone_and_all_at_once(client_of: ClientOf) -> None:
    page = client_of("manager").get("/calls/?status=missed&status=failed&digits=11&words=a+b").text
    chips = [address.replace("&amp;", "&") for address in re.findall(r'<a class="chip" href="([^"]+)"', page)]
    assert chips == [
        "/calls/?status=failed&words=a+b&digits=11",
        "/calls/?status=missed&words=a+b&digits=11",
        "/calls/?status=missed&status=failed&digits=11",
        "/calls/?status=missed&status=failed&words=a+b",
    ]
    assert '<a class="chip-clear" href="/calls/">' in page


def test_words_and_names_are_shown_as_text(client_of: ClientOf) -> None:
    page = client_of("manager").get("/calls/", query_string={"words": '"><script>alert(1)</script>'}).text
    assert "<script>alert" not in page


def test_each_row_opens_its_call_and_names_the_zone_of_its_time(client_of: ClientOf) -> None:
    page = client_of("admin").get("/calls/").text
    for identity in ids_on(page):
        assert f'href="/calls/{identity}"' in page
    assert len(re.findall(r'<span class="zone">[A-Z]{2,5}</span>', page)) == len(ids_on(page)) == 50


def test_a_number_in_the_list_is_masked(client_of: ClientOf, database: Database) -> None:
    with database.owner() as owner:
        numbers = [
            row[0]
            for row in owner.execute("select from_number from public.call_logs where direction = 'inbound'")
        ]
    page = client_of("admin").get("/calls/").text
    assert len(numbers) > 50
    assert not [number for number in numbers if number in page]


def test_filters_work_in_a_browser_and_go_into_the_address(page_of: PageOf) -> None:
    page = page_of("manager")
    page.goto("/calls/")
    page.locator("#filter-status").click()
    page.get_by_label("Missed").check()
    page.wait_for_url("**/calls/?status=missed")
    assert page.locator("#filter-status").inner_text() == "Missed"
    page.locator("#filter-period").select_option("7d")
    page.wait_for_url("**/calls/?period=7d&status=missed")
    page.locator("#filter-from").fill("2026-01-01")
    page.wait_for_url("**/calls/?from=2026-01-01&status=missed")
    page.get_by_role("link", name="Remove filter Status: Missed").click()
    page.wait_for_url("**/calls/?from=2026-01-01")
    page.get_by_role("link", name="Clear all").first.click()
    page.wait_for_url("**/calls/")
    page.get_by_role("link", name="Older").click()
    page.wait_for_url("**/calls/?older=*")
    page.get_by_role("link", name="Newer").click()
    page.wait_for_url("**/calls/?newer=*")
    expect(page.locator("tr[data-row]")).to_have_count(50)
