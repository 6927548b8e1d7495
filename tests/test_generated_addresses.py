"""A sample of the addresses that `make torture` generates, and what they found."""

import re
from random import Random

import pytest
from flask.testing import FlaskClient

from tests.fixtures.database import Database
from tests.fixtures.pages import ClientOf
from tests.route_table import PEOPLE
from tests.torture.addresses import Found, Generator, ask, fields_of, out_of_reach

SAMPLE = 250
LINE = re.compile(r'href="/audit/([0-9a-f-]{36})"')
ROW = "5e770000-0000-7000-8000-000000000003"


@pytest.mark.parametrize("person", PEOPLE)
def test_no_address_is_a_fault_or_tells_of_others(
    client: FlaskClient, client_of: ClientOf, database: Database, person: str
) -> None:
    somebody = client if person == "stranger" else client_of(person)
    foreign = frozenset(out_of_reach(database.owner_url, person))
    random = Random(f"sample {person}")
    generator = Generator(random, fields_of(somebody), tuple(sorted(foreign)[:100]) or (ROW,))
    found = Found()
    for _ in range(SAMPLE):
        ask(somebody, generator.address(), foreign, found)
    assert (found.faults, found.foreign, found.insides, found.mute) == ([], [], [], [])
    assert len(found.statuses) > 3 or person == "stranger"


def test_spaces_around_the_id_of_a_row_are_none_of_it(client_of: ClientOf) -> None:
    admin = client_of("admin")

    def lines(query: str) -> list[str]:
        page = admin.get(f"/audit/?{query}")
        assert page.status_code == 200
        return LINE.findall(page.text)

    of_row = lines(f"row={ROW}")
    assert lines(f"row=+{ROW}+") == of_row
    assert lines("row=+") == lines("") != of_row != []
