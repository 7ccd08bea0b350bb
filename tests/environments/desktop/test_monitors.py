"""Any monitor can be looked at, and a click lands on the very pixel that was meant, whatever its offset."""

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st
from Xlib import X
from Xlib.display import Display

from handeye.actions.geometry import Box, Point, Size
from handeye.actions.schema import Action, Click, Drag, Move, Terminate, Wait
from handeye.agent.loop import run_episode
from handeye.agent.outcome import StopReason
from handeye.agent.policies.scripted import ScriptedPolicy
from handeye.environments.desktop.environment import DesktopEnvironment
from handeye.environments.desktop.isolated.environment import IsolatedDesktop
from handeye.environments.desktop.kill_switch import corner_point
from handeye.environments.desktop.monitors import chosen, union
from handeye.environments.desktop.system import Monitor
from handeye.environments.errors import ActionRejected, EnvironmentLost, InvalidOption
from handeye.environments.settle import Settle

LEFT, RIGHT, BOTH = Box(0, 40, 700, 640), Box(720, 60, 1220, 660), Box(0, 40, 1220, 660)
QUICK = Settle(grace=0.02, quiet=0.02, limit=1.0)


def xrandr(desktop: IsolatedDesktop, *arguments: str) -> None:
    subprocess.run(["xrandr", *arguments], env=desktop.environ, check=True, capture_output=True)


def size_of(box: Box) -> str:
    return f"{box.size.width}/300x{box.size.height}/200+{box.left}+{box.top}"


@pytest.fixture(scope="module")
def screens(needs: Callable[..., None]) -> Iterator[IsolatedDesktop]:
    """A desktop of two monitors that begin at different heights."""
    needs("Xvfb", "openbox", "xrandr")
    with IsolatedDesktop(Size(1280, 700)) as desktop:
        xrandr(desktop, "--setmonitor", "left", size_of(LEFT), "screen")
        xrandr(desktop, "--setmonitor", "right", size_of(RIGHT), "none")
        yield desktop


class Pad:
    """A window over the whole screen that notes where buttons are pressed."""

    def __init__(self, display: str) -> None:
        self.display = Display(display)
        root = self.display.screen().root
        size = root.get_geometry()
        window = root.create_window(
            0, 0, size.width, size.height, 0, X.CopyFromParent, override_redirect=True, event_mask=X.ButtonPressMask
        )
        window.map()
        self.display.sync()

    def presses(self, count: int) -> list[Point]:
        deadline = time.monotonic() + 60
        while self.display.pending_events() < count and time.monotonic() < deadline:
            time.sleep(0.01)
        events = [self.display.next_event() for _ in range(self.display.pending_events())]
        return [Point(event.root_x, event.root_y) for event in events if event.type == X.ButtonPress]

    def close(self) -> None:
        self.display.close()


@pytest.fixture(scope="module")
def pad(screens: IsolatedDesktop) -> Iterator[Pad]:
    with closing(Pad(screens.display)) as pad:
        yield pad


def on(screens: IsolatedDesktop, monitor: int | str | None) -> DesktopEnvironment:
    return DesktopEnvironment(display=screens.display, monitor=monitor, settle=QUICK, kill_switch=None)


