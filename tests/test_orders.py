"""Orders: filters against SQL, sums by currency, the call behind each row."""

import pytest

from certus_admin.formats import money
from tests.fixtures.database import Database
from tests.fixtures.pages import ClientOf
from tests.fixtures.people import AsUser
from tests.made_calls import SEAPORT, count_on, ids_on, make_calls, read_list, texts

FILTERS = {
    "status=canceled": "status = 'canceled'",
    "status=confirmed&status=completed": "status in ('confirmed', 'completed')",
    "fulfillment_type=delivery": "fulfillment_type = 'delivery'",
    "fulfillment_type=pickup&fulfillment_type=dine_in&status=ready": "fulfillment_type <> 'delivery'"
    " and status = 'ready'",
    f"location={SEAPORT}": f"location_id = '{SEAPORT}'",
    "from=2026-01-15": "(created_at at time zone timezone)::date >= '2026-01-15'",
    "to=2026-01-14": "(created_at at time zone timezone)::date <= '2026-01-14'",
    "period=yesterday": "(created_at at time zone timezone)::date = (now() at time zone timezone)::date - 1",
}
REVENUE = "status=pending&status=confirmed&status=preparing&status=ready&status=completed"


@pytest.fixture(scope="module", autouse=True)
def many_orders(database: Database) -> None:
    """Orders of every status at every location."""
    make_calls(database, "orders ", 40)


@pytest.mark.parametrize("query", FILTERS)
@pytest.mark.parametrize("who", ["admin", "manager", "operator"])
def test_a_filter_gives_exactly_its_rows(query: str, who: str, client_of: ClientOf, as_user: AsUser) -> None:
    wanted = as_user(who).rows(
        f"select id from orders_v where {FILTERS[query]} order by created_at desc, id desc"
    )
    assert read_list(client_of(who), f"/orders/?{query}") == texts(wanted)


@pytest.mark.parametrize("who", ["admin", "manager", "operator"])
def test_the_list_behind_the_revenue_tile_has_its_count_and_sum(
    who: str, client_of: ClientOf, as_user: AsUser
) -> None:
    live = as_user(who).rows(
        """select currency, count(*) as count, sum(total_amount) as total from orders_v
        where status not in ('canceled', 'rejected', 'failed') group by 1 order by 1"""
    )
    assert live
    page = client_of(who).get(f"/orders/?from=2020-01-01&{REVENUE}").text
    assert count_on(page) == str(sum(row.count for row in live))
    totals = " and ".join(str(money(row.total, row.currency)) for row in live)
    assert f"total <strong>{totals}</strong>" in page


def test_each_order_leads_to_its_call(client_of: ClientOf, as_user: AsUser) -> None:
    page = client_of("operator").get("/orders/").text
    calls = as_user("operator").rows(
        "select call_id from orders_v where id = any (%s::uuid[])", [ids_on(page)]
    )
    assert len(calls) > 5
    for row in calls:
        assert f'href="/calls/{row.call_id}" data-drawer' in page


@pytest.mark.parametrize(
    "query", ["status=requested", "fulfillment_type=drone", "words=soup", "period=1y", "has_order=yes"]
)
def test_a_filter_that_orders_do_not_have_is_refused_by_name(query: str, client_of: ClientOf) -> None:
    response = client_of("operator").get(f"/orders/?{query}")
    assert response.status_code == 400
    assert query.split("=")[0] in response.text
