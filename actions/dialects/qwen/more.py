"""`device_use`: a second function beside the vendor's, for what an environment carries out and the vendor's cannot say.

It follows the vendor's description in the prompt, in the same style, and names only what is possible here. The names
are those of later models of the same family where they have one: `triple_click`, `hscroll`, `answer` (Qwen3-VL),
`interact` (GUI-Owl 1.5), `visit_url`, `history_back` (Fara); `report_infeasible` is BrowserGym's.
"""

from dataclasses import dataclass

from handeye.actions.abilities import Abilities
from handeye.actions.dialects.parts.functions import Tool
from handeye.actions.dialects.parts.functions import signature as one_line

MORE = "device_use"
"""The name of the function."""


@dataclass(frozen=True, slots=True)
class _Call:
    """One action of the function."""

    name: str
    type: str
    """The type of action that it writes."""
    meaning: str
    arguments: tuple[str, ...]


_AT = "`coordinate`"
_CALLS: dict[Tool, tuple[_Call, ...]] = {
    "computer_use": (
        _Call("visit_url", "navigate", "Open the web address `url` in the current tab.", ("url",)),
        _Call("history_back", "back", "Go back to the previous page of the current tab.", ()),
        _Call("new_tab", "new_tab", "Open a new tab and show it; with `url`, open that address in it.", ("url",)),
        _Call("switch_tab", "switch_tab", "Show the tab number `tab`.", ("tab",)),
        _Call("close_tab", "close_tab", "Close the current tab, or the tab number `tab`.", ("tab",)),
        _Call("open", "open_app", "Open an app on the device.", ("text",)),
        _Call("triple_click", "click", f"Triple-click the left mouse button at {_AT}.", ("coordinate",)),
        _Call(
            "hscroll",
            "scroll",
            f"Scroll horizontally at {_AT} by `pixels`; positive values scroll right.",
            ("coordinate", "pixels"),
        ),
        _Call(
            "long_press",
            "long_press",
            f"Hold the left mouse button at {_AT} for `time` seconds.",
            ("coordinate", "time"),
        ),
        _Call(
            "drag",
            "drag",
            f"Press the left mouse button at {_AT}, hold it there for `time` seconds, move to `coordinate2`, and "
            "release it.",
            ("coordinate", "coordinate2", "time"),
        ),
        _Call("key_click", "click", f"Left-click at {_AT} while `keys` are held down.", ("coordinate", "keys")),
        _Call("hold_key", "hold", "Hold down `keys` together for `time` seconds.", ("keys", "time")),
    ),
    "mobile_use": (
        _Call("double_tap", "click", f"Tap twice at {_AT}.", ("coordinate",)),
        _Call(
            "drag",
            "drag",
            f"Hold a finger at {_AT} for `time` seconds, move it to `coordinate2`, and lift it.",
            ("coordinate", "coordinate2", "time"),
        ),
        _Call("hold_key", "hold", "Hold down `keys` together for `time` seconds.", ("keys", "time")),
    ),
}
_SHARED = (
    _Call("replace_text", "type", "Delete what the activated input box holds, then input `text`.", ("text",)),
    _Call("type_secret", "type", "Type the secret of the name `text`, whose value you do not see.", ("text",)),
    _Call("answer", "answer", "Answer the user's question with `text`, which ends the task.", ("text",)),
    _Call(
        "report_infeasible",
        "terminate",
        "Report that the task cannot be done, with the reason `text`, which ends the task.",
        ("text",),
    ),
    _Call(
        "interact", "ask_user", "Ask the user `text`, or ask the user to do a step that only they may do.", ("text",)
    ),
)
_ARGUMENTS: dict[str, dict[str, str]] = {
    "coordinate": {
        "description": "(x, y): The x (pixels from the left edge) and y (pixels from the top edge) coordinates.",
        "type": "array",
    },
    "coordinate2": {"description": "(x, y): The coordinates to move to.", "type": "array"},
    "text": {"description": "What to input, open or say.", "type": "string"},
    "url": {"description": "The http or https address.", "type": "string"},
    "tab": {"description": "The number of a tab; the first one is 0.", "type": "number"},
    "pixels": {"description": "The amount of scrolling.", "type": "number"},
    "keys": {"description": "The keys, in the order in which they go down.", "type": "array"},
    "time": {"description": "The seconds to hold.", "type": "number"},
}


def signature(tool: Tool, abilities: Abilities) -> str:
    """Return the function's signature as one line of JSON, with what `abilities` has; empty if that is nothing."""
    calls = [call for call in (*_CALLS[tool], *_SHARED) if _possible(call, abilities)]
    if not calls:
        return ""
    actions = {call.name: f"{call.meaning}{_names(call, abilities)}" for call in calls}
    used = {name for call in calls for name in call.arguments}
    arguments = {name: schema for name, schema in _ARGUMENTS.items() if name in used}
    return one_line(MORE, f"Do on this device what `{tool}` has no action for.", actions, arguments)


def types(tool: Tool) -> frozenset[str]:
    """Return the types of action that the function can express for a device with this tool."""
    return frozenset(call.type for call in (*_CALLS[tool], *_SHARED))


def word(tool: Tool, kind: str) -> str | None:
    """Return the name of the first call of a type of action; None if there is none."""
    return next((call.name for call in (*_CALLS[tool], *_SHARED) if call.type == kind), None)


def _possible(call: _Call, abilities: Abilities) -> bool:
    return call.type in abilities.types and (call.name != "type_secret" or bool(abilities.secrets))


def _names(call: _Call, abilities: Abilities) -> str:
    match call.name:
        case "open" if abilities.apps:
            return f" The apps are: {', '.join(abilities.apps)}."
        case "type_secret":
            return f" The names are: {', '.join(abilities.secrets)}."
        case _:
            return ""
