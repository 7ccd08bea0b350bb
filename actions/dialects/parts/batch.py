"""The actions of one reply, in order: what they start from, and which of them are one action."""

from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeVar

from handeye.actions.dialects.dialect import Seen
from handeye.actions.dialects.parts.arguments import canonical, joined
from handeye.actions.dialects.parts.chords import ADDRESS_BAR, chord
from handeye.actions.geometry import Point
from handeye.actions.keys import UnknownKey, canonical_keys
from handeye.actions.places import PlaceReader
from handeye.actions.points import PIXELS, Points
from handeye.actions.reading import MAX_ACTIONS, Reading
from handeye.actions.schema import (
    AnyAction,
    Click,
    Drag,
    InvalidAction,
    LongPress,
    Move,
    Navigate,
    NewTab,
    Press,
    Scroll,
    Type,
    Wait,
    load,
)

Members = dict[str, object]
Item = TypeVar("Item")

_WITH_MODIFIERS = ("click", "drag", "scroll")


class Said(NamedTuple):
    """A reply, and what it says besides its calls."""

    text: str
    """The whole reply."""
    thought: str
    conclusion: str = ""
    notes: tuple[str, ...] = ()


class Batch:
    """Collects the actions of one reply and keeps track of the cursor.

    A move of the cursor is merged into the click, drag or scroll that starts there, enter after a text into the typing,
    and keys that are held into what is done meanwhile: one action each. Where a page is shown in tabs, a chord of the
    browser's window is the action that does the same, and a text after the chord that goes to the address bar is the
    address to open.
    """

    def __init__(self, seen: Seen, points: Points = PIXELS) -> None:
        """`points` says how the reply writes them."""
        self.seen = seen
        self.places = PlaceReader(seen.frame, seen.target, seen.marks, points)
        self.cursor = seen.cursor
        self.actions: list[AnyAction] = []
        self._typed_address = False
        self._held: list[str] = []
        self._held_in_use = False
        self._held_since = 0

    def read(self, said: Said, items: Iterable[Item], read: Callable[[Item], None]) -> Reading:
        """Read each item with `read`, which adds actions here, and return what the reply asks for."""
        try:
            for item in items:
                read(item)
                if len(self.actions) > MAX_ACTIONS:
                    raise InvalidAction(f"the reply contains more than {MAX_ACTIONS} actions: answer with one")
            if self._held:
                raise InvalidAction(f"the reply holds {joined(self._held)} down and does not release it")
            if not self.actions:
                raise InvalidAction("the reply contains no action")
        except InvalidAction as error:
            return Reading.of_problem(str(error), said.text, said.thought, said.conclusion)
        notes = (*said.notes, *self.places.notes)
        return Reading(said.thought, tuple(self.actions), None, said.conclusion, notes, tuple(self.places.named))

    def note(self, what: str) -> None:
        """Add a note of what was changed."""
        self.places.notes.append(what)

    def start(self, name: str, move: str) -> Point:
        """Return the cursor, where an action without a point starts; `move` is the call that moves it there first."""
        if self.cursor is None:
            raise InvalidAction(f"{name} starts at the cursor, whose position is not known: call {move} first")
        return self.cursor

    def middle(self) -> Point:
        """Return where a scroll without a point happens: at the cursor, or at the centre if it is not known."""
        if self.cursor is not None:
            return self.cursor
        center = self.places.target.box.center
        self.note(f"scrolled at the centre {center}: the position of the cursor is not known")
        return center

    def pressed(self, written: object) -> Members:
        """Return the members of a press, or of the action that the chord stands for here."""
        keys = canonical(written)
        meant = None if keys is None else chord(keys, self.seen.abilities.types, self.seen.tabs)
        if meant is None:
            return {"type": "press", "keys": written}
        self.note(f"took {joined(written)} for `{meant['type']}`")
        return meant

    def hold(self, key: str) -> None:
        """Hold a key down until `release`; raise `InvalidAction` if there is no such key."""
        self._held += [name for name in _canonical(key) if name not in self._held]
        self._held_in_use = False
        self._held_since = len(self.actions)

    def release(self, key: str) -> None:
        """Release a key; if nothing was done while it was held, it was pressed, or held for a time."""
        names = _canonical(key)
        if not set(names) <= set(self._held):
            raise InvalidAction(f"the reply releases {joined(names)} without holding it down")
        match self.actions[self._held_since :]:
            case [Wait(seconds=seconds)] if seconds > 0:
                self.actions.pop()
                self.actions.append(load({"type": "hold", "keys": self._held, "seconds": seconds}))
                self._held_in_use = True
        if not self._held_in_use:
            held, self._held = self._held, []
            self.add(self.pressed(held))
            self._held, self._held_in_use = held, True
        self._held = [name for name in self._held if name not in names]

    def add(self, members: Members, *, at_cursor: bool = False) -> None:
        """Add an action, merged into the previous one if they are one; raise `InvalidAction` if it is not an action.

        `at_cursor` says that it has no point of its own.
        """
        action = load(self._with_held(members))
        previous = self.actions[-1] if self.actions else None
        match previous, action:
            case Move(), Click() | Drag() | Scroll() if at_cursor:
                self.actions[-1] = action
            case Type(submit=False), Press(keys=("enter",)):
                self.actions[-1] = previous.model_copy(update={"submit": True})
            case Navigate() | NewTab(url=str()), Press(keys=("enter",)) if self._typed_address:
                self._typed_address = False
            case Press(keys=keys), Type(text=str(text)) if (
                keys in ADDRESS_BAR and "navigate" in self.seen.abilities.types
            ):
                self.actions[-1] = _opened("navigate", text)
                self._typed_address = True
            case NewTab(url=None), Type(text=str(text)):
                self.actions[-1] = _opened("new_tab", text)
                self._typed_address = True
            case _:
                self.actions.append(action)
        match action:
            case Click(point=point) | Move(point=point) | Scroll(point=point) | LongPress(point=point):
                self.cursor = point
            case Drag(path=path):
                self.cursor = path[-1]

    def _with_held(self, members: Members) -> Members:
        if not self._held or members["type"] == "wait":
            return members
        self._held_in_use = True
        match members:
            case {"type": "press", "keys": keys}:
                more = canonical(keys)
                return members if more is None else {**members, "keys": [*self._held, *more]}
            case {"type": kind} if kind in _WITH_MODIFIERS:
                return {**members, "modifiers": [*self._held]}
            case {"type": "move"}:
                return members
            case _:
                raise InvalidAction("nothing but clicks, drags, scrolls and keys is possible with keys held down")


def _canonical(key: str) -> tuple[str, ...]:
    try:
        return canonical_keys([key])
    except UnknownKey as error:
        raise InvalidAction(str(error)) from error


def _opened(kind: str, address: str) -> AnyAction:
    """Return the action that opens what was typed into the address bar."""
    try:
        return load({"type": kind, "url": address.strip()})
    except InvalidAction as error:
        raise InvalidAction(f"a text for the address bar {str(error).removeprefix(f'{kind}.url: ')}") from error
