"""Actions that start at the cursor: what a dialect writes without the call that moves it there first."""

from collections.abc import Iterable, Iterator

from handeye.actions.abilities import Abilities
from handeye.actions.carry import points_of
from handeye.actions.dialects.dialect import Inexpressible, Seen
from handeye.actions.dialects.rules.forms import AT_CURSOR
from handeye.actions.dialects.rules.speech import FRAME, Speech
from handeye.actions.dialects.rules.written import Written
from handeye.actions.geometry import Point
from handeye.actions.schema import AnyAction, Move


def from_cursor(speech: Speech, written: Iterable[Written]) -> Iterator[Written]:
    """Return what was written, and after each the same without a move to where it starts, if it is read.

    Where it is read only if the position of the cursor is known, it is a form for such a screen.
    """
    for each in written:
        yield each
        start = _start(speech, each)
        first = each.parts[0]
        if start is None or not isinstance(first, str):
            continue
        begin, end = start
        body = each.body[:begin] + each.body[end:]
        if len(first) >= end and _reads(speech, each.action, body, points_of(each.action)[0]):
            anywhere = _reads(speech, each.action, body, None)
            rest = [first[:begin] + first[end:], *each.parts[1:]]
            yield Written(each.action, body, rest if anywhere else [AT_CURSOR, *rest])


def _start(speech: Speech, written: Written) -> tuple[int, int] | None:
    """Return the part of the text that moves the cursor to where an action starts; None if there is none."""
    dialect, action = speech.dialect, written.action
    try:
        move, *rest = dialect.tell(action, FRAME)
        moves = dialect.tell(Move(point=points_of(action)[0]), FRAME)
    except Inexpressible:
        return None
    if not rest or (move,) != moves:
        return None
    begin = written.body.index(move)
    return begin, written.body.index(rest[0], begin + len(move))


def _reads(speech: Speech, action: AnyAction, body: str, cursor: Point | None) -> bool:
    """Return whether the dialect reads calls as an action of this type, which starts at the cursor if it is known."""
    seen = Seen(FRAME, cursor=cursor, abilities=Abilities(frozenset({action.type})))
    reading = speech.dialect.read(speech.bare(body), seen)
    if [each.type for each in reading.actions] != [action.type]:
        return False
    return cursor is None or points_of(reading.actions[0]) == points_of(action)
