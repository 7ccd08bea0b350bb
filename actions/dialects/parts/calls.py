"""The arguments of calls that every edition of `computer_use` and `mobile_use` writes alike."""

from handeye.actions.geometry import Point
from handeye.actions.keys_adb import keyevent_name
from handeye.actions.schema import (
    AnyAction,
    Back,
    Click,
    Drag,
    Home,
    LongPress,
    OpenApp,
    Press,
    RecentApps,
    Terminate,
    Type,
    Wait,
)

Arguments = dict[str, object]


def at(name: str, point: Point) -> Arguments:
    """Return the arguments of an action at a point."""
    return {"action": name, "coordinate": list(point)}


def seconds(written: float) -> float | int:
    """Return a time as models write it: whole seconds without a point."""
    return int(written) if written == int(written) else written


def button(name: str) -> Arguments:
    """Return the arguments that press a button of a phone."""
    return {"action": "system_button", "button": name}


def typed(text: str) -> Arguments:
    """Return the arguments that type a text."""
    return {"action": "type", "text": text}


def plain(action: AnyAction) -> list[Arguments] | None:
    """Return the calls of an action that needs no device; None if there are none for it."""
    match action:
        case Wait():
            return [{"action": "wait", "time": seconds(action.seconds)}]
        case Terminate(status="success" | "failure", message=""):
            return [{"action": "terminate", "status": action.status}]
        case _:
            return None


def phone_key(action: AnyAction) -> list[Arguments] | None:
    """Return the call that presses one of a phone's keys but enter, by adb's name; None for any other action."""
    match action:
        case Press(keys=(key,)) if key != "enter" and (name := keyevent_name(key)) is not None:
            # adb interprets a bare number as a key code.
            return [{"action": "key", "text": f"KEYCODE_{name}" if name.isdigit() else name}]
        case _:
            return None


def mobile(action: AnyAction) -> list[Arguments] | None:
    """Return the calls of `mobile_use`; None if there are none for the action.

    Enter after a text is a separate call.
    """
    match action:
        case Click(count=1, button="left", modifiers=()):
            return [at("click", action.point)]
        case LongPress():
            return [{**at("long_press", action.point), "time": seconds(action.seconds)}]
        case Drag(path=(start, end), button="left", modifiers=(), hold_seconds=0):
            return [{**at("swipe", start), "coordinate2": list(end)}]
        case Type(text=str(text), clear=False) if text:
            return [typed(text), button("Enter")] if action.submit else [typed(text)]
        case Press(keys=("enter",)):
            return [button("Enter")]
        case Back():
            return [button("Back")]
        case Home():
            return [button("Home")]
        case RecentApps():
            return [button("Menu")]
        case OpenApp():
            return [{"action": "open", "text": action.name}]
        case _:
            return plain(action)
