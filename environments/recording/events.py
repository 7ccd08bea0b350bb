"""A person's input events, and the actions they amount to. No screen and no clock: times come from the events."""

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import get_args

from handeye.actions.fields import MAX_HOLD, MAX_PATH, MAX_SCROLL, MAX_TEXT, Button, Modifier
from handeye.actions.geometry import Point
from handeye.actions.schema import Action, Click, Drag, InvalidAction, LongPress, Press, Scroll, Type, load

_SLOP = 5
"""How far a hand moves unintentionally, in pixels."""
_AGAIN_SECONDS = 0.5
"""Seconds within which the next click of a double click follows."""
_LONG_SECONDS = 0.7
"""A button held this long without moving is a long press."""
_SCROLL_SECONDS = 0.7
"""Seconds within which the next turn of the wheel belongs to the same scroll."""
_ORDER: tuple[Modifier, ...] = get_args(Modifier)
_LONE = ("alt", "meta")
"""Modifiers that do something when pressed alone."""


@dataclass(frozen=True, slots=True)
class ButtonDown:
    """A mouse button went down."""

    time: float
    """In seconds since 1970, here and below."""
    point: Point
    """In pixels of the screenshot, here and below."""
    button: Button = "left"
    modifiers: tuple[Modifier, ...] = ()
    """Those held."""


@dataclass(frozen=True, slots=True)
class ButtonUp:
    """It was released."""

    time: float
    point: Point


@dataclass(frozen=True, slots=True)
class Moved:
    """The pointer moved while a button was down."""

    time: float
    point: Point


@dataclass(frozen=True, slots=True)
class Wheel:
    """The wheel was turned; positive distances show what is to the right and below."""

    time: float
    point: Point
    dx: float
    dy: float
    modifiers: tuple[Modifier, ...] = ()


@dataclass(frozen=True, slots=True)
class KeyDown:
    """A key went down that does something other than write a character."""

    time: float
    key: str
    """Canonical."""
    modifiers: tuple[Modifier, ...] = ()
    """The modifiers held before it."""


@dataclass(frozen=True, slots=True)
class KeyUp:
    """A key was released."""

    time: float
    key: str


@dataclass(frozen=True, slots=True)
class Chord:
    """A key went down that is reported otherwise or not at all: modifiers held with it were not pressed alone."""

    time: float


@dataclass(frozen=True, slots=True)
class Wrote:
    """Characters were entered: by a key, by an input method, or from the clipboard."""

    time: float
    text: str = ""
    """Empty for a secret, which never gets here."""
    secret: str | None = None
    """The name of the secret that the characters belong to."""


@dataclass(frozen=True, slots=True)
class Did:
    """Something was done that is an action by itself, such as opening an address."""

    time: float
    action: Action


HandEvent = ButtonDown | ButtonUp | Moved | Wheel | KeyDown | KeyUp | Chord | Wrote | Did


@dataclass(frozen=True, slots=True)
class Deed:
    """What a person did, as an action."""

    began: float
    """The time of its first event."""
    ended: float
    """The time of its last event."""
    action: Action


@dataclass(frozen=True, slots=True)
class _Holding:
    """A button that is down."""

    began: float
    button: Button
    modifiers: tuple[Modifier, ...]
    path: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class _Open:
    """A deed that may still grow: a click into a double click, a turn of the wheel, a text."""

    began: float
    ended: float
    first: ButtonDown | Wheel | Wrote
    count: int = 1
    dx: float = 0.0
    dy: float = 0.0
    text: str = ""


