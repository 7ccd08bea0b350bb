"""Which phones are there, and how to reach the one that is meant."""

import re
import time
from typing import NamedTuple

from handeye.environments.android.adb_server import require_server
from handeye.environments.android.link import AdbLink, RequestFailed
from handeye.environments.errors import AdbFailed, PhoneNotFound, PhoneOffline, PhoneUnauthorized, SeveralPhones

PATIENCE = 4.0
"""Seconds that a phone may take from being connected to being usable; a fresh key takes a moment to be accepted."""
_CONNECT_SECONDS = 15.0
_POLL = 0.05

_NETWORK_SERIAL = re.compile(r"(?:\[[0-9a-fA-F:]+\]|[^:\s]+):\d{1,5}")
_LINE = re.compile(r"(\S+)\s+(no permissions[^\[]*(?:\[[^\]]*\])?|\S+)\s*(.*)")
_ALLOW = "unlock the phone and allow USB debugging from this computer in the dialog that it shows"


class Phone(NamedTuple):
    """A phone as adb's server lists it."""

    serial: str
    """What names it: the number of the device, or host:port of one that is connected over the network."""
    state: str
    """`device` when it can be used; `offline`, `unauthorized`, `no permissions …`, `recovery`."""
    model: str
    """Empty when it does not say."""


def phones(link: AdbLink) -> tuple[Phone, ...]:
    """Return the phones that adb's server knows. Raises `AdbFailed`."""
    return parse_phones(link.host("devices-l"))


def parse_phones(listing: str) -> tuple[Phone, ...]:
    """Read what adb answers to `devices-l`."""
    found = []
    for line in listing.splitlines():
        match = _LINE.fullmatch(line.strip())
        if match is not None:
            serial, state, rest = match.groups()
            model = re.search(r"\bmodel:(\S+)", rest)
            found.append(Phone(serial, state.strip(), "" if model is None else model[1].replace("_", " ")))
    return tuple(found)


def connect(link: AdbLink, serial: str | None) -> str:
    """Make sure that the phone can be used, and return its serial; without one, that of the only phone.

    Starts adb's server if need be; a serial that is host:port is connected to. Raises `PhoneNotFound`,
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
            # A connection that died counts as "already connected" until adb notices, or until it is given up.
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
    """Return whether a serial names a phone by its address in the network."""
    return _NETWORK_SERIAL.fullmatch(serial) is not None


def chosen(listed: tuple[Phone, ...], serial: str | None) -> Phone:
    """Return the phone that is meant. Raises `PhoneNotFound`, `SeveralPhones`."""
    if serial is not None:
        for phone in listed:
            if phone.serial == serial:
                return phone
        there = "; there are: " + ", ".join(map(_shown, listed)) if listed else "; no phone is connected"
        raise PhoneNotFound(f"no phone {serial!r} is connected{there}")
    if not listed:
        raise PhoneNotFound(
            "no phone is connected: plug one in with USB debugging on (Settings > Developer options), "
            "or name the host:port of one in the network"
        )
    usable = [phone for phone in listed if phone.state == "device"] or list(listed)
    if len(usable) > 1:
        raise SeveralPhones(
            f"several phones are connected, so name one by its serial: {', '.join(map(_shown, usable))}"
        )
    return usable[0]


def connect_problem(answer: str) -> str | None:
    """Return what is wrong by adb's answer to `connect`, which is never an error to adb; None if nothing is."""
    first = answer.strip().splitlines()[0] if answer.strip() else "adb does not say why"
    if first.startswith(("connected to", "already connected to", "failed to authenticate")):
        return None  # what has still to be allowed is seen by its state
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
            f"no phone answers at {serial}: {problem}; turn on wireless debugging on it, or `adb tcpip 5555` by cable"
        )


def _disconnect(link: AdbLink, serial: str) -> None:
    try:
        link.host(f"disconnect:{serial}")
    except RequestFailed:
        return  # it was not connected any more


def _unusable(phone: Phone) -> AdbFailed | PhoneOffline | PhoneUnauthorized:
    match phone.state:
        case "unauthorized" | "authorizing":
            return PhoneUnauthorized(f"the phone {phone.serial} has not allowed this computer to debug it: {_ALLOW}")
        case "offline" | "connecting":
            return PhoneOffline(f"the phone {phone.serial} does not answer: plug it in again, or restart its debugging")
        case state if state.startswith("no permissions"):
            return AdbFailed(
                f"adb may not open the phone {phone.serial}: {state}; "
                "apt-get install -y android-sdk-platform-tools-common, or add a udev rule, and plug it in again"
            )
        case state:
            return PhoneOffline(f"the phone {phone.serial} is in the state {state!r}: start Android on it")


def _shown(phone: Phone) -> str:
    about = " ".join(word for word in (phone.model, "" if phone.state == "device" else f"[{phone.state}]") if word)
    return f"{phone.serial} ({about})" if about else phone.serial
