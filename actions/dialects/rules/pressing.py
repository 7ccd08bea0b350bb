"""Keys: how a dialect writes those that are pressed or held."""

from collections.abc import Callable, Iterator

from handeye.actions.dialects.rules.chords import HELD, SINGLE, WITH_MODIFIERS, held
from handeye.actions.dialects.rules.forms import Part
from handeye.actions.dialects.rules.speech import Speech
from handeye.actions.dialects.rules.timing import WHOLE, time_of, within
from handeye.actions.dialects.rules.written import Written, listed
from handeye.actions.fields import MAX_HOLD
from handeye.actions.schema import AnyAction, Hold, Press

Make = Callable[[tuple[str, ...]], AnyAction]


def presses(speech: Speech) -> Iterator[Written]:
    """Return a press of each key, and of each chord of modifiers and a key."""
    for modifiers in held():
        bodies = _bodies(speech, lambda keys: Press(keys=keys), modifiers)
        if bodies:
            body, keys = next(iter(bodies.items()))
            yield Written(Press(keys=keys), body, listed(bodies))


def holds(speech: Speech) -> Iterator[Written]:
    """Return the same keys as in presses, held for a time.

    A dialect that names keys when they go down and when they come up again has a form for each key, and no chords.
    """
    time = time_of(speech, lambda seconds: Hold(keys=("a",), seconds=seconds), MAX_HOLD)
    if time is None:
        return
    for modifiers in held():
        bodies = _bodies(speech, lambda keys: Hold(keys=keys, seconds=WHOLE), modifiers)
        if not bodies:
            continue
        parts: list[Part] = listed(bodies)
        if any(isinstance(part, str) and time.written in part for part in parts):
            body, keys = next(iter(bodies.items()))
            yield Written(Hold(keys=keys, seconds=WHOLE), body, within(parts, time))
        elif not modifiers:
            for body, (key,) in bodies.items():
                if key in HELD:
                    yield Written(Hold(keys=(key,), seconds=WHOLE), body, within([body], time))


def _bodies(speech: Speech, make: Make, modifiers: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    chords = [(*modifiers, key) for key in (WITH_MODIFIERS if modifiers else SINGLE)]
    return {body: keys for keys in chords if (body := speech.body(make(keys))) is not None}
