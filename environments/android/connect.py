"""How to reach the requested phone: from the listing of the adb server to a shell that answers."""

import os
import time

from handeye.environments.android.adb_server import require_server
from handeye.environments.android.link import AdbLink, Address, PhoneSilent, RequestFailed, ServiceClosed
from handeye.environments.android.listing import Phone, address_of, chosen, network_address, parse_phones
from handeye.environments.android.shell import command
from handeye.environments.errors import AdbFailed, EnvironmentLost, PhoneNotFound, PhoneOffline, PhoneUnauthorized

PATIENCE = 4.0
"""Seconds that a phone may take from being connected to being usable: a new key takes a moment to be accepted, and a
phone that a USB hub has dropped a moment to return."""
_CONNECT_SECONDS = 15.0
_PROBE_SECONDS = 5.0
"""How long a phone that is listed as usable may take for its first answer."""
_POLL = 0.05
_CONNECT_POLL = 0.5

_VARIABLE = "ANDROID_SERIAL"
_PROBE = command("echo", "handeye")
_ALLOW = "unlock the phone and allow USB debugging from this computer in the dialog it shows"


def connect(link: AdbLink, serial: str | None) -> Address:
    """Make sure that the phone can be used, and return its address; without a serial, `ANDROID_SERIAL` or the only one.

    Starts the adb server if necessary; connects if the serial is host:port. A phone that is missing or not ready is
    waited for, and a connection that is listed as usable and is not is made again. Raises `PhoneNotFound`,
    `SeveralPhones`, `PhoneUnauthorized`, `PhoneOffline`, `AdbFailed`.
    """
    said_by = ""
    if serial is None and os.environ.get(_VARIABLE):
        serial, said_by = os.environ[_VARIABLE], f" ({_VARIABLE})"
    network = None if serial is None else network_address(serial)
    phone, address = _ready(link, network or serial, said_by, network is not None)
    try:
        _probe(link, address)
    except (ServiceClosed, PhoneSilent):
        # A connection that died without being closed stays listed as usable until someone ends it.
        _renew(link, phone, network is not None)
        _, address = _ready(link, network or serial, said_by, network is not None)
        try:
            _probe(link, address)
        except (ServiceClosed, PhoneSilent) as error:
            raise PhoneOffline(f"{error}, although adb lists it as usable: reconnect it, or restart it") from None
    return address


def connect_problem(answer: str) -> str | None:
    """Return the problem in adb's answer to `connect`, which adb never reports as an error; None if there is none."""
    first = answer.strip().splitlines()[0] if answer.strip() else "adb gave no reason"
    if first.startswith(("connected to", "already connected to", "failed to authenticate")):
        return None  # a phone that has not allowed this computer yet shows it in its state
    return first


def _ready(link: AdbLink, serial: str | None, said_by: str, network: bool) -> tuple[Phone, Address]:
    """Wait until the phone is listed as usable."""
    deadline = time.monotonic() + PATIENCE
    connected = not network
    while True:
        require_server(link.port)  # another program may have ended it to start its own version
        late = time.monotonic() > deadline
        try:
            if not connected and serial is not None:
                connected = _connected(link, serial)
            listed = _listed(link)
            if network and serial is not None and not late and _state(listed, serial) in (None, "offline"):
                # A dead connection counts as "already connected" until adb notices or it is disconnected.
                _renew(link, Phone(serial, "offline"), network)
                connected = _connected(link, serial)
                listed = _listed(link)
            phone = chosen(listed, serial, said_by)
            if phone.state == "device":
                return phone, address_of(phone, listed)
            if late or phone.state.startswith("no permissions"):
                raise _unusable(phone)
        except PhoneNotFound:
            if late:
                raise
        except EnvironmentLost as error:
            if late:
                raise AdbFailed(str(error)) from None  # the server was ended during a request
        time.sleep(_POLL if connected else _CONNECT_POLL)


def _probe(link: AdbLink, address: Address) -> None:
    """Raise `ServiceClosed`, `PhoneSilent` if the phone's shell does not answer, `AdbFailed` if it is too old."""
    try:
        link.shell(address, _PROBE, _PROBE_SECONDS)
    except ServiceClosed:
        if _answers_without_status(link, address):
            raise AdbFailed(
                f"the phone {address.serial} runs Android 6 or older, whose adb does not report whether a command "
                "failed: handeye needs Android 7 or newer"
            ) from None
        raise


def _answers_without_status(link: AdbLink, address: Address) -> bool:
    try:
        return b"handeye" in link.read(address, f"shell:{_PROBE}", _PROBE_SECONDS)
    except EnvironmentLost:
        return False


def _renew(link: AdbLink, phone: Phone, network: bool) -> None:
    """End a connection; `_ready` makes one over the network again, and adb itself one by USB."""
    try:
        if network:
            link.host(f"disconnect:{phone.serial}")
        elif phone.transport is not None:
            link.reconnect(phone.transport)
    except RequestFailed:
        return  # it has just ended by itself


def _listed(link: AdbLink) -> tuple[Phone, ...]:
    return parse_phones(link.host("devices-l"))


def _state(listed: tuple[Phone, ...], serial: str) -> str | None:
    return next((phone.state for phone in listed if phone.serial == serial), None)


def _connected(link: AdbLink, serial: str) -> bool:
    try:
        answer = link.host(f"connect:{serial}", _CONNECT_SECONDS)
    except RequestFailed as error:
        answer = str(error)
    problem = connect_problem(answer)
    if problem is not None:
        raise PhoneNotFound(
            f"no phone answers at {serial}: {problem}; turn on its wireless debugging, or run `adb tcpip 5555` over USB"
        )
    return True


def _unusable(phone: Phone) -> AdbFailed | PhoneOffline | PhoneUnauthorized:
    match phone.state:
        case "unauthorized" | "authorizing":
            return PhoneUnauthorized(f"the phone {phone.serial} has not allowed this computer to debug it: {_ALLOW}")
        case "offline" | "connecting":
            return PhoneOffline(
                f"the phone {phone.serial} does not answer: reconnect it, or turn its USB debugging off and on"
            )
        case "detached":
            return PhoneOffline(f"the phone {phone.serial} is detached from the adb server: run `adb attach`")
        case state if state.startswith("no permissions"):
            return AdbFailed(
                f"adb is not permitted to open the phone {phone.serial}: {state}; "
                "apt-get install -y android-sdk-platform-tools-common, or add a udev rule, and reconnect it"
            )
        case state:
            return PhoneOffline(f"the phone {phone.serial} is in the state {state!r}: boot it into Android")
