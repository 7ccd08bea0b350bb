"""`dumpsys activity`, in the parts that tools read: which activity is in front."""

from handeye.environments.simulated_phone.device import Device
from handeye.environments.simulated_phone.dumps.window import activity_record
from handeye.environments.simulated_phone.focus import Focus

_SYSTEM_UI = "com.android.systemui"
_LAUNCHER = ("com.android.launcher3", "com.android.launcher3.uioverrides.QuickstepLauncher")


async def activity(device: Device, words: tuple[str, ...]) -> str:
    """Return what `dumpsys activity` prints, or one part of it: `activities`, `top`, `recents`, `processes`."""
    focus = await device.focus()
    part = words[0] if words else ""
    match part:
        case "activities" | "a" | "":
            return _activities(device, focus)
        case "top":
            return _top(device, focus)
        case "recents" | "r":
            return f"ACTIVITY MANAGER RECENT TASKS (dumpsys activity recents)\n  * Recent #0: {_task(device, focus)}\n"
        case "processes" | "p":
            records = [
                f"{device.number(f'process {name}')} {device.process(name)}:{name}/u0a87"
                for name in await device.running()
            ]
            return (
                "ACTIVITY MANAGER RUNNING PROCESSES (dumpsys activity processes)\n  All known processes:\n"
                + "".join(f"  *APP* UID 10087 ProcessRecord{{{record}}}\n    user #0 uid=10087\n" for record in records)
                + f"  mFocusedApp={device.process(focus.package)}:{focus.package}/u0a87\n"
            )
        case _:
            return ""


async def tasks(device: Device) -> str:
    """Return what `am stack list` prints: the launcher's task and the one of the app in front, which is visible."""
    focus = await device.focus()
    width, height = device.display.size
    frame = f"[0,0][{width},{height}]"

    def stack(one: Focus, visible: bool) -> str:
        number = device.task(one.package)
        return (
            f"RootTask id={number} bounds={frame} displayId=0 userId=0\n"
            f" configuration={{1.0 ?mcc0mnc [en_US] ldltr port finger -keyb/v/h -nav/h s.100}}\n"
            f"  taskId={number}: {one.package}/{one.activity} bounds={frame} userId=0 visible={str(visible).lower()} "
            f"topActivity=ComponentInfo{{{one.package}/{one.activity}}}\n\n"
        )

    if focus.package in (_LAUNCHER[0], _SYSTEM_UI):
        return stack(_home(focus), focus.on and not focus.locked)
    return stack(focus, focus.on and not focus.locked) + stack(_home(focus), False)


def _home(focus: Focus) -> Focus:
    package, name = _LAUNCHER
    return Focus(package, name, "", focus.on, focus.locked, False, False, None, False, "")


def _activities(device: Device, focus: Focus) -> str:
    record, locked = activity_record(device, focus), str(focus.locked).lower()
    resumed = focus.on and not focus.locked
    shown = f"    topResumedActivity={record}\n" if resumed else ""
    last = f"  ResumedActivity: {record}\n" if resumed else ""
    return (
        "ACTIVITY MANAGER ACTIVITIES (dumpsys activity activities)\n"
        "Display #0 (activities from top to bottom):\n"
        f"  * {_task(device, focus)}\n"
        f"    mLastPausedActivity: {record}\n"
        f"{shown}"
        f"    * Hist  #0: {record}\n"
        f"      packageName={focus.package} processName={focus.package}\n"
        f"      state={'RESUMED' if resumed else 'STOPPED'} delayedResume=false finishing=false\n"
        "\n"
        f"{last}"
        f"  mFocusedApp={record}\n"
        "\n"
        "ActivityTaskSupervisor state:\n"
        "  topDisplayFocusedRootTask=" + _task(device, focus) + "\n"
        f"  mKeyguardShowing={locked}\n"
        "KeyguardController:\n"
        f"  mKeyguardShowing={locked}\n"
        "  mKeyguardGoingAway=false\n"
    )


def _top(device: Device, focus: Focus) -> str:
    """Return the launcher, which a phone always lists first, then the app in front of it."""
    below = _home(focus)
    shown = [below] if focus.package in (below.package, _SYSTEM_UI) else [below, focus]
    return "".join(
        f"TASK null id={device.task(one.package)} userId=0\n"
        f"  ACTIVITY {one.component} {device.number(one.activity)} pid={device.process(one.package)}\n"
        for one in shown
    )


def _task(device: Device, focus: Focus) -> str:
    return (
        f"Task{{{device.number(f'task {focus.package}')} #{device.task(focus.package)} type=standard "
        f"A=10087:{focus.package} U=0 visible=true visibleRequested=true mode=fullscreen translucent=false sz=1}}"
    )
