"""Real desktops of our own, with real applications."""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest

from handeye.environments.desktop_isolated import IsolatedDesktop, IsolatedDesktopEnvironment

PACKAGES = {
    "Xvfb": "xvfb",
    "openbox": "openbox",
    "xrandr": "x11-xserver-utils",
    "dbus-daemon": "dbus-daemon",
    "xdpyinfo": "x11-utils",
    "setpriv": "util-linux",
    "libreoffice": "libreoffice-calc libreoffice-gtk3",
}
"""The Debian packages of programs that are not called as their package."""


def need(*programs: str) -> None:
    """Skip the test if one of the programs is not installed; with CI=true, fail."""
    missing = [PACKAGES.get(program, program) for program in programs if shutil.which(program) is None]
    if missing:
        message = f"needs apt-get install -y {' '.join(missing)}"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)


@pytest.fixture(scope="session")
def needs() -> Callable[..., None]:
    return need


@pytest.fixture(scope="module")
def isolated() -> Iterator[IsolatedDesktop]:
    """A running desktop without programs, for all tests of a file."""
    need("Xvfb", "openbox")
    with IsolatedDesktop() as desktop:
        yield desktop


@pytest.fixture
def environment() -> Iterator[IsolatedDesktopEnvironment]:
    """A fresh desktop for one test, with every application of the menu."""
    need("Xvfb", "openbox")
    with IsolatedDesktopEnvironment(apps=["*"]) as environment:
        environment.reset()
        yield environment
