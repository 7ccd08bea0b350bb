"""`dumpsys`: the state of the system services."""

from handeye.environments.simulated_phone.commands.pm import code_path
from handeye.environments.simulated_phone.dumps.activity import activity
from handeye.environments.simulated_phone.dumps.input import input_
from handeye.environments.simulated_phone.dumps.screen import display, input_method, power, surface_flinger
from handeye.environments.simulated_phone.dumps.window import window
from handeye.environments.simulated_phone.focus import App
from handeye.environments.simulated_phone.shell.call import Call

_SERVICES = tuple(
    "SurfaceFlinger activity battery deviceidle display input input_method package power telephony.registry "
    "window".split()
)

_TELEPHONY = """last known state:
  Phone Id=0
    mCallState=0
    mRingingCallState=0
    mCallIncomingNumber=
    mServiceState={mVoiceRegState=0(IN_SERVICE), mDataRegState=0(IN_SERVICE)}
    mDataConnectionState=2(CONNECTED)
"""
_BATTERY = """Current Battery Service state:
  AC powered: false
  USB powered: true
  Wireless powered: false
  Dock powered: false
  Max charging current: 500000
  Max charging voltage: 5000000
  Charge counter: 4000000
  status: 5
  health: 2
  present: true
  level: 100
  scale: 100
  voltage: 4300
  temperature: 250
  technology: Li-ion
"""


async def dumpsys(call: Call) -> int:
    """Print the state of one service; without a name, list the services."""
    words = call.words
    while words and words[0] in ("-t", "-T", "--skip", "--priority"):
        skipped = words[1].split(",") if words[0] == "--skip" and len(words) > 1 else ()
        words = tuple(word for word in words[2:] if word not in skipped)
    if not words or words[0] == "-l":
        await call.print("Currently running services:\n" + "".join(f"  {name}\n" for name in _SERVICES))
        return 0
    service, rest, device = words[0], words[1:], call.device
    match service:
        case "window":
            text = await window(device, rest)
        case "input":
            text = input_(device)
        case "telephony.registry":
            text = _TELEPHONY
        case "deviceidle":
            text = "Whitelist (except idle) system apps:\n  com.android.shell\n" if rest else "  Settings:\n"
        case "activity":
            text = await activity(device, rest)
        case "display":
            text = await display(device)
        case "power":
            text = await power(device)
        case "input_method":
            text = await input_method(device)
        case "SurfaceFlinger":
            text = surface_flinger(rest)
        case "battery":
            text = _BATTERY
        case "package":
            text = await _package(call, rest)
        case _:
            await call.complain(f"Can't find service: {service}\n")
            return 0
    await call.print(text)
    return 0


async def _package(call: Call, words: tuple[str, ...]) -> str:
    apps = [app for app in await call.device.apps() if not words or app.package == words[0]]
    if not apps:
        return f"Unable to find package: {words[0]}\n"
    return "Packages:\n" + "".join(_described(call, app) for app in apps)


def _described(call: Call, app: App) -> str:
    kind = "SYSTEM HAS_CODE" if app.system else "HAS_CODE"
    number = call.device.number(app.package)
    return (
        f"  Package [{app.package}] ({number}):\n"
        f"    appId={10000 + int(number, 16) % 500}\n"
        f"    pkg=Package{{{number} {app.package}}}\n"
        f"    codePath={code_path(app).rpartition('/')[0]}\n"
        "    versionCode=34 minSdk=34 targetSdk=34\n"
        "    versionName=14\n"
        f"    signatures=PackageSignatures{{{number} version:3, signatures:[{number}], past signatures:[]}}\n"
        f"    pkgFlags=[ {kind} ALLOW_CLEAR_USER_DATA ]\n"
        "    timeStamp=2024-01-05 00:00:00\n"
        "    firstInstallTime=2024-01-05 00:00:00\n"
        "    lastUpdateTime=2024-01-05 00:00:00\n"
        "    User 0: ceDataInode=0 installed=true hidden=false suspended=false stopped=false enabled=0\n"
    )
