"""Reads the phone's screen for an oracle: finds elements by their text, and makes the moves that act on them.

It reads only what any program can read, the UI tree that `uiautomator dump` gives over adb, and acts only at points of
the screenshot. So playing an oracle tests the tree, the geometry, the touches and the judging.
"""

from collections.abc import Iterator
from typing import Final

from handeye.actions.errors import HandeyeError
from handeye.actions.geometry import Point, Size
from handeye.actions.schema import Back, Click, Drag, Home, LongPress, OpenApp, Press, Scroll, Terminate, Type
from handeye.environments.element import Element, HasElements
from handeye.evals.task import Move

FIELD: Final = "EditText"
SCROLLS: Final = 8
"""How many times an oracle scrolls before it gives up."""


class NotOnScreen(HandeyeError):
    """An oracle's target is not on the screen."""


class PhoneReader:
    """Reads one phone. Every move is made from what the screen shows when the move is requested."""

    def __init__(self, screen: HasElements, size: Size) -> None:
        """`screen` lists the elements; `size` is the size of its screenshots."""
        self._screen = screen
        self._size = size

    def open(self, app: str) -> Move:
        """Open an app by its name."""
        return Move(f"Open {app}.", OpenApp(name=app))

    def home(self) -> Move:
        """Show the home screen."""
        return Move("Go to the home screen.", Home())

    def back(self) -> Move:
        """Go back one screen."""
        return Move("Go back.", Back())

    def tap(self, text: str, role: str | None = None, number: int = 0) -> Move:
        """Tap the `number`-th element from the top that has exactly this text, and the role if one is given."""
        return Move(f"Tap {_short(text)}.", Click(point=self.point(text, role, number)))

    def hold(self, text: str) -> Move:
        """Long-press an element."""
        return Move(f"Press {_short(text)} for long.", LongPress(point=self.point(text)))

    def reach(self, text: str) -> Iterator[Move]:
        """Scroll down until an element can be seen, and tap it."""
        for _ in range(SCROLLS):
            if self.find(text):
                break
            yield self.scroll()
        yield self.tap(text)

    def scroll(self) -> Move:
        """Scroll down by half a screen."""
        middle = Point(self._size.width // 2, self._size.height // 2)
        return Move("Scroll down.", Scroll(point=middle, dy=self._size.height // 2))

    def fill(self, text: str, value: str) -> Iterator[Move]:
        """Tap the field with this text and replace its content by a value."""
        yield self.tap(text, FIELD)
        yield Move(f"Type {_short(value)}.", Type(text=value, clear=True))

    def fill_field(self, number: int, value: str) -> Iterator[Move]:
        """Do the same with the `number`-th field, counted from 0."""
        fields = [element for element in self._screen.elements() if element.role.endswith(FIELD)]
        if number >= len(fields):
            raise NotOnScreen(f"there are {len(fields)} fields on the screen, and no number {number}")
        yield Move(f"Tap field {number + 1}.", Click(point=_middle(fields[number])))
        yield Move(f"Type {_short(value)}.", Type(text=value, clear=True))

    def type(self, text: str) -> Move:
        """Type at the caret."""
        return Move(f"Type {_short(text)}.", Type(text=text))

    def press(self, key: str) -> Move:
        """Press a key."""
        return Move(f"Press {key}.", Press(keys=(key,)))

    def slide(self, label: str, part: float) -> Move:
        """Drag a slider from its middle to a fraction of its width, from 0 to 1."""
        box = self._one(label, "SeekBar").box
        middle = Point((box.left + box.right) // 2, (box.top + box.bottom) // 2)
        end = Point(round(box.left + (box.right - 1 - box.left) * part), middle.y)
        return Move(f"Drag the slider {_short(label)}.", Drag(path=(middle, end)))

    def pull_down(self) -> Move:
        """Swipe down from the top edge: the notifications and quick settings."""
        x = self._size.width // 2
        return Move("Pull down the notification shade.", Drag(path=(Point(x, 10), Point(x, self._size.height // 2))))

    def swipe_up(self) -> Move:
        """Swipe up over the screen: all apps."""
        x, height = self._size.width // 2, self._size.height
        return Move("Swipe up for all apps.", Drag(path=(Point(x, round(height * 0.4)), Point(x, round(height * 0.1)))))

    def done(self) -> Move:
        """Report that the task is done."""
        return Move("All that was asked is done.", Terminate(status="success"))

    def find(self, text: str, role: str | None = None) -> list[Element]:
        """Return the elements that have exactly this text, from top to bottom."""
        return [
            element
            for element in self._screen.elements()
            if element.text == text and (role is None or element.role.endswith(role))
        ]

    def point(self, text: str, role: str | None = None, number: int = 0) -> Point:
        """Return the middle of an element. Raises `NotOnScreen`."""
        return _middle(self._one(text, role, number))

    def _one(self, text: str, role: str | None = None, number: int = 0) -> Element:
        found = self.find(text, role)
        if number >= len(found):
            seen = ", ".join(repr(element.text) for element in self._screen.elements() if element.text)
            raise NotOnScreen(f"{text!r} is not on the phone's screen, which says {seen}")
        return found[number]


def _middle(element: Element) -> Point:
    box = element.box
    return Point((box.left + box.right) // 2, (box.top + box.bottom) // 2)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return repr(line if len(line) <= 36 else f"{line[:35]}…")
