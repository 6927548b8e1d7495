"""The catalogue keeps the house's rules: keys with the tenant, comments, policies, names."""

import re

import pytest

from tests.sql.access_table import OUR_SCHEMAS
from tests.sql.asking import ACCOUNT_A, ACCOUNT_B, Asking, call_id, location_id

# Not of one tenant: the tenants themselves, people, their access (which may be to every account), the log,
# and what the settings of every tenant have to look like.
WITHOUT_TENANT = {"accounts", "users", "user_access", "audit_log", "setting_schemas"}

KEYS = """
    select k.conrelid::regclass::text, k.conname::text, k.contype::text, k.confrelid::regclass::text,
        array(select a.attname::text from unnest(k.conkey) with ordinality n (number, place)
            join pg_attribute a on a.attrelid = k.conrelid and a.attnum = n.number order by n.place),
        array(select a.attname::text from unnest(k.confkey) with ordinality n (number, place)
            join pg_attribute a on a.attrelid = k.confrelid and a.attnum = n.number order by n.place)
    from pg_constraint k where k.connamespace = 'public'::regnamespace and k.contype = any (%s)"""


@pytest.fixture
def tenant_tables(asking: Asking) -> set[str]:
    """Every table of public but those that belong to no tenant."""
    asking.execute("set local search_path = public")
    tables = asking.column(
        "select relname::text from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'"
    )
    assert set(tables) >= WITHOUT_TENANT
    return set(tables) - WITHOUT_TENANT


def test_every_table_of_a_tenant_is_keyed_by_it(asking: Asking, tenant_tables: set[str]) -> None:
    keys = {table: columns for table, _, _, _, columns, _ in asking.rows(KEYS, [["p"]])}
    wrong = {
        table: keys.get(table)
        for table in tenant_tables
        if keys.get(table) not in (["account_id", "id"], ["org_id", "id"])
    }
    assert len(tenant_tables) >= 14
    assert wrong == {}


def test_every_unique_rule_of_a_tenant_begins_with_it(asking: Asking, tenant_tables: set[str]) -> None:
    indexes = asking.rows(
        """select c.relname::text, i.indexrelid::regclass::text, a.attname::text
        from pg_index i join pg_class c on c.oid = i.indrelid
        join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
        where i.indisunique and c.relnamespace = 'public'::regnamespace and c.relkind = 'r'"""
    )
    first = [(table, index, column) for table, index, column in indexes if table in tenant_tables]
    assert len(first) > len(tenant_tables)
    assert [row for row in first if row[2] not in ("account_id", "org_id")] == []


def test_every_key_between_tables_of_a_tenant_carries_it(asking: Asking, tenant_tables: set[str]) -> None:
    between = [
        (table, name, columns, theirs)
        for table, name, _, other, columns, theirs in asking.rows(KEYS, [["f"]])
        if other in tenant_tables
    ]
    assert len(between) >= 15
    for table, name, columns, theirs in between:
        assert columns[0] in ("account_id", "org_id"), (table, name)
        assert theirs[0] == "account_id", (table, name)


def test_every_column_that_names_a_row_elsewhere_is_a_key_to_it(
    asking: Asking, tenant_tables: set[str]
) -> None:
    named = asking.rows(
        """select c.relname::text, a.attname::text, exists (select from pg_constraint k
            where k.contype = 'f' and k.conrelid = c.oid and a.attnum = any (k.conkey))
        from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
        where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.atttypid = 'uuid'::regtype
            and a.attname ~ '_(id|by)$' and a.attgenerated = ''"""
    )
    of_tenants = [row for row in named if row[0] in tenant_tables | {"user_access"}]
    assert len(of_tenants) >= 40
    assert [row for row in of_tenants if not row[2]] == []


@pytest.mark.parametrize(
    ("table", "column", "theirs"),
    [
        ("order_logs", "call_id", call_id(11)),
        ("reservations", "call_id", call_id(11)),
        ("order_logs", "location_id", location_id("b1")),
        ("call_logs", "location_id", location_id("b1")),
        ("location_hours", "location_id", location_id("b1")),
        ("settings", "location_id", location_id("b1")),
    ],
)
def test_nothing_points_at_another_accounts(asking: Asking, table: str, column: str, theirs: object) -> None:
    owner = "org_id" if table == "settings" else "account_id"
    one = f"select id from public.{table} where {owner} = %s order by id desc limit 1"
    point = f"update public.{table} set {column} = %s where id = ({one})"
    assert asking.reach(point, [theirs, ACCOUNT_B]) != "23503"
    assert asking.refusal(point, [theirs, ACCOUNT_A])[0] == "23503"


