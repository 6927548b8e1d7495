"""The index of words: a search asks it for a few days at once, and nothing waits to be put into it."""

import pytest

from certus_admin.apply import apply_files
from tests.fixtures.database import Database
from tests.sql.asking import Asking, location_id

INDEXES = ["call_logs_list_tokens_idx", "reservations_list_tokens_idx"]
PENDING = "select pg_catalog.gin_clean_pending_list(%s::regclass)"
ON_DAYS = "select unnest(private.words_on_days(private.words_wanted(%s), %s, %s, %s))"
FOUND = "select private.list_tokens(%s, %s, to_timestamp(%s * 86400.0)) @@ %s::tsquery"


def test_what_is_written_is_in_its_place_in_the_index_at_once(asking: Asking) -> None:
    """Each look into an index reads its list of pending entries from one end to the other."""
    asking.as_owner()
    for index in INDEXES:
        asking.execute(PENDING, [f"public.{index}"])
    asking.execute(
        "update public.call_logs set summary_md = summary_md || ' again' where summary_md is not null"
    )
    asking.execute(
        "update public.reservations set guest_name = guest_name || ' again' where guest_name is not null"
    )
    assert [asking.scalar(PENDING, [f"public.{index}"]) for index in INDEXES] == [0, 0]


def test_an_index_of_the_version_before_is_emptied_of_what_waited(empty_database: Database) -> None:
    apply_files(empty_database.owner_url, lambda _line: None, seed=True)
    with empty_database.owner() as owner:
        for index in INDEXES:
            owner.execute(f"alter index public.{index} reset (fastupdate)".encode())
        owner.execute("update public.reservations set guest_name = guest_name || ' again'")
    apply_files(empty_database.owner_url, lambda _line: None, seed=True)
    with empty_database.owner() as owner:
        options = owner.execute(
            "select reloptions from pg_class where relname = any (%s)", [INDEXES]
        ).fetchall()
        waiting = [owner.execute(PENDING, [f"public.{index}"]).fetchone() for index in INDEXES]
    assert [tuple(row) for row in options] == [(["fastupdate=off"],)] * 2
    assert [tuple(row or ()) for row in waiting] == [(0,), (0,)]


@pytest.mark.parametrize(
    "words", ["soup", "table for seven", '"the blue room" -smoke', "a b c d e f g h i j k l m"]
)
def test_each_day_is_asked_for_once_and_few_words_at_a_time(asking: Asking, words: str) -> None:
    """A query costs the index the square of its words: 512 days of twenty took half a second."""
    asking.as_owner()
    queries = asking.column(ON_DAYS, [words, 20_000, 20_511, []])
    assert max(asking.scalar("select numnode(%s::tsquery)", [query]) for query in queries) <= 200
    said = words.replace('"', "").replace("-smoke", "")
    for day in (20_000, 20_001, 20_255, 20_511):
        fits = [asking.scalar(FOUND, [said, location_id("a1"), day, query]) for query in queries]
        assert fits.count(True) == 1, day
    for day in (19_999, 20_512):
        assert not any(asking.scalar(FOUND, [said, location_id("a1"), day, query]) for query in queries)


def test_places_narrow_each_of_the_queries(asking: Asking) -> None:
    asking.as_owner()
    queries = asking.column(ON_DAYS, ["soup of the day", 20_000, 20_063, [location_id("a1")]])
    assert len(queries) > 1
    for place, times in (("a1", 1), ("a2", 0)):
        fits = [
            asking.scalar(FOUND, ["soup of the day", location_id(place), 20_040, query]) for query in queries
        ]
        assert fits.count(True) == times, place


def test_more_words_than_a_query_has_room_for_go_day_by_day(asking: Asking) -> None:
    asking.as_owner()
    words = " ".join(f"word{n}" for n in range(120))
    assert len(asking.column(ON_DAYS, [words, 20_000, 20_004, []])) == 5
