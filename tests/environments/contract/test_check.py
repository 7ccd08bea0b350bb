"""The contract check passes on what keeps the contract and names what does not."""

import dataclasses
from collections.abc import Callable, Iterator

import pytest
from PIL import Image

from handeye.actions.geometry import Point, Size
from handeye.actions.schema import Action, Click, Hold, Press, Type
from handeye.environments.browser.environment import BrowserEnvironment
from handeye.environments.contract.check import check_environment
from handeye.environments.contract.keyboard import check_key_pace
from handeye.environments.contract.page import TargetPage
from handeye.environments.contract.pointer import check_press_length
from handeye.environments.contract.targets import TargetServer
from handeye.environments.errors import ActionPartial, ContractBroken
from handeye.environments.observation import Observation
from handeye.environments.scripted import ScriptedEnvironment
from handeye.environments.settle import Settle

QUICK = Settle(grace=0.01, quiet=0.01)
SCREENS = [Image.new("RGB", (64, 48), shade) for shade in ("red", "green", "blue")]
CLICK = Click(point=Point(5, 5))


def test_the_scripted_environment_keeps_the_contract() -> None:
    checked = check_environment(lambda: ScriptedEnvironment(SCREENS), effect=CLICK, lose=ScriptedEnvironment.lose)
    assert len(checked) == 8


class Stale(ScriptedEnvironment):
    """Shows what was there before the action."""

    def execute(self, action: Action) -> Observation:
        before = self.observe()
        super().execute(action)
        return before


class Lenient(ScriptedEnvironment):
    """Takes any action for done."""

    def execute(self, action: Action) -> Observation:
        return self.observe()


class Black(ScriptedEnvironment):
    """Shows something when there is nothing to see."""

    def observe(self) -> Observation:
        return super().observe() if self._shown is not None else ScriptedEnvironment(SCREENS).reset()


class Wrong(ScriptedEnvironment):
    """Says another size than it shows."""

    def observe(self) -> Observation:
        return dataclasses.replace(super().observe(), size=Size(640, 480))


class Old(ScriptedEnvironment):
    """Shows the past."""

    def observe(self) -> Observation:
        return dataclasses.replace(super().observe(), time=0.0)


class Wordy(ScriptedEnvironment):
    """Tells in several lines what it did in part."""

    def execute(self, action: Action) -> Observation:
        if action.type == "scroll":
            raise ActionPartial("half of\nit")
        return super().execute(action)


class Confused(ScriptedEnvironment):
    """Tells the part of a scroll as a click."""

    def execute(self, action: Action) -> Observation:
        if action.type == "scroll":
            raise ActionPartial("half of it", CLICK)
        return super().execute(action)


@pytest.mark.parametrize(
    ("kind", "breach"),
    [
        (Wordy, "scroll is done in part without a one-line reason"),
        (Confused, "the part of scroll that was done is reported as another action"),
        (Stale, "does not show its effect"),
        (Lenient, "is not supported, but is not rejected"),
        (Black, "not reported as EnvironmentLost"),
        (Wrong, "the observation says 640x480"),
        (Old, "is not current"),
    ],
)
def test_a_breach_is_named(kind: type[ScriptedEnvironment], breach: str) -> None:
    with pytest.raises(ContractBroken, match=breach):
        check_environment(lambda: kind(SCREENS), effect=CLICK, lose=ScriptedEnvironment.lose)


class Claiming(BrowserEnvironment):
    """Says that a part was done, and does nothing; or does all."""

    does = False

    def execute(self, action: Action) -> Observation:
        if isinstance(action, Type):
            if self.does:
                super().execute(action)
            raise ActionPartial("1 of 3 characters were typed: a popup", Type(text="a"))
        return super().execute(action)


@pytest.mark.parametrize(
    ("does", "breach"),
    [pytest.param(False, "but the page received nothing", marks=pytest.mark.slow), (True, "in part only")],
)
def test_what_is_not_done_in_part_is_told(does: bool, breach: str) -> None:
    with TargetServer() as server, Claiming(server.url, viewport=Size(400, 300), settle=QUICK) as environment:
        environment.does = does
        page = TargetPage(environment, server, lambda _: None)
        page.focus()
        with pytest.raises(ContractBroken, match=breach):
            page.attempt(Type(text="abc"))


class Hasty(BrowserEnvironment):
    """Clicks and presses without a moment between down and up, and types a text at once."""

    def execute(self, action: Action) -> Observation:
        match action:
            case Click(point=point):
                self.evaluate(PRESS, ["pointerdown", "pointerup", point.x, point.y, ""])
            case Press(keys=keys):
                self.evaluate(PRESS, ["keydown", "keyup", 0, 0, keys[0]])
            case Hold():
                self.evaluate(PRESS, ["keydown", "keyup", 0, 0, "x"])
            case Type(text=text):
                self.evaluate("text => { document.execCommand('insertText', false, text); }", text)
            case _:
                return super().execute(action)
        return self.observe()


PRESS = """([down, up, x, y, key]) => {
  const target = key ? document.activeElement : document.elementFromPoint(x, y);
  for (const kind of [down, up])
    target.dispatchEvent(key ? new KeyboardEvent(kind, {key, bubbles: true}) :
      new PointerEvent(kind, {clientX: x, clientY: y, bubbles: true, pointerType: 'mouse'}));
  if (!key) target.focus();
}"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("check", "breach"), [(check_press_length, "a click lasted 0.0"), (check_key_pace, "a key was down for 0.0")]
)
def test_what_is_too_short_is_told(check: Callable[[TargetPage], Iterator[str]], breach: str) -> None:
    with TargetServer() as server, Hasty(server.url, viewport=Size(400, 300), settle=QUICK) as environment:
        page = TargetPage(environment, server, lambda _: None)
        with pytest.raises(ContractBroken, match=breach):
            list(check(page))
