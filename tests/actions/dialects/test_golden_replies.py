"""Replies as models write them, each with the reading that is expected of it (DIALECT/NAME.txt and NAME.json)."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from handeye.actions.dialects.qwen import tools as qwen
from handeye.actions.dialects.unified import parse
from handeye.actions.geometry import Frame, Point, Size
from handeye.actions.reading import Reading
from handeye.actions.schema import dump

GOLDEN = Path(__file__).parent
NAMES = sorted(str(path.relative_to(GOLDEN).with_suffix("")) for path in GOLDEN.glob("*/*.json"))


@dataclass(frozen=True)
class Case:
    text: str
    expected: dict[str, Any]

    def read(self) -> Reading:
        frame = Frame("model image", Size(*self.expected["frame"]))
        if self.expected["format"] == "unified":
            return parse(self.text, frame)
        cursor = Point(*self.expected["cursor"]) if "cursor" in self.expected else None
        return qwen.parse(self.text, self.expected["format"], frame, cursor)


def load_case(name: str) -> Case:
    text = (GOLDEN / f"{name}.txt").read_bytes().decode("utf-8")
    return Case(text, json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8")))


def test_there_are_enough_of_each_format() -> None:
    formats = [load_case(name).expected["format"] for name in NAMES]
    assert formats.count("unified") >= 40
    assert formats.count("computer_use") >= 20
    assert formats.count("mobile_use") >= 10


@pytest.mark.parametrize("name", NAMES)
def test_reads_as_expected(name: str) -> None:
    case = load_case(name)
    reading = case.read()
    assert (reading.problem.reason if reading.problem else None) == case.expected.get("problem")
    assert [dump(action) for action in reading.actions] == case.expected.get("actions", [])
    assert reading.thought == case.expected["thought"]
    assert reading.conclusion == case.expected.get("conclusion", "")
    assert list(reading.notes) == case.expected.get("notes", [])


@pytest.mark.parametrize("name", NAMES)
def test_is_either_actions_or_a_problem(name: str) -> None:
    reading = load_case(name).read()
    assert (reading.problem is None) == (len(reading.actions) > 0)
