"""What has the focus in the active window, as reported through AT-SPI, the accessibility bus of Linux desktops."""

import asyncio
from collections.abc import Mapping

from handeye.actions.errors import MissingDependency
from handeye.environments.desktop.accessibility_bus import AccessibilityBus, AccessibilityUnavailable, Node, State
from handeye.environments.desktop.system import Field
from handeye.environments.owner_thread import OwnerThread

_SECONDS = 2.0
"""A program that does not say by then counts as one that does not report it."""
_MOST_NODES = 3000
_MOST_CHILDREN = 1000
_FIELDS = frozenset({"entry", "text", "password text", "spin button", "editbar", "search box"})
_OTHERS = frozenset({"table", "tree", "tree table", "list", "icon", "table cell", "paragraph", "layered pane"})
"""Roles in which keys mean something else: cells, files, the paragraphs of a document."""


def focused_field(process: int, environ: Mapping[str, str]) -> Field | None:
    """Return what has the focus in the active window of a process; None if the program does not report that.

    environ: the environment of the programs on the desktop, which names their session bus. Takes two seconds at most.
    """
    thread = OwnerThread("handeye-focus")
    try:
        return thread.call(_find(process, environ), 2 * _SECONDS)
    except (AccessibilityUnavailable, MissingDependency, TimeoutError):
        return None
    finally:
        thread.stop()


async def _find(process: int, environ: Mapping[str, str]) -> Field | None:
    async with asyncio.timeout(_SECONDS):
        bus = await AccessibilityBus.connect(environ)
        try:
            programs = await bus.programs()
            processes = await asyncio.gather(*(bus.process(program) for program in programs))
            for program, number in zip(programs, processes, strict=True):
                if number == process:
                    return _chosen([await _field(bus, node, states) for node, states in await _focused(bus, program)])
        finally:
            bus.close()
    return None


async def _focused(bus: AccessibilityBus, program: Node) -> list[tuple[Node, frozenset[State]]]:
    """Return the focused objects of a program's active window, outer ones first."""
    windows = await bus.children(program)
    states = await asyncio.gather(*(bus.states(window) for window in windows))
    level = [window for window, found in zip(windows, states, strict=True) if State.ACTIVE in found]
    focused, left = [], _MOST_NODES
    while level and left > 0:
        level = level[:left]
        left -= len(level)
        states = await asyncio.gather(*(bus.states(node) for node in level))
        shown = [(node, found) for node, found in zip(level, states, strict=True) if State.SHOWING in found]
        focused += [(node, found) for node, found in shown if State.FOCUSED in found]
        counts = await asyncio.gather(*(bus.count(node) for node, _ in shown))
        inner = [node for (node, _), count in zip(shown, counts, strict=True) if 0 < count <= _MOST_CHILDREN]
        level = [child for children in await asyncio.gather(*map(bus.children, inner)) for child in children]
    return focused


async def _field(bus: AccessibilityBus, node: Node, states: frozenset[State]) -> Field:
    role = await bus.role(node)
    editable = role in _FIELDS and State.EDITABLE in states
    return Field(role, editable, State.MULTI_LINE in states, await bus.characters(node))


def _chosen(found: list[Field]) -> Field | None:
    """Return the innermost field, unless something else has the focus too: a cell that is being edited."""
    others = [field for field in found if field.role in _OTHERS]
    fields = [field for field in found if field.editable]
    return next(iter([*others, *reversed(fields), *reversed(found)]), None)
