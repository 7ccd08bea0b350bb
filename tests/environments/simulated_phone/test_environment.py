"""The simulated phone as an environment: over adb, as any other phone."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future

import pytest

from handeye.actions.geometry import Point, Size
from handeye.actions.schema import Click, Home, OpenApp, Type, Wait
from handeye.environments.environment import Environment
from handeye.environments.errors import ActionRejected, EnvironmentLost
from handeye.environments.settle import Settle
from handeye.environments.simulated_phone.environment import SimulatedPhoneEnvironment

QUICK = Settle(grace=0.05, quiet=0.05, limit=3.0)


@pytest.fixture(scope="module")
def environment() -> Iterator[SimulatedPhoneEnvironment]:
    with SimulatedPhoneEnvironment(settle=QUICK) as environment:
        environment.reset()
        yield environment


@pytest.mark.slow
def test_it_is_a_phone_like_any_other(environment: SimulatedPhoneEnvironment) -> None:
    same: Environment = environment
    first = same.reset()
    assert (same.name, first.size, first.app) == ("android", Size(1080, 2400), "com.android.launcher3")
    assert same.execute(OpenApp(name="com.android.settings")).app == "com.android.settings"
    network = next(element for element in environment.elements() if element.text.startswith("Network"))
    same.execute(Click(point=network.box.center))
    switch = next(element for element in environment.elements() if "Airplane mode" in element.text)
    same.execute(Click(point=switch.box.center))
    assert environment.shell(["settings", "get", "global", "airplane_mode_on"]).strip() == "1"
    assert same.execute(Home()).app == "com.android.launcher3"


@pytest.mark.slow
def test_all_of_unicode_is_typed(environment: SimulatedPhoneEnvironment) -> None:
    environment.reset()
    environment.shell(["am", "start", "-a", "android.intent.action.INSERT", "-t", "vnd.android.cursor.dir/contact"])
    environment.observe()
    field = next(element for element in environment.elements() if element.editable)
    environment.execute(Click(point=field.box.center))
    environment.execute(Type(text='Grüße 你好 😀 "q" <b>'))
    assert 'Grüße 你好 😀 "q" <b>' in [element.text for element in environment.elements() if element.editable]
    assert "Settings" in [app.label for app in environment.apps()]


def test_a_reset_is_a_new_phone(environment: SimulatedPhoneEnvironment) -> None:
    environment.shell(["settings", "put", "global", "airplane_mode_on", "1"])
    environment.execute(OpenApp(name="com.android.settings"))
    assert environment.reset().app == "com.android.launcher3"
    assert environment.shell(["settings", "get", "global", "airplane_mode_on"]).strip() == "0"


@pytest.mark.slow
def test_a_cable_pulled_within_a_step_is_a_loss_that_reset_ends(
    environment: SimulatedPhoneEnvironment, meanwhile: Callable[..., Future[object]]
) -> None:
    environment.reset()
    waiting = meanwhile(environment.execute, Wait(seconds=3))
    environment.phone.cut()
    with pytest.raises(EnvironmentLost):
        waiting.result()
    with pytest.raises(EnvironmentLost):
        environment.observe()
    assert environment.reset().app == "com.android.launcher3"


@pytest.mark.slow
def test_a_crashed_screen_is_a_loss_that_reset_ends(
    environment: SimulatedPhoneEnvironment, crash: Callable[[str | None], None]
) -> None:
    environment.reset()
    crash(None)
    with pytest.raises(EnvironmentLost):
        for _ in range(20):
            environment.observe()
            environment.phone.state()
    assert environment.reset().app == "com.android.launcher3"


@pytest.mark.slow
def test_a_page_in_the_place_of_the_phone_is_a_loss_that_reset_ends(environment: SimulatedPhoneEnvironment) -> None:
    environment.reset()
    environment.phone.evaluate("() => { setTimeout(() => { location = 'about:blank'; }); }")
    with pytest.raises(EnvironmentLost):
        for _ in range(20):
            environment.observe()
    assert environment.reset().app == "com.android.launcher3"


def test_what_no_phone_can_is_rejected(environment: SimulatedPhoneEnvironment) -> None:
    environment.reset()
    with pytest.raises(ActionRejected):
        environment.execute(OpenApp(name="no such app"))
    with pytest.raises(ActionRejected):
        environment.execute(Click(point=Point(1080, 5)))


def test_before_and_after() -> None:
    environment = SimulatedPhoneEnvironment()
    with pytest.raises(EnvironmentLost, match=r"not running yet: reset\(\) starts it"):
        environment.observe()
    environment.close()
    environment.close()
    for use in (environment.reset, environment.observe, environment.elements):
        with pytest.raises(EnvironmentLost, match="closed"):
            use()
