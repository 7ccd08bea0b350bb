"""`pm` and `cmd package`: installed packages, and the apps that handle an intent."""

import asyncio
from collections.abc import Sequence

from handeye.environments.simulated_phone.apk import BadApk, package_of
from handeye.environments.simulated_phone.commands import pm_session
from handeye.environments.simulated_phone.device import KEYBOARDS
from handeye.environments.simulated_phone.focus import App
from handeye.environments.simulated_phone.intent import Intent, full_component, read_intent
from handeye.environments.simulated_phone.shell.call import Arguments, Call, CommandFailed

_MAIN = "android.intent.action.MAIN"
_MATCH = "priority=0 preferredOrder=0 match=0x108000 specificIndex=-1 isDefault=true"


async def pm(call: Call) -> int:
    """Carry out one `pm` command."""
    words = Arguments(call.words)
    match words.next():
        case "list":
            return await _list(call, words)
        case "path":
            return await _path(call, _package(words))
        case "clear":
            return await _clear(call, _package(words))
        case "install":
            return await _install(call, words)
        case "install-create":
            return await pm_session.create(call, words)
        case "install-write":
            return await pm_session.write(call, words)
        case "install-commit":
            return await _installed(call, *pm_session.committed(call, words))
        case "install-abandon":
            return await pm_session.abandon(call, words)
        case "uninstall":
            return await _uninstall(call, _package(words))
        case "resolve-activity":
            return await _resolve(call, words, every=False)
        case "query-activities":
            return await _resolve(call, words, every=True)
        case "grant" | "revoke" | "enable" | "disable-user" | "trim-caches" | "compile" | "set-home-activity":
            return 0
        case None | "help" | "-h":
            await call.print("Package manager (package) commands:\n  list, path, clear, install, uninstall\n")
            return 0
        case verb:
            await call.complain(f"Unknown command: {verb}\n")
            return 255


def code_path(app: App) -> str:
    """Return where an app's APK would be."""
    name = app.package.rpartition(".")[2].capitalize()
    return f"/system/app/{name}/{name}.apk" if app.system else f"/data/app/{app.package}-1/base.apk"


def resolve_info(app: App, indent: str) -> str:
    """Return the system's description of an activity; labels are in the app itself, not in resources."""
    lines = (
        _MATCH,
        "ActivityInfo:",
        f"  name={app.activity}",
        f"  packageName={app.package}",
        f"  labelRes=0x0 nonLocalizedLabel={app.label} icon=0x7f080001 banner=0x0",
        "  enabled=true exported=true directBootAware=false",
        f"  taskAffinity={app.package} targetActivity=null persistableMode=PERSIST_ROOT_ONLY",
        "  launchMode=2 flags=0x10 privateFlags=0x0 theme=0x7f100001",
        "  ApplicationInfo:",
        f"    packageName={app.package}",
        f"    labelRes=0x0 nonLocalizedLabel={app.label} icon=0x7f080001 banner=0x0",
        f"    processName={app.package}",
        f"    sourceDir={code_path(app)}",
    )
    return "".join(f"{indent}{line}\n" for line in lines)


async def matching(call: Call, intent: Intent) -> Sequence[App]:
    """Return the apps that an intent may start."""
    apps = [app for app in await call.device.apps() if app.activity]
    if intent.component is not None:
        package, activity = full_component(intent.component)
        return [app for app in apps if (app.package, app.activity) == (package, activity)]
    if intent.package is not None:
        apps = [app for app in apps if app.package == intent.package]
    if intent.action in (None, _MAIN):
        return [app for app in apps if not app.hidden]
    answering = await call.device.ask(
        "action => phone.packages().filter(app => app.actions?.includes(action)).map(app => app.package)", intent.action
    )
    return [app for app in apps if app.package in answering]


async def _list(call: Call, words: Arguments) -> int:
    what = words.next()
    if what == "users":
        await call.print("Users:\n\tUserInfo{0:Owner:4c13} running\n")
        return 0
    if what == "features":
        await call.print("feature:android.hardware.touchscreen\nfeature:android.software.input_methods\n")
        return 0
    if what in ("libraries", "permissions", "permission-groups", "instrumentation"):
        return 0  # there are none
    if what not in ("packages", "package"):
        raise CommandFailed(f"Error: unknown list type '{what}'", 255)
    options = set()
    while (option := words.option()) is not None:
        options.add(option)
        if option in ("--user", "--uid"):
            words.required()
    wanted = words.next() or ""
    for app in await call.device.apps():
        hidden = ("-3" in options and app.system) or ("-s" in options and not app.system) or "-d" in options
        if hidden or wanted not in app.package:
            continue
        line = f"package:{code_path(app)}={app.package}" if "-f" in options else f"package:{app.package}"
        line += "  installer=null" if "-i" in options else ""
        line += " versionCode:34" if "--show-versioncode" in options else ""
        await call.print(line + (f" uid:{_uid(call, app)}\n" if "-U" in options else "\n"))
    return 0


