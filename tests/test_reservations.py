"""Reservations: filters against SQL, the estimate and what it knows, the call behind each row."""

import pytest

from certus_admin.formats import money
from tests.fixtures.database import Database
from tests.fixtures.pages import ClientOf
from tests.fixtures.people import AsUser
from tests.made_calls import HARBOUR, count_on, ids_on, make_calls, read_list, texts

FILTERS = {
    "status=no_show": "status = 'no_show'",
    "status=confirmed&status=requested": "status in ('confirmed', 'requested')",
    "words=guest+of+1": "guest_name ilike '%%guest of 1%%'",
    "words=%25": "false",
    "words=_": "false",
    "from=2026-01-15&status=canceled": "local_date >= '2026-01-15' and status = 'canceled'",
    "period=90d": "(created_at at time zone timezone)::date > (now() at time zone timezone)::date - 90",
}
LIVE = "status=requested&status=confirmed&status=seated&status=completed"


@pytest.fixture(scope="module", autouse=True)
def many_reservations(database: Database) -> None:
    """Reservations of every status at every location, some without a number of guests."""
    make_calls(database, "reservations ", 40)


@pytest.mark.parametrize("query", FILTERS)
@pytest.mark.parametrize("who", ["admin", "manager", "operator"])
def test_a_filter_gives_exactly_its_rows(query: str, who: str, client_of: ClientOf, as_user: AsUser) -> None:
    statement = f"select id from reservations_v where {FILTERS[query]} order by created_at desc, id desc"
    assert read_list(client_of(who), f"/reservations/?{query}") == texts(as_user(who).rows(statement, []))


@pytest.mark.parametrize("who", ["admin", "manager", "operator"])
def test_the_list_behind_the_estimate_has_its_count_its_sum_and_what_it_knows(
    who: str, client_of: ClientOf, as_user: AsUser
) -> None:
    live = as_user(who).rows(
        """select currency, count(*) as count, sum(estimated_revenue) as total,
            count(estimated_revenue) as known
        from reservations_v where status not in ('canceled', 'no_show', 'failed') group by 1 order by 1"""
    )
    count, known = sum(row.count for row in live), sum(row.known for row in live)
    assert count > known > 0
    page = client_of(who).get(f"/reservations/?from=2020-01-01&{LIVE}").text
    assert count_on(page) == str(count)
    assert f"known for <strong>{known} of {count}</strong>" in page
    estimate = " and ".join(str(money(row.total, row.currency)) for row in live if row.known)
    assert f"estimate <strong>{estimate}</strong>" in page


def test_each_reservation_leads_to_its_call(client_of: ClientOf, as_user: AsUser) -> None:
    page = client_of("operator").get("/reservations/").text
    calls = as_user("operator").rows(
        "select call_id from reservations_v where id = any (%s::uuid[])", [ids_on(page)]
    )
    assert len(calls) > 5
    for row in calls:
        assert f'href="/calls/{row.call_id}" data-drawer' in page


def test_a_guest_is_named_with_a_masked_number(client_of: ClientOf, database: Database) -> None:
    with database.owner() as owner:
        phones = [
            row[0]
            for row in owner.execute("select guest_phone from public.reservations where guest_phone <> ''")
        ]
    page = client_of("manager").get(f"/reservations/?account={HARBOUR}").text
    assert len(phones) > 20
    assert "ending" in page
    assert not [phone for phone in phones if phone in page]
