"""`dumpsys window`, in the parts that tools read: the focused window, and whether the phone is locked."""

from handeye.environments.simulated_phone.device import Device
from handeye.environments.simulated_phone.focus import Focus

_SYSTEM_UI = "com.android.systemui"


def window_name(device: Device, focus: Focus) -> str:
    """Return the window manager's name for the window in front."""
    if focus.package == _SYSTEM_UI:
        return f"Window{{{device.number('shade')} u0 NotificationShade}}"
    name = focus.title or f"{focus.package}/{focus.activity}"
    return f"Window{{{device.number(name)} u0 {name}}}"


def activity_record(device: Device, focus: Focus) -> str:
    """Return the system's name for the activity in front."""
    return f"ActivityRecord{{{device.number(focus.activity)} u0 {focus.component} t{device.task(focus.package)}}}"


async def window(device: Device, words: tuple[str, ...]) -> str:
    """Return what `dumpsys window` prints, or one part of it: `windows`, `displays` or `policy`."""
    focus = await device.focus()
    parts = {
        "policy": _policy(focus),
        "displays": _displays(device, focus),
        "windows": _windows(device, focus),
    }
    chosen = next((word for word in words if word in parts), None)
    if chosen == "windows":
        return parts["windows"]  # since Android 13 this part no longer reports the focus
    if chosen is not None:
        return parts[chosen]
    return "".join((*parts.values(), _focus(device, focus)))


def _windows(device: Device, focus: Focus) -> str:
    width, height = device.display.size
    name, record = window_name(device, focus), activity_record(device, focus)
    secure = " SECURE" if focus.secure else ""
    ime = ""
    if focus.keyboard:
        ime = (
            f"  Window #0 Window{{{device.number('ime')} u0 InputMethod}}:\n"
            f"    mDisplayId=0 rootTaskId=1 package=com.android.inputmethod.latin appop=NONE\n"
            f"    mHasSurface=true isReadyForDisplay()=true mWindowRemovalAllowed=false\n"
            f"    isOnScreen=true\n    isVisible=true\n"
        )
    return (
        "WINDOW MANAGER WINDOWS (dumpsys window windows)\n"
        f"{ime}"
        f"  Window #1 {name}:\n"
        f"    mDisplayId=0 rootTaskId={device.task(focus.package)} mSession=Session{{{device.number('session')} "
        f"{device.process(focus.package)}:u0a10087}} mClient=android.os.BinderProxy@{device.number('client')}\n"
        f"    mOwnerUid=10087 showForAllUsers=false package={focus.package} appop=NONE\n"
        f"    mAttrs={{(0,0)(fillxfill) sim={{adjust=resize}} ty=BASE_APPLICATION\n"
        f"      fl=LAYOUT_IN_SCREEN{secure} LAYOUT_INSET_DECOR SPLIT_TOUCH HARDWARE_ACCELERATED}}\n"
        f"    Requested w={width} h={height} mLayoutSeq=100\n"
        f"    mBaseLayer=21000 mSubLayer=0    mToken={record}\n"
        f"    mActivityRecord={record}\n"
        f"    mViewVisibility=0x0 mHaveFrame=true mObscured=false\n"
        f"    mHasSurface=true isReadyForDisplay()=true mWindowRemovalAllowed=false\n"
        f"    Frames: parent=[0,0][{width},{height}] display=[0,0][{width},{height}] frame=[0,0][{width},{height}]\n"
        f"    isOnScreen=true\n    isVisible=true\n"
        "\n"
        f"  mGlobalConfiguration={_configuration(device)}\n"
        f"  mHasPermanentDpad=false\n"
        f"  mTopFocusedDisplayId=0\n"
        f"  mInputMethodTarget={name if focus.editable else 'null'}\n"
        f"  mInTouchMode=true\n"
        f"  mSystemBooted=true mDisplayEnabled=true\n"
        f"  mTransactionSequence=100\n"
        f"  mDisplayFrozen=false windows=0 client=false apps=0  mRotation={device.rotation}\n"
    )


