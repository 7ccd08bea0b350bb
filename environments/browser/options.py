"""The options of a browser, checked before one is started."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from handeye.actions.geometry import ORIGIN, Box, Frame, OutOfFrame, Size
from handeye.environments.errors import InvalidOption
from handeye.environments.hand import HAND, Pace
from handeye.environments.secrets import Secrets
from handeye.environments.settle import Settle

if TYPE_CHECKING:
    from playwright.async_api import ProxySettings

DISPLAY_RATE = 60
"""Frames a second that Chromium paints by itself."""

MAX_SIDE = 16_384
"""The longest side of a screenshot that Chromium can paint, in pixels."""


@dataclass(frozen=True, slots=True)
class BrowserOptions:
    """The options of a `BrowserEnvironment`, documented there. Raises `InvalidOption`."""

    url: str
    viewport: Size
    device_scale_factor: float
    headless: bool
    executable: Path | None
    clip: Box | None
    downloads: Path | None
    uploads: Mapping[str, Path]
    """The files that may be chosen, by the names that the policy uses."""
    profile: Path | None
    proxy: str | None = field(repr=False)
    user_agent: str | None
    locale: str | None
    timezone: str | None
    init_script: str
    secrets: Secrets = field(repr=False)
    settle: Settle
    patience: float
    allow_files: bool
    touch: bool = False
    pace: Pace = HAND
    refresh_rate: int = DISPLAY_RATE

    @property
    def painted(self) -> bool:
        """Whether the frames of pages are asked for."""
        return self.refresh_rate > DISPLAY_RATE and self.headless and self.profile is None

    def __post_init__(self) -> None:
        factor, (width, height) = self.device_scale_factor, self.viewport
        if not (math.isfinite(factor) and factor > 0):
            raise InvalidOption(f"device_scale_factor must be greater than 0, not {factor}")
        if width < 1 or height < 1 or max(width, height) * factor > MAX_SIDE:
            raise InvalidOption(f"the viewport's sides must be from 1 to {MAX_SIDE / factor:g} px, not {self.viewport}")
        if self.clip is not None:
            try:
                Frame("viewport", self.viewport, ORIGIN).require_box(self.clip)
            except OutOfFrame as error:
                raise InvalidOption(f"clip: {error}") from None
        if not (math.isfinite(self.patience) and self.patience > 0):
            raise InvalidOption(f"patience must be more than 0 seconds, not {self.patience}")
        if self.refresh_rate < DISPLAY_RATE:
            raise InvalidOption(
                f"refresh_rate must be at least {DISPLAY_RATE} frames a second, not {self.refresh_rate}"
            )
        for name, path in self.uploads.items():
            if not path.exists():
                raise InvalidOption(f"uploads: {name} does not exist at {path}")
        if self.proxy is not None:
            proxy_settings(self.proxy)


def named_uploads(paths: Sequence[Path]) -> dict[str, Path]:
    """Return the files by name; raise `InvalidOption` if two have the same name."""
    named = {path.name: path.expanduser().absolute() for path in paths}
    if len(named) < len(paths):
        raise InvalidOption("uploads: two files have the same name, so the policy could not tell them apart")
    return named


def proxy_settings(address: str) -> "ProxySettings":
    """Convert `scheme://user:password@host:port` to Playwright's form; raise `InvalidOption` if it is malformed."""
    parts = urlsplit(address if "://" in address else f"http://{address}")
    try:
        port = parts.port
    except ValueError:
        port = None
    if parts.scheme not in {"http", "https", "socks5"} or not parts.hostname or port is None:
        raise InvalidOption("the proxy must be an address such as http://user:password@host:3128")
    settings: ProxySettings = {"server": f"{parts.scheme}://{parts.hostname}:{port}"}
    if parts.username is not None:
        settings["username"] = unquote(parts.username)
        settings["password"] = unquote(parts.password or "")
    return settings
