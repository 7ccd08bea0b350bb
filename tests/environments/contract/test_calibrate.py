"""Clicks are measured to the pixel: none is off where frames are right, and each that is off is told."""

from collections.abc import Iterator

import pytest

from handeye.actions.geometry import Box, Frame, Point, Size
from handeye.actions.schema import Action, Click
from handeye.environments.browser.environment import BrowserEnvironment
from handeye.environments.contract.calibrate import Landing, calibrate
from handeye.environments.contract.targets import TargetServer, TargetsNotShown
from handeye.environments.contract.targets_show import TargetShow
from handeye.environments.observation import Observation
from handeye.environments.settle import Settle

QUICK = Settle(grace=0.01, quiet=0.01)
VIEWPORT = Size(403, 301)


@pytest.fixture(scope="module")
def server() -> Iterator[TargetServer]:
    with TargetServer() as server:
        yield server


class Shifted(BrowserEnvironment):
    """Clicks to the right of where it is told to, by so many pixels."""

    shift = 1

    def execute(self, action: Action) -> Observation:
        assert isinstance(action, Click)
        return super().execute(Click(point=Point(action.point.x + self.shift, action.point.y)))


class Deaf(BrowserEnvironment):
    """Does nothing, and says that it has."""

    def execute(self, action: Action) -> Observation:
        return self.observe()


@pytest.mark.parametrize("factor", [1.25, 2, 3])
@pytest.mark.slow
def test_the_browser_is_exact_through_the_model_image(factor: float, server: TargetServer) -> None:
    told: list[Landing] = []
    with (
        TargetShow(server.grid_url) as show,
        BrowserEnvironment(viewport=VIEWPORT, device_scale_factor=factor, settle=QUICK) as browser,
    ):
        result = calibrate(browser, server, show, model_size=lambda _: Size(364, 280), on_landing=told.append)
    assert result.exact and result.worst == 0
    assert len(result.landings) == 25 and tuple(told) == result.landings
    model, device = result.transforms
    assert model.source == Frame("model image", Size(364, 280))
    assert model.target.size == result.screenshot.size
    assert device.target.name == "viewport"
    for landing in result.landings:
        assert model.point(landing.named) == landing.aimed == landing.landed


@pytest.mark.slow
def test_what_is_off_is_told(server: TargetServer) -> None:
    with TargetShow(server.grid_url) as show, Shifted(viewport=VIEWPORT, settle=QUICK) as browser:
        result = calibrate(browser, server, show)
        assert (result.exact, result.worst, len(result.transforms)) == (False, 1, 1)
        assert all(landing.met == landing.target and not landing.hit for landing in result.landings)
        browser.shift = 13
        result = calibrate(browser, server, show)
        assert result.worst == 13
        assert all(landing.met != landing.target for landing in result.landings)
    landed = result.landings[0].landed
    assert landed is not None
    assert result.picture().getpixel(landed) != result.screenshot.getpixel(landed)


@pytest.mark.slow
def test_a_click_that_does_not_arrive_is_told(server: TargetServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handeye.environments.contract.calibrate._ARRIVAL", 0.01)
    with TargetShow(server.grid_url) as show, Deaf(viewport=VIEWPORT, settle=QUICK) as browser:
        result = calibrate(browser, server, show)
    assert (result.exact, result.worst) == (False, None)
    assert {landing.error for landing in result.landings} == {None}


@pytest.mark.slow
def test_a_page_that_is_hidden_is_told(server: TargetServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handeye.environments.contract.targets_view.FIND_SECONDS", 0.3)
    with (
        TargetShow(server.grid_url) as show,
        BrowserEnvironment(viewport=VIEWPORT, clip=Box(20, 20, 200, 200), settle=QUICK) as browser,
        pytest.raises(TargetsNotShown, match="cannot be seen"),
    ):
        calibrate(browser, server, show)
