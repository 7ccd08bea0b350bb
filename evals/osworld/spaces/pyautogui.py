"""The action space `pyautogui`: Python commands for the machine, made of checked numbers and escaped text alone.

Upstream edits commands before it runs them: `_fix_pyautogui_less_than_bug` in `desktop_env/desktop_env.py` decodes the
text of `pyautogui.typewrite("…")` wherever that stands, also inside of another string, and writes it back unescaped, so
that typed text could become code. Therefore a text is written with letters, digits and spaces as they are, and escape
sequences for everything else: no command that is made here holds anything for it to edit.
"""

import re
from collections.abc import Sequence
from typing import Final

from handeye.actions.geometry import Point
from handeye.actions.schema import Action, Click, Drag, Hold, LongPress, Move, Press, Scroll, Type, Wait
from handeye.environments.desktop.gestures import NOTCHES_AT_A_TIME, notches
from handeye.environments.errors import ActionRejected
from handeye.evals.osworld.spaces.keys import machine_keys
from handeye.evals.osworld.spaces.lent_keys import FUNCTION, seconds_to_enter

_PLAIN: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ")
_DRAG_SECONDS: Final = 0.5
_CLICK_SECONDS: Final = 0.05
LONGEST: Final = 100_000
"""The most bytes of a command: the machine passes it to Python as one argument, of which Linux takes 128 KiB."""
MOST_LINES: Final = 400
"""pyautogui rests for a tenth of a second after each, and after 90 s upstream no longer waits for a command."""
_MOST_SECONDS: Final = 60.0


def python_command(action: Action) -> str:
    """Return the command that carries out the action. Raises `ActionRejected` if there is none."""
    lines = _lines(action)
    command = "\n".join(lines)
    if len(command) > LONGEST or len(lines) > MOST_LINES:
        raise ActionRejected("the action is too long for this machine: do it in parts")
    return command


def _lines(action: Action) -> list[str]:
    match action:
        case Click(point=point, button=button, count=count, modifiers=modifiers):
            clicks = f", clicks={count}, interval={_CLICK_SECONDS}" if count > 1 else ""
            return _holding(modifiers, [f"pyautogui.click({_at(point)}, button={literal(button)}{clicks})"])
        case LongPress(point=point, seconds=seconds):
            return [*_down(point), f"time.sleep({float(seconds)})", "pyautogui.mouseUp(button='left')"]
        case Move(point=point):
            return [f"pyautogui.moveTo({_at(point)})"]
        case Drag(path=path, button=button, modifiers=modifiers, hold_seconds=hold):
            held = [f"time.sleep({float(hold)})"] if hold else []
            way = [f"pyautogui.moveTo({_at(point)}, duration={_DRAG_SECONDS})" for point in path[1:]]
            up = f"pyautogui.mouseUp(button={literal(button)})"
            return _holding(modifiers, [*_down(path[0], button), *held, *way, up])
        case Scroll(point=point, dx=dx, dy=dy, modifiers=modifiers):
            turns = [*_turns("scroll", -notches(dy)), *_turns("hscroll", notches(dx))]
            return _holding(modifiers, [f"pyautogui.moveTo({_at(point)})", *turns])
        case Type():
            return _typing(action)
        case Press(keys=keys):
            names = machine_keys(keys)
            call = "press" if len(names) == 1 else "hotkey"
            return [f"pyautogui.{call}({', '.join(map(literal, names))})"]
        case Hold(keys=keys, seconds=seconds):
            return _holding(keys, [f"time.sleep({float(seconds)})"])
        case Wait():
            return []
        case _:
            raise ActionRejected(f"`{action.type}` is not possible here")


def literal(text: str) -> str:
    """Return a Python literal of the text in which nothing can end it, and nothing looks like a command."""
    return "'" + "".join(letter if letter in _PLAIN else _escape(ord(letter)) for letter in text) + "'"


def _escape(code: int) -> str:
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _at(point: Point) -> str:
    return f"{int(point.x)}, {int(point.y)}"


def _down(point: Point, button: str = "left") -> list[str]:
    return [f"pyautogui.moveTo({_at(point)})", f"pyautogui.mouseDown(button={literal(button)})"]


def _holding(keys: Sequence[str], lines: list[str]) -> list[str]:
    names = machine_keys(tuple(keys))
    down = [f"pyautogui.keyDown({literal(name)})" for name in names]
    return [*down, *lines, *(f"pyautogui.keyUp({literal(name)})" for name in reversed(names))]


def _turns(call: str, turns: int) -> list[str]:
    """Return the calls that turn the wheel, each by as many notches as programs accept at a time."""
    found = []
    while turns:
        some = max(-NOTCHES_AT_A_TIME, min(NOTCHES_AT_A_TIME, turns))
        found.append(f"pyautogui.{call}({some})")
        turns -= some
    return found


def _typing(action: Type) -> list[str]:
    if action.secret is not None:
        raise ActionRejected("there are no secrets on this machine: type a text")
    cleared = ["pyautogui.hotkey('ctrl', 'a')", "pyautogui.press('delete')"] if action.clear else []
    submitted = ["pyautogui.press('enter')"] if action.submit else []
    return [*cleared, *typed_lines(action.text or ""), *submitted]


def typed_lines(text: str) -> list[str]:
    """Return the commands that type a text. Raises `ActionRejected` if that takes longer than upstream waits.

    On the machine's keyboard "<" is a shifted comma: for the key that pyautogui takes, it gives ">".
    """
    if not text.isascii():
        if seconds_to_enter(text) > _MOST_SECONDS:
            raise ActionRejected("the text takes too long to type on this machine: type it in parts")
        # On a line of its own: upstream puts a command behind a semicolon.
        return ["", *FUNCTION.splitlines(), f"enter({literal(text)})"]
    pieces = re.split("(<)", text)
    return [
        "pyautogui.hotkey('shift', ',')" if piece == "<" else f"pyautogui.write({literal(piece)})"
        for piece in pieces
        if piece
    ]