class Composer:
    """Combines one person's events into deeds. Events are fed in chronological order."""

    def __init__(self) -> None:
        self._holding: _Holding | None = None
        self._open: _Open | None = None
        self._lone = ""

    def feed(self, event: HandEvent) -> tuple[Deed, ...]:
        """Add an event; return the deeds that it completes."""
        match event:
            case ButtonDown():
                done = () if self._repeats(event) else self._close()
                self._holding = _Holding(event.time, event.button, event.modifiers, (event.point,))
            case Moved():
                if self._holding is not None:
                    self._holding = replace(self._holding, path=(*self._holding.path, event.point))
                return ()
            case ButtonUp():
                done = self._release(event)
            case Wheel():
                done = self._turn(event)
            case Wrote():
                done = self._write(event)
            case KeyDown():
                return self._press(event)
            case KeyUp():
                done = self._press_lone(event)
            case Chord():
                done = ()
            case Did():
                done = (*self._close(), Deed(event.time, event.time, event.action))
        self._lone = ""
        return done

    def flush(self, time: float) -> tuple[Deed, ...]:
        """Return the deeds that no event from `time` on can extend. A text may always continue."""
        match self._open:
            case _Open(first=ButtonDown(), ended=ended) if self._holding is None and time - ended > _AGAIN_SECONDS:
                return self._close()
            case _Open(first=Wheel(), ended=ended) if time - ended > _SCROLL_SECONDS:
                return self._close()
        return ()

    def finish(self) -> tuple[Deed, ...]:
        """Return the remaining deeds. A button that is still down has not done anything yet."""
        self._holding = None
        return self._close()

    def _repeats(self, down: ButtonDown) -> bool:
        """Return whether a press continues a double or triple click."""
        match self._open:
            case _Open(first=ButtonDown() as first, ended=ended, count=count):
                return (
                    count < 3
                    and (first.button, first.modifiers) == (down.button, down.modifiers)
                    and math.dist(first.point, down.point) <= _SLOP
                    and down.time - ended <= _AGAIN_SECONDS
                )
        return False

    def _release(self, up: ButtonUp) -> tuple[Deed, ...]:
        holding, self._holding = self._holding, None
        if holding is None:
            return ()
        path = (*holding.path, up.point)
        if max(math.dist(path[0], point) for point in path) > _SLOP:
            drag = Drag(path=simplified(path), button=holding.button, modifiers=_modifiers(holding.modifiers))
            return (*self._close(), Deed(holding.began, up.time, drag))
        seconds = up.time - holding.began
        if seconds >= _LONG_SECONDS and holding.button == "left" and not holding.modifiers:
            long_press = LongPress(point=path[0], seconds=round(min(seconds, MAX_HOLD), 1))
            return (*self._close(), Deed(holding.began, up.time, long_press))
        if self._open is not None:  # the previous press belongs to this one, otherwise it would be closed
            self._open = replace(self._open, ended=up.time, count=self._open.count + 1)
        else:
            down = ButtonDown(holding.began, path[0], holding.button, holding.modifiers)
            self._open = _Open(holding.began, up.time, down)
        return ()

    def _turn(self, wheel: Wheel) -> tuple[Deed, ...]:
        match self._open:
            case _Open(first=Wheel() as first, ended=ended) if (
                first.modifiers == wheel.modifiers
                and wheel.time - ended <= _SCROLL_SECONDS
                and math.dist(first.point, wheel.point) <= _SLOP
            ):
                self._open = replace(
                    self._open, ended=wheel.time, dx=self._open.dx + wheel.dx, dy=self._open.dy + wheel.dy
                )
                return ()
        done = self._close()
        self._open = _Open(wheel.time, wheel.time, wheel, dx=wheel.dx, dy=wheel.dy)
        return done

    def _write(self, wrote: Wrote) -> tuple[Deed, ...]:
        text = _clean(wrote.text)
        if not text and wrote.secret is None:
            return ()
        match self._open:
            case _Open(first=Wrote(secret=secret)) if (
                secret == wrote.secret and len(self._open.text) + len(text) <= MAX_TEXT
            ):
                self._open = replace(self._open, ended=wrote.time, text=self._open.text + text)
                return ()
        done = self._close()
        while len(text) > MAX_TEXT:  # pasted
            piece, text = text[:MAX_TEXT], text[MAX_TEXT:]
            done = (*done, Deed(wrote.time, wrote.time, Type(text=piece)))
        self._open = _Open(wrote.time, wrote.time, wrote, text=text)
        return done

    def _press(self, down: KeyDown) -> tuple[Deed, ...]:
        if down.key in _ORDER:
            self._lone = down.key if not down.modifiers else ""
            return ()
        self._lone = ""
        keys = (*_modifiers(down.modifiers), down.key)
        match self._open:
            case _Open(first=Wrote(secret=secret)) if keys == ("enter",):
                self._open = replace(self._open, ended=down.time)
                return self._close(submit=True)
            case _Open(first=Wrote(secret=secret), text=text) if keys == ("backspace",):
                # A typing mistake. The first character stays: it may have replaced a selection.
                if secret is not None or len(text) > 1:
                    self._open = replace(self._open, ended=down.time, text=text[:-1])
                    return ()
        if len(keys) > 1 and len(down.key) == 1:
            keys = (*keys[:-1], down.key.lower())
        return (*self._close(), *_deed(down.time, {"type": "press", "keys": list(keys)}))

    def _press_lone(self, up: KeyUp) -> tuple[Deed, ...]:
        """Return the press of a modifier that was not used while it was down."""
        if up.key != self._lone or up.key not in _LONE:
            return ()
        return (*self._close(), Deed(up.time, up.time, Press(keys=(up.key,))))

    def _close(self, submit: bool = False) -> tuple[Deed, ...]:
        """Close and return the open deed, if there is one."""
        done, self._open = self._open, None
        match done:
            case _Open(first=ButtonDown() as down):
                modifiers = _modifiers(down.modifiers)
                action: Action = Click(point=down.point, button=down.button, count=done.count, modifiers=modifiers)
            case _Open(first=Wheel() as wheel):
                dx, dy = (max(-MAX_SCROLL, min(MAX_SCROLL, round(length))) for length in (done.dx, done.dy))
                if dx == 0 and dy == 0:
                    return ()
                action = Scroll(point=wheel.point, dx=dx, dy=dy, modifiers=_modifiers(wheel.modifiers))
            case _Open(first=Wrote(secret=None)):
                action = Type(text=done.text, submit=submit)
            case _Open(first=Wrote(secret=str(secret))):
                action = Type(secret=secret, submit=submit)
            case _:
                return ()
        return (Deed(done.began, done.ended, action),)


