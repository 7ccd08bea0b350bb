"""Services that the phone's daemon refuses."""

from handeye.environments.simulated_phone.quirks.quirk import Quirk


class ServicesClosed(Quirk):
    """A phone whose daemon is stuck: it is listed as a device, and closes everything that is opened."""

    name = "closed-services"
    does = "the phone is listed as a device, and every service on it is closed"
    reports = ("adb, error: closed",)

    def refuses(self, service: str) -> bool:
        """Refuse everything."""
        return True


class ShellOld(Quirk):
    """Up to Android 6 the shell has one stream and no exit status."""

    name = "android-6"
    does = "the second version of adb's shell is refused, as up to Android 6"
    reports = ("adb, SERVICES.TXT: shell,v2",)

    def refuses(self, service: str) -> bool:
        """Refuse what begins with `shell,v2`."""
        return service.startswith("shell,v2")
