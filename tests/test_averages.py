"""Averages and baselines: what is inherited, what they make of the estimates, and two who save at once."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from tests.fixtures.database import Database
from tests.fixtures.forms import Send, fields_of
from tests.fixtures.pages import ClientOf
from tests.fixtures.people import AsUser

ACCOUNT = "a0000000-0000-7000-8000-00000000000a"
SEAPORT = "10c00000-0000-7000-8000-0000000000a1"
BROOKLYN = "10c00000-0000-7000-8000-0000000000a4"
LYON = "/configuration/a0000000-0000-7000-8000-00000000000c/10c00000-0000-7000-8000-0000000000c2/averages"
AT_ACCOUNT = f"/configuration/{ACCOUNT}/averages"
AT_SEAPORT = f"/configuration/{ACCOUNT}/{SEAPORT}/averages"


@pytest.fixture(autouse=True)
def seeded(database: Database) -> None:
    """The averages as the seed has them: 48 and 210 for the account, 62 at Brooklyn."""
    with database.owner() as owner:
        owner.execute(
            """update public.account_settings set avg_spend_per_head = 48, baseline_handle_seconds = 210
            where account_id = %s""",
            [ACCOUNT],
        )
        owner.execute(
            """update public.location_settings set busy_mode_enabled = false, baseline_handle_seconds = null,
            avg_spend_per_head = case when location_id = %s then 62 end where account_id = %s""",
            [BROOKLYN, ACCOUNT],
        )


@pytest.fixture
def lately(database: Database) -> Iterator[None]:
    """4 guests at the Seaport, 2 at Brooklyn, a table of 3 with 100 of its own; a call of 60 s at each."""
    ids = [uuid4() for _ in range(5)]
    tables = [(ids[0], SEAPORT, 4, None), (ids[1], BROOKLYN, 2, None), (ids[2], SEAPORT, 3, 100)]
    with database.owner() as owner:
        for row_id, location, guests, own in tables:
            owner.execute(
                """insert into public.reservations (account_id, id, location_id, guest_count, status,
                    avg_spend_per_head_override, reservation_date, reservation_time, created_at)
                values (%s, %s, %s, %s, 'confirmed', %s, current_date, '19:00', now() - interval '2 days')""",
                [ACCOUNT, row_id, location, guests, own],
            )
        for row_id, location in ((ids[3], SEAPORT), (ids[4], BROOKLYN)):
            owner.execute(
                """insert into public.call_logs (account_id, id, location_id, provider, provider_call_id,
                    provider_status, end_reason, direction, started_at, answered_at, ended_at)
                select c.account_id, %s, %s, c.provider, %s, c.provider_status, c.end_reason, 'inbound',
                    now() - interval '2 days', now() - interval '2 days',
                    now() - interval '2 days' + interval '60 s'
                from public.call_logs c where c.status = 'completed' and c.account_id = %s
                    and c.direction = 'inbound' limit 1""",
                [row_id, location, str(row_id), ACCOUNT],
            )
    yield
    with database.owner() as owner:
        owner.execute("delete from public.reservations where id = any(%s)", [ids])
        owner.execute("delete from public.call_logs where id = any(%s)", [ids])


@pytest.fixture
def stored(database: Database) -> Any:
    """Both values as they are stored, for the account or one location."""

    def read(location: str | None = None) -> tuple[Decimal | None, int | None]:
        table, key = ("location_settings", "location_id") if location else ("account_settings", "account_id")
        with database.owner() as owner:
            row = owner.execute(
                f"""select avg_spend_per_head, baseline_handle_seconds
                from public.{table} where {key} = %s""".encode(),
                [location or ACCOUNT],
            ).fetchone()
        return tuple(row)

    return read


def effect_of(page: str) -> list[str]:
    """The cells of the effect, in order."""
    table = page.partition('id="effect"')[2].partition("</table>")[0]
    return [cell.partition("</td>")[0] for cell in table.split("<td>")[1:]]


def test_a_location_shows_the_accounts_values(client_of: ClientOf) -> None:
    page = client_of("manager").get(AT_SEAPORT)
    assert (fields_of(page)["avg_spend_per_head"], fields_of(page)["baseline_handle_seconds"]) == ("", "")
    assert "“48.00”" in page.text
    assert "“210”" in page.text


def test_a_save_at_a_location_leaves_the_account_alone(client_of: ClientOf, send: Send, stored: Any) -> None:
    answer = send(client_of("manager"), AT_SEAPORT, avg_spend_per_head="52,5", baseline_handle_seconds="180")
    assert answer.status_code == 303
    assert stored(SEAPORT) == (Decimal("52.50"), 180)
    assert stored() == (Decimal("48.00"), 210)
    assert send(client_of("manager"), AT_SEAPORT, inherit="avg_spend_per_head").status_code == 303
    assert stored(SEAPORT) == (None, 180)


@pytest.mark.usefixtures("lately")
def test_the_effect_on_an_account_is_shown_before_anything_is_saved(client_of: ClientOf, stored: Any) -> None:
    client = client_of("manager")
    now = "$616.00"  # 4 x 48 + 2 x 62 + 3 x 100
    assert effect_of(client.get(AT_ACCOUNT).text) == [now, now, "3 of 3", "3 of 3", "7 min", "7 min"]
    tried = client.get(f"{AT_ACCOUNT}?avg_spend_per_head=50&baseline_handle_seconds=").text
    assert effect_of(tried) == [now, "$624.00", "3 of 3", "3 of 3", "7 min", "2 min"]
    assert stored() == (Decimal("48.00"), 210)


@pytest.mark.usefixtures("lately")
def test_the_effect_on_a_location_counts_that_location_alone(client_of: ClientOf, send: Send) -> None:
    answer = send(
        client_of("manager"),
        AT_SEAPORT,
        action="preview",
        avg_spend_per_head="100",
        baseline_handle_seconds="60",
    )
    assert answer.status_code == 200
    assert effect_of(answer.text) == ["$492.00", "$700.00", "2 of 2", "2 of 2", "4 min", "1 min"]
    assert fields_of(answer)["avg_spend_per_head"] == "100"


@pytest.mark.usefixtures("lately")
def test_the_effect_is_over_what_the_person_sees(client_of: ClientOf) -> None:
    page = client_of("operator").get(AT_ACCOUNT).text
    assert effect_of(page)[0] == "$492.00"
    assert "2 locations that you see" in page


@pytest.mark.usefixtures("lately")
def test_without_an_average_nothing_is_valued_and_nothing_is_zero(client_of: ClientOf) -> None:
    page = client_of("manager").get(f"{AT_ACCOUNT}?avg_spend_per_head=&baseline_handle_seconds=210").text
    assert effect_of(page)[1:4] == ["$424.00", "3 of 3", "2 of 3"]


BAD = [
    ("avg_spend_per_head", "-1"),
    ("avg_spend_per_head", "NaN"),
    ("avg_spend_per_head", "12.345"),
    ("avg_spend_per_head", "99999999999"),
    ("avg_spend_per_head", "twelve"),
    ("baseline_handle_seconds", "0"),
    ("baseline_handle_seconds", "7201"),
    ("baseline_handle_seconds", "1.5"),
    ("baseline_handle_seconds", "a minute"),
]


@pytest.mark.parametrize(("name", "text"), BAD)
@pytest.mark.parametrize("path", [AT_ACCOUNT, AT_SEAPORT])
def test_a_bad_value_is_refused_beside_its_field(
    client_of: ClientOf, send: Send, stored: Any, path: str, name: str, text: str
) -> None:
    before = stored(), stored(SEAPORT)
    answer = send(client_of("manager"), path, **{name: text})
    assert answer.status_code == 422
    assert f'id="{name}-error"' in answer.text
    assert fields_of(answer)[name] == text
    assert (stored(), stored(SEAPORT)) == before


@pytest.mark.parametrize(
    "change", ["avg_spend_per_head = -1", "baseline_handle_seconds = 0", "baseline_handle_seconds = 7201"]
)
@pytest.mark.parametrize("table", ["account_settings", "location_settings"])
def test_the_same_is_refused_in_sql(as_user: AsUser, table: str, change: str) -> None:
    manager = as_user("manager")
    version = manager.scalar(f"select version from public.{table} where account_id = %s limit 1", [ACCOUNT])
    with pytest.raises(psycopg.errors.CheckViolation):
        manager.execute(
            f"update public.{table} set {change}, version = %s where account_id = %s and version = %s",
            [version, ACCOUNT, version],
        )


def test_two_edits_of_different_fields_are_both_kept(client_of: ClientOf, stored: Any) -> None:
    first, second = client_of("manager"), client_of("admin")
    read_first, read_second = fields_of(first.get(AT_SEAPORT)), fields_of(second.get(AT_SEAPORT))
    assert first.post(AT_SEAPORT, data=read_first | {"avg_spend_per_head": "50"}).status_code == 303
    assert second.post(AT_SEAPORT, data=read_second | {"baseline_handle_seconds": "90"}).status_code == 303
    assert stored(SEAPORT) == (Decimal("50.00"), 90)


def test_two_edits_of_the_same_field_show_both(client_of: ClientOf, stored: Any) -> None:
    first, second = client_of("manager"), client_of("admin")
    read_first, read_second = fields_of(first.get(AT_ACCOUNT)), fields_of(second.get(AT_ACCOUNT))
    first.post(AT_ACCOUNT, data=read_first | {"avg_spend_per_head": "50"})
    both = second.post(AT_ACCOUNT, data=read_second | {"avg_spend_per_head": "51"})
    assert both.status_code == 409
    assert all(words in both.text for words in ("48.00", "50.00", "51.00", "Account Manager saved this"))
    assert stored()[0] == Decimal("50.00")
    assert second.post(AT_ACCOUNT, data=fields_of(both) | {"avg_spend_per_head": "51.00"}).status_code == 303
    assert stored()[0] == Decimal("51.00")


def test_busy_mode_that_was_switched_meanwhile_is_no_conflict(
    client_of: ClientOf, database: Database, stored: Any
) -> None:
    client = client_of("manager")
    fields = fields_of(client.get(AT_SEAPORT))
    with database.owner() as owner:
        owner.execute(
            "update public.location_settings set busy_mode_enabled = true where location_id = %s", [SEAPORT]
        )
    assert client.post(AT_SEAPORT, data=fields | {"avg_spend_per_head": "50"}).status_code == 303
    assert stored(SEAPORT)[0] == Decimal("50.00")
    with database.owner() as owner:
        busy = owner.execute(
            "select busy_mode_enabled from public.location_settings where location_id = %s", [SEAPORT]
        )
        assert busy.fetchone()[0] is True


def test_an_operator_reads_and_does_not_write(client_of: ClientOf, stored: Any) -> None:
    operator = client_of("operator")
    page = operator.get(AT_SEAPORT)
    assert "48.00" in page.text
    assert "Save averages" not in page.text
    token = page.text.partition('name="csrf-token" content="')[2].partition('"')[0]
    assert operator.post(AT_SEAPORT, data={"csrf_token": token, "avg_spend_per_head": "1"}).status_code == 403
    assert stored(SEAPORT) == (None, None)


def test_out_of_reach_is_not_found(client_of: ClientOf) -> None:
    assert client_of("manager").get(LYON).status_code == 404


@pytest.mark.usefixtures("lately")
def test_while_somebody_types_only_the_effect_is_drawn_again(client_of: ClientOf) -> None:
    tried = f"{AT_ACCOUNT}?avg_spend_per_head=50&baseline_handle_seconds=x"
    answer = client_of("manager").get(tried, headers={"HX-Request": "true"})
    assert "HX-Request" in answer.headers["Vary"]
    assert answer.text.lstrip().startswith("<section")
    assert "Write valid values above" in answer.text
    good = client_of("manager").get(tried.replace("=x", "="), headers={"HX-Request": "true"})
    assert effect_of(good.text)[1] == "$624.00"
