"""The forms of what a dialect writes for the types of actions."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from itertools import product
from typing import get_args

from handeye.actions.dialects.dialect import Dialect, HasFreeText
from handeye.actions.dialects.rules.chords import held
from handeye.actions.dialects.rules.cursor import from_cursor
from handeye.actions.dialects.rules.forms import Bounded, Form, Part, PointPair, merged
from handeye.actions.dialects.rules.places import PROBES, Places
from handeye.actions.dialects.rules.pressing import holds, presses
from handeye.actions.dialects.rules.scrolling import scrolls
from handeye.actions.dialects.rules.speech import Speech
from handeye.actions.dialects.rules.texts import addresses, known, names, texts, texts_at
from handeye.actions.dialects.rules.timing import timed
from handeye.actions.dialects.rules.written import Written, opened, plain
from handeye.actions.fields import MAX_HOLD, MAX_WAIT, Button
from handeye.actions.geometry import Box
from handeye.actions.schema import (
    Answer,
    AnyAction,
    AskUser,
    Click,
    CloseTab,
    Drag,
    LongPress,
    Move,
    Navigate,
    NewTab,
    Note,
    OpenApp,
    SwitchTab,
    Terminate,
    Type,
    Wait,
    WaitUntilStable,
    Zoom,
    load,
)

_BUTTONS: tuple[Button, ...] = get_args(Button)
_TAB = 613
_BOX = Box(*PROBES[0], *PROBES[1])
_FLAGS = tuple(product((False, True), repeat=2))
"""Whether a text replaces what is there, and whether enter follows it."""
_START = PROBES[0]


class Calls:
    """What one dialect writes."""

    def __init__(self, dialect: Dialect) -> None:
        self.speech = Speech(dialect)
        self._places = Places(self.speech)
        self._forms: dict[str, tuple[Form, ...]] = {}

    def forms(self, kind: str) -> tuple[Form, ...]:
        """Return the forms of a type of action. Any app may be opened by its name, and no secret is typed."""
        if kind not in self._forms:
            self._forms[kind] = self._opened(_WRITTEN[kind](self.speech) if kind in _WRITTEN else self._bare(kind))
        return self._forms[kind]

    def opening(self, apps: Sequence[str]) -> tuple[Form, ...]:
        """Return the forms that open one of these apps."""
        return self._opened(known(self.speech, lambda name: OpenApp(name=name), apps))

    def typing(self, secrets: Sequence[str]) -> tuple[Form, ...]:
        """Return the forms that type one of these secrets."""
        return self._opened(
            each for clear, submit in _FLAGS for each in known(self.speech, _secret(clear, submit), secrets)
        )

    def typing_at(self) -> tuple[Form, ...]:
        """Return the forms of a text with the place where to type it."""
        return self._opened(
            each for clear, submit in _FLAGS for each in texts_at(self.speech, _START, _text(clear, submit))
        )

    def _bare(self, kind: str) -> Iterator[Written]:
        """Return a type of action that has no fields."""
        return plain(self.speech, load({"type": kind}))

    def _opened(self, written: Iterator[Written]) -> tuple[Form, ...]:
        forms = (self._places.opened(each.parts, each.action, each.body) for each in written)
        return tuple(dict.fromkeys(self._with_free_text(form) for form in forms))

    def _with_free_text(self, form: Form) -> Form:
        """Return the form with any text where a model may say more; it is written as a thought is."""
        dialect, thought = self.speech.dialect, self.speech.thought
        if not isinstance(dialect, HasFreeText) or thought is None:
            return form
        opened: list[Part] = []
        for part in form:
            begin, found, end = part.partition(dialect.free_text) if isinstance(part, str) else ("", "", "")
            opened += [begin + found[:-1], thought, found[-1:] + end] if found else [part]
        return merged(opened)


@lru_cache(maxsize=64)
def calls_of(dialect: Dialect) -> Calls:
    """Return what a dialect writes, found once."""
    return Calls(dialect)


def _clicks(speech: Speech) -> Iterator[Written]:
    for modifiers, button, count in product(held(2), _BUTTONS, (1, 2, 3)):
        yield from plain(speech, Click(point=_START, button=button, count=count, modifiers=modifiers))


def _long_presses(speech: Speech) -> Iterator[Written]:
    yield from timed(speech, lambda seconds: LongPress(point=_START, seconds=seconds), MAX_HOLD)
    yield from plain(speech, LongPress(point=_START))


def _drags(speech: Speech) -> Iterator[Written]:
    """Return drags along two or three points, with at most one modifier."""
    for modifiers, button, length in product(held(1), _BUTTONS, (2, 3)):
        drag = Drag(path=PROBES[:length], button=button, modifiers=modifiers)
        yield from plain(speech, drag)
        yield from timed(speech, partial(_resting, drag), MAX_HOLD)


def _resting(drag: Drag, seconds: float) -> Drag:
    return drag.model_copy(update={"hold_seconds": seconds})


def _secret(clear: bool, submit: bool) -> Callable[[str], AnyAction]:
    return lambda name: Type(secret=name, clear=clear, submit=submit)


def _text(clear: bool, submit: bool) -> Callable[[str], Type]:
    return lambda text: Type(text=text, clear=clear, submit=submit)


def _texts(speech: Speech) -> Iterator[Written]:
    for clear, submit in _FLAGS:
        yield from texts(speech, _text(clear, submit))


def _waits(speech: Speech) -> Iterator[Written]:
    yield from timed(speech, lambda seconds: Wait(seconds=seconds), MAX_WAIT, zero=True)
    yield from plain(speech, Wait())


def _stable(speech: Speech) -> Iterator[Written]:
    yield from timed(speech, lambda seconds: WaitUntilStable(seconds=seconds), MAX_WAIT, zero=True)
    yield from plain(speech, WaitUntilStable())


def _new_tabs(speech: Speech) -> Iterator[Written]:
    yield from plain(speech, NewTab())
    yield from addresses(speech, lambda url: NewTab(url=url))


def _closed_tabs(speech: Speech) -> Iterator[Written]:
    yield from plain(speech, CloseTab())
    yield from _tabs(speech, CloseTab(index=_TAB))


def _tabs(speech: Speech, action: AnyAction) -> Iterator[Written]:
    for each in plain(speech, action):
        if (parts := opened(each.parts, str(_TAB), Bounded.TAB)) is not None:
            yield each._replace(parts=parts)


def _boxes(speech: Speech) -> Iterator[Written]:
    for action, body, _ in plain(speech, Zoom(box=_BOX)):
        found = re.search(r"(\D+)".join(map(str, _BOX)), body)
        if found is not None:
            first, second, third = found.groups()
            yield Written(
                action, body, [body[: found.start()], PointPair((first, second, third), "box"), body[found.end() :]]
            )


def _ends(speech: Speech) -> Iterator[Written]:
    yield from texts(speech, lambda text: Terminate(status="success", message=text))
    yield from texts(speech, lambda text: Terminate(status="failure", message=text))
    yield from texts(speech, lambda text: Terminate(status="infeasible", message=text))


_WRITTEN: dict[str, Callable[[Speech], Iterator[Written]]] = {
    "click": _clicks,
    "long_press": _long_presses,
    "move": lambda speech: plain(speech, Move(point=_START)),
    "drag": lambda speech: from_cursor(speech, _drags(speech)),
    "scroll": lambda speech: from_cursor(speech, scrolls(speech)),
    "type": _texts,
    "press": presses,
    "hold": holds,
    "wait": _waits,
    "wait_until_stable": _stable,
    "open_app": lambda speech: names(speech, lambda name: OpenApp(name=name)),
    "navigate": lambda speech: addresses(speech, lambda url: Navigate(url=url)),
    "switch_tab": lambda speech: _tabs(speech, SwitchTab(index=_TAB)),
    "new_tab": _new_tabs,
    "close_tab": _closed_tabs,
    "zoom": _boxes,
    "note": lambda speech: texts(speech, lambda text: Note(text=text)),
    "answer": lambda speech: texts(speech, lambda text: Answer(text=text)),
    "ask_user": lambda speech: texts(speech, lambda text: AskUser(text=text)),
    "terminate": _ends,
}
"""How the types of action that have fields are written."""
