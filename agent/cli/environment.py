"""The environment of an episode, as the command line names it and the journal stores it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from pydantic import BaseModel, ConfigDict, Field

from handeye.actions.geometry import Size
from handeye.environments.environment import Environment
from handeye.environments.errors import InvalidOption

if TYPE_CHECKING:
    from handeye.environments.desktop.isolated.environment import IsolatedDesktop

NAMES = "browser, desktop, desktop:xvfb, android, android:SERIAL, android:simulated"
"""The values of `--env`."""


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class BrowserSettings(_Settings):
    """A Chromium that handeye starts."""

    kind: Literal["browser"] = "browser"
    url: str = "about:blank"
    viewport: Size = Size(1280, 720)
    """In CSS pixels."""
    scale: float = 1.0
    """Device pixels per CSS pixel."""
    headed: bool = False
    profile: Path | None = None
    downloads: Path | None = None
    uploads: tuple[Path, ...] = ()
    locale: str | None = None
    timezone: str | None = None

    def make(self, secrets: Mapping[str, str]) -> Environment:
        """Return the environment, not yet started."""
        from handeye.environments.browser.environment import BrowserEnvironment

        return BrowserEnvironment(
            self.url,
            viewport=self.viewport,
            device_scale_factor=self.scale,
            headless=not self.headed,
            profile=self.profile,
            downloads=self.downloads,
            uploads=self.uploads,
            locale=self.locale,
            timezone=self.timezone,
            secrets=secrets,
        )


class DesktopSettings(_Settings):
    """The user's own desktop."""

    kind: Literal["desktop"] = "desktop"
    monitor: int | str | None = None
    """Its index or name, or "all"; None is the primary one."""
    apps: tuple[str, ...] = ()
    """What may be opened."""

    def make(self, secrets: Mapping[str, str]) -> Environment:
        """Return the environment, not yet connected."""
        from handeye.environments.desktop.environment import DesktopEnvironment

        return DesktopEnvironment(monitor=self.monitor, apps=self.apps, secrets=secrets)


class IsolatedDesktopSettings(_Settings):
    """A separate desktop, which is invisible unless it is shown over VNC."""

    kind: Literal["desktop:xvfb"] = "desktop:xvfb"
    size: Size = Size(1280, 800)
    """In pixels."""
    scale: float = 1.0
    """The factor by which programs draw larger than usual."""
    vnc: bool = False
    apps: tuple[str, ...] = ()
    """What may be opened."""
    open_apps: bool = False
    """Whether they are open at the start, the first one in front. The journals of earlier versions do not say so."""

    def make(self, secrets: Mapping[str, str]) -> Environment:
        """Return the environment, not yet started."""
        from handeye.environments.desktop.isolated.environment import IsolatedDesktopEnvironment

        return IsolatedDesktopEnvironment(
            size=self.size,
            scale=self.scale,
            vnc=self.vnc,
            apps=self.apps,
            open_apps=self.open_apps,
            secrets=secrets,
            on_start=_tell_where if self.vnc else None,
        )


class AndroidSettings(_Settings):
    """A phone, over adb."""

    kind: Literal["android"] = "android"
    serial: str | None = None
    """None is the only connected phone."""
    install_keyboard: bool = False
    """Whether an input method that can type any Unicode text may be installed."""

    def make(self, secrets: Mapping[str, str]) -> Environment:
        """Return the environment, not yet connected."""
        from handeye.environments.android.environment import AndroidEnvironment

        return AndroidEnvironment(self.serial, install_keyboard=self.install_keyboard, secrets=secrets)


class SimulatedPhoneSettings(_Settings):
    """The phone that comes with handeye."""

    kind: Literal["android:simulated"] = "android:simulated"
    headed: bool = False

    def make(self, secrets: Mapping[str, str]) -> Environment:
        """Return the environment, not yet started."""
        from handeye.environments.simulated_phone.environment import SimulatedPhoneEnvironment

        return SimulatedPhoneEnvironment(headless=not self.headed, secrets=secrets)


EnvironmentSettings = Annotated[
    BrowserSettings | DesktopSettings | IsolatedDesktopSettings | AndroidSettings | SimulatedPhoneSettings,
    Field(discriminator="kind"),
]


@dataclass(frozen=True, slots=True)
class EnvironmentOptions:
    """The command-line options of all environments. None, False and () mean "not given"."""

    url: str | None = None
    viewport: Size | None = None
    scale: float | None = None
    headed: bool = False
    profile: Path | None = None
    downloads: Path | None = None
    uploads: tuple[Path, ...] = ()
    locale: str | None = None
    timezone: str | None = None
    monitor: str | None = None
    size: Size | None = None
    vnc: bool = False
    apps: tuple[str, ...] = ()
    install_keyboard: bool = False


def _tell_where(desktop: "IsolatedDesktop") -> None:
    """Print where a desktop can be watched. The model never sees this."""
    typer.echo(f"watch over VNC at {desktop.vnc_address}, password {desktop.vnc_password}", err=True)


_FLAGS = {"uploads": "--upload", "apps": "--app", "install_keyboard": "--install-keyboard"}
_NONE = EnvironmentOptions()


def environment_settings(name: str, options: EnvironmentOptions = _NONE) -> EnvironmentSettings:
    """Return the settings of the environment that `--env` names.

    Raises `InvalidOption` for an unknown name, or an option that the environment does not have.
    """
    kind, serial = _kind(name)
    given = {field.name: getattr(options, field.name) for field in fields(options)}
    given = {option: value for option, value in given.items() if not (value is None or value is False or value == ())}
    for option in given:
        if option not in kind.model_fields:
            flag = _FLAGS.get(option, f"--{option}")
            raise InvalidOption(f"{flag} does not work with --env {name}: leave it out, or see handeye run --help")
    if kind is IsolatedDesktopSettings and options.apps:
        given["open_apps"] = True
    monitor = given.get("monitor")
    if isinstance(monitor, str) and monitor.isdecimal():
        given["monitor"] = int(monitor)
    return kind.model_validate(given | ({} if serial is None else {"serial": serial}))


_Kind = (
    type[BrowserSettings]
    | type[DesktopSettings]
    | type[IsolatedDesktopSettings]
    | type[AndroidSettings]
    | type[SimulatedPhoneSettings]
)


def _kind(name: str) -> tuple[_Kind, str | None]:
    match name.partition(":"):
        case ("browser", "", _):
            return BrowserSettings, None
        case ("desktop", "", _):
            return DesktopSettings, None
        case ("desktop", _, "xvfb"):
            return IsolatedDesktopSettings, None
        case ("android", "", _):
            return AndroidSettings, None
        case ("android", _, "simulated"):
            return SimulatedPhoneSettings, None
        case ("android", _, serial) if serial:
            return AndroidSettings, serial
        case _:
            raise InvalidOption(f"there is no environment {name!r}: it must be one of {NAMES}")
