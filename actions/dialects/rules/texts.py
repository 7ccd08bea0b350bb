"""Actions with a text, a name or an address: how a dialect writes what is said in them."""

from collections.abc import Callable, Iterable, Iterator

from pydantic import ValidationError

from handeye.actions.dialects.rules.speech import Speech
from handeye.actions.dialects.rules.spelling import IN_ADDRESSES, IN_NAMES, IN_TEXTS, MARKER, Spelling, Write, spelling
from handeye.actions.dialects.rules.written import Written, listed
from handeye.actions.geometry import Point
from handeye.actions.grammar import Rule
from handeye.actions.schema import AnyAction, Click, Type

Make = Callable[[str], AnyAction]
"""Returns the action with a text; raises `ValidationError` if there is none with that text."""
_WEB = "https://"


def texts(speech: Speech, make: Make) -> Iterator[Written]:
    """Return an action with any text, and as it is without one.

    A text that is written as it is, over several lines, is a part of the thought, which is free already.
    """
    yield from _texts(make, lambda text: _body(speech, make, text))


def texts_at(speech: Speech, point: Point, make: Callable[[str], Type]) -> Iterator[Written]:
    """Return any text that one call types at a point; as an action it is the click there."""

    def write(text: str) -> str | None:
        try:
            return speech.body_at(point, make(text))
        except ValidationError:
            return None

    yield from _texts(lambda text: Click(point=point), write)


def _texts(make: Make, write: Write) -> Iterator[Written]:
    empty = write("")
    spelled = spelling(write, IN_TEXTS)
    least = 1
    if spelled is not None and not spelled.raw:
        marked = write(MARKER) or ""
        least = 0 if empty == marked.replace(MARKER, "") else 1
        yield from _opened(make(MARKER), marked, spelled.text(least))
    if empty is not None and least:
        yield Written(make(""), empty, [empty])


def names(speech: Speech, make: Make) -> Iterator[Written]:
    """Return an action with any name."""
    spelled = _spelling(speech, make, IN_NAMES)
    if spelled is not None:
        yield from _opened(make(MARKER), _body(speech, make, MARKER) or "", spelled.name())


def addresses(speech: Speech, make: Make) -> Iterator[Written]:
    """Return an action with any web address."""
    spelled = _spelling(speech, lambda text: make(_WEB + text), IN_ADDRESSES)
    if spelled is not None:
        body = _body(speech, make, _WEB + MARKER) or ""
        yield from _opened(make(_WEB + MARKER), body.replace(_WEB + MARKER, MARKER), spelled.address())


def known(speech: Speech, make: Make, given: Iterable[str]) -> Iterator[Written]:
    """Return an action with one of the names that are known."""
    bodies = {body: name for name in given if (body := _body(speech, make, name)) is not None}
    if bodies:
        body, name = next(iter(bodies.items()))
        yield Written(make(name), body, listed(bodies))


def _opened(action: AnyAction, body: str, rule: Rule) -> Iterator[Written]:
    begin, found, end = body.partition(MARKER)
    if found:
        yield Written(action, body, [begin, rule, end])


def _spelling(speech: Speech, make: Make, characters: str) -> Spelling | None:
    return spelling(lambda text: _body(speech, make, text), characters)


def _body(speech: Speech, make: Make, text: str) -> str | None:
    try:
        return speech.body(make(text))
    except ValidationError:
        return None
