"""Checks pointer actions by what the page of targets reports."""

import math
from collections.abc import Iterator

from handeye.actions.geometry import Box, Point
from handeye.actions.schema import Click, Drag, LongPress, Move, Scroll
from handeye.environments.contract.basics import require
from handeye.environments.contract.page import TargetPage

_BUTTONS = {"left": 0, "middle": 1, "right": 2}
_HOLD = 0.6
"""Seconds of a long press: longer than a touchscreen's threshold."""
FRAMES = 2 / 60
"""Seconds of two frames: what is down for less may go unseen by a page that looks once per frame."""
_NEAR = 2
"""Pixels by which a drag may miss a point in the middle of its path."""
_SCROLL = 240
"""Screenshot pixels."""
_ROUGHLY = (0.4, 2.5)
"""How much of the requested distance a scroll may cover: wheels turn in notches, and a fling carries content on."""


def check_clicks(page: TargetPage) -> Iterator[str]:
    """Clicks land on the given pixel with their button, count and modifiers, or are rejected."""
    first, last = page.view.box("target1"), page.view.box(page.view.layout.targets[-1])
    upper_left, lower_right = Point(first.left, first.top), Point(last.right - 1, last.bottom - 1)
    require(_click(page, Click(point=upper_left), "target1"), "a click is rejected")
    require(_click(page, Click(point=lower_right), page.view.layout.targets[-1]), "a click is rejected")
    # One CSS px to the left: a browser that only emulates a scale factor rounds up in its hit test.
    for x in (first.left - math.ceil(page.view.layout.ratio), first.right):
        _click(page, Click(point=Point(x, first.top)), "")
    yield "clicks land on the exact pixel"
    for count in (2, 3):
        _click(page, Click(point=first.center, count=count), "target1")
    for button in ("right", "middle"):
        _click(page, Click(point=first.center, button=button), "target1")
    for modifiers in (("ctrl",), ("ctrl", "shift")):
        _click(page, Click(point=first.center, modifiers=modifiers), "target1")
    yield "clicks have their button, count and modifiers, or are rejected"


def _click(page: TargetPage, action: Click, part: str) -> bool:
    """Return whether it was carried out; if so, require that it arrived as intended."""
    if page.attempt(action) is None:
        return False
    presses = page.arrived("mousedown", action.count)
    downs, ups = page.server.events("pointerdown"), page.server.events("pointerup")
    what = f"a click, {action.button} {action.count} {'+'.join(action.modifiers)}".rstrip()
    counts = (len(downs), len(ups), len(presses))
    require(counts == (action.count,) * 3, f"{what}, arrived as {counts[0]} presses and {counts[1]} releases")
    page.require_landed((*downs, *ups), action.point, what)
    for event in downs:
        # A touch counts for the nearest tappable element, which may be beside the point.
        met = event.part == part or (event.pointer == "touch" and part == "")
        require(met, f"{what}, hit {event.part or 'the background'}")
    for event in (*downs, *presses):
        require(event.button == _BUTTONS[action.button], f"{what}, arrived with button {event.button}")
        require(set(event.modifiers) == set(action.modifiers), f"{what}, arrived with {event.modifiers}")
    if all(event.pointer == "mouse" for event in downs):
        numbers = [event.count for event in presses]
        require(numbers == list(range(1, action.count + 1)), f"{what}, arrived as separate clicks: {numbers}")
    return True


def check_press_length(page: TargetPage) -> Iterator[str]:
    """A click lasts as long as a game that looks once per frame needs to see it."""
    if page.attempt_click("target1") is None:
        return
    ups = page.arrived("pointerup")
    lasted = ups[0].time - page.server.events("pointerdown")[0].time
    require(lasted >= FRAMES, f"a click lasted {lasted:.3f} s: a page that looks once per frame may miss it")
    yield "clicks last long enough for a page that looks once per frame"


