"""The contract of an environment, on phones with quirks; and what becomes of single actions there."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any, NamedTuple

import pytest

from handeye.actions.geometry import Point, Size
from handeye.actions.schema import Action
from handeye.environments.contract.check import check_environment
from handeye.environments.contract.page import Show
from handeye.environments.contract.targets import TargetServer
from handeye.environments.contract.targets_show import TargetShow
from handeye.environments.environment import Environment
from handeye.environments.errors import ActionPartial, ActionRejected
from handeye.environments.observation import Observation
from handeye.environments.settle import Settle
from handeye.environments.simulated_phone.environment import SimulatedPhoneEnvironment
from handeye.environments.simulated_phone.phone import SimulatedPhone

SETTLE = Settle(grace=0.08, quiet=0.08)
VALUE = """() => {
  let page = document;
  while (page.activeElement.tagName === "IFRAME") page = page.activeElement.contentDocument;
  return page.activeElement.value;
}"""


class Done(NamedTuple):
    """What became of an action."""

    outcome: str
    """"executed", "partial" or "rejected"."""
    said: str
    """The reason, or the notices."""
    observation: Observation | None


class Visitor:
    """Somebody on a phone with quirks, who acts through the environment and looks behind it."""

    def __init__(self, environment: SimulatedPhoneEnvironment) -> None:
        self.environment = environment
        self.phone = environment.phone

    def do(self, action: Action) -> Done:
        try:
            observation = self.environment.execute(action)
        except ActionPartial as error:
            return Done("partial", str(error), None)
        except ActionRejected as error:
            return Done("rejected", str(error), None)
        outcome = "executed" if observation.shortfall is None else "partial"
        return Done(outcome, "\n".join(observation.notices), observation)

    def find(self, text: str) -> Point:
        """Return where an element is on the screen, in pixels of touches, and wait until there is one."""
        deadline = time.monotonic() + 60
        while not (found := [each for each in self.environment.elements() if each.text == text]):
            assert time.monotonic() < deadline, [each.text for each in self.environment.elements()]
        return min(found, key=lambda each: each.box.size.width * each.box.size.height).box.center

    def note(self) -> None:
        """Open a new note, with the focus in its empty text; also on phones whose tree or touches fail."""
        self.phone.evaluate("() => phone.open('org.handeye.notes')")
        self.phone.evaluate("""() => {
          const page = phone.tasks.window.document;
          page.querySelector('.fab').click();
          page.querySelector('#text').focus();
        }""")
        self.environment.observe()
        assert self.value() == ""

    def value(self) -> object:
        """Return what the focused field holds."""
        return self.phone.evaluate(VALUE)

    @property
    def front(self) -> object:
        """The package of the app in front, by the phone itself."""
        focus: Any = self.phone.evaluate("() => phone.focus()")
        return focus["package"]


def environment_with(*quirks: str) -> SimulatedPhoneEnvironment:
    return SimulatedPhoneEnvironment(size=Size(720, 1280), density=320, quirks=quirks, settle=SETTLE)


@pytest.fixture(scope="session")
def shared_phone(adb: Any) -> Iterator[SimulatedPhone]:
    """One phone for all files: it becomes another by its quirks."""
    with SimulatedPhone() as phone:
        adb.connect(phone.address)
        yield phone
        adb("disconnect", phone.address)


@pytest.fixture
def phone(shared_phone: SimulatedPhone) -> SimulatedPhone:
    """The phone, without quirks."""
    shared_phone.reset([])
    return shared_phone


@pytest.fixture
def visit() -> Iterator[Callable[..., Visitor]]:
    """Starts a phone with quirks."""
    with ExitStack() as open_:

        def visit(*quirks: str) -> Visitor:
            environment = open_.enter_context(environment_with(*quirks))
            environment.reset()
            return Visitor(environment)

        yield visit


@pytest.fixture
def keeps_the_contract() -> Callable[..., None]:
    """Checks the whole contract on phones with quirks; `before` is called when the page of targets has been opened."""

    def keeps(*quirks: str, before: Callable[[SimulatedPhoneEnvironment], None] | None = None) -> None:
        def make() -> Environment:
            return environment_with(*quirks)

        with TargetServer() as server, TargetShow(server.url) as show:
            check_environment(make, targets=server, show=_showing(show, before), hand=False)

    return keeps


def _showing(show: Show, before: Callable[[SimulatedPhoneEnvironment], None] | None) -> Show:
    def showing(environment: Environment) -> None:
        assert isinstance(environment, SimulatedPhoneEnvironment)
        show(environment)
        if before is not None:
            before(environment)

    return showing
