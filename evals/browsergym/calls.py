"""Our actions as calls of BrowserGym's functions, which take coordinates in pixels of its screenshot.

BrowserGym runs what it is sent as Python. So a text is made here of nothing but the names of its functions and the
`repr` of strings and numbers that were checked, one call a line. Source: browsergym-core 0.14.3,
`core/action/functions.py`.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from handeye.actions.geometry import Frame, OutOfFrame, Point, Size
from handeye.actions.schema import (
    Action,
    Back,
    Click,
    CloseTab,
    Drag,
    Hold,
    LongPress,
    Move,
    Navigate,
    NewTab,
    Press,
    Scroll,
    SwitchTab,
    Type,
    Wait,
)
from handeye.environments.browser.keys import playwright_keys
from handeye.environments.browser.navigation import require_allowed
from handeye.environments.errors import ActionRejected
from handeye.environments.secrets import Secrets
from handeye.environments.supported import require_supported

POINTING: Final = frozenset({"click", "long_press", "move", "drag", "scroll", "type", "press", "hold", "wait"})
"""What the subset `coord` can do, with `noop`, which every set of actions has."""
_OF_SUBSET: Final = {
    "coord": POINTING,
    "nav": frozenset({"navigate", "back"}),
    "tab": frozenset({"switch_tab", "new_tab", "close_tab"}),
}
CHAT: Final = "chat"
INFEASIBLE: Final = "infeas"


def supported_by(subsets: Collection[str]) -> frozenset[str]:
    """Return the types of the actions that BrowserGym's subsets of its functions can carry out."""
    types = frozenset[str]().union(*(_OF_SUBSET.get(name, ()) for name in subsets))
    return types if "nav" in subsets else types - {"new_tab"}


@dataclass(frozen=True, slots=True)
class Place:
    """What an action refers to, as the newest observation showed it."""

    size: Size
    """Of the screenshot, in pixels."""
    tabs: int = 1
    """How many tabs are open."""
    active: int = 0
    """Which of them is shown, from 0."""


def calls_of(action: Action, place: Place, supported: frozenset[str]) -> str:
    """Return the calls that carry out an action, one a line. Raises `ActionRejected` if there are none."""
    require_supported(action.type, supported)
    return "\n".join(_calls(action, place))


def message_to_user(text: str) -> str:
    """Return the call that tells the user something."""
    return _call("send_msg_to_user", text)


def report_infeasible(reason: str) -> str:
    """Return the call that says that a task cannot be done."""
    return _call("report_infeasible", reason)


def do_nothing() -> str:
    """Return the call that waits for no time: what follows is BrowserGym's own look at the page."""
    return _call("noop", 0)


def _call(name: str, *arguments: str | int | float) -> str:
    return f"{name}({', '.join(map(repr, arguments))})"


def _calls(action: Action, place: Place) -> Iterator[str]:
    match action:
        case Click():
            yield from _held(action.modifiers, [_click(action, _inside(action.point, place))])
        case LongPress(point=point, seconds=seconds):
            yield _call("mouse_down", *_inside(point, place))
            yield _call("noop", _milliseconds(seconds))
            yield _call("mouse_up", *point)
        case Move(point=point):
            yield _call("mouse_move", *_inside(point, place))
        case Drag():
            yield from _held(action.modifiers, [*_drag(action, place)])
        case Scroll(point=point, dx=dx, dy=dy):
            yield from _held(action.modifiers, [_call("scroll_at", *_inside(point, place), dx, dy)])
        case Type():
            yield from _type(action)
        case Press(keys=keys):
            yield _call("keyboard_press", "+".join(playwright_keys(keys)))
        case Hold(keys=keys, seconds=seconds):
            yield from _held(keys, [_call("noop", _milliseconds(seconds))])
        case Wait(seconds=seconds):
            yield _call("noop", _milliseconds(seconds))
        case Navigate(url=url):
            yield _goto(url)
        case Back():
            yield _call("go_back")
        case SwitchTab(index=index):
            yield _call("tab_focus", _tab(index, place))
        case NewTab(url=url):
            address = [] if url is None else [_goto(url)]
            yield from (_call("new_tab"), *address)
        case CloseTab(index=index):
            yield from _close(place.active if index is None else _tab(index, place), place)
        case _:
            raise AssertionError(f"{action.type} is in no subset")


def _inside(point: Point, place: Place) -> Point:
    try:
        return Frame("screenshot", place.size).require(point)
    except OutOfFrame as error:
        raise ActionRejected(str(error)) from None


def _click(action: Click, point: Point) -> str:
    if action.count == 3:
        raise ActionRejected("BrowserGym cannot click three times at once: double-click, or select with the keyboard")
    return _call("mouse_dblclick" if action.count == 2 else "mouse_click", *point, action.button)


def _drag(action: Drag, place: Place) -> Iterator[str]:
    """Yield BrowserGym's own drag where it can do what is asked: two points, the left button, no rest."""
    start, *others = [_inside(point, place) for point in action.path]
    if len(others) == 1 and action.button == "left" and action.hold_seconds == 0:
        yield _call("mouse_drag_and_drop", *start, *others[0])
        return
    yield _call("mouse_down", *start, action.button)
    if action.hold_seconds > 0:
        yield _call("noop", _milliseconds(action.hold_seconds))
    for point in others:
        yield _call("mouse_move", *point)
    yield _call("mouse_up", *others[-1], action.button)


def _type(action: Type) -> Iterator[str]:
    if action.text is None:
        raise ActionRejected("there are no secrets here: type a text")
    if action.clear:
        yield _call("keyboard_press", "ControlOrMeta+a")
        yield _call("keyboard_press", "Backspace")
    for number, part in enumerate(action.text.split("\t")):
        if number > 0:
            yield _call("keyboard_press", "Tab")
        if part:
            yield _call("keyboard_type", part)
    if action.submit:
        yield _call("keyboard_press", "Enter")


def _held(keys: Sequence[str], inner: Sequence[str]) -> Iterator[str]:
    names = playwright_keys(keys)
    yield from (_call("keyboard_down", name) for name in names)
    yield from inner
    yield from (_call("keyboard_up", name) for name in reversed(names))


def _goto(url: str) -> str:
    require_allowed(url, False, Secrets({}))
    return _call("goto", url)


def _tab(index: int, place: Place) -> int:
    if index >= place.tabs:
        raise ActionRejected(f"there is no tab {index}: the tabs are 0 to {place.tabs - 1}")
    return index


def _close(index: int, place: Place) -> Iterator[str]:
    """Yield the calls that close a tab and stay where one is. BrowserGym goes to the last tab after closing one."""
    if place.tabs == 1:
        raise ActionRejected("the last tab cannot be closed")
    if index != place.active:
        yield _call("tab_focus", index)
    yield _call("tab_close")
    if index != place.active:
        yield _call("tab_focus", place.active - (index < place.active))


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)
