from handeye.actions.carry import carried
from handeye.actions.geometry import Box, Frame, Point, Size, Transform
from handeye.actions.schema import Back, Drag, Scroll, Zoom


def test_every_point_of_an_action_is_carried_over() -> None:
    half = Transform(Frame("model image", Size(200, 100)), Frame("screenshot", Size(100, 50)))
    path = (Point(0, 0), Point(199, 99))
    assert carried(Drag(path=path), half) == Drag(path=(Point(0, 0), Point(99, 49)))
    assert carried(Zoom(box=Box(0, 0, 200, 100)), half) == Zoom(box=Box(0, 0, 100, 50))
    scroll = Scroll(point=Point(10, 10), dx=-1, dy=120)
    assert carried(scroll, half) == Scroll(point=Point(5, 5), dx=-1, dy=60)
    assert carried(Back(), half) == Back()
