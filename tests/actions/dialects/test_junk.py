"""Any text at all gives a reading, never an exception, and in time that grows with its length."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handeye.actions.dialects.catalog import DIALECTS
from handeye.actions.dialects.dialect import Dialect, Seen
from handeye.actions.dialects.qwen.dialect import COMPUTER_USE
from handeye.actions.dialects.unified import UNIFIED
from handeye.actions.geometry import Frame, Size
from handeye.actions.reading import Reading

FRAME = Frame("model image", Size(1288, 728))
MEGABYTE = 1_000_000
REPEATED_LENGTH = 100_000

# Pieces of replies: in a random order they come nearer to the edges of the parser than random bytes do.
PIECES = [
    *(
        "{",
        "}",
        "[",
        "]",
        "(",
        ")",
        '"',
        "'",
        ":",
        ",",
        "\\",
        "\n",
        " ",
        "<",
        ">",
        "```",
        "```json\n",
        "\\u",
        "\\ud800",
    ),
    *(
        "<think>",
        "</think>",
        "<thinking>",
        "</thinking>",
        "<conclusion>",
        "</conclusion>",
        "<tool_call>",
        "</tool_call>",
    ),
    *(
        "⚗",
        "📐",
        "NaN",
        "-Infinity",
        "1e999",
        "-5",
        "0.5",
        "642",
        "true",
        "null",
        "None",
        "Thought: ",
        "\x00",
        "\ud800",
    ),
    *(
        '"thought"',
        '"action"',
        '"actions"',
        '"type"',
        '"name"',
        '"arguments"',
        '"point"',
        '"coordinate"',
        '"path"',
        '"box"',
    ),
    *('"keys"', '"text"', '"seconds"', '"click"', '"type"', '"drag"', '"press"', '"zoom"', '"wait"', '"computer_use"'),
    *(
        '"left_click"',
        '"scroll"',
        '"pixels"',
        '"key"',
        '"swipe"',
        '"ctrl+c"',
        "[1, 2]",
        "[0.5, 0.5]",
        '{"type": "back"}',
    ),
    *('{"action": {"type": "click", "point": [', '{"name": "computer_use", "arguments": {"action": "'),
]
PIECES += [
    *("Action: ", "\nAction: ", "\n## Code:\n", "```python\n", "<action>", "</action>", "<answer>", "</answer>"),
    *("<operation>", "</operation>", "click(", "Click(box=(1, 2))", "Click(3, 4)", "pyautogui.click(", "x=1, y=2)"),
    *("start_box='(1,2)'", "content='", "point_2d", "(5,6)", "[1, 2, 3, 4]", "'action': 'click'", "hotkey('a')", "="),
]
REPEATED = [
    *("Action: click(start_box='(1,2)')\n", "\nThought:", "\nAction:", "Action: ", "```python\n", "```", "## Code:\n"),
    *(
        "<action>",
        "<think></think>",
        "</think>",
        "<answer>[{'action':",
        "type(content='",
        "write('a'); ",
        "(1, ",
        "(1,2) ",
    ),
    *("pyautogui.click(x=1, y=2)\n", "pyautogui.keyDown('a')\n", "click(", "Click(", '{"point_2d": [1, 2]}, ', "1,"),
    *(
        '{"action": "click", ',
        "<tool_call>",
        "[[",
        "hotkey(\n",
        "# ",
        "import a\n",
        "a.",
        "\\'",
        "<|box_start|>",
        " \n",
    ),
]
"""What a reply may repeat until the token limit."""
LONG = {
    "braces": "{" * MEGABYTE,
    "nesting": '{"a":' * (MEGABYTE // 5),
    "nested_actions": '{"action":' * (MEGABYTE // 10),
    "nested_lists": '{"a":' + "[" * MEGABYTE,
    "open_thoughts": '{"thought": "' * (MEGABYTE // 13),
    "closing_tags": "</think>" * (MEGABYTE // 8) + "{",
    "opening_tags": "<think>" * (MEGABYTE // 7) + '{"a"',
    "angles": "<" * MEGABYTE,
    "quotes": '{"a": "' + ' "' * (MEGABYTE // 2),
    "quotes_and_commas": '{"a": "' + '",' * (MEGABYTE // 2),
    "single_quotes": "{'" * (MEGABYTE // 2),
    "backslashes": '{"a": "' + "\\" * MEGABYTE,
    "spaces": '{"type" ' + " " * MEGABYTE,
    "lines": "\n" * MEGABYTE + '{"type"',
    "numbers": '{"a": [' + "1," * (MEGABYTE // 2),
    "one_number": '{"type": "click", "point": [' + "1" * MEGABYTE + ", 1]}",
    "number_in_a_string": '{"type": "click", "point": "' + "1" * MEGABYTE + '"}',
    "long_chord": '{"type": "press", "keys": "' + "ctrl+" * (MEGABYTE // 5) + '"}',
    "long_key": '{"type": "press", "keys": ["' + "x" * MEGABYTE + '"]}',
    "long_address": '{"type": "navigate", "url": "' + "x" * MEGABYTE + '"}',
    "long_type": '{"type": "' + "x" * MEGABYTE + '"}',
    "many_members": '{"type": "back", ' + ", ".join(f'"k{index}": 0' for index in range(MEGABYTE // 10)) + "}",
    "many_actions": '{"type": "back"}' * (MEGABYTE // 16),
    "many_calls": '{"name": "computer_use", "arguments": {"action": "left_click", "coordinate": [1, 2]}}\n'
    * (MEGABYTE // 90),
    "many_objects": '{"a": 1}' * (MEGABYTE // 8),
    "prose": "The quick brown fox. " * (MEGABYTE // 21),
}


def readings(text: str) -> list[Reading]:
    return [dialect.read(text, Seen(FRAME)) for dialect in DIALECTS.values()]


def check(reading: Reading) -> None:
    assert (reading.problem is None) == (len(reading.actions) > 0)
    if reading.problem is not None:
        assert reading.problem.reason and "\n" not in reading.problem.reason
        assert len(reading.problem.text) <= 2001
        reading.problem.text.encode("utf-8")
    reading.thought.encode("utf-8")
    reading.conclusion.encode("utf-8")


@pytest.mark.slow
def test_ten_thousand_random_byte_strings_are_problems() -> None:
    generator = random.Random(20250128)
    for _ in range(10_000):
        data = generator.randbytes(generator.randrange(200))
        for reading in readings(data.decode(generator.choice(["utf-8", "latin-1", "utf-16"]), errors="replace")):
            check(reading)
            assert reading.problem is not None


def test_undecodable_bytes_are_problems() -> None:
    for reading in readings(b'\xff{"type": "type", "text": "\xfe"'.decode("utf-8", errors="surrogateescape")):
        check(reading)


@pytest.mark.slow
def test_random_pieces_of_replies_make_a_reading() -> None:
    generator = random.Random(20250129)
    for _ in range(4_000):
        for reading in readings("".join(generator.choices(PIECES, k=generator.randrange(40)))):
            check(reading)


@given(st.text())
def test_any_text_makes_a_reading(text: str) -> None:
    for reading in readings(text):
        check(reading)


@pytest.mark.slow
@settings(max_examples=15)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
        lambda inner: st.lists(inner, max_size=4),
    )
)
def test_any_value_for_a_member_makes_a_reading(value: object) -> None:
    for member in (
        "point",
        "path",
        "box",
        "keys",
        "text",
        "seconds",
        "count",
        "type",
        "thought",
        "action",
        "name",
        "arguments",
    ):
        for kind in ("click", "drag", "zoom", "press", "type", "wait", "left_click", "key", "scroll", "swipe"):
            for outer in (
                {"action": {"type": kind, member: value}},
                {"name": "computer_use", "arguments": {"action": kind, member: value}},
            ):
                for reading in readings(str(outer)):
                    check(reading)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(LONG))
def test_the_work_grows_with_the_length(name: str) -> None:
    started = time.thread_time()
    dialect = COMPUTER_USE if name == "many_calls" else UNIFIED
    reading = dialect.read(LONG[name], Seen(FRAME))
    check(reading)
    assert reading.problem is not None
    # The work of this thread alone, however long it waits for a processor: a quadratic step would take minutes.
    assert time.thread_time() - started < 30


@pytest.mark.slow
@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
def test_the_work_of_every_dialect_grows_with_the_length(dialect: Dialect) -> None:
    started = time.thread_time()
    for piece in REPEATED:
        check(dialect.read(piece * (REPEATED_LENGTH // len(piece)), Seen(FRAME)))
    assert time.thread_time() - started < 60
