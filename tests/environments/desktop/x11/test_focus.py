"""Keys go only where a program takes them, and the pointer only where it was moved to."""

import os
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from handeye.actions.geometry import Point
from handeye.actions.schema import Action, Click, Drag, Hold, LongPress, Move, Press, Scroll, Type
from handeye.environments.desktop.environment import DesktopEnvironment
from handeye.environments.desktop.input import Focus
from handeye.environments.desktop.isolated.environment import IsolatedDesktop
from handeye.environments.desktop.x11.display import open_display
from handeye.environments.desktop.x11.input import X11Input
from handeye.environments.errors import ActionPartial, ActionRejected
from handeye.environments.settle import Settle

QUICK = Settle(grace=0.05, quiet=0.05)
Show = Callable[[IsolatedDesktop, str], Any]
KEYS: list[Action] = [Type(text="ab"), Type(text="", submit=True), Press(keys=("a",)), Hold(keys=("b",), seconds=0.1)]


@pytest.fixture
def seen(isolated: IsolatedDesktop) -> Iterator[DesktopEnvironment]:
    with DesktopEnvironment(
        display=isolated.display, settle=QUICK, kill_switch=None, secrets={"word": "tulip"}
    ) as environment:
        environment.reset()
        yield environment


def require_rejected(seen: DesktopEnvironment, actions: list[Action], why: str) -> None:
    seen.observe()
    for action in actions:
        with pytest.raises(ActionRejected, match=why):
            seen.execute(action)
            pytest.fail(f"{action} is said to be executed")


def test_nothing_is_typed_where_no_window_is_active(seen: DesktopEnvironment) -> None:
    require_rejected(seen, KEYS, "no window is active: click the window to type into first")
    for chord in (("ctrl", "shift"), ("alt", "f4")):  # modifiers, and what the window manager itself acts on
        seen.execute(Press(keys=chord))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("window.change_attributes(event_mask=X.ButtonPressMask)", "takes no keys"),
        ("window.set_input_focus(X.RevertToNone, 0); window.unmap()", "no window"),
    ],
)
def test_nothing_is_typed_where_no_program_takes_it(
    change: str, why: str, xlib: Show, isolated: IsolatedDesktop, seen: DesktopEnvironment
) -> None:
    code = f"show(); {change}; screen.sync(); told['changed'] = True; tell()\nwhile True: screen.next_event()"
    xlib(isolated, code).until(lambda told: bool(told.get("changed")))
    require_rejected(seen, KEYS, why)


def test_a_window_that_wants_no_keys_gets_none(xlib: Show, isolated: IsolatedDesktop, seen: DesktopEnvironment) -> None:
    hints = "window.set_wm_hints(flags=Xutil.InputHint, input=0); window.map(); screen.sync(); time.sleep(0.3); tell()"
    xlib(isolated, hints + "\nwhile True: screen.next_event()")
    require_rejected(seen, KEYS, "no window is active")


LISTEN = """
told["keys"] = 0
while True:
    if screen.next_event().type == X.KeyPress:
        told["keys"] += 1
        tell()
"""


def test_a_keyboard_that_is_taken_meanwhile_gets_nothing(
    xlib: Show, isolated: IsolatedDesktop, seen: DesktopEnvironment
) -> None:
    target = xlib(isolated, "show()" + LISTEN)
    seen.observe()
    taker = "window.change_attributes(override_redirect=1); window.map(); screen.sync(); time.sleep(0.2)\n"
    taker += "window.grab_keyboard(True, X.GrabModeAsync, X.GrabModeAsync, 0); tell()" + LISTEN
    thief = xlib(isolated, taker)
    for action in KEYS:
        with pytest.raises(ActionRejected, match="another window has come to the front"):
            seen.execute(action)
    assert (target.told.get("keys", 0), thief.told.get("keys", 0)) == (0, 0)
    seen.observe()  # a menu, say: now it has been seen
    seen.execute(Type(text="ok"))
    thief.until(lambda told: told.get("keys") == 2)


def test_a_shortcut_of_the_desktop_is_told(xlib: Show, isolated: IsolatedDesktop, seen: DesktopEnvironment) -> None:
    from Xlib import X

    program = xlib(isolated, "show()" + LISTEN)
    display = open_display(isolated.display)
    root = display.screen().root
    code = display.keysym_to_keycode(0xFFC6)  # f9
    root.grab_key(code, X.ControlMask, False, X.GrabModeAsync, X.GrabModeAsync)
    display.sync()
    seen.observe()
    taken = seen.execute(Press(keys=("ctrl", "f9")))
    assert taken.notices == ("ctrl+f9 is a shortcut of the desktop: the program in front did not get it.",)
    assert seen.execute(Press(keys=("f9",))).notices == ()
    assert seen.execute(Hold(keys=("ctrl", "x"), seconds=0.1)).notices == ()
    program.until(lambda told: told.get("keys", 0) == 4)  # f9, ctrl twice, and x
    display.close()


LOCK = """
window.change_attributes(override_redirect=1)
window.configure(x=0, y=0, width=1280, height=800)
window.map()
screen.sync()
time.sleep(0.2)
window.grab_keyboard(True, X.GrabModeAsync, X.GrabModeAsync, 0)
window.grab_pointer(True, X.ButtonPressMask, X.GrabModeAsync, X.GrabModeAsync, 0, 0, 0)
tell()
while True: screen.next_event()
"""


def test_a_locked_screen_takes_nothing(xlib: Show, isolated: IsolatedDesktop, seen: DesktopEnvironment) -> None:
    xlib(isolated, LOCK)
    pointing: list[Action] = [Click(point=Point(9, 9)), Move(point=Point(9, 9)), Scroll(point=Point(9, 9), dy=9)]
    require_rejected(seen, [*KEYS, *pointing, Type(secret="word")], "takes all input, as a locked screen does")


