"""Converts an action to Qwen2.5-VL's tool calls."""

from typing import NamedTuple

from handeye.actions.dialects.parts.calls import Arguments, at, button, mobile, phone_key, plain, seconds, typed
from handeye.actions.dialects.parts.functions import Tool
from handeye.actions.dialects.qwen.more import MORE
from handeye.actions.schema import (
    Answer,
    AnyAction,
    AskUser,
    Back,
    Click,
    CloseTab,
    Drag,
    Hold,
    LongPress,
    Move,
    Navigate,
    NewTab,
    OpenApp,
    Press,
    Scroll,
    SwitchTab,
    Terminate,
    Type,
)

# Keys whose name in the model differs from ours.
_COMPUTER_KEYS = {"meta": "win"}


class Call(NamedTuple):
    """One call."""

    function: str
    arguments: Arguments


def calls(action: AnyAction, tool: Tool) -> list[Call] | None:
    """Return the calls that carry out the action, usually one; None if there are none for it.

    On a computer, scrolling and dragging start at the cursor, so a call that moves the cursor precedes them. Enter
    after a text is a separate call.
    """
    own = _computer(action) if tool == "computer_use" else phone_key(action) or mobile(action)
    if own is not None:
        return [Call(tool, arguments) for arguments in own]
    more = _more(action, tool)
    if more is None:
        return None
    entered = isinstance(action, Type) and action.submit
    return [Call(MORE, more), *([Call(tool, _enter(tool))] if entered else [])]


def _computer(action: AnyAction) -> list[Arguments] | None:
    match action:
        case Click(count=1, modifiers=()):
            return [at(f"{action.button}_click", action.point)]
        case Click(count=2, button="left", modifiers=()):
            return [at("double_click", action.point)]
        case Move():
            return [at("mouse_move", action.point)]
        case Drag(path=(start, end), button="left", modifiers=(), hold_seconds=0):
            return [at("mouse_move", start), at("left_click_drag", end)]
        case Scroll(dx=0, modifiers=()):
            return [at("mouse_move", action.point), {"action": "scroll", "pixels": -action.dy}]
        case Type(text=str(text), clear=False) if text:
            return [typed(text), _enter("computer_use")] if action.submit else [typed(text)]
        case Press():
            return [{"action": "key", "keys": _keys(action)}]
        case _:
            return plain(action)


def _more(action: AnyAction, tool: Tool) -> Arguments | None:
    """Return the arguments of a call of the second function."""
    match action:
        case Drag(path=(start, end), button="left", modifiers=()):
            return {**at("drag", start), "coordinate2": list(end), "time": seconds(action.hold_seconds)}
        case Hold():
            return {"action": "hold_key", "keys": _keys(action), "time": seconds(action.seconds)}
        case Type(text=str(text), clear=True):
            return {"action": "replace_text", "text": text}
        case Type(secret=str(name), clear=False):
            return {"action": "type_secret", "text": name}
        case Answer():
            return {"action": "answer", "text": action.text}
        case AskUser():
            return {"action": "interact", "text": action.text}
        case Terminate(status="infeasible"):
            return {"action": "report_infeasible", "text": action.message}
        case Click(count=2, button="left", modifiers=()) if tool == "mobile_use":
            return at("double_tap", action.point)
        case _ if tool == "computer_use":
            return _more_on_a_computer(action)
        case _:
            return None


def _more_on_a_computer(action: AnyAction) -> Arguments | None:
    match action:
        case Navigate():
            return {"action": "visit_url", "url": action.url}
        case Back():
            return {"action": "history_back"}
        case NewTab(url=None):
            return {"action": "new_tab"}
        case NewTab():
            return {"action": "new_tab", "url": action.url}
        case SwitchTab():
            return {"action": "switch_tab", "tab": action.index}
        case CloseTab(index=None):
            return {"action": "close_tab"}
        case CloseTab():
            return {"action": "close_tab", "tab": action.index}
        case OpenApp():
            return {"action": "open", "text": action.name}
        case Click(count=3, button="left", modifiers=()):
            return at("triple_click", action.point)
        case Click(count=1, button="left"):
            keys = [_COMPUTER_KEYS.get(key, key) for key in action.modifiers]
            return {**at("key_click", action.point), "keys": keys}
        case Scroll(dy=0, modifiers=()):
            return {**at("hscroll", action.point), "pixels": action.dx}
        case LongPress():
            return {**at("long_press", action.point), "time": seconds(action.seconds)}
        case _:
            return None


def _enter(tool: Tool) -> Arguments:
    return {"action": "key", "keys": ["enter"]} if tool == "computer_use" else button("Enter")


def _keys(action: Press | Hold) -> list[str]:
    return [_COMPUTER_KEYS.get(key, key) for key in action.keys]
