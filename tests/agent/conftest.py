"""Screens, observations and steps for the tests of the agent."""

import io
from collections.abc import Callable

import pytest
from PIL import Image

from handeye.actions.geometry import Point, Size
from handeye.actions.parse import Problem
from handeye.actions.schema import Action, Click
from handeye.agent.decision import Decision, TokenCount
from handeye.agent.outcome import Outcome
from handeye.agent.step import Step
from handeye.environments.observation import Observation

SIZE = Size(96, 64)

MakeScreen = Callable[[int], bytes]
MakeObservation = Callable[..., Observation]
MakeStep = Callable[..., Step]


def png(shade: int) -> bytes:
    """A PNG of one grey."""
    buffer = io.BytesIO()
    Image.new("RGB", SIZE, (shade, shade, shade)).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def screens() -> list[bytes]:
    """Ten screens that differ."""
    return [png(20 * index) for index in range(10)]


@pytest.fixture
def observe() -> MakeObservation:
    """Makes an observation of a screen of one grey."""

    def make(shade: int = 0, url: str | None = None, notices: tuple[str, ...] = ()) -> Observation:
        return Observation(screenshot=png(shade), size=SIZE, time=1_700_000_000.0 + shade, url=url, notices=notices)

    return make


@pytest.fixture
def make_step(observe: MakeObservation) -> MakeStep:
    """Makes a step that clicks, or one whose reply could not be read."""

    def make(
        index: int,
        *outcomes: Outcome,
        thought: str = "",
        conclusion: str = "",
        actions: tuple[Action, ...] | None = None,
        problem: str | None = None,
        tokens: TokenCount | None = None,
    ) -> Step:
        if actions is None:
            actions = () if problem is not None else (Click(point=Point(index, index)),)
        decision = Decision(
            text=f"reply {index}",
            thought=thought,
            actions=actions,
            problem=None if problem is None else Problem(problem, f"reply {index}"),
            conclusion=conclusion,
            tokens=tokens,
        )
        return Step(index, observe(index), decision, outcomes)

    return make
