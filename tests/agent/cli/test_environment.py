"""What `--env` names, and the options that belong to it."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from handeye.actions.geometry import Size
from handeye.agent.cli.environment import (
    AndroidSettings,
    BrowserSettings,
    DesktopSettings,
    EnvironmentOptions,
    EnvironmentSettings,
    IsolatedDesktopSettings,
    SimulatedPhoneSettings,
    environment_settings,
)
from handeye.environments.errors import InvalidOption


@pytest.mark.parametrize(
    ("name", "options", "expected"),
    [
        ("browser", EnvironmentOptions(), BrowserSettings()),
        ("browser", EnvironmentOptions(url="https://x", scale=2), BrowserSettings(url="https://x", scale=2)),
        ("desktop", EnvironmentOptions(monitor="1"), DesktopSettings(monitor=1)),
        ("desktop", EnvironmentOptions(monitor="0"), DesktopSettings(monitor=0)),
        ("desktop", EnvironmentOptions(monitor="HDMI-1"), DesktopSettings(monitor="HDMI-1")),
        ("desktop:xvfb", EnvironmentOptions(size=Size(800, 600)), IsolatedDesktopSettings(size=Size(800, 600))),
        ("desktop:xvfb", EnvironmentOptions(apps=("xterm",)), IsolatedDesktopSettings(apps=("xterm",), open_apps=True)),
        ("android", EnvironmentOptions(install_keyboard=True), AndroidSettings(install_keyboard=True)),
        ("android:emulator-5554", EnvironmentOptions(), AndroidSettings(serial="emulator-5554")),
        ("android:192.168.1.7:5555", EnvironmentOptions(), AndroidSettings(serial="192.168.1.7:5555")),
        ("android:simulated", EnvironmentOptions(headed=True), SimulatedPhoneSettings(headed=True)),
    ],
)
def test_a_name_and_its_options(name: str, options: EnvironmentOptions, expected: EnvironmentSettings) -> None:
    assert environment_settings(name, options) == expected


@pytest.mark.parametrize("name", ["", "phone", "browser:x", "browser:", "desktop:", "desktop:x", "android:", "Browser"])
def test_an_unknown_name_is_refused(name: str) -> None:
    with pytest.raises(InvalidOption, match="there is no environment"):
        environment_settings(name)


@pytest.mark.parametrize(
    ("name", "options", "flag"),
    [
        ("desktop", EnvironmentOptions(url="https://x"), "--url"),
        ("android", EnvironmentOptions(uploads=(Path("x"),)), "--upload"),
        ("browser", EnvironmentOptions(apps=("x",)), "--app"),
        ("browser", EnvironmentOptions(install_keyboard=True), "--install-keyboard"),
    ],
)
def test_an_option_of_another_environment_is_refused(name: str, options: EnvironmentOptions, flag: str) -> None:
    with pytest.raises(InvalidOption, match=f"{flag} does not work with --env {name}"):
        environment_settings(name, options)


def test_whoever_wants_to_watch_is_told_where(needs: Callable[..., None], capsys: pytest.CaptureFixture[str]) -> None:
    needs("Xvfb", "openbox", "x11vnc")
    with environment_settings("desktop:xvfb", EnvironmentOptions(vnc=True)).make({}) as environment:
        observation = environment.reset()
    assert re.fullmatch(r"watch over VNC at 127\.0\.0\.1:\d+, password \S+\n", capsys.readouterr().err)
    assert observation.notices == (), "the model is not told"
