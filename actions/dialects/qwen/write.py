"""Converts an action to the arguments of Qwen2.5-VL's tool calls."""

from handeye.actions.dialects.qwen.prompt import Tool
from handeye.actions.errors import HandeyeError
from handeye.actions.geometry import Point
from handeye.actions.keys_adb import keyevent_name
from handeye.actions.schema import (
    AnyAction,
    Back,
    Click,
    Drag,
    Home,
    LongPress,
    Move,
    OpenApp,
    Press,
    RecentApps,
    Scroll,
    Terminate,
    Type,
    Wait,
    dump,
)

Arguments = dict[str, object]

# Keys whose name in the model differs from ours.
_COMPUTER_KEYS = {"meta": "win"}


class Inexpressible(HandeyeError):
    """The tool has no call for an action, or for a detail of it."""

    def __init__(self, action: AnyAction, tool: Tool) -> None:
        super().__init__(f"{tool} has no call for {dump(action)}: choose another action")


def calls(action: AnyAction, tool: Tool) -> list[Arguments]:
    """Return the arguments of the calls that carry out the action, usually one; raise `Inexpressible`.

    On a computer, scrolling and dragging start at the cursor, so a call that moves the cursor precedes them. Enter
    after a text is a separate call.
    """
    written = _computer(action) if tool == "computer_use" else _mobile(action)
    if written is None:
        raise Inexpressible(action, tool)
    return written


def _computer(action: AnyAction) -> list[Arguments] | None:
    match action:
        case Click(count=1, modifiers=()):
            return [_at(f"{action.button}_click", action.point)]
        case Click(count=2, button="left", modifiers=()):
            return [_at("double_click", action.point)]
        case Move():
            return [_at("mouse_move", action.point)]
        case Drag(path=(start, end), button="left", modifiers=()):
            return [_at("mouse_move", start), _at("left_click_drag", end)]
        case Scroll(dx=0, modifiers=()):
            return [_at("mouse_move", action.point), {"action": "scroll", "pixels": -action.dy}]
        case Type(text=str(text), clear=False) if text:
            return [_typed(text), {"action": "key", "keys": ["enter"]}] if action.submit else [_typed(text)]
        case Press():
            return [{"action": "key", "keys": [_COMPUTER_KEYS.get(key, key) for key in action.keys]}]
        case Wait() | Terminate():
            return _plain(action)
        case _:
            return None


def _mobile(action: AnyAction) -> list[Arguments] | None:
    match action:
        case Click(count=1, button="left", modifiers=()):
            return [_at("click", action.point)]
        case LongPress():
            return [{**_at("long_press", action.point), "time": _seconds(action.seconds)}]
        case Drag(path=(start, end), button="left", modifiers=()):
            return [{**_at("swipe", start), "coordinate2": list(end)}]
        case Type(text=str(text), clear=False) if text:
            return [_typed(text), _button("Enter")] if action.submit else [_typed(text)]
        case Press(keys=("enter",)):
            return [_button("Enter")]
        case Press(keys=(key,)) if (name := keyevent_name(key)) is not None:
            # adb interprets a bare number as a key code.
            return [{"action": "key", "text": f"KEYCODE_{name}" if name.isdigit() else name}]
        case Back():
            return [_button("Back")]
        case Home():
            return [_button("Home")]
        case RecentApps():
            return [_button("Menu")]
        case OpenApp():
            return [{"action": "open", "text": action.name}]
        case Wait() | Terminate():
            return _plain(action)
        case _:
            return None


def _plain(action: Wait | Terminate) -> list[Arguments] | None:
    match action:
        case Wait():
            return [{"action": "wait", "time": _seconds(action.seconds)}]
        case Terminate(status="success" | "failure", message=""):
            return [{"action": "terminate", "status": action.status}]
        case _:
            return None


def _at(name: str, point: Point) -> Arguments:
    return {"action": name, "coordinate": list(point)}


def _typed(text: str) -> Arguments:
    return {"action": "type", "text": text}


def _button(name: str) -> Arguments:
    return {"action": "system_button", "button": name}


def _seconds(seconds: float) -> float | int:
    return int(seconds) if seconds == int(seconds) else seconds
