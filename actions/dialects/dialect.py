"""What a dialect is: how a family of models writes actions, and how its tool and its replies are put into words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from handeye.actions.abilities import Abilities
from handeye.actions.errors import HandeyeError
from handeye.actions.geometry import Box, Frame, Point, Size
from handeye.actions.points import Points
from handeye.actions.reading import Reading
from handeye.actions.schema import ACTIONS, AnyAction, Type, dump

_NEEDLESS = {
    "wait_until_stable": "the screenshot after each action shows a stable screen; `wait` waits longer",
    "zoom": "the weights were trained without it",
}


class Inexpressible(HandeyeError):
    """A dialect has no call for an action, or for a detail of it."""

    def __init__(self, action: AnyAction, dialect: str) -> None:
        super().__init__(f"{dialect} has no call for {dump(action)}: choose another action")


@dataclass(frozen=True, slots=True)
class TabStrip:
    """Which tab is shown, and how many there are."""

    shown: int = 0
    count: int = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """What a reply answers."""

    frame: Frame
    """The image as the model saw it."""
    target: Frame | None = None
    """The frame of the actions' points, such as the screenshot; None is the image itself."""
    cursor: Point | None = None
    """The position of the cursor in the target, if known."""
    marks: tuple[Box, ...] = ()
    """The boxes in the target that a reply may name by their numbers, counted from 1."""
    tabs: TabStrip = TabStrip()
    """The open tabs of a browser, to which some chords refer."""
    abilities: Abilities = Abilities()
    """What can be done on the screen."""


class Dialect(Protocol):
    """One way of writing actions. It knows nothing of prompts, images or histories: a profile of a checkpoint does."""

    @property
    def name(self) -> str:
        """Its name, which no other dialect has."""

    @property
    def says(self) -> frozenset[str]:
        """The types of action that it can ask for, at least in some form; see `Inexpressible`."""

    @property
    def unsaid(self) -> Mapping[str, str]:
        """The other types, each with the reason, or what is said instead."""

    @property
    def points(self) -> Points:
        """How points are written."""

    def __hash__(self) -> int:
        """It is plain data."""

    def describe(self, size: Size, abilities: Abilities) -> str:
        """Return the description of the tool or the action space, as the weights were trained to see it.

        `size` is the size in pixels of the screenshot as the model sees it.
        """

    def read(self, text: str, seen: Seen) -> Reading:
        """Return what a reply asks for; an unreadable one is `Reading.problem`.

        Accepts any text, and takes time proportional to its length.
        """

    def write(self, action: AnyAction, frame: Frame, thought: str = "", conclusion: str = "") -> str:
        """Return the whole reply that asks for the action, with points in pixels of `frame`; raise `Inexpressible`.

        A scroll gets the nearest distance that the dialect has, and a wait the nearest time; nothing else is left out.
        A thought or a conclusion for which the dialect has no place is.
        """

    def tell(self, action: AnyAction, frame: Frame) -> tuple[str, ...]:
        """Return the calls of that reply without what surrounds them, each on one line, as a history tells them."""

    def word(self, kind: str) -> str | None:
        """Return what a type of action is called, or what comes closest; None if nothing does."""


@runtime_checkable
class HasFreeText(Protocol):
    """A dialect in whose calls a model may say more than is read."""

    @property
    def free_text(self) -> str:
        """The empty text in what it writes, such as `"element": ""`, that a model may fill."""


@runtime_checkable
class TypesAtPoint(Protocol):
    """A dialect with a call that clicks on a place and types a text there, which is read as these two actions."""

    def write_at(self, point: Point, text: Type, frame: Frame, thought: str = "", conclusion: str = "") -> str:
        """Return the whole reply that types at a point in pixels of `frame`; raise `Inexpressible`."""


def left_unsaid(
    says: frozenset[str],
    reasons: Mapping[str, str],
    otherwise: str = "the weights were trained without such a call",
) -> dict[str, str]:
    """Return why each type of action outside `says` is not said: its reason, if it has one of its own."""
    return {kind: reasons.get(kind) or _NEEDLESS.get(kind) or otherwise for kind in ACTIONS if kind not in says}
