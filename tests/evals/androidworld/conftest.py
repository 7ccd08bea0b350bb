from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from handeye.evals.androidworld.fake.checkout import write_checkout
from handeye.evals.androidworld.fake.emulator import SimulatedEmulator
from handeye.evals.androidworld.families import SEED, Family
from handeye.evals.androidworld.place import Place
from handeye.evals.androidworld.world import WorldSettings


@pytest.fixture(scope="session")
def emulator() -> Iterator[SimulatedEmulator]:
    """A simulated phone that adb lists as an emulator, one for all tests."""
    with SimulatedEmulator() as emulator:
        yield emulator


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the stand-in for android_world."""
    return write_checkout(tmp_path_factory.mktemp("android_world"))


@pytest.fixture(scope="session")
def settings_of(emulator: SimulatedEmulator, checkout: Path) -> Callable[[Family], WorldSettings]:
    """The settings for a family of the stand-in on the emulator."""

    def settings(family: Family) -> WorldSettings:
        emulator.connect()  # a busy adb server may have let go of it since
        return WorldSettings(Place(folder=checkout), family, SEED, (emulator.emulator,), adb_port=emulator.adb_port)

    return settings
