"""The browser keeps the contract at every scale factor, as the page of targets proves."""

import pytest

from handeye.actions.geometry import Point, Size
from handeye.actions.schema import Click
from handeye.environments.browser import BrowserEnvironment
from handeye.environments.check import check_environment
from handeye.environments.environment import Environment
from handeye.environments.settle import Settle
from handeye.environments.targets import TargetServer

SECRET = ("pin", "s3cr&t <中>")


@pytest.mark.slow
@pytest.mark.parametrize("factor", [1, 1.5, 2, 3])
def test_the_browser_keeps_the_contract(factor: float) -> None:
    with TargetServer() as server:

        def make() -> Environment:
            return BrowserEnvironment(
                server.url,
                viewport=Size(400, 300),
                device_scale_factor=factor,
                secrets=dict([SECRET]),
                settle=Settle(grace=0.05, quiet=0.08),
            )

        target = Click(point=Point(round(36 * factor), round(120 * factor)))
        checked = check_environment(make, effect=target, targets=server, secret=SECRET)
    assert len(checked) == 22
