"""Windows of the system that come with an app when it starts."""

from typing import ClassVar

from handeye.environments.simulated_phone.device import Device
from handeye.environments.simulated_phone.quirks.quirk import Quirk


class _Greeting(Quirk):
    kind: ClassVar[str]
    """The page's name of the window."""

    async def prepare(self, device: Device) -> None:
        """Let each app open with the window when it starts."""
        await device.ask("kind => { phone.greeting = kind; }", self.kind)


class WindowPermission(_Greeting):
    """The permission to send notifications, asked at the first start."""

    name = "permission-window"
    does = "each app that starts asks for a permission, in a window of the permission controller"
    reports = ("appium#12320", "appium-adb#422")
    kind = "permission"


class WindowCrash(_Greeting):
    """An app that crashes when it starts."""

    name = "crash-window"
    does = "each app that starts is covered by `… keeps stopping`, a window titled `Application Error: PACKAGE`"
    reports = ("auto-mobile#7442",)
    kind = "crash"


class WindowHang(_Greeting):
    """An app that does not answer."""

    name = "anr-window"
    does = "each app that starts is covered by `… is not responding`, titled `Application Not Responding: PACKAGE`"
    reports = ("agent-device#589", "appium#1677")
    kind = "hang"
