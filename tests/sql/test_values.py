"""What a column takes and what it refuses: zones, hours, money, ids, labels."""

import pytest

from tests.sql.access_table import OUR_SCHEMAS
from tests.sql.asking import ACCOUNT_A, Asking, call_id


@pytest.mark.parametrize(
    "zone", ["UTC", "Europe/Paris", "America/Argentina/Buenos_Aires", "America/Port-au-Prince", "Etc/GMT+5"]
)
def test_a_time_zone_of_the_world_is_taken(asking: Asking, zone: str) -> None:
    assert asking.execute("update public.locations set timezone = %s", [zone]).rowcount == 12


@pytest.mark.parametrize(
    "zone",
    [
        "",
        "Mars/Olympus",
        "FOO+3",
        "EST5EDT",
        "CET",
        "europe/paris",
        "Europe/paris",
        "+02:00",
        "posix/Europe/Paris",
    ],
)
def test_what_is_no_time_zone_is_refused(asking: Asking, zone: str) -> None:
    state, words = asking.refusal("update public.locations set timezone = %s", [zone])
    assert state == "23514"
    assert "locations_timezone_check" in (words or "")


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("location_hours", "opens_at"),
        ("location_hours", "closes_at"),
        ("location_hours_exceptions", "opens_at"),
        ("location_hours_exceptions", "closes_at"),
        ("reservations", "reservation_time"),
    ],
)
def test_the_hour_24_is_refused(asking: Asking, table: str, column: str) -> None:
    one = f"select id from public.{table} where {column} is not null limit 1"
    change = f"update public.{table} set {column} = %s where id = ({one})"
    # Alone, so that nothing overlaps.
    asking.execute(f"delete from public.{table} where id <> ({one})")
    assert asking.reach(change, ["23:59:59"]) == 1
    assert asking.refusal(change, ["24:00"])[0] == "23514"


def test_money_is_numeric_with_two_places(asking: Asking) -> None:
    money = asking.rows(
        """select a.attrelid::regclass::text || '.' || a.attname, format_type(a.atttypid, a.atttypmod)
        from pg_attribute a join pg_class c on c.oid = a.attrelid
        where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0
            and a.attname ~ '(amount|spend)'"""
    )
    assert len(money) >= 9
    assert {kind for _, kind in money} == {"numeric(12,2)"}


def test_moments_carry_their_zone(asking: Asking) -> None:
    kinds = asking.column(
        """select distinct format_type(a.atttypid, a.atttypmod) from pg_attribute a
        join pg_class c on c.oid = a.attrelid
        where c.relnamespace::regnamespace::text = any (%s) and c.relkind in ('r', 'v', 'm') and a.attnum > 0
            and format_type(a.atttypid, a.atttypmod) like 'timestamp%%'""",
        [OUR_SCHEMAS],
    )
    assert kinds == ["timestamp with time zone"]


def test_ids_are_made_in_the_order_of_time(asking: Asking) -> None:
    ids = asking.column("select private.uuid_v7() from generate_series(1, 500)")
    assert len(set(ids)) == 500
    assert {made.version for made in ids} == {7}
    assert {made.variant for made in ids} == {"specified in RFC 4122"}
    moments = [made.int >> 80 for made in ids]
    assert moments == sorted(moments)
    now = asking.scalar("select extract(epoch from clock_timestamp()) * 1000")
    assert 0 <= float(now) - moments[-1] < 60_000


def test_what_one_transaction_writes_has_ids_in_the_order_of_writing(asking: Asking) -> None:
    """Rows of one moment, lines of the audit log among them, are listed by their ids."""
    asking.as_owner().execute("create temporary table written (n integer, id uuid)")
    asking.execute(
        """do $$ begin
            for n in 1..300 loop
                insert into written values (n, private.uuid_v7());
            end loop;
        end $$"""
    )
    assert asking.column("select n from written order by id") == list(range(1, 301))


@pytest.mark.parametrize(
    "label",
    [
        "sk_live_51H8abcdefgh1234",
        "Bearer eyJhbGciOiJIUzI1NiIsInR5",
        "till ghp_16C7e42F292c6912E7710c83",
        "AKIAIOSFODNN7EXAMPLE",
        "a1b2c3d4e5f60718",
        "x" * 24,
    ],
)
def test_a_label_cannot_hold_a_key(asking: Asking, label: str) -> None:
    add = """insert into public.api_keys (account_id, label, created_by)
        select %s, %s, id from public.users limit 1"""
    assert asking.reach(add, [ACCOUNT_A, "Point of sale, front desk"]) == 1
    assert asking.refusal(add, [ACCOUNT_A, label])[0] == "23514"


def test_a_hint_is_a_few_characters(asking: Asking) -> None:
    hint = "update public.api_keys set key_hint = %s"
    assert asking.reach(hint, ["x7Qd"]) == 3
    assert asking.refusal(hint, ["x7Qdx7Qdx"])[0] == "23514"


def test_an_exception_is_closed_or_has_both_its_hours(asking: Asking) -> None:
    change = """update public.location_hours_exceptions set is_closed = %s, opens_at = %s, closes_at = %s
        where reason = 'New Year''s Eve'"""
    assert asking.reach(change, [True, None, None]) == 1
    assert asking.reach(change, [False, "10:00", "12:00"]) == 1
    for opens, closes in (("10:00", "12:00"), (None, "12:00"), ("10:00", None)):
        assert asking.refusal(change, [True, opens, closes])[0] == "23514"
    for opens, closes in ((None, None), (None, "12:00"), ("10:00", None)):
        assert asking.refusal(change, [False, opens, closes])[0] == "23514"


@pytest.mark.parametrize("column", ["answered_at", "ended_at"])
def test_a_call_is_answered_and_ends_after_it_began(asking: Asking, column: str) -> None:
    change = f"update public.call_logs set {column} = started_at - interval '1 second' where id = %s"
    assert asking.refusal(change, [call_id(1)])[0] == "23514"


@pytest.mark.parametrize("table", ["account_settings", "location_settings"])
def test_an_average_is_a_number(asking: Asking, table: str) -> None:
    change = f"update public.{table} set avg_spend_per_head = %s"
    assert asking.reach(change, ["41.50"]) in (3, 12)
    for odd in ("NaN", "-0.01"):
        assert asking.refusal(change, [odd])[0] == "23514"
