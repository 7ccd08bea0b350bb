"""The elements of the active window that can be pointed at, from AT-SPI, the accessibility bus of Linux desktops.

GTK and Qt programs, LibreOffice, and browsers started with `--force-renderer-accessibility` report their elements
there; other programs (xterm, games) have none.
"""

import asyncio
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from handeye.actions.geometry import Box, Frame
from handeye.environments.desktop.accessibility_bus import AccessibilityBus, AccessibilityUnavailable, Node, State
from handeye.environments.element import Element
from handeye.environments.elements import reading_order
from handeye.environments.owner_thread import OwnerThread
from handeye.environments.secrets import Secrets

_SECONDS = 2.0
"""What is known by then is returned; a busy program answers late."""
_MOST_NODES = 3000
_MOST_CHILDREN = 1000
"""Every cell of a spreadsheet is an object too."""
_LONGEST_TEXT = 1000
_ROLES = frozenset(
    {
        "button",
        "check box",
        "check menu item",
        "combo box",
        "date editor",
        "entry",
        "icon",
        "link",
        "list item",
        "menu",
        "menu item",
        "page tab",
        "password text",
        "push button",
        "push button menu",
        "radio button",
        "radio menu item",
        "slider",
        "spin button",
        "switch",
        "table cell",
        "table column header",
        "terminal",
        "text",
        "toggle button",
        "tree item",
    }
)
_PARTS = frozenset({"icon", "table cell"})
"""Without a text these are parts of an element that has one."""
_ITEMS = frozenset({"menu item", "check menu item", "radio menu item"})
"""Visible ones lie on top of everything else."""
_POPUPS = frozenset({"window", "popup menu", "menu", "tool tip"})
"""The roles of windows that belong to the active one: open combo box lists, menus."""


def find_elements(
    frame: Frame, environ: Mapping[str, str] | None = None, secrets: Secrets | None = None
) -> tuple[Element, ...]:
    """Return the elements of the active window and its menus that can be pointed at, in reading order.

    `frame` is the screenshot: its size, and as its origin the screen position of its upper left pixel. Boxes are in
    pixels of the screenshot and clipped to it. `environ` is the environment of the programs on the desktop, which
    names their session bus and GTK's scale (GDK_SCALE); None means that of this process. Texts hold no secrets.

    Takes at most about two seconds. May be called from any thread. Raises `AccessibilityUnavailable` if there is no
    accessibility bus or nothing answers, and `MissingDependency`.
    """
    given = os.environ if environ is None else environ
    thread = OwnerThread("handeye-accessibility")
    try:
        return thread.call(_find(frame, given, secrets or Secrets({})), 2 * _SECONDS)
    finally:
        thread.stop()


async def _find(frame: Frame, environ: Mapping[str, str], secrets: Secrets) -> tuple[Element, ...]:
    walk = None
    try:
        async with asyncio.timeout(_SECONDS):
            bus = await AccessibilityBus.connect(environ)
            try:
                walk = _Walk(bus, frame, _gtk_scale(environ), secrets)
                await walk.run()
            finally:
                bus.close()
    except TimeoutError:
        if walk is None or not walk.found:
            raise AccessibilityUnavailable(f"no program reported its window's elements within {_SECONDS:g} s") from None
    return reading_order(_uncovered(walk.found))


def _uncovered(found: Sequence[Element]) -> list[Element]:
    """Return the elements without those whose middle an open menu covers."""
    items = [element.box for element in found if element.role in _ITEMS]
    return [
        element
        for element in found
        if element.role in _ITEMS or not any(item.contains(element.box.center) for item in items)
    ]


def _gtk_scale(environ: Mapping[str, str]) -> int:
    given = environ.get("GDK_SCALE", "")
    return max(1, int(given)) if given.isdecimal() else 1


@dataclass(slots=True)
class _Walk:
    """A breadth-first traversal of the active window's tree, one level at a time."""

    bus: AccessibilityBus
    frame: Frame
    gtk_scale: int
    """Screen pixels per GTK pixel, the unit of its coordinates."""
    secrets: Secrets
    found: list[Element] = field(default_factory=list)
    scale: int = 1
    """The same for the program whose window is active."""
    left: int = _MOST_NODES

    async def run(self) -> None:
        """Find the window and all its elements."""
        programs = await self.bus.programs()
        windows = await asyncio.gather(*(self._windows(program) for program in programs))
        level = next((active for active in windows if active), [])
        if level and "gtk" in (await self.bus.toolkit(programs[windows.index(level)])).lower():
            self.scale = self.gtk_scale
        while level and self.left > 0:
            level = level[: self.left]
            self.left -= len(level)
            inner = await asyncio.gather(*(self._visit(node) for node in level))
            level = [child for children in inner for child in children]

    async def _windows(self, program: Node) -> list[Node]:
        """Return the program's active window and its popups; nothing if another program's window is active."""
        windows = await self.bus.children(program)
        states = await asyncio.gather(*(self.bus.states(window) for window in windows))
        roles = await asyncio.gather(*(self.bus.role(window) for window in windows))
        if not any(State.ACTIVE in state for state in states):
            return []
        return [
            window
            for window, state, role in zip(windows, states, roles, strict=True)
            if State.SHOWING in state and (State.ACTIVE in state or role in _POPUPS)
        ]

    async def _visit(self, node: Node) -> list[Node]:
        """Keep the object if it can be pointed at, and return its children; nothing if it is not visible."""
        states = await self.bus.states(node)
        if State.SHOWING not in states:
            return []
        role, count, box = await asyncio.gather(self.bus.role(node), self.bus.count(node), self._box(node))
        editable = State.EDITABLE in states
        if box is not None and role in _ROLES and State.SENSITIVE in states and (role != "text" or editable):
            text = await self._text(node, role, editable)
            if text or role not in _PARTS:
                self.found.append(Element(box, role, text, editable))
        return await self.bus.children(node) if 0 < count <= _MOST_CHILDREN else []

    async def _box(self, node: Node) -> Box | None:
        """Return the object's box in pixels of the screenshot; None if no part of it is visible."""
        extents = await self.bus.extents(node)
        if extents is None:
            return None
        seen, (x, y) = self.frame.box, self.frame.origin
        box = Box(
            max(extents.left * self.scale, seen.left) - x,
            max(extents.top * self.scale, seen.top) - y,
            min(extents.right * self.scale, seen.right) - x,
            min(extents.bottom * self.scale, seen.bottom) - y,
        )
        return box if box.size.width > 0 and box.size.height > 0 else None

    async def _text(self, node: Node, role: str, editable: bool) -> str:
        """Return its text or label; never the contents of a password field."""
        name = await self.bus.name(node) or await self.bus.label(node) or await self.bus.description(node)
        cut = 0
        if not name and editable and role != "password text":
            longest_secret = max((len(self.secrets.reveal(secret)) for secret in self.secrets.names), default=0)
            name = await self.bus.text(node, _LONGEST_TEXT + longest_secret)
            # A secret of which only the beginning was read is not recognized.
            cut = longest_secret if len(name) == _LONGEST_TEXT + longest_secret else 0
        shown = self.secrets.redact(name)
        if cut:
            last = max(shown.rfind(f"<{secret}>") for secret in self.secrets.names)
            shown = shown[: max(shown.find(">", last) + 1 if last >= 0 else 0, len(shown) - cut)]
        return " ".join(shown.split())[:_LONGEST_TEXT]
