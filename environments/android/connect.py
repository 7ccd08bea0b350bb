"""Which phones are connected, and how to reach the requested one."""

import re
import time
from typing import NamedTuple

from handeye.environments.android.adb_server import require_server
from handeye.environments.android.link import AdbLink, RequestFailed
from handeye.environments.errors import AdbFailed, PhoneNotFound, PhoneOffline, PhoneUnauthorized, SeveralPhones

PATIENCE = 4.0
"""Seconds that a phone may take from being connected to being usable; a new key takes a moment to be accepted."""
_CONNECT_SECONDS = 15.0
_POLL = 0.05

_NETWORK_SERIAL = re.compile(r"(?:\[[0-9a-fA-F:]+\]|[^:\s]+):\d{1,5}")
_LINE = re.compile(r"(\S+)\s+(no permissions[^\[]*(?:\[[^\]]*\])?|\S+)\s*(.*)")
_ALLOW = "unlock the phone and allow USB debugging from this computer in the dialog it shows"


class Phone(NamedTuple):
    """A phone as the adb server lists it."""

    serial: str
    """Its serial number, or host:port if it is connected over the network."""
    state: str
    """`device` when it can be used; otherwise `offline`, `unauthorized`, `no permissions …`, `recovery`."""
    model: str
    """Empty if not reported."""


def phones(link: AdbLink) -> tuple[Phone, ...]:
    """Return the phones that the adb server knows. Raises `AdbFailed`."""
    return parse_phones(link.host("devices-l"))


def parse_phones(listing: str) -> tuple[Phone, ...]:
    """Parse adb's answer to `devices-l`."""
    found = []
    for line in listing.splitlines():
        match = _LINE.fullmatch(line.strip())
        if match is not None:
            serial, state, rest = match.groups()
            model = re.search(r"\bmodel:(\S+)", rest)
            found.append(Phone(serial, state.strip(), "" if model is None else model[1].replace("_", " ")))
    return tuple(found)


def connect(link: AdbLink, serial: str | None) -> str:
    """Make sure that the phone can be used and return its serial; without a serial, the only phone is used.

    Starts the adb server if necessary; connects if the serial is host:port. Raises `PhoneNotFound`,
    `SeveralPhones`, `PhoneUnauthorized`, `PhoneOffline`, `AdbFailed`.
    """
    require_server(link.port)
    address = serial if serial is not None and is_address(serial) else None
    if address is not None:
        _connect_to(link, address)
    deadline = time.monotonic() + PATIENCE
    while True:
        listed = phones(link)
        late = time.monotonic() > deadline
        if address is not None and not late and _state(listed, address) in (None, "offline"):
            # A dead connection counts as "already connected" until adb notices or it is disconnected.
            _disconnect(link, address)
            _connect_to(link, address)
        else:
            phone = chosen(listed, serial)
            if phone.state == "device":
                return phone.serial
            if late or phone.state.startswith("no permissions"):
                raise _unusable(phone)
        time.sleep(_POLL)


def is_address(serial: str) -> bool:
    """Return whether a serial is a network address."""
    return _NETWORK_SERIAL.fullmatch(serial) is not None


def chosen(listed: tuple[Phone, ...], serial: str | None) -> Phone:
    """Return the requested phone. Raises `PhoneNotFound`, `SeveralPhones`."""
    if serial is not None:
        for phone in listed:
            if phone.serial == serial:
                return phone
        there = "; there are: " + ", ".join(map(_shown, listed)) if listed else "; no phone is connected"
        raise PhoneNotFound(f"no phone {serial!r} is connected{there}")
    if not listed:
        raise PhoneNotFound(
            "no phone is connected: plug one in with USB debugging on (Settings > Developer options), "
            "or give the host:port of one on the network"
        )
    usable = [phone for phone in listed if phone.state == "device"] or list(listed)
    if len(usable) > 1:
        raise SeveralPhones(
            f"several phones are connected, so choose one by its serial: {', '.join(map(_shown, usable))}"
        )
    return usable[0]


def connect_problem(answer: str) -> str | None:
    """Return the problem in adb's answer to `connect`, which adb never reports as an error; None if there is none."""
    first = answer.strip().splitlines()[0] if answer.strip() else "adb gave no reason"
    if first.startswith(("connected to", "already connected to", "failed to authenticate")):
        return None  # a phone that has not allowed this computer yet shows it in its state
    return first


def _state(listed: tuple[Phone, ...], serial: str) -> str | None:
    return next((phone.state for phone in listed if phone.serial == serial), None)


def _connect_to(link: AdbLink, serial: str) -> None:
    try:
        answer = link.host(f"connect:{serial}", _CONNECT_SECONDS)
    except RequestFailed as error:
        answer = str(error)
    problem = connect_problem(answer)
    if problem is not None:
        raise PhoneNotFound(
            f"no phone answers at {serial}: {problem}; turn on its wireless debugging, or run `adb tcpip 5555` over USB"
        )


def _disconnect(link: AdbLink, serial: str) -> None:
    try:
        link.host(f"disconnect:{serial}")
    except RequestFailed:
        return  # it was no longer connected


def _unusable(phone: Phone) -> AdbFailed | PhoneOffline | PhoneUnauthorized:
    match phone.state:
        case "unauthorized" | "authorizing":
            return PhoneUnauthorized(f"the phone {phone.serial} has not allowed this computer to debug it: {_ALLOW}")
        case "offline" | "connecting":
            return PhoneOffline(
                f"the phone {phone.serial} does not answer: reconnect it, or turn its USB debugging off and on"
            )
        case state if state.startswith("no permissions"):
            return AdbFailed(
                f"adb is not permitted to open the phone {phone.serial}: {state}; "
                "apt-get install -y android-sdk-platform-tools-common, or add a udev rule, and reconnect it"
            )
        case state:
            return PhoneOffline(f"the phone {phone.serial} is in the state {state!r}: boot it into Android")


def _shown(phone: Phone) -> str:
    about = " ".join(word for word in (phone.model, "" if phone.state == "device" else f"[{phone.state}]") if word)
    return f"{phone.serial} ({about})" if about else phone.serial
