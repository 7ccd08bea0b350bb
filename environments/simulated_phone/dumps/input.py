"""`dumpsys input`, in the parts that tools read: the touchscreen, and how the screen is turned."""

from handeye.environments.simulated_phone.device import DISPLAY_ID, Device


def input_(device: Device) -> str:
    """Return what `dumpsys input` prints."""
    (width, height), rotation = device.display.size, device.rotation
    frame = f"[0, 0, {width}, {height}]"
    viewport = (
        f"Viewport INTERNAL: displayId=0, uniqueId=local:{DISPLAY_ID}, port=0, orientation={rotation}, "
        f"logicalFrame={frame}, physicalFrame={frame}, deviceSize=[{width}, {height}], isActive=[1]"
    )
    return (
        "INPUT MANAGER (dumpsys input)\n"
        "\n"
        "Input Manager State:\n"
        "  Interactive: true\n"
        "  System UI Lights Out: false\n"
        "\n"
        "Event Hub State:\n"
        "  BuiltInKeyboardId: -2\n"
        "  Devices:\n"
        "    2: simulated_touchscreen\n"
        "      Classes: TOUCH | TOUCH_MT\n"
        "      Path: /dev/input/event1\n"
        "      Enabled: true\n"
        "\n"
        "Input Reader State:\n"
        "  Device 2: simulated_touchscreen\n"
        "    Sources: KEYBOARD | TOUCHSCREEN\n"
        f"    {viewport}\n"
        "    Touch Input Mapper (mode - DIRECT):\n"
        f"      RawSurfaceWidth: {width}px\n"
        f"      RawSurfaceHeight: {height}px\n"
        f"      PhysicalWidth: {width}px\n"
        f"      PhysicalHeight: {height}px\n"
        f"      SurfaceOrientation: {rotation}\n"
        "  Configuration:\n"
        f"    {viewport}\n"
        "\n"
        "Input Dispatcher State:\n"
        "  DispatchEnabled: true\n"
        "  DispatchFrozen: false\n"
        "  FocusedDisplayId: 0\n"
    )
