"""Commands about the phone as a machine: properties, time, processes, radios, the log."""

import asyncio
import math
import re
import time
from datetime import UTC, datetime

from handeye.environments.simulated_phone.files import Entry
from handeye.environments.simulated_phone.shell.call import Call, CommandFailed

_LOOK = 0.1
_RADIOS = {"wifi": "wifi_on", "data": "mobile_data", "bluetooth": "bluetooth_on"}
_TOUCHSCREEN = """add device 1: /dev/input/event1
  name:     "simulated_touchscreen"
  events:
    KEY (0001): 014a
    ABS (0003): 002f  : value 0, min 0, max 9, fuzz 0, flat 0, resolution 0
                0035  : value 0, min 0, max {width}, fuzz 0, flat 0, resolution 0
                0036  : value 0, min 0, max {height}, fuzz 0, flat 0, resolution 0
                0039  : value 0, min 0, max 65535, fuzz 0, flat 0, resolution 0
  input props:
    INPUT_PROP_DIRECT
"""


async def getprop(call: Call) -> int:
    """Print one property, or all."""
    properties = call.device.properties
    if call.words:
        default = call.words[1] if len(call.words) > 1 else ""
        await call.print(f"{properties.get(call.words[0], default)}\n")
    else:
        await call.print("".join(f"[{name}]: [{value}]\n" for name, value in sorted(properties.items())))
    return 0


async def setprop(call: Call) -> int:
    """Set a property; those that begin with `ro.` cannot be set."""
    if len(call.words) != 2:
        raise CommandFailed('setprop: Needs 2 arguments (see "setprop --help")')
    name, value = call.words
    if name.startswith("ro."):
        raise CommandFailed(f"Failed to set property '{name}' to '{value}'.\nSee dmesg for error reason.")
    call.device.properties[name] = value
    return 0


async def date(call: Call) -> int:
    """Print the time on the phone's clock, in the format after `+` if there is one; or set it: `date MMDDhhmm[YY]`."""
    given = next((word for word in call.words if not word.startswith(("+", "-"))), None)
    if given is not None:
        await call.device.ask("clock => phone.store.change(state => { state.clock = clock; })", _time(given))
    clock = await call.device.ask("() => phone.state().clock")
    now = datetime.fromisoformat(str(clock)).replace(tzinfo=UTC)
    form = next((word[1:] for word in call.words if word.startswith("+")), "%a %b %e %H:%M:%S UTC %Y")
    await call.print(now.strftime(form.replace("%s", str(int(now.timestamp()))).replace("%N", "000000000")) + "\n")
    return 0


def _time(word: str) -> str:
    """Return a time as the page's clock has it, from `MMDDhhmm[[CC]YY][.ss]` or `@SECONDS`; raise `CommandFailed`."""
    try:
        if word.startswith("@"):
            return datetime.fromtimestamp(float(word[1:]), UTC).strftime("%Y-%m-%dT%H:%M")
        digits = word.partition(".")[0]
        year = datetime.now(UTC).strftime("%Y") if len(digits) == 8 else f"20{digits[8:]}"[-4:]
        return datetime.strptime(f"{year}{digits[:8]}", "%Y%m%d%H%M").replace(tzinfo=UTC).strftime("%Y-%m-%dT%H:%M")
    except (ValueError, OverflowError, OSError):
        raise CommandFailed(f"date: bad date '{word}'") from None


async def sleep(call: Call) -> int:
    """Wait for seconds, or minutes with `m`."""
    match = re.fullmatch(r"(\d+(?:\.\d*)?|\.\d+)([smh]?)", call.words[0] if call.words else "")
    if match is None:
        raise CommandFailed("sleep: Needs 1 argument" if not call.words else f"sleep: not integer: {call.words[0]}")
    await asyncio.sleep(float(match[1]) * {"": 1, "s": 1, "m": 60, "h": 3600}[match[2]])
    return 0


async def id_(call: Call) -> int:
    """Print the shell's user."""
    who = {"-u": "2000", "-un": "shell", "-g": "2000"}.get(call.words[0] if call.words else "")
    await call.print(
        f"{who or 'uid=2000(shell) gid=2000(shell) groups=2000(shell),9997(everybody) context=u:r:shell:s0'}\n"
    )
    return 0


async def whoami(call: Call) -> int:
    """Print the shell's user."""
    await call.print("shell\n")
    return 0


async def uname(call: Call) -> int:
    """Print the kernel's name."""
    await call.print("Linux localhost 6.1.0-handeye #1 SMP x86_64 Toybox\n" if "-a" in call.words else "Linux\n")
    return 0


