import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handeye.actions.replies.lenient_json import MAX_DEPTH, Unreadable, read_object, whole_characters

characters = st.characters(exclude_categories=["Cs"])
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(characters, max_size=30)
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(characters, max_size=8), inner, max_size=4),
)
objects = st.dictionaries(st.text(characters, max_size=8), values, max_size=5)


@given(objects, st.booleans(), st.sampled_from([None, 2]), st.text(characters, max_size=5))
def test_valid_json_reads_as_json(value: dict[str, object], ascii_only: bool, indent: int | None, behind: str) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    found = read_object(f"  {text}{behind}", 2)
    assert found.value == value
    assert found.end == 2 + len(text)
    assert found.repairs == ()


@given(objects)
def test_python_literals_read_as_json(value: dict[str, object]) -> None:
    text = repr(value)
    if "\\x" in text or "\\U" in text or "\\u" in text:
        return  # escapes that JSON has not
    assert read_object(text, 0).value == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": 1,}', {"a": 1}),
        ('{"a": [1, 2,],}', {"a": [1, 2]}),
        ('{,"a": 1,, "b": 2}', {"a": 1, "b": 2}),
        ("{a: 1, b: left}", {"a": 1, "b": "left"}),
        ("{'a': 'it's'}", {"a": "it's"}),
        ('{"a": "say "hi", then go"}', {"a": 'say "hi", then go'}),
        ('{"a": "x" "b": 2}', {"a": "x", "b": 2}),
        ("{\u201ca\u201d: \u201cb\u201d}", {"a": "b"}),
        ('{"a": (1, 2)}', {"a": [1, 2]}),
        ('{"a": "two\nlines"}', {"a": "two\nlines"}),
        ('{"a": "C:\\dir"}', {"a": "C:\\dir"}),
        ('{"a": "\\u12"}', {"a": "\\u12"}),
        ('{"a": "\\ud83d\\ude00\\ud83d"}', {"a": "\U0001f600\ufffd"}),
        ('{"a": [1, 2}', {"a": [1, 2]}),
        ('{"a": {"b": 1]', {"a": {"b": 1}}),
        ('{"a": {"b": "c"', {"a": {"b": "c"}}),
        ('{"a": 1\n</tool_call>', {"a": 1}),
        ('{"a": [1, 2\n```', {"a": [1, 2]}),
        ('{"a": "b"<|im_end|>', {"a": "b"}),
        ('{"a": +1, "b": .5, "c": 5., "d": 1e2}', {"a": 1, "b": 0.5, "c": 5.0, "d": 100.0}),
        ('{"a": True, "b": None}', {"a": True, "b": None}),
    ],
)
def test_what_is_forgiven(text: str, value: dict[str, object]) -> None:
    assert read_object(text, 0).value == value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"a": "b', "cut off within a string at character 9"),
        ('{"a": 61', "cut off within a number"),
        ('{"a": tru', "cut off within a word"),
        ('{"a": 1,', "is cut off"),
        ('{"a": [1,', "is cut off"),
        ('{"a":', "is cut off"),
        ('{"a"', "has no colon"),
        ("{", "is cut off"),
        ('{"a": 1 2}', "has no comma"),
        ('{"a": 10px}', "unit or a letter"),
        ('{"a": 1, "a": 2}', "names 'a' twice"),
        ('{"a": @}', "has no value"),
        ("{1: 2}", "has no name"),
        ('{"a": ' * 50, "nested too deeply"),
        ('{"a": ' + "[" * 50, "nested too deeply"),
    ],
)
def test_what_is_refused(text: str, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        read_object(text, 0)


def test_numbers_that_are_none_are_kept_for_the_schema_to_refuse() -> None:
    value = read_object('{"a": NaN, "b": -Infinity, "c": ' + "9" * 10_000 + "}", 0).value
    assert math.isnan(value["a"]) and value["b"] == -math.inf and value["c"] == math.inf  # type: ignore[arg-type]


def test_depth_up_to_the_limit_is_read() -> None:
    text = '{"a": ' * MAX_DEPTH + "1" + "}" * MAX_DEPTH
    assert read_object(text, 0).end == len(text)


@given(st.text())
def test_any_text_can_be_stored(text: str) -> None:
    assert whole_characters(text) == text
    assert whole_characters("\ud800" + text).encode("utf-8")
