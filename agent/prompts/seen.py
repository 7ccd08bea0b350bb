"""What a model's reply to a history answers."""

from handeye.actions.dialects.dialect import Seen, TabStrip
from handeye.actions.geometry import Frame, Point, Size
from handeye.agent.history import History


def seen(history: History, size: Size) -> Seen:
    """Return what a reply answers: the newest screenshot of `history`, as a model sees it at a size in pixels."""
    observation = history.observation
    shown = next((index for index, tab in enumerate(observation.tabs) if tab.active), 0)
    return Seen(
        frame=Frame("model image", size),
        target=observation.frame,
        cursor=_cursor(history),
        marks=tuple(mark.box for mark in observation.marks),
        tabs=TabStrip(shown, len(observation.tabs)),
        abilities=history.abilities,
    )


def _cursor(history: History) -> Point | None:
    """Return where the pointer is on the newest screenshot; None if that is not known, or it lies outside."""
    cursor, observation = history.cursor, history.observation
    if cursor is None or observation.part is None:
        return None if cursor is None else observation.frame.clamp(cursor)
    whole = observation.part.inverse()
    return whole.point(cursor) if whole.source.contains(cursor) else None
