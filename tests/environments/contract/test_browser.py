"""The browser keeps the contract at every scale factor, as the page of targets proves."""

from collections.abc import Callable

import psutil
import pytest

from handeye.actions.geometry import Point, Size
from handeye.actions.schema import Click
from handeye.environments.browser.environment import BrowserEnvironment
from handeye.environments.contract.check import check_environment, check_pointing
from handeye.environments.contract.targets import TargetServer
from handeye.environments.environment import Environment
from handeye.environments.settle import Settle

SECRET = ("pin", "s3cr&t <中>")


def browser(url: str, factor: float, rate: int = 60) -> Callable[[], Environment]:
    def make() -> Environment:
        return BrowserEnvironment(
            url,
            viewport=Size(400, 300),
            device_scale_factor=factor,
            secrets=dict([SECRET]),
            settle=Settle(grace=0.05, quiet=0.08),
            refresh_rate=rate,
        )

    return make


def kill_browser(environment: Environment) -> None:
    """Kill the Chromium processes of this test process."""
    for process in psutil.Process().children(recursive=True):
        if "chrom" in process.name():
            process.kill()


@pytest.mark.slow
@pytest.mark.parametrize("rate", [60, 1000])
def test_the_browser_keeps_the_contract(rate: int) -> None:
    target = Click(point=Point(72, 240))
    with TargetServer() as server:
        make = browser(server.url, 2, rate)
        checked = check_environment(make, effect=target, lose=kill_browser, targets=server, secret=SECRET)
    assert len(checked) == 28


@pytest.mark.slow
@pytest.mark.parametrize("factor", [1, 1.5, 3])
def test_the_pointer_is_exact_at_any_scale(factor: float) -> None:
    with TargetServer() as server:
        assert len(check_pointing(browser(server.url, factor), server)) == 8
