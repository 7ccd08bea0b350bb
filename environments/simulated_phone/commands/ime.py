"""`ime`: the keyboards, and which one is in use."""

from handeye.environments.simulated_phone.device import LATIN, Device
from handeye.environments.simulated_phone.shell.call import Arguments, Call, CommandFailed

_HELP = """ime <command>:
  list [-a] [-s]
  enable [--user <USER_ID>] <ID>
  disable [--user <USER_ID>] <ID>
  set [--user <USER_ID>] <ID>
  reset [--user <USER_ID>]
"""


async def ime(call: Call) -> int:
    """Carry out one `ime` command."""
    words = Arguments(call.words)
    verb = words.next()
    options = []
    while (option := words.option()) is not None:
        if option == "--user":
            words.required()
        options.append(option)
    match verb:
        case "list":
            return await _list(call, every="-a" in options, short="-s" in options)
        case "enable" | "disable":
            return await _enable(call, words.required(), verb == "enable")
        case "set":
            return await _set(call, words.required())
        case "reset":
            await _choose(call.device, LATIN, (LATIN,))
            await call.print("Reset current and enabled IMEs for user #0\n")
            await call.print(f"  Newly selected: {LATIN}\n  Newly enabled IMEs:\n    {LATIN}\n")
            return 0
        case None | "help" | "-h":
            await call.print(_HELP)
            return 0
        case _:
            await call.complain(f"Unknown command: {verb}\n")
            return 255


async def _list(call: Call, every: bool, short: bool) -> int:
    device = call.device
    for name in device.keyboards() if every else await device.enabled_keyboards():
        await call.print(f"{name}\n" if short else _described(name, name == LATIN))
    return 0


async def _enable(call: Call, name: str, on: bool) -> int:
    device = call.device
    if name not in device.keyboards():
        raise CommandFailed(f"Unknown input method {name} cannot be {'enabled' if on else 'disabled'} for user #0", 255)
    enabled = await device.enabled_keyboards()
    if (name in enabled) == on:
        await call.print(f"Input method {name}: already {'enabled' if on else 'disabled'} for user #0\n")
        return 0
    if on:
        await device.put_setting("secure", "enabled_input_methods", ":".join((*enabled, name)))
    else:
        rest = tuple(other for other in enabled if other != name) or (LATIN,)
        current = await device.keyboard()
        await _choose(device, rest[0] if current == name else current, rest)
    await call.print(f"Input method {name}: now {'enabled' if on else 'disabled'} for user #0\n")
    return 0


async def _set(call: Call, name: str) -> int:
    if name not in await call.device.enabled_keyboards():
        raise CommandFailed(f"Unknown input method {name} cannot be selected for user #0", 255)
    await call.device.put_setting("secure", "default_input_method", name)
    await call.print(f"Input method {name} selected for user #0\n")
    return 0


async def _choose(device: Device, name: str, enabled: tuple[str, ...]) -> None:
    await device.put_setting("secure", "enabled_input_methods", ":".join(enabled))
    await device.put_setting("secure", "default_input_method", name)


def _described(name: str, system: bool) -> str:
    package, _, service = name.partition("/")
    full = f"{package}{service}" if service.startswith(".") else service
    return (
        f"{name}:\n"
        f"  mId={name} mSettingsActivityName=null mIsVrOnly=false mSupportsSwitchingToNextInputMethod=false\n"
        f"  mIsDefaultResId=0x0\n"
        f"  Service:\n"
        f"    priority=0 preferredOrder=0 match=0x108000 specificIndex=-1 isDefault=false\n"
        f"    ServiceInfo:\n"
        f"      name={full}\n"
        f"      packageName={package}\n"
        f"      enabled=true exported=true directBootAware={str(system).lower()}\n"
    )
