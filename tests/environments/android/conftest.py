"""One simulated phone behind one real adb server, for all tests of a run; each test finds the phone as new."""

from collections.abc import Callable, Iterator

import pytest

from handeye.actions.geometry import Size
from handeye.actions.schema import load
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
    shared_phone.reset()
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
    """Finds the middle of the smallest element that says a text."""

    def find(text: str) -> tuple[int, int]:
        found = [element for element in android.elements() if element.text == text]
        assert found, f"no {text!r} in {[element.text for element in android.elements()]}"
        return min(found, key=lambda element: element.box.size.width * element.box.size.height).box.center

    return find
