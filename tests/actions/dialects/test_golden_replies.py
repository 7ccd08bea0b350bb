"""Replies as models write them, each with the reading that is expected of it (FOLDER/NAME.txt and NAME.json)."""

import json
import random
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from handeye.actions.dialects.catalog import DIALECTS
from handeye.actions.dialects.dialect import Seen
from handeye.actions.geometry import Frame, Point, Size
from handeye.actions.reading import Reading
from handeye.actions.schema import dump

GOLDEN = Path(__file__).parent
NAMES = sorted(str(path.relative_to(GOLDEN).with_suffix("")) for path in GOLDEN.rglob("*.json"))
ENOUGH = 20
FRAME = Frame("model image", Size(1288, 728))


@dataclass(frozen=True)
class Case:
    text: str
    expected: dict[str, Any]

    def read(self) -> Reading:
        frame = Frame("model image", Size(*self.expected["frame"]))
        cursor = Point(*self.expected["cursor"]) if "cursor" in self.expected else None
        return DIALECTS[self.expected["format"]].read(self.text, Seen(frame, cursor=cursor))


def load_case(name: str) -> Case:
    text = (GOLDEN / f"{name}.txt").read_bytes().decode("utf-8")
    return Case(text, json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8")))


def test_there_are_enough_in_each_folder() -> None:
    for folder, count in Counter(str(Path(name).parent) for name in NAMES).items():
        assert count >= ENOUGH, folder


def test_there_are_some_of_each_dialect() -> None:
    formats = Counter(load_case(name).expected["format"] for name in NAMES)
    assert formats.keys() == DIALECTS.keys()
    assert min(formats.values()) >= ENOUGH // 2


@pytest.mark.parametrize("name", NAMES)
def test_reads_as_expected(name: str) -> None:
    case = load_case(name)
    reading = case.read()
    assert (reading.problem.reason if reading.problem else None) == case.expected.get("problem")
    assert [dump(action) for action in reading.actions] == case.expected.get("actions", [])
    assert reading.thought == case.expected["thought"]
    assert reading.conclusion == case.expected.get("conclusion", "")
    assert list(reading.notes) == case.expected.get("notes", [])
    assert (reading.problem is None) == (len(reading.actions) > 0)


def test_broken_replies_of_every_dialect_are_read_or_a_problem_in_every_dialect() -> None:
    generator = random.Random(20250130)
    cases = [load_case(name) for name in NAMES]
    for _ in range(3_000):
        case, other = generator.choices(cases, k=2)
        start, end = sorted(generator.choices(range(len(case.text) + 1), k=2))
        cut = generator.randrange(len(other.text) + 1)
        broken = generator.choice(
            (
                case.text[:end],
                case.text[:start] + case.text[end:],
                case.text[:end] + case.text[start:],
                case.text[:end] + other.text[cut:],
            )
        )
        dialect = DIALECTS[generator.choice(list(DIALECTS))]
        for name in (case.expected["format"], dialect.name):
            reading = DIALECTS[name].read(broken, Seen(FRAME))
            assert (reading.problem is None) == (len(reading.actions) > 0), broken
            assert reading.problem is None or "\n" not in reading.problem.reason