def test_everything_of_ours_has_a_comment(asking: Asking) -> None:
    objects = asking.rows(
        """select c.oid::regclass::text, obj_description(c.oid, 'pg_class') from pg_class c
            where c.relnamespace::regnamespace::text = any (%(ours)s) and c.relkind in ('r', 'v', 'm', 'p')
        union all select p.oid::regprocedure::text, obj_description(p.oid, 'pg_proc') from pg_proc p
            where p.pronamespace::regnamespace::text = any (%(ours)s)
        union all select n.nspname, obj_description(n.oid, 'pg_namespace') from pg_namespace n
            where n.nspname = any (%(ours)s) and n.nspname <> 'public'""",
        {"ours": OUR_SCHEMAS},
    )
    assert len(objects) > 80
    assert [name for name, comment in objects if not comment] == []


def test_every_table_of_public_has_row_level_security(asking: Asking) -> None:
    tables = asking.rows(
        """select relname::text, relrowsecurity from pg_class
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')"""
    )
    assert len(tables) >= 18
    assert [name for name, secured in tables if not secured] == []


def test_every_policy_names_whom_it_is_for(asking: Asking) -> None:
    policies = asking.rows(
        "select tablename::text, policyname::text, roles::text[] from pg_policies where schemaname = 'public'"
    )
    assert len(policies) > 40
    assert [row for row in policies if not set(row[2]) <= {"authenticated", "service_role"}] == []


def test_what_runs_with_the_owners_rights_fixes_its_search_path(asking: Asking) -> None:
    functions = asking.rows(
        """select p.oid::regprocedure::text, p.proconfig from pg_proc p
        where p.pronamespace::regnamespace::text = any (%s) and p.prosecdef""",
        [OUR_SCHEMAS],
    )
    assert len(functions) > 20
    assert [name for name, settings in functions if 'search_path=""' not in (settings or [])] == []


def test_every_view_asks_as_its_reader_or_is_a_barrier(asking: Asking) -> None:
    views = asking.rows(
        """select relname::text, coalesce(reloptions, '{}') from pg_class
        where relnamespace = 'public'::regnamespace and relkind = 'v'"""
    )
    assert len(views) >= 5
    options = {"security_invoker=true", "security_barrier=true"}
    assert [name for name, found in views if not options & set(found)] == []


def test_constraints_are_named_as_postgres_names_them(asking: Asking) -> None:
    asking.execute("set local search_path = public")
    endings = {"p": "pkey", "u": "key", "f": "fkey", "c": "check"}
    found = asking.rows(KEYS, [list(endings)])
    assert len(found) > 60
    wrong = []
    for table, name, kind, _, columns, _ in found:
        # A check names its column when it has one alone; names are cut to 63 bytes by shortening both parts.
        parts = [
            table,
            *([] if kind == "p" or (kind == "c" and len(columns) != 1) else columns),
            endings[kind],
        ]
        whole = "_".join(parts)
        pattern = re.escape(whole) + r"\d*" if len(whole) <= 63 else rf"{table[:20]}\w*_{endings[kind]}\d*"
        if not re.fullmatch(pattern, name):
            wrong.append((table, name, columns))
    assert wrong == []


def test_indexes_are_named_by_their_table_and_columns(asking: Asking) -> None:
    found = asking.rows(
        """select c.relname::text, x.relname::text, i.indpred is not null,
            array(select a.attname::text from pg_attribute a where a.attrelid = x.oid order by a.attnum)
        from pg_index i join pg_class c on c.oid = i.indrelid join pg_class x on x.oid = i.indexrelid
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'm')
            and not exists (select from pg_constraint k where k.conindid = x.oid)"""
    )
    assert len(found) >= 25
    for table, name, partial, columns in found:
        assert name.startswith(f"{table}_"), name
        assert name.endswith("_idx"), name
        named = name.removeprefix(f"{table}_").removesuffix("_idx")
        # The last columns (a tie-breaking id, what is included) may go unnamed; a partial index adds a word
        assert "_".join(columns).startswith(named) or (partial and named.startswith("_".join(columns[:2]))), (
            name
        )


def test_every_foreign_key_of_a_tenant_has_an_index_to_find_what_points(asking: Asking) -> None:
    unindexed = asking.rows(
        """select k.conrelid::regclass::text, k.conname::text from pg_constraint k
        where k.contype = 'f' and k.connamespace = 'public'::regnamespace
            and k.confrelid in ('public.call_logs'::regclass, 'public.order_logs'::regclass)
            and not exists (select from pg_index i where i.indrelid = k.conrelid
                and (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey)"""
    )
    assert unindexed == []


def test_no_extension_is_needed(asking: Asking) -> None:
    assert asking.column("select extname::text from pg_extension") == ["plpgsql"]


def test_nothing_is_an_enum(asking: Asking) -> None:
    types = """select typname from pg_type where typnamespace::regnamespace::text = any (%s)
        and typtype not in ('c', 'b')"""
    assert asking.column(types, [OUR_SCHEMAS]) == []
