"""The moves that solve the stand-in's tasks: AndroidWorld's own have none."""

from collections.abc import Iterator, Mapping
from typing import Final

from handeye.actions.schema import Answer
from handeye.evals.androidworld.fake.tasks import NAMES
from handeye.evals.androidworld.task import Oracle
from handeye.evals.simulated_phone.reader import PhoneReader
from handeye.evals.task import Move


def bluetooth(phone: PhoneReader, goal: str) -> Iterator[Move]:
    """Turn Bluetooth on."""
    yield from _settings(phone, "Connected devices", "Bluetooth")
    yield phone.done()


def brightness(phone: PhoneReader, goal: str) -> Iterator[Move]:
    """Make the screen as bright as can be."""
    yield from _settings(phone, "Display")
    yield phone.slide("Brightness level", 1.0)
    yield phone.done()


def both(phone: PhoneReader, goal: str) -> Iterator[Move]:
    """Turn Wi-Fi off, then Bluetooth on."""
    yield from _settings(phone, "Network & internet", "Internet", "Wi-Fi")
    for _ in range(2):
        yield phone.back()
    for text in ("Connected devices", "Bluetooth"):
        yield from phone.reach(text)
    yield phone.done()


def phone_name(phone: PhoneReader, goal: str) -> Iterator[Move]:
    """Read the name of the phone, and answer."""
    yield from _settings(phone, "About phone")
    name = next(name for name in NAMES if phone.find(name))
    yield Move(f"It is called {name}.", Answer(text=name))


def airplane(phone: PhoneReader, goal: str) -> Iterator[Move]:
    """Turn airplane mode on, from the settings."""
    for text in ("Network & internet", "Airplane mode"):
        yield from phone.reach(text)


ORACLES: Final[Mapping[str, Oracle]] = {
    "SystemBluetoothTurnOn": bluetooth,
    "SystemBrightnessMax": brightness,
    "TurnOffWifiAndTurnOnBluetooth": both,
    "PhoneNameQuestion": phone_name,
    "circle-center": airplane,
    "tic-tac-toe": airplane,
}


def _settings(phone: PhoneReader, *path: str) -> Iterator[Move]:
    """Open the settings, and tap one text after the other."""
    yield phone.open("Settings")
    for text in path:
        yield from phone.reach(text)