CONFINED = """
show()
def confine(): return window.grab_pointer(True, mask & X.ButtonPressMask, 1, 1, window, 0, 0)
"""


def test_a_pointer_that_is_kept_is_not_said_to_be_elsewhere(
    xlib: Show, isolated: IsolatedDesktop, seen: DesktopEnvironment
) -> None:
    root = xlib(isolated, CONFINED + "while confine(): time.sleep(0.05)\ntold['kept'] = True; tell()\n" + LISTEN)
    root.until(lambda told: bool(told.get("kept")))
    outside = Point(20, 780)
    actions: list[Action] = [
        Click(point=outside, count=2),
        Move(point=outside),
        LongPress(point=outside, seconds=0.1),
        Drag(path=(outside, Point(300, 300))),
        Scroll(point=outside, dy=-200),
    ]
    require_rejected(seen, actions, r"cannot be moved to \[20, 780\], only to")
    seen.observe()
    seen.execute(Click(point=seen.windows()[0].box.center))


def test_a_drag_that_ends_elsewhere_says_where(xlib: Show, isolated: IsolatedDesktop, seen: DesktopEnvironment) -> None:
    code = CONFINED + "while True:\n    if screen.next_event().type == X.ButtonPress: confine(); screen.flush()"
    xlib(isolated, code)
    at = seen.windows()[0].box
    seen.observe()
    begin = Point(at.left + 50, at.top + 50)
    with pytest.raises(ActionPartial, match="cannot be moved to") as told:
        seen.execute(Drag(path=(begin, Point(at.left + 50, at.bottom + 90))))
    done = told.value.done
    assert isinstance(done, Drag) and done.path[0] == begin and at.bottom - 3 < done.path[1].y < at.bottom + 3


@pytest.fixture
def two_screens(needs: Callable[..., None]) -> Iterator[str]:
    """The name of a display with two screens, without a window manager."""
    needs("Xvfb")
    reading, writing = os.pipe()
    screens = ["-screen", "0", "800x600x24", "-screen", "1", "640x480x24"]
    command = ["Xvfb", "-displayfd", str(writing), *screens, "-nolisten", "tcp", "-noreset"]
    server = subprocess.Popen(command, pass_fds=(writing,), stderr=subprocess.DEVNULL)
    os.close(writing)
    with os.fdopen(reading) as number:
        yield f":{number.readline().strip()}"
    server.kill()
    server.wait()


def test_without_a_window_manager_the_focus_may_be_nowhere_or_the_pointers(two_screens: str) -> None:
    from Xlib import X

    display = open_display(two_screens)
    root = display.screen().root
    window = root.create_window(0, 0, 300, 300, 0, X.CopyFromParent, event_mask=X.KeyPressMask)
    window.map()
    hands = X11Input(two_screens)
    for focus, at, found in (
        (X.NONE, (9, 9), None),
        (X.PointerRoot, (400, 400), None),
        (X.PointerRoot, (9, 9), window.id),
        (root, (9, 9), window.id),
        (window, (400, 400), window.id),
    ):
        root.warp_pointer(*at)
        display.set_input_focus(focus, X.RevertToNone, X.CurrentTime)
        display.sync()
        told = hands.focus()
        assert (told.window, bool(told.problem)) == (found, found is None)
        if found is None:
            assert told.problem.startswith("no window has the keyboard: click the window")
    hands.close()
    root.warp_pointer(9, 9)
    display.set_input_focus(X.PointerRoot, X.RevertToNone, X.CurrentTime)
    display.sync()
    with DesktopEnvironment(display=two_screens, settle=QUICK, kill_switch=None) as seen:
        seen.reset()
        seen.execute(Type(text="xyz"))
    display.sync()
    keys = [display.next_event() for _ in range(display.pending_events())]
    assert [event.detail for event in keys if event.type == X.KeyPress] == [53, 29, 52]  # x, y, z
    display.close()


def test_another_screen_of_the_display_is_not_the_one_that_is_seen(two_screens: str) -> None:
    from Xlib import X

    other = open_display(f"{two_screens}.1")
    window = other.screen().root.create_window(0, 0, 300, 300, 0, X.CopyFromParent, event_mask=X.KeyPressMask)
    window.map()
    other.screen().root.warp_pointer(100, 100)
    other.sync()
    window.set_input_focus(X.RevertToParent, X.CurrentTime)
    other.sync()
    with DesktopEnvironment(display=two_screens, settle=QUICK, kill_switch=None) as seen:
        seen.reset()
        with pytest.raises(ActionRejected, match="on another screen of the display"):
            seen.execute(Type(text="lost"))
        seen.execute(Click(point=Point(700, 500)))
    hands = X11Input(two_screens)
    assert hands.pointer() == (700, 500) and other.screen().root.query_pointer().same_screen == 0
    hands.close()
    assert not other.pending_events()
    other.close()


def test_the_focus_is_the_same_within_a_window(isolated: IsolatedDesktop, xlib: Show) -> None:
    inner = "inner = window.create_window(9, 9, 90, 90, 0, X.CopyFromParent, event_mask=mask); inner.map(); show()\n"
    later = "time.sleep(0.5); inner.set_input_focus(X.RevertToParent, 0); screen.sync(); told['inner'] = 1; tell()"
    hands = X11Input(isolated.display)
    program = xlib(isolated, inner + later + LISTEN)
    outer = hands.focus()
    assert outer.window is not None and not outer.problem
    program.until(lambda told: bool(told.get("inner")))
    assert hands.focus() == outer != Focus(None)
    hands.close()
