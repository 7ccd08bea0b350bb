"""The points of an action, and mapping it from one frame to another."""

from handeye.actions.geometry import Point, Transform
from handeye.actions.schema import AnyAction, Click, Drag, LongPress, Move, Scroll, Zoom


def points_of(action: AnyAction) -> tuple[Point, ...]:
    """Return the points of an action, in order."""
    match action:
        case Click(point=point) | LongPress(point=point) | Move(point=point) | Scroll(point=point):
            return (point,)
        case Drag(path=path):
            return tuple(path)
        case _:
            return ()


def carried(action: AnyAction, transform: Transform) -> AnyAction:
    """Return `action` with its points, boxes and distances mapped by `transform`; raise `OutOfFrame`."""
    match action:
        case Click() | LongPress() | Move():
            return action.model_copy(update={"point": transform.point(action.point)})
        case Scroll():
            dx, dy = transform.distance(action.dx, action.dy)
            return action.model_copy(update={"point": transform.point(action.point), "dx": dx, "dy": dy})
        case Drag():
            return action.model_copy(update={"path": tuple(transform.point(point) for point in action.path)})
        case Zoom():
            return action.model_copy(update={"box": transform.box(action.box)})
        case _:
            return action
