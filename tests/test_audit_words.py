"""Lines of the audit log in words."""

from certus_admin.audit_words import changed_names, differences, title_of


def test_a_difference_is_found_in_nested_objects_and_lists_stay_whole() -> None:
    found = differences(
        {"id": "1", "value": {"a": 1, "b": [1], "c": {"d": True}}},
        {"id": "2", "value": {"a": 1, "b": [1, 2], "c": {"d": None}}},
    )
    assert [(each.name, each.before, each.after) for each in found] == [
        ("value.b", "[1]", "[1, 2]"),
        ("value.c.d", "true", "null"),
        ("id", "1", "2"),
    ]
    assert not found[0].is_long
    assert differences({"items": ["word"] * 40}, None)[0].is_long
    assert differences(None, {"label": "Till"})[0].before is None
    assert differences(None, None) == ()


def test_a_table_that_has_no_words_yet_is_spelt_out() -> None:
    assert title_of("brand_new_things", "sent_off") == "Brand new things sent off"
    assert title_of("location_hours", "update") == "Hours changed"
    assert changed_names({"id": 1, "busy_reason": "rain"}, None) == "busy reason"
    assert changed_names({"id": 1}, None) == "id"