def check_long_press(page: TargetPage) -> Iterator[str]:
    """It lasts for the requested time."""
    point = page.view.center("target2")
    if page.attempt(LongPress(point=point, seconds=_HOLD)) is None:
        return
    ups = page.arrived("pointerup")
    downs = page.server.events("pointerdown")
    require((len(downs), len(ups)) == (1, 1), f"a long press arrived as {len(downs)} presses and {len(ups)} releases")
    page.require_landed((*downs, *ups), point, "a long press")
    lasted = ups[0].time - downs[0].time
    require(0.9 * _HOLD <= lasted <= _HOLD + 1, f"a long press of {_HOLD:g} s lasted {lasted:.2f} s")
    yield "a long press lasts for the requested time"


def check_move(page: TargetPage) -> Iterator[str]:
    """It moves the pointer and presses nothing."""
    point = page.view.center("target3")
    page.attempt(Move(point=page.view.center("target1")))
    if page.attempt(Move(point=point)) is None:
        return
    moves = page.arrived("pointermove")
    require(bool(moves), "a move did not arrive")
    page.require_landed(moves[-1:], point, "a move")
    require(not page.server.events("pointerdown"), "a move pressed a button")
    require(all(event.buttons == 0 for event in moves), "a move was made with a button held")
    yield "a move moves the pointer and presses nothing"


def check_drag(page: TargetPage) -> Iterator[str]:
    """It follows its path with the button held."""
    view = page.view
    path = tuple(view.center(f"target{number}") for number in (1, 2, 4))
    if page.attempt(Drag(path=path)) is None:
        return
    ups = page.arrived("pointerup")
    downs = page.server.events("pointerdown")
    require((len(downs), len(ups)) == (1, 1), f"a drag arrived as {len(downs)} presses and {len(ups)} releases")
    page.require_landed(downs, path[0], "a drag from")
    page.require_landed(ups, path[-1], "a drag to")
    moves = [event for event in page.server.events("pointermove") if downs[0].time <= event.time <= ups[0].time]
    held = [event for event in moves if event.buttons == 1]
    require(len(held) > len(path), f"a drag arrived as {len(held)} moves: toolkits take so few for a jump, or no drag")
    box = Box(path[1].x - _NEAR, path[1].y - _NEAR, path[1].x + _NEAR + 1, path[1].y + _NEAR + 1)
    require(any(box.contains(view.landed(event)) for event in held), f"a drag did not pass {path[1]}")
    yield "a drag follows its path with the button held"
    if page.attempt(Drag(path=path[:2], hold_seconds=_HOLD)) is None:
        return
    page.arrived("pointerup")
    pressed = page.server.events("pointerdown")[0].time
    moved = [event.time for event in page.server.events("pointermove") if event.time > pressed and event.buttons == 1]
    rested = moved[0] - pressed if moved else 0.0
    require(rested >= 0.9 * _HOLD, f"a drag with hold_seconds {_HOLD:g} moved after {rested:.2f} s")
    yield "a drag with hold_seconds is pressed for that time before it moves"


def check_scroll(page: TargetPage) -> Iterator[str]:
    """It scrolls in the requested direction, by about the requested distance."""
    point, done = page.view.center("scroll"), False
    for dx, dy in ((0, _SCROLL), (0, -_SCROLL), (_SCROLL, 0), (-_SCROLL, 0)):
        before = page.server.scrolled()
        if page.attempt(Scroll(point=point, dx=dx, dy=dy)) is None:
            continue
        page.arrived("scroll")
        after = page.server.scrolled()
        moved = tuple((now - then) * page.view.layout.ratio for now, then in zip(after, before, strict=True))
        for asked, got, other in ((dx, moved[0], moved[1]), (dy, moved[1], moved[0])):
            if asked != 0:
                least, most = _ROUGHLY
                require(least <= got / asked <= most, f"a scroll by {asked} px moved the content by {got:g} px")
                require(abs(other) <= abs(got) / 2, f"a scroll by ({dx}, {dy}) px moved sideways by {other:g} px")
        done = True
    if done:
        yield "a scroll moves in its direction, by about the requested distance"
