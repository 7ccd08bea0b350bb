"""ScaleCUA's functions for a computer, which are PyAutoGUI's and a few more."""

from collections.abc import Mapping
from dataclasses import dataclass

from handeye.actions.abilities import Abilities
from handeye.actions.dialects.dialect import Inexpressible, Seen, left_unsaid
from handeye.actions.dialects.parts.batch import Batch
from handeye.actions.dialects.parts.chords import INSTEAD
from handeye.actions.dialects.parts.pyautogui import PARAMETERS, PyAutoGui
from handeye.actions.dialects.parts.scrolling import notches
from handeye.actions.dialects.scalecua import words
from handeye.actions.dialects.scalecua.tags import SECONDS, TAGS, read, write
from handeye.actions.geometry import Frame, Size
from handeye.actions.points import PIXELS, Points, Write
from handeye.actions.reading import Reading
from handeye.actions.replies.python_calls import literal
from handeye.actions.replies.sections import hidden
from handeye.actions.schema import (
    Answer,
    AnyAction,
    AskUser,
    Click,
    Drag,
    Hold,
    Move,
    Press,
    Scroll,
    Terminate,
    Type,
    Wait,
)

_WORDS = {
    "click": "click",
    "move": "moveTo",
    "drag": "dragTo",
    "scroll": "scroll",
    "type": "write",
    "press": "press",
    "hold": "keyDown",
    "wait": "wait",
    "answer": "response",
    "ask_user": "call_user",
    "terminate": "terminate",
}
_REASONS = {**INSTEAD, "note": "the operation in words is the note of a step"}


@dataclass(frozen=True, slots=True)
class ScaleCua:
    """Three tags, of which `operation` is the conclusion of the step."""

    name: str = "scalecua"
    says: frozenset[str] = frozenset(_WORDS)
    points: Points = PIXELS

    @property
    def unsaid(self) -> Mapping[str, str]:
        """What has no function."""
        return left_unsaid(self.says, _REASONS)

    def describe(self, size: Size, abilities: Abilities) -> str:
        """Return the signatures."""
        return words.SIGNATURES

    def read(self, text: str, seen: Seen) -> Reading:
        """Read the calls in the tag `action`, of which there may be several."""
        reader = PyAutoGui(Batch(seen, self.points), SECONDS)
        return read(text, reader.batch, PARAMETERS, reader.read)

    def write(self, action: AnyAction, frame: Frame, thought: str = "", conclusion: str = "") -> str:
        """Return the three tags, each on lines of its own."""
        return write(self.tell(action, frame), thought, conclusion)

    def tell(self, action: AnyAction, frame: Frame) -> tuple[str, ...]:
        """Return the calls."""
        at = self.points.writer(frame, "x={}, y={}")
        calls = _calls(action, at)
        if calls is None:
            raise Inexpressible(action, self.name)
        modifiers = action.modifiers if isinstance(action, Click | Drag | Scroll) else ()
        down, up = _held(modifiers)
        return tuple(hidden(call, TAGS) for call in (*down, *calls, *up))

    def word(self, kind: str) -> str | None:
        """Return the name of a function."""
        return _WORDS.get(kind, "wait" if kind == "wait_until_stable" else None)


def _calls(action: AnyAction, at: Write) -> list[str] | None:
    """Return the calls without the keys that are held meanwhile; None if there are none."""
    match action:
        case Click():
            return [_click(action, at)]
        case Move(point=point):
            return [f"moveTo({at(point)})"]
        case Drag(path=(start, end), hold_seconds=0):
            return [f"moveTo({at(start)})", f"dragTo({at(end)}, button={literal(action.button)})"]
        case Scroll(point=point, dx=0, dy=dy):
            return [f"scroll(clicks={-notches(dy)}, {at(point)})"]
        case Type(text=str(text), clear=False) if text:
            return [f"write(message={literal(text)})", *(["press(keys='enter')"] * action.submit)]
        case Press(keys=(key,)):
            return [f"press(keys={literal(key)})"]
        case Press(keys=keys):
            return [f"hotkey({', '.join(map(literal, keys))})"]
        case Hold(keys=keys, seconds=seconds):
            down, up = _held(keys)
            return [*down, f"wait(seconds={seconds!r})", *up]
        case Wait(seconds=seconds):
            return [f"wait(seconds={round(seconds)})"]
        case Answer(text=text):
            return [f"response(answer={literal(text)})"]
        case AskUser(text=""):
            return ["call_user()"]
        case Terminate(status="success" | "failure" as status, message=message):
            info = f", info={literal(message)}" if message else ""
            return [f"terminate(status={literal(status)}{info})"]
        case _:
            return None


def _click(action: Click, at: Write) -> str:
    where = at(action.point)
    match action.count, action.button:
        case 1, "left":
            return f"click({where})"
        case 2, "left":
            return f"doubleClick({where})"
        case 1, "right":
            return f"rightClick({where})"
        case count, button:
            return f"click({where}, clicks={count}, button={literal(button)})"


def _held(keys: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """Return the calls that hold keys down, and those that release them."""
    return [f"keyDown(key={literal(key)})" for key in keys], [f"keyUp(key={literal(key)})" for key in reversed(keys)]


SCALECUA = ScaleCua()
