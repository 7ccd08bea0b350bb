"""Real desktops of our own, with real applications."""

from collections.abc import Callable, Iterator

import pytest

from handeye.environments.desktop.isolated.environment import IsolatedDesktop, IsolatedDesktopEnvironment


@pytest.fixture(scope="module")
def isolated(needs: Callable[..., None]) -> Iterator[IsolatedDesktop]:
    """A running desktop without programs, for all tests of a file."""
    needs("Xvfb", "openbox")
    with IsolatedDesktop() as desktop:
        yield desktop


@pytest.fixture
def environment(needs: Callable[..., None]) -> Iterator[IsolatedDesktopEnvironment]:
    """A fresh desktop for one test, with every application of the menu."""
    needs("Xvfb", "openbox")
    with IsolatedDesktopEnvironment(apps=["*"]) as environment:
        environment.reset()
        yield environment
