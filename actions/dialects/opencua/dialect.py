"""OpenCUA on a desktop; on other screens its weights know no more."""

from collections.abc import Mapping
from dataclasses import dataclass

from handeye.actions.abilities import Abilities
from handeye.actions.dialects.dialect import Inexpressible, Seen, left_unsaid
from handeye.actions.dialects.opencua import words
from handeye.actions.dialects.opencua.read import read
from handeye.actions.dialects.parts.batch import Batch
from handeye.actions.dialects.parts.chords import INSTEAD
from handeye.actions.dialects.parts.scrolling import notches
from handeye.actions.geometry import Frame, Point, Size
from handeye.actions.points import PIXELS, Points, Write
from handeye.actions.reading import Reading
from handeye.actions.replies.python_calls import literal
from handeye.actions.schema import (
    AnyAction,
    Click,
    Drag,
    Hold,
    LongPress,
    Move,
    Press,
    Scroll,
    Terminate,
    Type,
    Wait,
)

_WORDS = {
    "click": "pyautogui.click",
    "long_press": "pyautogui.mouseDown",
    "move": "pyautogui.moveTo",
    "drag": "pyautogui.dragTo",
    "scroll": "pyautogui.scroll",
    "type": "pyautogui.write",
    "press": "pyautogui.press",
    "hold": "pyautogui.keyDown",
    "wait": "pyautogui.sleep",
    "terminate": "computer.terminate",
}
_REASONS = {
    **INSTEAD,
    "note": "the action in words is the note of a step",
    "answer": "the call that ends the task carries the answer",
    "ask_user": "the weights were trained to go on alone",
}
_KEYS = {"meta": "win"}
_STATUS = {"success": "success", "failure": "fail"}


@dataclass(frozen=True, slots=True)
class OpenCua:
    """Blocks of a thought, an action in words, which is the conclusion of the step, and code."""

    name: str = "opencua"
    says: frozenset[str] = frozenset(_WORDS)
    points: Points = PIXELS

    @property
    def unsaid(self) -> Mapping[str, str]:
        """What PyAutoGUI has no call for."""
        return left_unsaid(self.says, _REASONS, "PyAutoGUI has no call for it")

    def describe(self, size: Size, abilities: Abilities) -> str:
        """Return the system prompt. It lists only two functions: the weights know PyAutoGUI."""
        return words.SYSTEM

    def read(self, text: str, seen: Seen) -> Reading:
        """Read the last block of code. Points in parts of the image are read too, as the makers' own runner does."""
        return read(text, Batch(seen, self.points))

    def write(self, action: AnyAction, frame: Frame, thought: str = "", conclusion: str = "") -> str:
        """Return the blocks, without those that would be empty."""
        code = "\n".join(self.tell(action, frame))
        language = "code" if code.startswith("computer.terminate") else "python"
        blocks = [f"## Thought:\n{thought}"] if thought else []
        blocks += [f"## Action:\n{conclusion}"] if conclusion else []
        return "\n\n".join([*blocks, f"## Code:\n```{language}\n{code}\n```"])

    def tell(self, action: AnyAction, frame: Frame) -> tuple[str, ...]:
        """Return the lines of the code."""
        at = self.points.writer(frame, "x={}, y={}")
        lines = _lines(action, at)
        if lines is None:
            raise Inexpressible(action, self.name)
        modifiers = action.modifiers if isinstance(action, Click | Drag | Scroll) else ()
        down, up = _held(modifiers)
        return (*down, *lines, *up)

    def word(self, kind: str) -> str | None:
        """Return the name of a function."""
        return _WORDS.get(kind, "pyautogui.sleep" if kind == "wait_until_stable" else None)


def _lines(action: AnyAction, at: Write) -> list[str] | None:
    """Return the code without the keys that are held meanwhile; None if there is none."""
    match action:
        case Click():
            return [_click(action, at)]
        case LongPress(point=point, seconds=seconds):
            return [f"pyautogui.mouseDown({at(point)})", f"pyautogui.sleep({seconds!r})", "pyautogui.mouseUp()"]
        case Move(point=point):
            return [f"pyautogui.moveTo({at(point)})"]
        case Drag(path=(start, end), hold_seconds=0):
            return [f"pyautogui.moveTo({at(start)})", f"pyautogui.dragTo({at(end)}, button={literal(action.button)})"]
        case Drag(path=(start, *others), hold_seconds=seconds) if _moves(action.path):
            button = f"button={literal(action.button)}"
            held = [f"pyautogui.sleep({seconds!r})"] if seconds else []
            moves = [f"pyautogui.moveTo({at(point)})" for point in others]
            return [f"pyautogui.mouseDown({at(start)}, {button})", *held, *moves, f"pyautogui.mouseUp({button})"]
        case Scroll(point=point, dx=0, dy=dy):
            return [f"pyautogui.scroll({-notches(dy)}, {at(point)})"]
        case Scroll(point=point, dx=dx, dy=0):
            return [f"pyautogui.hscroll({notches(dx)}, {at(point)})"]
        case Type(text=str(text), clear=False) if text:
            return [f"pyautogui.write({literal(text)})", *(["pyautogui.press('enter')"] * action.submit)]
        case Press(keys=(key,)):
            return [f"pyautogui.press({literal(_key(key))})"]
        case Press(keys=keys):
            return [f"pyautogui.hotkey({', '.join(literal(_key(key)) for key in keys)})"]
        case Hold(keys=keys, seconds=seconds):
            down, up = _held(keys)
            return [*down, f"pyautogui.sleep({seconds!r})", *up]
        case Wait(seconds=seconds):
            return [f"pyautogui.sleep({seconds!r})"]
        case Terminate(status="success" | "failure" as status, message=message):
            answer = f", answer={literal(message)}" if message else ""
            return [f"computer.terminate(status={literal(_STATUS[status])}{answer})"]
        case _:
            return None


def _click(action: Click, at: Write) -> str:
    where = at(action.point)
    match action.count, action.button:
        case 1, "left":
            return f"pyautogui.click({where})"
        case 1, button:
            return f"pyautogui.{button}Click({where})"
        case 2, "left":
            return f"pyautogui.doubleClick({where})"
        case 3, "left":
            return f"computer.triple_click({where})"
        case count, button:
            return f"pyautogui.click({where}, clicks={count}, button={literal(button)})"


def _moves(path: tuple[Point, ...]) -> bool:
    """Return whether the cursor moves at the end, and so more than clicks."""
    return path[-1] != path[-2] or len(path) > 2


def _held(keys: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """Return the calls that hold keys down, and those that release them."""
    names = [literal(_key(key)) for key in keys]
    return [f"pyautogui.keyDown({name})" for name in names], [f"pyautogui.keyUp({name})" for name in reversed(names)]


def _key(key: str) -> str:
    return _KEYS.get(key, key)


OPENCUA = OpenCua()
