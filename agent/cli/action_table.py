"""Which action is delivered where, and how a model says it: for every environment and dialect."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal

from handeye.actions.dialects import unified
from handeye.actions.dialects.qwen import tools as qwen
from handeye.actions.dialects.qwen.tools import UNSAID, Inexpressible
from handeye.actions.geometry import Box, Point
from handeye.actions.schema import (
    Answer,
    AnyAction,
    AskUser,
    Back,
    Click,
    CloseTab,
    Drag,
    Hold,
    Home,
    LongPress,
    Move,
    Navigate,
    NewTab,
    Note,
    OpenApp,
    Press,
    RecentApps,
    Scroll,
    SwitchTab,
    Terminate,
    Type,
    Wait,
    WaitUntilStable,
    Zoom,
)
from handeye.agent.prompts.qwen import tool_for
from handeye.agent.prompts.text import in_words
from handeye.environments.android.actions import SUPPORTED as ANDROID
from handeye.environments.android.actions import require_finger
from handeye.environments.browser.actions import SUPPORTED as BROWSER
from handeye.environments.desktop.actions import SUPPORTED as DESKTOP
from handeye.environments.errors import ActionRejected
from handeye.environments.supported import require_supported

Dialect = Literal["qwen", "unified"]
SCREENS: Mapping[str, frozenset[str]] = {"browser": BROWSER, "desktop": DESKTOP, "android": ANDROID}
"""The types of action that each kind of screen carries out."""
_LOOP = frozenset({"note", "answer", "ask_user", "terminate"})
"""The types that need no screen."""
_HERE, _THERE = Point(640, 360), Point(700, 420)
EXAMPLES: Mapping[str, AnyAction] = {
    "click": Click(point=_HERE),
    "right click": Click(point=_HERE, button="right"),
    "double click": Click(point=_HERE, count=2),
    "triple click": Click(point=_HERE, count=3),
    "click with ctrl held": Click(point=_HERE, modifiers=("ctrl",)),
    "long press": LongPress(point=_HERE),
    "move": Move(point=_HERE),
    "drag": Drag(path=(_HERE, _THERE)),
    "drag after a hold": Drag(path=(_HERE, _THERE), hold_seconds=1.0),
    "drag along a path": Drag(path=(_HERE, _THERE, Point(760, 360))),
    "scroll": Scroll(point=_HERE, dy=300),
    "scroll sideways": Scroll(point=_HERE, dx=300),
    "type": Type(text="tent"),
    "type and enter": Type(text="tent", submit=True),
    "replace a text": Type(text="tent", clear=True),
    "type a secret": Type(secret="password"),
    "press": Press(keys=("enter",)),
    "press a chord": Press(keys=("ctrl", "c")),
    "hold": Hold(keys=("right",), seconds=1.0),
    "wait": Wait(),
    "wait until stable": WaitUntilStable(),
    "open an app": OpenApp(name="Files"),
    "open an address": Navigate(url="https://example.org/"),
    "go back": Back(),
    "go home": Home(),
    "recent apps": RecentApps(),
    "switch tab": SwitchTab(index=1),
    "new tab": NewTab(),
    "close tab": CloseTab(),
    "zoom": Zoom(box=Box(0, 0, 640, 360)),
    "note": Note(text="2 tents"),
    "answer": Answer(text="42"),
    "ask the user": AskUser(text="Which one?"),
    "end with success": Terminate(status="success"),
    "give up": Terminate(status="failure"),
    "say that it cannot be done": Terminate(status="infeasible"),
}
"""An example of every type of action, and of the details in which screens and dialects differ."""


@dataclass(frozen=True, slots=True)
class Row:
    """One action on one kind of screen in one dialect."""

    name: str
    action: AnyAction
    said: tuple[str, ...]
    """The calls or the step with which a model asks for it; empty if the dialect cannot say it."""
    unsaid: str
    """Why it cannot be said, or what is said instead; empty if it can be said."""
    refusal: str
    """The message with which the screen refuses it; empty if it is delivered."""


def rows(screen: str, dialect: Dialect) -> Iterator[Row]:
    """Yield a row for each of `EXAMPLES`. `screen` is one of `SCREENS`."""
    supported = SCREENS[screen]
    say, why, word = _dialect(dialect, supported)
    for name, action in EXAMPLES.items():
        said = say(action)
        unsaid = "" if said else why(action)
        yield Row(name, action, said, unsaid, in_words(_refusal(action, screen, supported), word))


def _refusal(action: AnyAction, screen: str, supported: frozenset[str]) -> str:
    try:
        if action.type not in _LOOP:
            require_supported(action.type, supported)
        if screen == "android" and isinstance(action, Click | LongPress | Drag | Scroll):
            require_finger(action)
    except ActionRejected as error:
        return str(error)
    return ""


def _dialect(
    dialect: Dialect, supported: frozenset[str]
) -> tuple[Callable[[AnyAction], tuple[str, ...]], Callable[[AnyAction], str], Callable[[str], str | None]]:
    """Return how a dialect says an action, why it cannot, and what it calls a type of action."""
    if dialect == "unified":
        return lambda action: (unified.render(action),), lambda _: "", lambda kind: kind
    tool = tool_for(supported)

    def say(action: AnyAction) -> tuple[str, ...]:
        try:
            return tuple(qwen.written(action, tool))
        except Inexpressible:
            return ()

    def why(action: AnyAction) -> str:
        return UNSAID[tool].get(action.type, "no call has this detail")

    return say, why, partial(qwen.word, tool)
