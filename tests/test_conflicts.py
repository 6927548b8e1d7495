"""Two edits of the same thing are put together: nothing is lost, and nothing is made up."""

from hypothesis import given
from hypothesis import strategies as st

from certus_admin.conflicts import merge

NAMES = st.sampled_from(["voice", "speed", "greeting", "language"])
VALUES = st.sampled_from([None, "", "a", "b", "c", 0, 1])
SIDES = st.dictionaries(NAMES, VALUES)


def test_what_one_side_changed_is_taken():
    merged = merge(
        {"speed": "1", "voice": "sol"}, {"speed": "2", "voice": "sol"}, {"speed": "1", "voice": "marina"}
    )
    assert merged.merged == {"speed": "2", "voice": "marina"}
    assert merged.theirs_taken == ("voice",)
    assert merged.conflicts == ()


def test_what_both_changed_to_the_same_is_no_conflict():
    merged = merge({"speed": "1"}, {"speed": "2"}, {"speed": "2"})
    assert (merged.merged, merged.conflicts, merged.theirs_taken) == ({"speed": "2"}, (), ())


def test_what_both_changed_differently_is_a_conflict_with_all_three_sides():
    (conflict,) = merge({"speed": "1"}, {"speed": "2"}, {"speed": "3"}).conflicts
    assert (conflict.name, conflict.before, conflict.yours, conflict.theirs) == ("speed", "1", "2", "3")


def test_a_field_that_one_took_away_and_the_other_changed_is_a_conflict():
    (conflict,) = merge({"speed": "1"}, {}, {"speed": "3"}).conflicts
    assert (conflict.yours, conflict.theirs) == (None, "3")


@given(SIDES, SIDES, SIDES)
def test_nothing_is_lost(before, yours, theirs):
    merged = merge(before, yours, theirs)
    conflicts = {conflict.name: conflict for conflict in merged.conflicts}
    for name in {*before, *yours, *theirs}:
        was, mine, other = before.get(name), yours.get(name), theirs.get(name)
        if name in conflicts:
            shown = conflicts[name]
            assert (shown.before, shown.yours, shown.theirs) == (was, mine, other)
            assert mine not in (was, other)
            assert other != was
        elif mine != was:
            assert merged.merged[name] == mine
        else:
            assert merged.merged[name] == other


@given(SIDES, SIDES, SIDES)
def test_no_field_and_no_value_is_made_up(before, yours, theirs):
    merged = merge(before, yours, theirs)
    assert set(merged.merged) == {*before, *yours, *theirs}
    for name, value in merged.merged.items():
        assert value in (before.get(name), yours.get(name), theirs.get(name))
    assert set(merged.theirs_taken) <= set(merged.merged)
    assert not set(merged.theirs_taken) & {conflict.name for conflict in merged.conflicts}


@given(SIDES, SIDES)
def test_nobody_in_between_means_that_yours_is_what_is_saved(before, yours):
    merged = merge(before, yours, before)
    assert merged.conflicts == ()
    assert {name: value for name, value in merged.merged.items() if value is not None} == {
        name: value for name, value in yours.items() if value is not None
    }


@given(SIDES, SIDES, SIDES)
def test_both_sides_see_the_same_conflicts(before, yours, theirs):
    mine = {conflict.name for conflict in merge(before, yours, theirs).conflicts}
    other = {conflict.name for conflict in merge(before, theirs, yours).conflicts}
    assert mine == other