async def which(call: Call) -> int:
    """Print where programs are; status 1 if one is missing."""
    status = 0
    for name in call.words:
        if name in call.device.files.programs:
            await call.print(f"/system/bin/{name}\n")
        else:
            status = 1
    return status


async def true(call: Call) -> int:
    """Do nothing, with success: `true`, `:`."""
    return 0


async def false(call: Call) -> int:
    """Do nothing, with failure."""
    return 1


async def pwd(call: Call) -> int:
    """Print the current folder."""
    await call.print(f"{call.folder}\n")
    return 0


async def env(call: Call) -> int:
    """Print the variables."""
    await call.print("".join(f"{name}={value}\n" for name, value in call.variables.items()))
    return 0


async def test(call: Call) -> int:
    """Check a condition on strings, numbers or files; status 0 if it holds."""
    words = list(call.words)
    if call.name == "[":
        if words[-1:] != ["]"]:
            raise CommandFailed("[: missing ]", 2)
        words.pop()
    if words[:1] == ["!"]:
        return int(await _holds(call, words[1:]))
    return int(not await _holds(call, words))


async def _holds(call: Call, words: list[str]) -> bool:
    match words:
        case []:
            return False
        case [text]:
            return bool(text)
        case ["-z", text]:
            return not text
        case ["-n", text]:
            return bool(text)
        case [("-e" | "-f" | "-d" | "-s" | "-r" | "-x" | "-w") as kind, name]:
            return _is(kind, await call.device.files.stat(call.path(name)))
        case [left, ("=" | "=="), right]:
            return left == right
        case [left, "!=", right]:
            return left != right
        case [left, ("-eq" | "-ne" | "-lt" | "-le" | "-gt" | "-ge") as relation, right]:
            try:
                difference = int(left) - int(right)
            except ValueError:
                raise CommandFailed("test: bad number", 2) from None
            return {
                "-eq": difference == 0,
                "-ne": difference != 0,
                "-lt": difference < 0,
                "-le": difference <= 0,
                "-gt": difference > 0,
                "-ge": difference >= 0,
            }[relation]
        case _:
            raise CommandFailed("test: this shell does not know this condition", 2)


def _is(kind: str, entry: Entry | None) -> bool:
    if entry is None:
        return False
    match kind:
        case "-f":
            return not entry.directory
        case "-d":
            return entry.directory
        case "-s":
            return entry.size > 0
        case _:
            return True


async def svc(call: Call) -> int:
    """Switch a radio on or off, as the switch in the settings does."""
    match call.words:
        case [("wifi" | "data" | "bluetooth") as radio, ("enable" | "disable") as verb]:
            await call.device.put_setting("global", _RADIOS[radio], str(int(verb == "enable")))
            return 0
        case ["power" | "usb" | "nfc" | "system-server", *_]:
            return 0
        case _:
            await call.print("Available commands:\n    power\n    data\n    wifi\n    bluetooth\n")
            return 0


async def logcat(call: Call) -> int:
    """Follow the log, which is always empty; with `-d`, `-c`, `-g` or `-t` exit immediately."""
    if not any(word in ("-c", "--clear", "-d", "-g", "-t", "-S") for word in call.words):
        await call.print("--------- beginning of main\n")
        await _until_unread(call)
    return 0


async def getevent(call: Call) -> int:
    """Describe the touchscreen; without `-p` or `-i` wait for hardware events, of which there are none here."""
    width, height = call.device.physical_size
    await call.print(_TOUCHSCREEN.format(width=width - 1, height=height - 1))
    if not any(word in ("-p", "-i", "-lp", "-pl") for word in call.words):
        await _until_unread(call)
    return 0


async def _until_unread(call: Call) -> None:
    """Wait until the output is no longer read, then fail as the next write would."""
    while True:
        await call.out.write(b"")
        await asyncio.sleep(_LOOK)


async def uptime(call: Call) -> int:
    """Print how long the phone has been on."""
    minutes = math.floor(time.monotonic() / 60)
    await call.print(f" {time.strftime('%H:%M:%S', time.gmtime())} up {minutes} min,  0 users\n")
    return 0


async def reboot(call: Call) -> int:
    """Turn the phone off and on again: its data stays, connections break."""
    call.device.reboot()
    return 0


async def df(call: Call) -> int:
    """Print the phone's disk usage."""
    await call.print("Filesystem     1K-blocks    Used Available Use% Mounted on\n")
    await call.print("/dev/fuse       52428800 1048576  51380224   2% /storage/emulated\n")
    return 0