@pytest.mark.parametrize(("monitor", "box"), [("left", LEFT), ("RIGHT", RIGHT), ("1", RIGHT), ("all", BOTH)])
@pytest.mark.slow
def test_every_click_lands_where_it_was_meant(monitor: int | str, box: Box, screens: IsolatedDesktop, pad: Pad) -> None:
    width, height = box.size
    points = [Point(x, y) for x in (0, 1, width // 2, width - 1) for y in (0, height // 3, height - 1)]
    script: list[Action] = [Click(point=point) for point in points]
    with on(screens, monitor) as environment:
        episode = run_episode("click", environment, ScriptedPolicy([*script, Terminate(status="success")]))
    assert episode.stop is StopReason.SUCCESS
    assert episode.steps[0].observation.size == box.size
    assert pad.presses(len(points)) == [Point(box.left + x, box.top + y) for x, y in points]


def test_each_monitor_is_its_part_of_the_whole(screens: IsolatedDesktop) -> None:
    pictures = {}
    for monitor in ("left", "right", "all"):
        with on(screens, monitor) as environment:
            pictures[monitor] = environment.reset().image
    whole = pictures["all"]
    assert whole.crop((0, 0, 700, 600)).tobytes() == pictures["left"].tobytes()
    assert whole.crop((720, 20, 1220, 620)).tobytes() == pictures["right"].tobytes()


def test_the_transform_tells_the_way(screens: IsolatedDesktop) -> None:
    with on(screens, "right") as environment:
        (transform,) = environment.reset().transforms
    assert transform.point(Point(0, 0)) == (720, 60)
    assert transform.target.box == RIGHT


@pytest.mark.parametrize("monitor", [2, -1, "2", "middle", ""])
def test_a_monitor_that_is_not_there_is_named(monitor: int | str, screens: IsolatedDesktop) -> None:
    with on(screens, monitor) as environment, pytest.raises(InvalidOption, match=r"0 \(left, 700x600 at \[0, 40\]\)"):
        environment.reset()


def test_the_size_is_read_anew_each_time(needs: Callable[..., None]) -> None:
    needs("Xvfb", "openbox", "xrandr")
    with IsolatedDesktop(Size(800, 600)) as desktop, on(desktop, None) as environment:
        timings = ("10", "500", "510", "520", "530", "400", "410", "420", "430")
        xrandr(desktop, "--newmode", "small", *timings)
        xrandr(desktop, "--addmode", "screen", "small")
        xrandr(desktop, "--output", "screen", "--mode", "small")
        assert environment.reset().size == (500, 400)
        xrandr(desktop, "--output", "screen", "--mode", "800x600")
        with pytest.raises(ActionRejected, match="another size"):
            environment.execute(Click(point=Point(10, 10)))
        assert environment.observe().size == (800, 600)
        environment.execute(Move(point=Point(799, 599)))
        xrandr(desktop, "--output", "screen", "--mode", "small")
        assert environment.execute(Wait(seconds=0.0)).size == (500, 400)
        with pytest.raises(ActionRejected, match="outside"):
            environment.execute(Drag(path=(Point(0, 0), Point(500, 0))))


def test_a_monitor_that_is_pulled_out_is_a_loss(needs: Callable[..., None]) -> None:
    needs("Xvfb", "openbox", "xrandr")
    with IsolatedDesktop(Size(800, 600)) as desktop:
        xrandr(desktop, "--setmonitor", "left", "400/100x600/100+0+0", "screen")
        xrandr(desktop, "--setmonitor", "right", "400/100x600/100+400+0", "none")
        with on(desktop, "right") as environment:
            environment.reset()
            xrandr(desktop, "--delmonitor", "right")
            with pytest.raises(EnvironmentLost, match="the monitor is gone: there is no monitor 'right'"):
                environment.execute(Click(point=Point(0, 0)))


BOXES = st.builds(
    lambda x, y, w, h: Box(x, y, x + w, y + h),
    *(st.integers(-4000, 4000), st.integers(-4000, 4000), st.integers(1, 4000), st.integers(1, 4000)),
)
MONITORS = st.lists(BOXES, min_size=1, max_size=4).map(
    lambda boxes: tuple(Monitor(f"m{number}", box, number == 1) for number, box in enumerate(boxes))
)


@given(MONITORS)
def test_the_union_holds_every_monitor(monitors: tuple[Monitor, ...]) -> None:
    whole = union(monitors)
    for monitor in monitors:
        box = monitor.box
        assert whole.contains(Point(box.left, box.top)) and whole.contains(Point(box.right - 1, box.bottom - 1))
    assert chosen(monitors, "all") == whole
    assert chosen(monitors, None) == monitors[1 if len(monitors) > 1 else 0].box


@given(MONITORS)
def test_the_corners_are_on_a_monitor(monitors: tuple[Monitor, ...]) -> None:
    for corner in ("upper left", "upper right", "lower left", "lower right"):
        point = corner_point(monitors, corner)
        assert any(monitor.box.contains(point) for monitor in monitors)
