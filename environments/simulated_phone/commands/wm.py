"""`wm`: the screen's size, density and rotation."""

import re

from handeye.actions.geometry import Size
from handeye.environments.simulated_phone.shell.call import Call, CommandFailed

_SIDES = range(200, 8193)
_DENSITIES = range(72, 1281)
_HELP = """Window manager (window) commands:
  size [reset|WxH|WdpxHdp] [-d DISPLAY_ID]
  density [reset|DENSITY] [-d DISPLAY_ID]
  user-rotation [-d DISPLAY_ID] [free|lock] [rotation]
  dismiss-keyguard
"""


async def wm(call: Call) -> int:
    """Carry out one `wm` command."""
    words = [word for index, word in enumerate(call.words) if word != "-d" and call.words[index - 1 : index] != ("-d",)]
    match words:
        case ["size", *rest]:
            return await _size(call, rest)
        case ["density", *rest]:
            return await _density(call, rest)
        case ["user-rotation" | "set-user-rotation", *rest]:
            return await _rotation(call, rest)
        case ["dismiss-keyguard"]:
            if (await call.device.focus()).on:
                await call.device.ask("() => phone.key('menu')")
            return 0
        case [] | ["help"]:
            await call.print(_HELP)
            return 0
        case [verb, *_]:
            await call.print(f"Unknown command: {verb}\n")
            return 255
    return 255


async def _size(call: Call, words: list[str]) -> int:
    device = call.device
    if not words:
        await call.print(f"Physical size: {device.physical_size}\n")
        if device.size_override is not None:
            await call.print(f"Override size: {device.size_override}\n")
        return 0
    if words[0] == "reset":
        await device.resize(None, device.density_override)
        return 0
    match = re.fullmatch(r"(\d{1,5})x(\d{1,5})", words[0])
    if match is None:
        raise CommandFailed(f"Error: bad size {words[0]}", 255)
    size = Size(int(match[1]), int(match[2]))
    if size.width not in _SIDES or size.height not in _SIDES:
        raise CommandFailed(f"Error: this phone's screen can have sides from 200 to 8192, not {size}", 255)
    await device.resize(None if size == device.physical_size else size, device.density_override)
    return 0


async def _density(call: Call, words: list[str]) -> int:
    device = call.device
    if not words:
        await call.print(f"Physical density: {device.physical_density}\n")
        if device.density_override is not None:
            await call.print(f"Override density: {device.density_override}\n")
        return 0
    if words[0] == "reset":
        await device.resize(device.size_override, None)
        return 0
    if not words[0].isdecimal():
        raise CommandFailed(f"Error: bad number {words[0]}", 255)
    density = int(words[0])
    if density < _DENSITIES.start:
        raise CommandFailed("Error: density must be >= 72", 255)
    if density not in _DENSITIES:
        raise CommandFailed("Error: density must be <= 1280", 255)
    await device.resize(device.size_override, None if density == device.physical_density else density)
    return 0


async def _rotation(call: Call, words: list[str]) -> int:
    device = call.device
    match words:
        case []:
            locked = await device.setting("system", "accelerometer_rotation") == "0"
            await call.print(f"lock {device.rotation}\n" if locked else "free\n")
            return 0
        case ["free"]:
            await device.put_setting("system", "accelerometer_rotation", "1")
            return 0
        case ["lock"]:
            rotation = str(device.rotation)
        case ["lock", ("0" | "1" | "2" | "3") as rotation]:
            pass
        case _:
            raise CommandFailed(
                f"Error: expecting rotation as free or lock with 0 to 3, but we get {' '.join(words)}", 255
            )
    await device.put_setting("system", "user_rotation", rotation)
    await device.put_setting("system", "accelerometer_rotation", "0")
    return 0
