"""The phones that the adb server knows, and which of them is meant."""

import re
from typing import NamedTuple

from handeye.environments.android.link import Address
from handeye.environments.errors import PhoneNotFound, SeveralPhones

_STATES = (
    "device|offline|unauthorized|authorizing|connecting|recovery|sideload|rescue|bootloader|host|detached|unknown"
    r"|no permissions[^\[]*(?:\[[^\]]*\])?"
)
_TAGS = r"(?P<tags>(?:\s+\w+:\S*)*)"
# A serial may hold spaces and the words of states: the state is the last word before the tags.
_LINE = re.compile(rf"(?P<serial>.+?)\s+(?P<state>{_STATES}){_TAGS}")
_OTHER_STATE = re.compile(rf"(?P<serial>.+?)\s+(?P<state>\S+?){_TAGS}")
_PORT = 5555
"""The port of a phone's adb after `adb tcpip`."""
_NETWORK_SERIAL = re.compile(r"(?:\[[0-9a-fA-F:]+\]|[^:\s]+):\d{1,5}")
_IP = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")


class Phone(NamedTuple):
    """A phone as the adb server lists it."""

    serial: str
    """Its serial number, or host:port if it is connected over the network."""
    state: str
    """`device` when it can be used; otherwise `offline`, `unauthorized`, `no permissions …`, `recovery`."""
    model: str = ""
    """Empty if not reported."""
    transport: int | None = None
    """The server's number of the connection; None if not reported."""
    port: str = ""
    """Where it is plugged in, such as `usb:1-1.2`; empty over the network."""


def parse_phones(listing: str) -> tuple[Phone, ...]:
    """Parse adb's answer to `devices-l`."""
    found = []
    for line in listing.splitlines():
        match = _LINE.fullmatch(line.strip()) or _OTHER_STATE.fullmatch(line.strip())
        if match is None:
            continue
        tags = dict(tag.split(":", 1) for tag in match["tags"].split())
        number = tags.get("transport_id", "")
        model = tags.get("model", "").replace("_", " ")
        port = f"usb:{tags['usb']}" if "usb" in tags else ""
        transport = int(number) if number.isdecimal() else None
        found.append(Phone(match["serial"], match["state"].strip(), model, transport, port))
    return tuple(found)


def network_address(serial: str) -> str | None:
    """Return the host:port that a serial names, with adb's usual port behind an IP address; None if it names none."""
    if _IP.fullmatch(serial) is not None:
        return f"{serial}:{_PORT}"
    return serial if _NETWORK_SERIAL.fullmatch(serial) is not None and not serial.startswith("usb:") else None


def chosen(listed: tuple[Phone, ...], serial: str | None, said_by: str = "") -> Phone:
    """Return the requested phone: by its serial, the port that it is plugged into, or `transport_id:N`.

    said_by: where the serial comes from, for messages, such as " (ANDROID_SERIAL)".

    Raises `PhoneNotFound`, `SeveralPhones`.
    """
    if serial is not None:
        found = [phone for phone in listed if serial in (phone.serial, phone.port, f"transport_id:{phone.transport}")]
        if not found:
            there = "; there are: " + ", ".join(map(_shown, listed)) if listed else "; no phone is connected"
            raise PhoneNotFound(f"no phone {serial!r}{said_by} is connected{there}")
        usable = _usable(found)
        if len(usable) > 1:
            raise SeveralPhones(
                f"several phones have the serial {serial!r}{said_by}: choose one by where it is plugged in or by its "
                f"number: {', '.join(f'{_place(phone)} ({phone.model})' for phone in usable)}"
            )
        return usable[0]
    if not listed:
        raise PhoneNotFound(
            "no phone is connected: plug one in with USB debugging on (Settings > Developer options), "
            "or give the host:port of one on the network"
        )
    usable = _usable(listed)
    if len(usable) > 1:
        names = [
            _shown(phone) if _is_unique(phone, listed) else f"{_place(phone)} ({_shown(phone)})" for phone in usable
        ]
        raise SeveralPhones(
            f"several phones are connected, so choose one by its serial, or set ANDROID_SERIAL: {', '.join(names)}"
        )
    return usable[0]


def address_of(phone: Phone, listed: tuple[Phone, ...]) -> Address:
    """Return how to reach a listed phone: by its serial if that is unique, else by the server's number for it."""
    return Address(phone.serial, None if _is_unique(phone, listed) else phone.transport)


def _usable(listed: tuple[Phone, ...] | list[Phone]) -> list[Phone]:
    return [phone for phone in listed if phone.state == "device"] or list(listed)


def _is_unique(phone: Phone, listed: tuple[Phone, ...]) -> bool:
    nameless = phone.serial.startswith("(")  # adb writes "(no serial number)"
    return not nameless and sum(other.serial == phone.serial for other in listed) == 1


def _place(phone: Phone) -> str:
    return phone.port or f"transport_id:{phone.transport}"


def _shown(phone: Phone) -> str:
    about = " ".join(word for word in (phone.model, "" if phone.state == "device" else f"[{phone.state}]") if word)
    return f"{phone.serial} ({about})" if about else phone.serial
