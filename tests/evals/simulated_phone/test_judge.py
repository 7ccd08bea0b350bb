from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handeye.evals.simulated_phone.judge import differences, judged

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("found", "wanted", "expected"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": "1"}, {"a": 1}, ["a is '1' instead of 1"]),
        ({"a": False}, {"a": 0}, ["a is False instead of 0"]),
        ({"a": {"b": 0}}, {"a": {}}, ["a.b is 0, and should not be there"]),
        ({}, {"a": 0}, ["a is missing; it should be 0"]),
        ({"a": [1, 2]}, {"a": [2, 1]}, []),
        ({"a": [1, 1]}, {"a": [1]}, ["a holds 1, and should not"]),
        ({"a": [1]}, {"a": [1, 1]}, ["a lacks 1"]),
        ({"a": [{"id": 7, "b": 1}]}, {"a": [{"b": 1}]}, []),
        ({"f": {"mtime": 5, "size": 1}}, {"f": {"mtime": 9, "size": 2}}, ["f.size is 1 instead of 2"]),
    ],
)
def test_differences(found: Any, wanted: Any, expected: list[str]) -> None:
    assert list(differences(found, wanted)) == expected


@given(JSON)
def test_nothing_differs_from_its_copy(value: Any) -> None:
    assert list(differences(value, deepcopy(value))) == []


@given(JSON, JSON)
def test_a_difference_is_seen_from_both_sides(one: Any, other: Any) -> None:
    assert bool(list(differences({"at": one}, {"at": other}))) == bool(list(differences({"at": other}, {"at": one})))


def test_the_keyboard_in_use_is_not_judged() -> None:
    secure = {"default_input_method": "a", "enabled_input_methods": "b", "ui_night_mode": "1"}
    state = {"notes": [], "settings": {"global": {}, "secure": secure}}
    assert judged(state) == {"notes": [], "settings": {"global": {}, "secure": {"ui_night_mode": "1"}}}
    assert secure["default_input_method"] == "a"