def _displays(device: Device, focus: Focus) -> str:
    width, height = device.display.size
    upright = device.physical_size
    base = "" if device.size_override is None else f" base={device.size}"
    density = f"{device.physical_density}dpi"
    density += "" if device.density_override is None else f" (base) {device.density}dpi"
    return (
        "WINDOW MANAGER DISPLAY CONTENTS (dumpsys window displays)\n"
        "  Display: mDisplayId=0 (organized)\n"
        f"    init={upright} {density}{base} cur={width}x{height} app={width}x{height} "
        f"rng={min(width, height)}x{min(width, height)}-{max(width, height)}x{max(width, height)}\n"
        f"    deferred=false mLayoutNeeded=false mTouchExcludeRegion=SkRegion((0,0,{width},{height}))\n"
        "\n"
        f"{_focus(device, focus)}"
        f"  mHoldScreenWindow=null\n"
        f"  DisplayRotation\n"
        f"    mCurrentAppOrientation=SCREEN_ORIENTATION_UNSPECIFIED\n"
        f"    mRotation={device.rotation}\n"
        f"    mCurrentRotation=ROTATION_{device.rotation * 90}\n"
        "  InsetsState\n"
        f"    InsetsSource id=3 type=ime frame={_keyboard_frame(device, focus)} "
        f"visible={str(focus.keyboard).lower()} flags=[]\n"
    )


def _keyboard_frame(device: Device, focus: Focus) -> str:
    if focus.keyboard_top is None:
        return "[0,0][0,0]"
    width, height = device.display.size
    return f"[0,{device.display.to_screen(0, focus.keyboard_top)[1]}][{width},{height}]"


def _policy(focus: Focus) -> str:
    locked, on = str(focus.locked).lower(), str(focus.on).lower()
    return (
        "WINDOW MANAGER POLICY STATE (dumpsys window policy)\n"
        "    mSafeMode=false mSystemReady=true mSystemBooted=true\n"
        f"    mAwake={on} mScreenOnEarly={on} mScreenOnFully={on}\n"
        f"    mKeyguardDrawComplete={on} mWindowManagerDrawComplete={on}\n"
        f"    mShowingDream=false mDreamingLockscreen={locked}\n"
        f"    KeyguardServiceDelegate\n"
        f"      showing={locked}\n"
        f"      showingAndNotOccluded={locked}\n"
        f"      inputRestricted={locked}\n"
        f"      occluded=false\n"
        f"      secure=false\n"
        f"      screenState={'SCREEN_STATE_ON' if focus.on else 'SCREEN_STATE_OFF'}\n"
        f"      interactiveState={'INTERACTIVE_STATE_AWAKE' if focus.on else 'INTERACTIVE_STATE_SLEEP'}\n"
        f"      KeyguardStateMonitor\n"
        f"        mIsShowing={locked}\n"
        f"        mSimSecure=false\n"
        f"        mInputRestricted={locked}\n"
        f"        mTrusted=false\n"
        "\n"
    )


def _focus(device: Device, focus: Focus) -> str:
    app = activity_record(device, focus) if focus.package != _SYSTEM_UI else "null"
    return f"  mCurrentFocus={window_name(device, focus)}\n  mFocusedApp={app}\n"


def _configuration(device: Device) -> str:
    width, height = device.display.css
    short, long = min(width, height), max(width, height)
    side = "port" if height >= width else "land"
    return (
        f"{{1.0 ?mcc0mnc [en_US] ldltr sw{short}dp w{width}dp h{height}dp {device.density}dpi "
        f"{'nrml' if long < 960 else 'lrg'} long {side} finger -keyb/v/h -nav/h winConfig={{ "
        f"mBounds=Rect(0, 0 - {device.display.size.width}, {device.display.size.height}) "
        f"mRotation=ROTATION_{device.rotation * 90}}} s.100}}"
    )