async def _path(call: Call, package: str) -> int:
    app = await call.device.app(package)
    if app is None:
        return 1
    await call.print(f"package:{code_path(app)}\n")
    return 0


async def _clear(call: Call, package: str) -> int:
    if await call.device.app(package) is None:
        raise CommandFailed("Failed")
    await call.device.ask("name => phone.clear(name)", package)
    await call.print("Success\n")
    return 0


async def _install(call: Call, words: Arguments) -> int:
    """Install one of the apps that this phone knows, from a file or from the standard input."""
    size = None
    while (option := words.option()) is not None:
        if option == "-S":
            size = int(words.required())
        elif option in ("-i", "--user", "--abi", "-p", "--install-location"):
            words.required()
    path = words.next()
    if size is not None and path in (None, "-"):
        data = b""
        while len(data) < size and (part := await call.stdin.read(size - len(data))):
            data += part
    elif path is not None and (entry := await call.device.files.stat(call.path(path))) and not entry.directory:
        data = await call.device.files.read(call.path(path))
    else:
        raise CommandFailed(f"Error: Unable to open file: {path}\nError: Can't open file: {path}")
    return await _installed(call, data)


async def _installed(call: Call, *apks: bytes) -> int:
    """Install the app of some APKs, which must all be of one package."""
    try:
        packages = {await asyncio.to_thread(package_of, data) for data in apks}
    except BadApk as error:
        raise CommandFailed(f"Failure [INSTALL_FAILED_INVALID_APK: {error}]") from None
    package = min(packages)
    if len(packages) > 1:
        raise CommandFailed(f"Failure [INSTALL_FAILED_INVALID_APK: {max(packages)} inconsistent with {package}]")
    app = next((app for app in KEYBOARDS.values() if app.package == package), None)
    if app is None:
        reason = (
            f"{package} does not run here: a simulated phone has the apps of its screen, and keyboards of computers"
        )
        raise CommandFailed(f"Failure [INSTALL_FAILED_NO_MATCHING_ABIS: {reason}]")
    if app not in call.device.installed:
        call.device.install(app)
    await call.print("Success\n")
    return 0


async def _uninstall(call: Call, package: str) -> int:
    device = call.device
    app = next((app for app in device.installed if app.package == package), None)
    if app is None:
        there = await device.app(package) is not None
        reason = "DELETE_FAILED_INTERNAL_ERROR" if not there else "DELETE_FAILED_USER_RESTRICTED"
        raise CommandFailed(f"Failure [{reason}]")
    device.installed.remove(app)
    enabled = await device.enabled_keyboards()
    await device.put_setting("secure", "enabled_input_methods", ":".join(enabled))
    if await device.keyboard() not in enabled:
        await device.put_setting("secure", "default_input_method", enabled[0])
    await call.print("Success\n")
    return 0


async def _resolve(call: Call, words: Arguments, every: bool) -> int:
    rest, brief, components = [], False, False
    for word in words.rest:
        brief, components = brief or word == "--brief", components or word == "--components"
        if word not in ("--brief", "--components", "--query-flags"):
            rest.append(word)
    apps = await matching(call, read_intent(Arguments(tuple(rest))))
    if not apps:
        await call.print("No activities found\n" if every else "No activity found\n")
        return 0
    if not every:
        await call.print(f"{_MATCH}\n{apps[0].component}\n" if brief else resolve_info(apps[0], ""))
        return 0
    if components:
        await call.print("".join(f"{app.component}\n" for app in apps))
        return 0
    await call.print(f"{len(apps)} activities found:\n")
    for index, app in enumerate(apps):
        shown = f"    {_MATCH}\n    {app.component}\n" if brief else resolve_info(app, "    ")
        await call.print(f"  Activity #{index}:\n{shown}")
    return 0


def _package(words: Arguments) -> str:
    while (option := words.option()) is not None:
        if option == "--user":
            words.required()
    return words.required()


def _uid(call: Call, app: App) -> int:
    return 1000 if app.package == "android" else 10000 + int(call.device.number(app.package), 16) % 500
