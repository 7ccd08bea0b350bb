"""Messages on the wire: examples, forests and episodes."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handeye.actions.geometry import Size
from handeye.evals.androidcontrol.records.episode import episode_id, parse_example, read_episode
from handeye.evals.androidcontrol.records.example import Example
from handeye.evals.androidcontrol.records.forest import Bounds, Node, read_forest
from handeye.evals.androidcontrol.records.wire import Malformed, fields, signed, varint
from handeye.evals.androidcontrol.truth import Opened, Tap
from handeye.evals.androidcontrol.written import episode, example, forest
from handeye.evals.samples.dataset import InvalidDataset
from handeye.evals.samples.region import Spot

ACTIONS = [{"action_type": "open_app", "app_name": "Mail"}, {"action_type": "click", "x": 5, "y": 7}]
NODE = Node(Bounds(-3, 0, 5, 9), "Send", "Sends it", is_visible=True, is_scrollable=True, is_leaf=False)


def test_numbers_and_texts_of_an_example() -> None:
    read = Example.parse(example({"a": [0, 1, 300, 1 << 40], "b": [b"x", b"", "é".encode()]}))
    assert read.numbers("a") == [0, 1, 300, 1 << 40]
    assert read.texts("b") == ["x", "", "é"] and read.bytes_of("c") == []
    with pytest.raises(Malformed, match="a is a list of another kind"):
        read.texts("a")


def test_numbers_that_are_not_packed_and_negative() -> None:
    negative = bytes([0x08]) + b"\xff" * 9 + b"\x01"
    unpacked = bytes([0x1A, len(negative) + 2]) + bytes([0x08, 0x05]) + negative
    entry = bytes([0x0A, 0x01]) + b"n" + bytes([0x12, len(unpacked)]) + unpacked
    features = bytes([0x0A, len(entry)]) + entry
    assert Example.parse(bytes([0x0A, len(features)]) + features).numbers("n") == [5, -1]


def test_a_forest_and_what_is_left_out_of_it() -> None:
    read = read_forest(forest([((0, 0, 1080, 2400), [NODE, Node(Bounds())]), ((0, 0, 1080, 80), [])]))
    assert read.nodes == [NODE, Node(Bounds())]
    assert read.boxes == [Bounds(0, 0, 1080, 2400), NODE.bounds, Bounds(), Bounds(0, 0, 1080, 80)]
    bare = bytes([0x0A, 0x04, 0x5A, 0x02, 0x0A, 0x00])  # a window with a tree with a node that says nothing
    assert read_forest(bare).nodes == [Node(Bounds())] and read_forest(bare).boxes == []


def test_an_episode() -> None:
    screens = [(b"png", (1080, 2400), forest([((0, 0, 1080, 2400), [NODE])]))] * 3
    record = episode(140, "Write a mail", ACTIONS, ["open it", "tap it"], screens)
    read = read_episode(parse_example(record, "here"), "here")
    assert (read.id, read.goal, read.instructions) == (140, "Write a mail", ["open it", "tap it"])
    assert read.steps == [Opened("Mail"), Tap(Spot(5, 7))]
    assert read.sizes == [Size(1080, 2400)] * 3 and bytes(read.screenshots[1]) == b"png"
    assert read.forest(2).nodes == [NODE]


@pytest.mark.parametrize(
    ("record", "problem"),
    [
        (episode(1, "g", ACTIONS, ["a", "b"], [(b"", (1, 1), b"")] * 2), "no whole episode: 2 actions, 2 instr.*2 scr"),
        (episode(1, "g", ACTIONS, ["a"], [(b"", (1, 1), b"")] * 3), "no whole episode"),
        (
            episode(1, "g", [{"action_type": "dance"}], ["a"], [(b"", (1, 1), b"")] * 2),
            "step 0 has an action of the ty",
        ),
        (
            episode(1, "g", [{"action_type": "click"}], ["a"], [(b"", (1, 1), b"")] * 2),
            "step 0 has no place as x and y",
        ),
        (episode(1, "g", [{"action_type": "scroll"}], ["a"], [(b"", (1, 1), b"")] * 2), "None, which is no direction"),
        (episode(1, "g", [{"action_type": "open_app"}], ["a"], [(b"", (1, 1), b"")] * 2), "None as app_name, not a te"),
        (episode(1, "g", [], [], [(b"", (0, 1), b"")]), "a screenshot without a size"),
        (example({"episode_id": [1], "goal": [b"g"], "actions": [b"{"]}), "no whole episode"),
        (example({"goal": [b"g"]}), "has no episode_id"),
        (example({"episode_id": [b"1"]}), "no episode of AndroidControl: episode_id is a list of another kind"),
        (b"\x0a\x05ab", "is no tf.train.Example: a field reaches over the end"),
    ],
)
def test_a_bad_episode_is_named(record: bytes, problem: str) -> None:
    with pytest.raises(InvalidDataset, match=f"shard 3.*{problem}"):
        read_episode(parse_example(record, "shard 3"), "shard 3")


def test_an_action_that_is_no_json() -> None:
    record = episode(1, "g", ACTIONS, ["a", "b"], [(b"", (1, 1), b"")] * 3).replace(b'"Mail"}', b'"Mail"]')
    with pytest.raises(InvalidDataset, match="here, step 0 has an action that is no JSON"):
        read_episode(parse_example(record, "here"), "here")
    assert episode_id(parse_example(record, "here"), "here") == 1
    assert json.loads("{}") == {}


def test_a_tree_that_is_none() -> None:
    read = read_episode(parse_example(episode(1, "g", [], [], [(b"", (1, 1), b"\x0a\x7f")]), "here"), "here")
    with pytest.raises(InvalidDataset, match="here has no accessibility tree at step 0"):
        read.forest(0)


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    for read in (read_forest, Example.parse, lambda each: list(fields(memoryview(each)))):
        try:
            read(content)
        except Malformed as error:
            assert str(error)


@given(st.lists(st.integers(0, (1 << 63) - 1), max_size=6), st.lists(st.binary(max_size=9), min_size=1, max_size=6))
def test_what_is_written_is_read(numbers: list[int], texts: list[bytes]) -> None:
    read = Example.parse(example({"n": numbers, "t": texts}))
    assert read.numbers("n") == numbers if numbers else True
    assert [bytes(each) for each in read.bytes_of("t")] == texts


def test_varints() -> None:
    assert varint(memoryview(b"\xac\x02"), 0) == (300, 2) and signed((1 << 64) - 3) == -3
    for bad, problem in ((b"", "over the end"), (b"\x80", "over the end"), (b"\xff" * 11, "more than ten bytes")):
        with pytest.raises(Malformed, match=problem):
            varint(memoryview(bad), 0)
    for bad, problem in ((b"\x00\x01", "number 0"), (b"\x0b", "wire type 3"), (b"\x0d\x01", "over the end")):
        with pytest.raises(Malformed, match=problem):
            list(fields(memoryview(bad)))
    assert next(iter(fields(memoryview(b"\x0d\x01\x02\x03\x04"))))[1] == b"\x01\x02\x03\x04"