def simplified(path: Sequence[Point]) -> tuple[Point, ...]:
    """Return a path of at most `MAX_PATH` points, with the same ends, that stays close to the given one.

    Uses the Douglas-Peucker algorithm, increasing the tolerance until the points are few enough.
    """
    distance = 2.0
    while len(kept := _kept(path, distance)) > MAX_PATH:
        distance *= 2
    return kept


def _kept(path: Sequence[Point], distance: float) -> tuple[Point, ...]:
    keep, spans = {0, len(path) - 1}, [(0, len(path) - 1)]
    while spans:
        first, last = spans.pop()
        between = range(first + 1, last)
        if not between:
            continue
        farthest = max(between, key=lambda index: _off(path[index], path[first], path[last]))
        if _off(path[farthest], path[first], path[last]) > distance:
            keep.add(farthest)
            spans += [(first, farthest), (farthest, last)]
    return tuple(path[index] for index in sorted(keep))


def _off(point: Point, start: Point, end: Point) -> float:
    """Return how far a point is from the straight line between two others."""
    length = math.dist(start, end)
    if length == 0:
        return math.dist(point, start)
    along = ((point.x - start.x) * (end.x - start.x) + (point.y - start.y) * (end.y - start.y)) / length**2
    along = min(1.0, max(0.0, along))
    return math.dist(point, (start.x + along * (end.x - start.x), start.y + along * (end.y - start.y)))


def _modifiers(held: tuple[Modifier, ...]) -> tuple[Modifier, ...]:
    return tuple(modifier for modifier in _ORDER if modifier in held)


def _clean(text: str) -> str:
    """Return the part of a text that can be typed, without control characters, which are keys."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(character for character in lines if unicodedata.category(character) != "Cc" or character in "\n\t")


def _deed(time: float, fields: dict[str, object]) -> tuple[Deed, ...]:
    """Return the deed of an action, or none for keys that no action can combine."""
    try:
        return (Deed(time, time, load(fields)),)
    except InvalidAction:
        return ()
