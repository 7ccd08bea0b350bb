"""Screens, observations and steps for the tests of the agent."""

import io
import resource
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Self

import pytest
from PIL import Image

from handeye.actions.geometry import Point, Size
from handeye.actions.reading import Problem
from handeye.actions.schema import Action, Click, Navigate
from handeye.agent.decision import Decision, TokenCount
from handeye.agent.outcome import Outcome
from handeye.agent.step import Step
from handeye.environments.observation import Observation

SIZE = Size(96, 64)

FileLimit = Callable[[int], AbstractContextManager[None]]
MakeObservation = Callable[..., Observation]
MakeStep = Callable[..., Step]


def png(shade: int) -> bytes:
    """A PNG of one grey."""
    buffer = io.BytesIO()
    Image.new("RGB", SIZE, (shade, shade, shade)).save(buffer, "PNG")
    return buffer.getvalue()


@contextmanager
def file_limit(length: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (length, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def no_file_longer_than() -> FileLimit:
    """Lets every write beyond so many bytes of a file fail, as on a full disk."""
    return file_limit


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


class Room:
    """An environment whose every look is another shade, and whose actions do what a test says.

    `reactions` holds, by the number of the action, an exception to raise instead or the address to be at afterwards.
    """

    name = "room"
    supported = frozenset({"click", "press", "type", "navigate", "wait"})

    def __init__(self, reactions: dict[int, BaseException | str] | None = None, url: str = "http://room/") -> None:
        self.reactions = reactions or {}
        self.url = url
        self.looks = 0
        self.executed: list[Action] = []

    def reset(self) -> Observation:
        return self.observe()

    def observe(self) -> Observation:
        self.looks += 1
        return Observation(screenshot=png(self.looks), size=SIZE, time=float(self.looks), url=self.url)

    def execute(self, action: Action) -> Observation:
        match self.reactions.get(len(self.executed)):
            case BaseException() as error:
                self.executed.append(action)
                raise error
            case str(url):
                self.url = url
        if isinstance(action, Navigate):
            self.url = action.url
        self.executed.append(action)
        return self.observe()

    def close(self) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


@pytest.fixture
def room() -> type[Room]:
    return Room
