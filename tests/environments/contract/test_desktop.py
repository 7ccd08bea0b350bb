"""Desktops keep the contract, on monitors with different offsets, as the page of targets in a kiosk browser proves."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator

import pytest

from handeye.actions.geometry import Point, Size
from handeye.actions.schema import Click
from handeye.environments.contract.check import check_environment, check_pointing
from handeye.environments.contract.targets import TargetServer
from handeye.environments.contract.targets_show import TargetShow
from handeye.environments.desktop.environment import DesktopEnvironment
from handeye.environments.desktop.isolated.environment import IsolatedDesktop, IsolatedDesktopEnvironment
from handeye.environments.environment import Environment
from handeye.environments.settle import Settle

SECRET = ("pin", "s3cr&t <中>")
MONITORS = {"left": "1000/300x900/200+0+0", "right": "600/200x700/150+1000+100"}
QUICK = Settle(grace=0.08, quiet=0.15)
POINTING = Settle(grace=0.05, quiet=0.05)
"""For the pointer, of which the page itself tells what arrived."""


@pytest.fixture(scope="module", autouse=True)
def programs(needs: Callable[..., None]) -> None:
    needs("Xvfb", "openbox", "xrandr", "chromium")


@pytest.fixture(scope="module")
def desktop() -> Iterator[IsolatedDesktop]:
    """A screen of two monitors that differ in size and do not begin at the same height."""
    with IsolatedDesktop(Size(1600, 900)) as running:
        for name, place in MONITORS.items():
            output = "screen" if name == "left" else "none"
            command = ["xrandr", "--setmonitor", name, place, output]
            subprocess.run(command, env=dict(running.environ), check=True, stdout=subprocess.DEVNULL)
        yield running


@pytest.fixture
def on_monitor(desktop: IsolatedDesktop) -> "Monitors":
    """Makes environments that see one monitor of the desktop as a person's own."""

    def choose(monitor: str, settle: Settle = POINTING) -> Callable[[], Environment]:
        return lambda: DesktopEnvironment(
            display=desktop.display, monitor=monitor, secrets=dict([SECRET]), settle=settle, kill_switch=None
        )

    return choose


Monitors = Callable[..., Callable[[], Environment]]


@pytest.mark.slow
def test_a_desktop_keeps_the_contract(on_monitor: Monitors, desktop: IsolatedDesktop) -> None:
    with TargetServer() as server, TargetShow(server.url, desktop.display) as show:
        target = Click(point=Point(36, 120))
        checked = check_environment(on_monitor("right", QUICK), effect=target, targets=server, show=show, secret=SECRET)
    assert len(checked) == 27


@pytest.mark.slow
@pytest.mark.parametrize("monitor", ["left", "all"])
def test_the_pointer_is_exact_on_any_monitor(monitor: str, on_monitor: Monitors, desktop: IsolatedDesktop) -> None:
    with TargetServer() as server, TargetShow(server.url, desktop.display) as show:
        assert len(check_pointing(on_monitor(monitor), server, show)) == 8


def kill_x_server(environment: Environment) -> None:
    assert isinstance(environment, IsolatedDesktopEnvironment)
    os.kill(environment.desktop.x_server, signal.SIGKILL)


@pytest.mark.slow
def test_an_isolated_desktop_keeps_the_contract() -> None:
    checked = check_environment(lambda: IsolatedDesktopEnvironment(scale=2, settle=QUICK), lose=kill_x_server)
    assert len(checked) == 7


@pytest.mark.slow
def test_the_pointer_is_exact_on_an_isolated_desktop_of_any_scale() -> None:
    with TargetServer() as server, TargetShow(server.url) as show:
        make = lambda: IsolatedDesktopEnvironment(size=Size(1200, 900), scale=1.5, settle=POINTING)  # noqa: E731
        assert len(check_pointing(make, server, show)) == 8
