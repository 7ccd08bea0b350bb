"""Bringing the page of targets to the front in any kind of environment."""

import os
from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable
from urllib.parse import urlsplit

from handeye.actions.closeable import Closeable
from handeye.actions.geometry import ORIGIN, Point
from handeye.environments.contract.kiosk import Kiosk
from handeye.environments.desktop.isolated.environment import IsolatedDesktop
from handeye.environments.environment import Environment
from handeye.environments.observation import Observation


@runtime_checkable
class _Browser(Protocol):
    def goto(self, url: str) -> None: ...


@runtime_checkable
class _Phone(Protocol):
    def shell(self, arguments: Sequence[str]) -> str: ...


@runtime_checkable
class _Cabled(Protocol):
    def reverse(self, port: int) -> None: ...


@runtime_checkable
class _Isolated(Protocol):
    @property
    def desktop(self) -> IsolatedDesktop: ...


class TargetShow(Closeable):
    """Shows an address: directly in a browser, in a kiosk browser on a desktop, in the browser app on a phone."""

    def __init__(self, url: str, display: str | None = None) -> None:
        """`display` is the X display of a desktop that is not isolated; None means the one in DISPLAY."""
        self._url = url
        self._display = display
        self._kiosk: Kiosk | None = None

    def __call__(self, environment: Environment) -> None:
        """Show it in an environment that has just been reset. Raises its errors and `ChromiumNotFound`."""
        self.close()
        match environment:
            case _Browser():
                environment.goto(self._url)
            case _Phone():
                if isinstance(environment, _Cabled):
                    environment.reverse(_port(self._url))  # its loopback is not ours
                environment.shell(("am", "start", "-a", "android.intent.action.VIEW", "-d", self._url))
            case _Isolated():
                self._open_kiosk(environment, environment.desktop.environ)
            case _:
                display = {} if self._display is None else {"DISPLAY": self._display}
                self._open_kiosk(environment, {**os.environ, **display})

    def close(self) -> None:
        """End the kiosk browser, if there is one."""
        if self._kiosk is not None:
            self._kiosk.close()
            self._kiosk = None

    def _open_kiosk(self, environment: Environment, environ: Mapping[str, str]) -> None:
        self._kiosk = Kiosk(self._url, environ=environ, at=_corner(environment.observe()))


def _port(url: str) -> int:
    port = urlsplit(url).port
    return 80 if port is None else port


def _corner(observation: Observation) -> Point:
    """Return the position of the observation's upper left pixel on the desktop."""
    point = ORIGIN
    for transform in observation.transforms:
        point = transform.point(point)
    return point
