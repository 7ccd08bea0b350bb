"""Serials with which adb lists a phone."""

from handeye.environments.simulated_phone.quirks.quirk import Quirk


class SerialMdns(Quirk):
    """Found by mDNS: a name with a space and brackets, where another phone has had the same name."""

    name = "mdns-serial"
    does = "adb lists the phone by an mDNS name with a space; only for `SimulatedPhoneEnvironment`, with its own server"
    reports = ("scrcpy#6289", "flutter#187092")
    serial = "adb-4c753791-lL2him (2)._adb-tls-connect._tcp"
