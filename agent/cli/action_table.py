"""Which action is delivered where, and how a model says it: for every environment and dialect."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from handeye.actions.abilities import Abilities
from handeye.actions.dialects.catalog import AGENTS
from handeye.actions.dialects.dialect import Dialect, Inexpressible
from handeye.actions.geometry import Box, Frame, Point, Size
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
from handeye.agent.prompts.text import in_words
from handeye.environments.android.actions import SUPPORTED as ANDROID
from handeye.environments.browser.actions import SUPPORTED as BROWSER
from handeye.environments.desktop.actions import SUPPORTED as DESKTOP
from handeye.environments.errors import ActionRejected
from handeye.environments.supported import require_finger, require_supported

SCREENS: Mapping[str, frozenset[str]] = {"browser": BROWSER, "desktop": DESKTOP, "android": ANDROID}
"""The types of action that each kind of screen carries out."""
_LOOP = frozenset({"note", "answer", "ask_user", "terminate"})
"""The types that need no screen."""
FRAME = Frame("screenshot", Size(1280, 720))
"""The frame of the examples."""
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


def dialect_on(screen: str, family: str) -> Dialect:
    """Return the dialect of a family for a kind of screen; the names are those of `AGENTS` and `SCREENS`."""
    return AGENTS[family].on(Abilities(SCREENS[screen]))


def rows(screen: str, family: str) -> Iterator[Row]:
    """Yield a row for each of `EXAMPLES`; the names are those of `AGENTS` and `SCREENS`."""
    supported = SCREENS[screen] | {"zoom"}
    dialect = dialect_on(screen, family)
    for name, action in EXAMPLES.items():
        said = _said(action, dialect)
        unsaid = "" if said else dialect.unsaid.get(action.type, "no call has this detail")
        yield Row(name, action, said, unsaid, in_words(_refusal(action, screen, supported), dialect.word))


def _said(action: AnyAction, dialect: Dialect) -> tuple[str, ...]:
    try:
        return dialect.tell(action, FRAME)
    except Inexpressible:
        return ()


def _refusal(action: AnyAction, screen: str, supported: frozenset[str]) -> str:
    try:
        if action.type not in _LOOP:
            require_supported(action.type, supported)
        if screen == "android" and isinstance(action, Click | LongPress | Drag | Scroll):
            require_finger(action)
    except ActionRejected as error:
        return str(error)
    return ""
