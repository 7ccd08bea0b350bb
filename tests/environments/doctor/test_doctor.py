"""The doctor sees what is there, names what is not, and changes nothing."""

import os
import socket
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import psutil
import pytest

from handeye.environments.android.adb_server import AdbServer
from handeye.environments.doctor import android as doctor_android
from handeye.environments.doctor import finding as doctor_finding
from handeye.environments.doctor import machine as doctor_machine
from handeye.environments.doctor.examine import Topic, examine
from handeye.environments.doctor.finding import Finding, Status, apt, said


def findings(topic: Topic) -> dict[str, Finding]:
    return {finding.what: finding for finding in examine(topic)}


@pytest.fixture
def bare_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH on which there is nothing but what the test puts there."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def put_program(folder: Path, name: str, script: str) -> Path:
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return program


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port on which nothing listens, and nothing begins to."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


@pytest.mark.parametrize("topic", Topic)
def test_looking_changes_nothing(topic: Topic, closed_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANDROID_ADB_SERVER_PORT", str(closed_port))
    before = set(psutil.pids())
    found = tuple(examine(topic))
    assert found
    ours = psutil.Process().children(recursive=True)
    assert not [process for process in ours if process.pid not in before]
    for finding in found:
        assert finding.what and finding.detail and "\n" not in finding.detail + finding.fix
        assert (finding.status is Status.OK) == (finding.fix == "")


def test_what_is_installed_is_named_with_its_version() -> None:
    browser = findings(Topic.BROWSER)
    assert browser["playwright"].status is Status.OK
    assert browser["Playwright's driver"].detail.startswith("node v")
    assert "Chromium" in browser["Chromium"].detail
    assert findings(Topic.MACHINE)["Python"].detail.startswith(f"{sys.version_info.major}.{sys.version_info.minor}.")


def test_a_package_that_is_not_there_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(distribution: str) -> str:
        raise PackageNotFoundError(distribution)

    monkeypatch.setattr(doctor_finding, "version", version)
    found = findings(Topic.SIMULATED)
    assert found["adbutils"].status is Status.MISSING
    assert found["adbutils"].fix == 'pip install "handeye[android]"'
    assert found["playwright"].fix == 'pip install "handeye[browser]"'


@pytest.mark.skipif(sys.platform != "linux", reason="isolated desktops are for Linux")
def test_programs_that_are_not_there_are_missing(bare_path: Path) -> None:
    found = findings(Topic.ISOLATED)
    assert found["Xvfb"].status is found["openbox"].status is Status.MISSING
    assert found["Xvfb"].fix == apt("xvfb")
    assert findings(Topic.VNC)["x11vnc"].fix == apt("x11vnc")
    put_program(bare_path, "Xvfb", "")
    assert findings(Topic.ISOLATED)["Xvfb"] == Finding("Xvfb", Status.OK, str(bare_path / "Xvfb"))


def test_a_chromium_that_does_not_start_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDEYE_CHROMIUM", str(put_program(tmp_path, "chromium", "exit 127")))
    found = findings(Topic.BROWSER)["Chromium"]
    assert found.status is Status.MISSING and "does not start" in found.detail
    monkeypatch.setenv("HANDEYE_CHROMIUM", str(tmp_path / "nothing"))
    found = findings(Topic.BROWSER)["Chromium"]
    assert found.status is Status.MISSING and "HANDEYE_CHROMIUM" in found.detail


def test_a_driver_that_does_not_start_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYWRIGHT_NODEJS_PATH", str(put_program(tmp_path, "node", "exit 127")))
    found = findings(Topic.BROWSER)["Playwright's driver"]
    assert (found.status, found.fix) == (Status.MISSING, apt("libatomic1"))


@pytest.mark.skipif(sys.platform != "linux", reason="displays of X11 are for Linux")
@pytest.mark.parametrize(
    ("variables", "problem"),
    [
        ({}, "DISPLAY is not set"),
        ({"DISPLAY": ":9871"}, "nothing answers"),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "Wayland"),
    ],
)
def test_a_display_that_cannot_be_used_is_missing(
    variables: dict[str, str], problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    found = findings(Topic.DESKTOP)["display"]
    assert found.status is Status.MISSING and problem in found.detail
    assert "desktop:xvfb" in found.fix


def test_fonts_that_are_not_there_are_warned_of(bare_path: Path) -> None:
    assert doctor_machine.fonts().fix == apt("fontconfig")
    put_program(bare_path, "fc-list", 'case "$1" in :lang=ja|:lang=und-zsye) ;; *) echo Sans ;; esac')
    found = doctor_machine.fonts()
    assert found.status is Status.WARNING and "Japanese, emoji" in found.detail
    assert found.fix == apt("fonts-noto-cjk", "fonts-noto-color-emoji")
    put_program(bare_path, "fc-list", "echo Sans")
    assert doctor_machine.fonts().status is Status.OK


def test_without_an_adb_server_none_is_started(closed_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANDROID_ADB_SERVER_PORT", str(closed_port))
    found = findings(Topic.ANDROID)["phone"]
    assert found.status is Status.MISSING and found.fix.endswith("start-server")
    monkeypatch.setenv("ANDROID_ADB_SERVER_PORT", "none")
    assert findings(Topic.ANDROID)["adb server"].status is Status.MISSING


def test_a_server_without_phones(monkeypatch: pytest.MonkeyPatch) -> None:
    with AdbServer() as server:
        monkeypatch.setenv("ANDROID_ADB_SERVER_PORT", str(server.port))
        found = findings(Topic.ANDROID)
    assert found["adb server"].status is Status.OK
    assert (found["phone"].status, found["phone"].detail) == (Status.MISSING, "none is connected")


def test_a_serial_that_the_environment_asks_for_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    with AdbServer() as server:
        monkeypatch.setenv("ANDROID_ADB_SERVER_PORT", str(server.port))
        monkeypatch.setenv("ANDROID_SERIAL", "R58 (2)")
        found = findings(Topic.ANDROID)["phone"]
    assert (found.status, found.fix) == (Status.WARNING, "unset ANDROID_SERIAL")
    assert "'R58 (2)'" in found.detail


@pytest.mark.parametrize(
    ("states", "statuses"),
    [
        (["device"], [Status.OK]),
        (["device", "unauthorized"], [Status.OK, Status.WARNING]),
        (["offline", "no permissions (user in plugdev group; ...)", "recovery"], [Status.MISSING] * 3),
    ],
)
def test_what_adb_says_of_phones_is_explained(states: list[str], statuses: list[Status]) -> None:
    usable = "device" in states
    found = [doctor_android.phone(f"serial{at}", state, "Pixel_9", usable) for at, state in enumerate(states)]
    assert [finding.status for finding in found] == statuses
    for finding in found:
        assert finding.detail.startswith("serial")
        assert bool(finding.fix) == (finding.status is not Status.OK)


def test_a_program_is_not_waited_for_forever(tmp_path: Path) -> None:
    assert said([str(put_program(tmp_path, "slow", "exec sleep 60"))], seconds=0.2) is None
    assert said([str(tmp_path / "nothing")]) is None
    assert said([str(put_program(tmp_path, "fails", "echo text; exit 1"))]) is None
    assert said([str(put_program(tmp_path, "fine", "echo ' text '"))]) == "text"


def test_only_who_is_not_root_is_told_to_use_sudo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    assert apt("xvfb", "openbox") == "sudo apt-get install -y xvfb openbox"
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    assert apt("xvfb") == "apt-get install -y xvfb"
