"""`uiautomator dump`: the UI tree of the screen."""

from collections.abc import Iterator, Mapping
from typing import Any, Final
from xml.sax.saxutils import quoteattr

from handeye.environments.simulated_phone.device import Device
from handeye.environments.simulated_phone.shell.call import Call, CommandFailed

_DEFAULT: Final = "/sdcard/window_dump.xml"
_FLAGS = ("checkable", "checked", "clickable", "enabled", "focusable", "focused", "scrollable")
_LATE_FLAGS = (("long-clickable", "longClickable"), ("password", "password"), ("selected", "selected"))
_PRINTABLE = {code: None for code in (*range(0x20), 0xFFFE, 0xFFFF) if chr(code) not in "\t\n\r"}
"""Characters that XML does not allow."""


async def uiautomator(call: Call) -> int:
    """Write the tree to a file, and print its path."""
    if call.words[:1] != ("dump",):
        raise CommandFailed("Usage: uiautomator <subcommand> [options]\n\nAvailable subcommands:\n\ndump", 1)
    paths = [word for word in call.words[1:] if not word.startswith("-")]
    path = paths[0] if paths else _DEFAULT
    xml = await hierarchy(call.device)
    if xml is None:
        await call.complain("ERROR: null root node returned by UiTestAutomationBridge.\n")
        return 0
    if path == "/dev/tty":
        await call.print(xml)
    else:
        problem = await call.device.files.unwritable(call.path(path))
        if problem is not None:
            raise CommandFailed(f"java.io.FileNotFoundException: {path}: open failed: {problem}", 255)
        await call.device.files.write(call.path(path), xml.encode())
    await call.print(f"UI hierchary dumped to: {path}\n")
    return 0


async def hierarchy(device: Device) -> str | None:
    """Return the tree as XML, in pixels of the screen; None while the screen is off."""
    if not (await device.focus()).on:
        return None
    tree = await device.ask("() => phone.tree()")
    nodes = "".join(_node(device, tree, 0))
    head = "<?xml version='1.0' encoding='UTF-8' standalone='yes' ?>"
    return f'{head}<hierarchy rotation="{device.rotation}">{nodes}</hierarchy>'


def _node(device: Device, node: Mapping[str, Any], index: int) -> Iterator[str]:
    left, top, right, bottom = node["bounds"]
    (x1, y1), (x2, y2) = device.display.to_screen(left, top), device.display.to_screen(right, bottom)
    attributes = [
        ("index", str(index)),
        ("text", str(node.get("text") or "")),
        ("resource-id", str(node.get("resourceId") or "")),
        ("class", str(node["class"])),
        ("package", str(node.get("package") or "")),
        ("content-desc", str(node.get("contentDesc") or "")),
        *((name, str(bool(node.get(name))).lower()) for name in _FLAGS),
        *((name, str(bool(node.get(key))).lower()) for name, key in _LATE_FLAGS),
        ("bounds", f"[{x1},{y1}][{x2},{y2}]"),
    ]
    shown = " ".join(f"{name}={_quoted(value)}" for name, value in attributes)
    children = node.get("children") or ()
    if not children:
        yield f"<node {shown} />"
        return
    yield f"<node {shown}>"
    for number, child in enumerate(children):
        yield from _node(device, child, number)
    yield "</node>"


def _quoted(value: str) -> str:
    escaped = quoteattr(value.translate(_PRINTABLE), {'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})
    return escaped if escaped.startswith('"') else f'"{escaped[1:-1]}"'
