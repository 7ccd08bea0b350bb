"""The state that the phone's commands work on: screen, files and properties."""

import asyncio
import hashlib
import time
from collections.abc import Callable
from typing import Any, Final

from handeye.actions.geometry import Point, Size
from handeye.environments.simulated_phone.files import Files
from handeye.environments.simulated_phone.focus import App, Focus
from handeye.environments.simulated_phone.properties import properties_of
from handeye.environments.simulated_phone.screen.display import Display
from handeye.environments.simulated_phone.sessions import Sessions

DISPLAY_ID: Final = "4619827259835644672"
"""SurfaceFlinger's id of the only display."""
LATIN: Final = "com.android.inputmethod.latin/.LatinIME"
"""The keyboard that the screen draws."""
ADB_KEYBOARD: Final = "com.android.adbkeyboard/.AdbIME"
"""ADBKeyboard, of github.com/senzhk/ADBKeyBoard."""
UIAUTOMATOR_KEYBOARD: Final = "com.github.uiautomator/.AdbKeyboard"
"""The keyboard bundled with uiautomator2."""

HIDDEN: Final = (
    App("com.android.launcher3", "", "Launcher", True),
    App("com.android.systemui", "", "System UI", True),
    App("com.android.inputmethod.latin", "", "Android Keyboard (AOSP)", True),
    App("com.android.shell", "", "Shell", True),
    App("android", "", "Android System", True),
)
"""Packages that every phone has and no launcher shows."""

KEYBOARDS: Final = {
    ADB_KEYBOARD: App("com.android.adbkeyboard", "", "ADB Keyboard", False),
    UIAUTOMATOR_KEYBOARD: App("com.github.uiautomator", "", "ATX", False),
}
"""Apps that can be installed, by the keyboard that they provide."""


_KEYBOARD_SECONDS: Final = 0.3
"""Seconds after which the keyboard service has registered an installed package."""


