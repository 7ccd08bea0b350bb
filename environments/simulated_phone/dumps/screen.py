"""`dumpsys` of the services around the screen: its size and rotation, its power, and the keyboard."""

from handeye.environments.simulated_phone.device import DISPLAY_ID, Device


async def display(device: Device) -> str:
    """Return what `dumpsys display` prints."""
    (width, height), upright, rotation = device.display.size, device.physical_size, device.rotation
    on = "ON" if (await device.focus()).on else "OFF"
    frame = f"Rect(0, 0 - {width}, {height})"
    info = (
        f'DisplayInfo{{"Built-in Screen", displayId 0, displayGroupId 0, FLAG_SECURE, FLAG_SUPPORTS_PROTECTED_BUFFERS, '
        f"FLAG_TRUSTED, real {width} x {height}, largest app {max(upright)} x {max(upright)}, smallest app "
        f"{min(upright)} x {min(upright)}, mode 1, defaultMode 1, rotation {rotation}, state {on}, type INTERNAL, "
        f'uniqueId "local:{DISPLAY_ID}", app {width} x {height}, density {device.density} '
        f"({device.density}.0 x {device.density}.0) dpi, layerStack 0}}"
    )
    return (
        "DISPLAY MANAGER (dumpsys display)\n"
        "  mOnlyCode=false\n  mSafeMode=false\n  mPendingTraversal=false\n"
        f"  mViewports=[DisplayViewport{{type=INTERNAL, valid=true, isActive=true, displayId=0, "
        f"uniqueId='local:{DISPLAY_ID}', physicalPort=0, orientation={rotation}, logicalFrame={frame}, "
        f"physicalFrame={frame}, deviceWidth={width}, deviceHeight={height}}}]\n"
        f"  mStableDisplaySize=Point({upright.width}, {upright.height})\n"
        "\n"
        f"Display States: size=1\n  Display Id=0\n  Display State={on}\n  Display Brightness=0.5\n"
        "\n"
        "Logical Displays: size=1\n"
        "  Display 0:\n"
        "    mDisplayId=0\n"
        f"    mBaseDisplayInfo={info}\n"
        f"    mOverrideDisplayInfo={info}\n"
        f"    mCurrentOrientation={rotation}\n"
    )


async def power(device: Device) -> str:
    """Return what `dumpsys power` prints."""
    on = (await device.focus()).on
    awake, holding = "Awake" if on else "Asleep", str(on).lower()
    return (
        "POWER MANAGER (dumpsys power)\n"
        "\n"
        "Power Manager State:\n"
        "  mDirty=0x0\n"
        f"  mWakefulness={awake}\n"
        "  mWakefulnessChanging=false\n"
        "  mIsPowered=true\n  mPlugType=2\n  mBatteryLevel=100\n"
        "  mStayOn=false\n  mProximityPositive=false\n  mBootCompleted=true\n  mSystemReady=true\n"
        "  mHoldingWakeLockSuspendBlocker=false\n"
        f"  mHoldingDisplaySuspendBlocker={holding}\n"
        "\n"
        f"Display Power: state={'ON' if on else 'OFF'}\n"
    )


async def input_method(device: Device) -> str:
    """Return what `dumpsys input_method` prints."""
    focus, keyboard = await device.focus(), await device.keyboard()
    shown, target = str(focus.keyboard).lower(), str(focus.editable).lower()
    # A number is used unchanged: Android's own bits. Words are the page's names for its fields.
    kind = f"0x{int(focus.input_type):x}" if focus.input_type.isdecimal() else "0x1" if focus.editable else "0x0"
    return (
        "Input method client state for com.android.internal.inputmethod.IInputMethodClient$Stub:\n"
        "Current Input Method Manager state:\n"
        "  Input Methods: mMethodMapUpdateCount=1 mMyPackageMonitor=null\n"
        + "".join(f"  InputMethod #{index}:\n    mId={name}\n" for index, name in enumerate(device.keyboards()))
        + f"  mCurMethodId={keyboard}\n"
        f"  mCurClient=ClientState{{{device.number('client')} mUid=10087 "
        f"mPid={device.process(focus.package)}}} mCurSeq=1\n"
        f"  mCurPerceptible=true\n"
        f"  mImeHiddenByDisplayPolicy=false\n"
        f"  mCurFocusedWindow=android.os.BinderProxy@{device.number(focus.activity)} softInputMode=ADJUST_RESIZE\n"
        f"  mCurId={keyboard} mHaveConnection=true mBoundToMethod=true mVisibleBound={shown}\n"
        f"  mCurToken=android.os.Binder@{device.number('token')}\n"
        f"  mCurMethod=com.android.internal.inputmethod.IInputMethod$Stub$Proxy@{device.number(keyboard)}\n"
        f"  mShowRequested={shown} mShowExplicitlyRequested={shown} mShowForced=false mInputShown={shown}\n"
        f"  mInFullscreenMode=false\n"
        f"  mSystemReady=true mInteractive={str(focus.on).lower()}\n"
        "\n"
        "Input method service state for " + keyboard.partition("/")[0] + ":\n"
        f"  mCreated=true\n  mDecorViewVisible={shown}\n  mWindowVisible={shown}\n"
        f"  mInputStarted={target} mInputViewStarted={shown} mCandidatesViewStarted=false\n"
        f"  mInputEditorInfo:\n    inputType={kind} imeOptions=0x0 privateImeOptions=null\n"
        f"    packageName={focus.package}\n"
        f"  mServedView={'android.webkit.WebView' if focus.editable else 'null'}\n"
    )


def surface_flinger(words: tuple[str, ...]) -> str:
    """Return what `dumpsys SurfaceFlinger` prints."""
    line = f'Display {DISPLAY_ID} (HWC display 0): port=0 pnpId=HND displayName="Built-in Screen"\n'
    return line if "--display-id" in words else f"Build configuration: [sf PRESENT_TIME_OFFSET=0]\n{line}"
