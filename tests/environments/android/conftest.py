"""One simulated phone behind one real adb server, for all tests of a run; each test finds the phone as new."""

import time
from collections.abc import Callable, Iterator

import pytest

from handeye.actions.geometry import Size
from handeye.actions.schema import OpenApp, WaitUntilStable, load
from handeye.environments.android.adb_server import AdbServer
from handeye.environments.android.environment import AndroidEnvironment
from handeye.environments.observation import Observation
from handeye.environments.settle import Settle
from handeye.environments.simulated_phone.phone import SimulatedPhone

QUICK = Settle(grace=0.05, quiet=0.05, limit=2.0)


@pytest.fixture(scope="session")
def adb() -> Iterator[AdbServer]:
    with AdbServer() as server:
        yield server


@pytest.fixture(scope="session")
def shared_phone() -> Iterator[SimulatedPhone]:
    with SimulatedPhone(size=Size(720, 1600), density=320) as phone:
        yield phone


@pytest.fixture(scope="session")
def shared_android(shared_phone: SimulatedPhone, adb: AdbServer) -> Iterator[AndroidEnvironment]:
    secrets = {"pin": "4711 &$x"}
    with AndroidEnvironment(shared_phone.address, adb_port=adb.port, secrets=secrets, settle=QUICK) as environment:
        yield environment


@pytest.fixture
def phone(shared_phone: SimulatedPhone) -> SimulatedPhone:
    """The phone, as new."""
    shared_phone.plug()
    shared_phone.reset([])
    return shared_phone


@pytest.fixture
def android(phone: SimulatedPhone, shared_android: AndroidEnvironment) -> AndroidEnvironment:
    """The environment, connected to the phone as new."""
    shared_android.reset()
    return shared_android


Act = Callable[..., Observation]


@pytest.fixture
def act(android: AndroidEnvironment) -> Act:
    """Executes the action of a type and fields."""

    def act(kind: str, **fields: object) -> Observation:
        return android.execute(load({"type": kind, **fields}))

    return act


Find = Callable[[str], tuple[int, int]]


@pytest.fixture
def find(android: AndroidEnvironment) -> Find:
    """Finds the middle of the smallest element that says a text, and waits until there is one."""

    def find(text: str) -> tuple[int, int]:
        deadline = time.monotonic() + 60
        while not (found := [element for element in android.elements() if element.text == text]):
            shown = [element.text for element in android.elements()]
            assert time.monotonic() < deadline, f"no {text!r} in {shown}"
        return min(found, key=lambda element: element.box.size.width * element.box.size.height).box.center

    return find


Note = Callable[..., None]


@pytest.fixture(scope="session")
def open_note(shared_phone: SimulatedPhone, shared_android: AndroidEnvironment) -> Callable[[], None]:
    """Opens an empty note whose text has the focus."""

    def open_note() -> None:
        shared_android.execute(OpenApp(name="Notes"))
        deadline = time.monotonic() + 60
        while not shared_phone.evaluate(_OPENED) and time.monotonic() < deadline:
            time.sleep(0.05)
        shared_android.execute(WaitUntilStable(seconds=60.0))

    return open_note


@pytest.fixture
def note(phone: SimulatedPhone, android: AndroidEnvironment, open_note: Callable[[], None]) -> Note:
    """Opens a note that holds a text and has the focus, on a phone with quirks, with the broadcast keyboard or not."""

    def note(text: str = "", *quirks: str, keyboard: bool = True) -> None:
        phone.reset(quirks)
        android.reset()
        if not keyboard:
            android.shell(["pm", "uninstall", "com.github.uiautomator"])
        open_note()
        phone.evaluate("text => phone.insertText(text)", text)

    return note


_OPENED = """() => {
  const page = phone.tasks.window.document;
  const field = [...page.querySelectorAll("textarea, input")].find((each) => each.placeholder === "Note");
  if (field) field.focus();
  else [...page.querySelectorAll("button, [role=button]")].find((each) => each.ariaLabel === "New note")?.click();
  return page.activeElement === field && Boolean(field);
}"""


@pytest.fixture
def read(phone: SimulatedPhone) -> Callable[[], str]:
    """Reads the field that has the focus."""
    return lambda: str(phone.evaluate(_VALUE))


_VALUE = """() => {
  let page = document;
  while (page.activeElement.tagName === "IFRAME") page = page.activeElement.contentDocument;
  return page.activeElement.value;
}"""