class Device:
    """One phone, as its commands see it."""

    def __init__(self, display: Display, files: Files, size: Size, density: int, serial: str) -> None:
        self.display = display
        self.files = files
        self.physical_size = size
        self.physical_density = density
        self.serial = serial
        self.size_override: Size | None = None
        self.density_override: int | None = None
        self.rotation = 0
        self.installed: list[App] = []
        self.sessions = Sessions()
        self._fresh: dict[str, float] = {}
        self._met: dict[str, int] = {}
        """Packages in the order in which they were first asked about."""
        self.reboot: Callable[[], None] = lambda: None
        """Turns the phone off and on again; set by the owner of screen and daemon."""
        self.properties = properties_of(size, density, serial)
        """The properties that `getprop` lists."""
        self._turning = asyncio.Lock()

    @property
    def size(self) -> Size:
        """The screen's size in portrait orientation, in pixels."""
        return self.size_override or self.physical_size

    @property
    def density(self) -> int:
        """In dots per inch."""
        return self.density_override or self.physical_density

    async def ask(self, script: str, argument: object = None, *, within: str | None = None) -> Any:
        """Evaluate JavaScript in the phone's page, or in the web page of the app `within`."""
        return await self.display.evaluate(script, argument, within=within)

    async def focus(self) -> Focus:
        """Return the app in front."""
        return Focus.read(await self.ask("() => phone.focus()"))

    async def apps(self) -> tuple[App, ...]:
        """Return all installed apps, sorted by package."""
        shown = [App.read(answer) for answer in await self.ask("() => phone.packages()")]
        names = {app.package for app in shown}
        others = [app for app in (*HIDDEN, *self.installed) if app.package not in names]
        return tuple(sorted((*shown, *others), key=lambda app: app.package))

    async def app(self, package: str) -> App | None:
        """Return a package's app, if it is installed."""
        return next((app for app in await self.apps() if app.package == package), None)

    async def running(self) -> tuple[str, ...]:
        """Return the packages that have a process: those of the system, then the apps, the last used first."""
        names = await self.ask("() => phone.tasks.running.map((task) => task.app.package)")
        return (*(app.package for app in HIDDEN if app.package != "android"), *names)

    async def setting(self, namespace: str, key: str) -> str | None:
        """Return a setting; None if it is not set."""
        value: str | None = await self.ask("([space, key]) => phone.getSetting(space, key)", [namespace, key])
        return value

    async def put_setting(self, namespace: str, key: str, value: str | None) -> None:
        """Set a setting, or delete it with None; the screen follows."""
        if value is None:
            await self.ask("([space, key]) => phone.deleteSetting(space, key)", [namespace, key])
        else:
            await self.ask("([space, key, value]) => phone.putSetting(space, key, value)", [namespace, key, value])
        if key == "default_input_method" and value is not None:
            await self.ask("id => phone.setIme(id)", value)
        await self.turn()

    def keyboards(self) -> tuple[str, ...]:
        """Return the installed keyboards, the drawn one first."""
        now = time.monotonic()
        packages = {app.package for app in self.installed if now >= self._fresh.get(app.package, 0.0)}
        return (LATIN, *(name for name, app in KEYBOARDS.items() if app.package in packages))

    def install(self, app: App) -> None:
        """Install an app; its keyboard is registered a moment later, as on a real phone."""
        self.installed.append(app)
        self._fresh[app.package] = time.monotonic() + _KEYBOARD_SECONDS

    async def enabled_keyboards(self) -> tuple[str, ...]:
        """Return the enabled keyboards."""
        enabled = await self.setting("secure", "enabled_input_methods") or LATIN
        installed = self.keyboards()
        return tuple(name for name in enabled.split(":") if name in installed)

    async def keyboard(self) -> str:
        """Return the current keyboard."""
        return await self.setting("secure", "default_input_method") or LATIN

    async def turn(self) -> None:
        """Apply the rotation settings to the screen. The phone itself is always held upright."""
        async with self._turning:
            automatic, user = await self.ask(
                "() => ['accelerometer_rotation', 'user_rotation'].map(key => phone.getSetting('system', key))"
            )
            rotation = int(user) if automatic == "0" and user in ("0", "1", "2", "3") else 0
            if rotation != self.rotation:
                await self._arrange(rotation)

    async def resize(self, size: Size | None, density: int | None) -> None:
        """Override the screen's size or density; None for the physical ones."""
        async with self._turning:
            self.size_override, self.density_override = size, density
            await self._arrange(self.rotation)

    async def touch(self, kind: str, point: Point | None = None) -> None:
        """Touch the screen, if it is on."""
        await self.display.touch(kind, () if point is None else (point,))

    def upright(self) -> None:
        """Reset size overrides and rotation, as a phone that is turned off does."""
        self.size_override = self.density_override = None
        self.rotation = 0

    async def renew(self, installed: list[App]) -> None:
        """Reset everything except the page's stored state."""
        self.installed = installed
        self.sessions = Sessions()
        self.files.forget()
        self.properties.clear()
        self.properties.update(properties_of(self.physical_size, self.physical_density, self.serial))
        self.upright()
        await self._arrange(0)

    def number(self, name: str) -> str:
        """Return the system's seven-digit id of an object, always the same for a name."""
        return hashlib.sha256(f"{self.serial}{name}".encode()).hexdigest()[:7]

    def task(self, package: str) -> int:
        """Return the number of an app's task, which no other app has."""
        return 1 + self._order(package)

    def process(self, package: str) -> int:
        """Return an app's process id, which no other app has."""
        return 2000 + 7 * self._order(package)

    def _order(self, package: str) -> int:
        return self._met.setdefault(package, len(self._met))

    async def _arrange(self, rotation: int) -> None:
        self.rotation = rotation
        await self.display.resize(self.size, self.density, rotation)
        await self.ask("rotation => phone.rotate(rotation)", rotation)
