"""Qwen2.5-VL's own tools, `computer_use` and `mobile_use`, and `device_use` beside them: prompt, reading and writing.

Points are pixels of the image as the model saw it. Three things differ from our actions: `pixels` of a scroll is
positive upwards; a scroll and a drag start at the cursor, so they are written as two calls and read as one action; the
button `Menu` of a phone shows the recent apps.
"""

import json
from collections.abc import Sequence

from handeye.actions.abilities import Abilities
from handeye.actions.dialects.qwen.chords import TabStrip
from handeye.actions.dialects.qwen.more import MORE, signature, types
from handeye.actions.dialects.qwen.more import word as more_word
from handeye.actions.dialects.qwen.prompt import THINKING, Tool
from handeye.actions.dialects.qwen.prompt import system_prompt as vendor_prompt
from handeye.actions.dialects.qwen.read import CallReader
from handeye.actions.dialects.qwen.write import Inexpressible, calls
from handeye.actions.geometry import Box, Frame, Point, Size
from handeye.actions.lenient_json import Unreadable, read_object
from handeye.actions.pixels import PixelReader
from handeye.actions.reading import MAX_ACTIONS, Reading
from handeye.actions.reply import Object, read_reply
from handeye.actions.schema import AnyAction, InvalidAction

__all__ = ["THINKING", "Inexpressible", "TabStrip", "Tool", "parse", "render", "supported", "system_prompt", "word"]

_WORDS: dict[Tool, dict[str, str]] = {
    "computer_use": {
        "click": "left_click",
        "move": "mouse_move",
        "drag": "left_click_drag",
        "scroll": "scroll",
        "type": "type",
        "press": "key",
        "wait": "wait",
        "wait_until_stable": "wait",
        "terminate": "terminate",
    },
    "mobile_use": {
        "click": "click",
        "long_press": "long_press",
        "drag": "swipe",
        "scroll": "swipe",
        "type": "type",
        "press": "key",
        "back": "system_button Back",
        "home": "system_button Home",
        "recent_apps": "system_button Menu",
        "open_app": "open",
        "wait": "wait",
        "wait_until_stable": "wait",
        "terminate": "terminate",
    },
}
"""What the vendor's own calls are called, by the type of action that they come closest to."""
UNSAID: dict[Tool, dict[str, str]] = {
    "computer_use": {
        "wait_until_stable": "the screenshot after each action shows a stable screen; `wait` waits longer",
        "note": "the conclusion of a step is its note",
        "zoom": "no environment carries it out",
    },
    "mobile_use": {
        "scroll": "`swipe` scrolls",
        "wait_until_stable": "the screenshot after each action shows a stable screen; `wait` waits longer",
        "note": "the conclusion of a step is its note",
        "zoom": "no environment carries it out",
    },
}
"""The types of action without a call though a device of this kind, or the loop, has them, with the reason."""


def supported(tool: Tool) -> frozenset[str]:
    """Return the action types that the calls can express, at least in some form; see `Inexpressible`."""
    return (frozenset(_WORDS[tool]) | types(tool)) - UNSAID[tool].keys()


def word(tool: Tool, kind: str) -> str | None:
    """Return what a type of action is called in the calls, or what comes closest; None if nothing does."""
    return _WORDS[tool].get(kind) or more_word(tool, kind)


def system_prompt(tool: Tool, size: Size, thinking: bool, abilities: Abilities = Abilities()) -> str:
    """Return the system prompt: the vendor's, and `device_use` after it for what `abilities` has and the tool has not.

    `size` is the size in pixels of the screenshot as the model sees it, after resizing. `thinking` appends `THINKING`.
    """
    return vendor_prompt(tool, size, thinking, signature(tool, abilities))


def parse(
    text: str,
    tool: Tool,
    frame: Frame,
    cursor: Point | None = None,
    *,
    target: Frame | None = None,
    marks: Sequence[Box] = (),
    abilities: Abilities = Abilities(),
    tabs: TabStrip = TabStrip(),
) -> Reading:
    """Read a reply with points in pixels of `frame`; the points of the actions are pixels of `target`.

    Without a `target`, both are the same frame. A call may hold `"mark": 7` instead of `coordinate` (a swipe `mark2`
    instead of `coordinate2`), for the middle of the seventh of `marks`, which are boxes in the target.

    Accepts any text: an unreadable reply becomes `Reading.problem`. `cursor` is the cursor position in the target;
    without it, a drag or click that starts at the cursor is a problem, and a scroll happens at the centre of the frame.
    Chords of a browser's window are read as the actions that do the same, if `abilities` has them; `tabs` are the open
    tabs, to which some chords refer.
    """
    missing = (
        f'the reply contains no call: answer with <tool_call>{{"name": "{tool}", "arguments": {{...}}}}</tool_call>'
    )
    reply = read_reply(text, _is_call, missing)
    if reply.failure is not None:
        return Reading.of_problem(reply.failure, text, reply.thought, reply.conclusion)
    thought = reply.thought or reply.prose
    pixels = PixelReader(frame, target, marks)
    calls = CallReader(tool, pixels, cursor, abilities.types, tabs)
    try:
        for call in reply.objects:
            calls.read(_arguments(call, tool))
            if len(calls.actions) > MAX_ACTIONS:
                raise InvalidAction(f"the reply contains more than {MAX_ACTIONS} calls: answer with one")
    except InvalidAction as error:
        return Reading.of_problem(str(error), text, thought, reply.conclusion)
    notes = (*reply.notes, *pixels.notes)
    return Reading(thought, tuple(calls.actions), None, reply.conclusion, notes, tuple(pixels.named))


def render(action: AnyAction, tool: Tool, *, thought: str = "", conclusion: str = "") -> str:
    """Return the reply that carries out the action; raise `Inexpressible` if the tool has no call for it.

    A thought precedes the calls and a conclusion follows them, in the tags that `THINKING` asks for.
    """
    lines = [f"<thinking>\n{thought}\n</thinking>"] if thought else []
    lines += [f"<tool_call>\n{call}\n</tool_call>" for call in written(action, tool)]
    if conclusion:
        lines.append(f"<conclusion>\n{conclusion}\n</conclusion>")
    return "\n".join(lines)


def written(action: AnyAction, tool: Tool) -> list[str]:
    """Return the calls that carry out the action, each as one line of JSON; raise `Inexpressible`."""
    return [
        json.dumps({"name": call.function, "arguments": call.arguments}, ensure_ascii=False)
        for call in calls(action, tool)
    ]


def _is_call(value: Object) -> bool:
    named = value.get("name") in (*_WORDS, MORE)
    return named or not value.keys().isdisjoint(("arguments", "parameters")) or isinstance(value.get("action"), str)


def _arguments(call: Object, tool: Tool) -> Object:
    """Return the arguments of a call, in any of the places that models use; raise `InvalidAction` for another tool."""
    name = call.get("name")
    arguments = call.get("arguments", call.get("parameters"))
    if isinstance(arguments, str):
        try:
            arguments = read_object(arguments, arguments.index("{")).value
        except (Unreadable, ValueError) as error:
            raise InvalidAction("the arguments of a call must be a JSON object") from error
    if arguments is None:
        arguments = {key: value for key, value in call.items() if key not in ("name", "arguments", "parameters")}
    if not isinstance(arguments, dict):
        raise InvalidAction("the arguments of a call must be a JSON object")
    if name is None or name in (tool, MORE):
        return arguments
    if "action" in arguments or not isinstance(name, str):
        raise InvalidAction(f"there is no tool {str(name)[:40]!r}: call {tool}")
    return {**arguments, "action": name}  # the model called the action as if it were the tool
