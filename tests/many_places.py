"""A house of 50 accounts with ten locations each, calls in all of them, and a person of 200 locations."""

from certus_admin.passwords import hash_password
from seeds.bulk import load_bulk
from seeds.bulk_world import account_id, location_id
from tests.fixtures.database import PEOPLE_PASSWORD, Database

ACCOUNTS = 50
CALLS = 8_000
PORTFOLIO = "portfolio@certus.example"
FIRST, SECOND = str(account_id(0)), str(account_id(1))
OF_FIRST, OF_SECOND = str(location_id(0, 0)), str(location_id(1, 3))


def fill(database: Database) -> None:
    """Bulk calls. The manager sees the first account, too, the operator three locations of it.

    PORTFOLIO sees the 200 locations of the first 20 accounts, each granted by itself.
    """
    load_bulk(database.owner_url, CALLS, ACCOUNTS, 1, share=True)
    with database.owner() as owner:
        owner.execute(
            """with person as (
                insert into public.users (email, full_name, role) values (%s, 'Portfolio', 'account_manager')
                returning id), password as (
                insert into private.user_passwords (user_id, password_hash) select id, %s from person)
            insert into public.user_access (user_id, account_id, location_id)
            select person.id, l.account_id, l.id from person, public.locations l
            where l.account_id = any (%s)""",
            [PORTFOLIO, hash_password(PEOPLE_PASSWORD), [account_id(number) for number in range(20)]],
        )
