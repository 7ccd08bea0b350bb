import json
from typing import Any

import pytest
from pydantic import ValidationError

from handeye.actions.geometry import Frame, Point, Size, Transform
from handeye.actions.reading import Problem
from handeye.actions.schema import ACTIONS, Action, load
from handeye.agent.decision import Decision, Place, PointConfidence, Spread, TokenCount
from handeye.agent.journal.line import DecisionLine, Line, MetaLine, OutcomeLine, Seen, StopLine, decode, encode
from handeye.agent.limits import Limits
from handeye.agent.outcome import StopReason
from handeye.environments.observation import Tab

CHAIN = Transform(Frame("model image", Size(28, 28)), Frame("screenshot", Size(96, 64), Point(5, 7)))
SEEN = Seen(
    screenshot="0" * 64,
    size=Size(96, 64),
    time=12.5,
    url="https://example.org/",
    tabs=(Tab("One", "https://example.org/", True),),
    notices=("A dialog asks: Sure?",),
    transforms=(CHAIN,),
)

FIELDS: dict[str, dict[str, Any]] = {
    "click": {"point": [0, 0], "modifiers": ["ctrl"]},
    "long_press": {"point": [1, 2]},
    "move": {"point": [1, 2]},
    "drag": {"path": [[1, 2], [3, 4]]},
    "scroll": {"point": [1, 2], "dy": -120},
    "type": {"secret": "password"},
    "press": {"keys": ["ctrl", "c"]},
    "hold": {"keys": ["shift"], "seconds": 1.5},
    "open_app": {"name": "Files"},
    "navigate": {"url": "https://example.org/"},
    "switch_tab": {"index": 0},
    "zoom": {"box": [1, 2, 3, 4]},
    "note": {"text": "42\n€ 你"},
    "answer": {"text": "42"},
    "ask_user": {"text": "Which?"},
    "terminate": {"status": "infeasible"},
}


def there_and_back(line: Line) -> Line:
    encoded = encode(line)
    assert b"\n" not in encoded
    return decode(json.loads(encoded))


@pytest.mark.parametrize("kind", ACTIONS)
def test_every_action_comes_back(kind: str) -> None:
    action: Action = load({"type": kind, **FIELDS.get(kind, {})})
    line = DecisionLine(time=1.0, step=0, observation=SEEN, decision=Decision("raw", "why", (action,)))
    assert there_and_back(line) == line


def test_a_whole_decision_comes_back() -> None:
    decision = Decision(
        text="raw\u2028text",
        thought="",
        actions=(),
        problem=Problem("no action", "raw"),
        conclusion="end",
        notes=("clamped",),
        tokens=TokenCount(10, 4, 3, 0.25),
        transforms=(CHAIN,),
        confidence=((), (PointConfidence(0.71, Spread(4.25, 1e-9)), None)),
        places=(Place("OK", Point(1, 2), "m", "p", "(1, 2)", None, confidence=PointConfidence(1.0, Spread(0.0, 0.5))),),
    )
    line = DecisionLine(time=1.0, step=3, observation=SEEN, decision=decision)
    back = there_and_back(line)
    assert back == line
    assert isinstance(back, DecisionLine)
    assert isinstance(back.observation.transforms[0].source.size, Size)
    assert [type(sure) for sure in back.decision.confidence_of(1)] == [PointConfidence, type(None)]
    assert back.decision.confidence_of(0) == back.decision.confidence_of(2) == ()


def test_a_decision_of_an_older_version_is_read() -> None:
    line = DecisionLine(time=1.0, step=0, observation=SEEN, decision=Decision("raw", "why", (load({"type": "back"}),)))
    fields = json.loads(encode(line))
    assert fields["decision"].pop("confidence") == []
    assert decode(fields) == line


def test_none_is_kept_as_none() -> None:
    limits = Limits(steps=None, seconds=0.0, problems=None)
    line = MetaLine(
        time=1.0,
        version="0",
        task="T",
        policy="p",
        profile=None,
        environment="e",
        limits=limits,
        screenshots=1,
        settings={"url": None, "viewport": [1280, 720]},
    )
    assert there_and_back(line) == line


def test_half_a_surrogate_pair_does_not_stop_the_journal() -> None:
    line = OutcomeLine(
        time=1.0, step=0, number=0, status="rejected", message="a\ud83db", seconds=0.0, stop=None, observation=None
    )
    back = there_and_back(line)
    assert isinstance(back, OutcomeLine)
    assert back.message == "a?b"


@pytest.mark.parametrize(
    "change",
    [{"kind": "what"}, {"reason": "tired"}, {"extra": 1}, {"time": "soon"}],
)
def test_what_is_no_line_is_refused(change: dict[str, Any]) -> None:
    value = json.loads(encode(StopLine(time=1.0, reason=StopReason.SUCCESS, message="")))
    with pytest.raises(ValidationError):
        decode({**value, **change})


@pytest.mark.parametrize("name", ["../../etc/passwd", "0" * 63, "G" * 64])
def test_a_screenshot_is_named_by_its_hash_alone(name: str) -> None:
    with pytest.raises(ValidationError):
        Seen(screenshot=name, size=Size(1, 1), time=0.0)
