"""Keys and buttons at the pace of a hand: programs that look now and then, fields that move on, keys that repeat."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from handeye.actions.geometry import Point
from handeye.actions.schema import Click, Drag, Hold, Press, Type
from handeye.environments.desktop.environment import DesktopEnvironment
from handeye.environments.desktop.isolated.environment import IsolatedDesktop
from handeye.environments.hand import SHORT_TEXT
from handeye.environments.settle import Settle

QUICK = Settle(grace=0.05, quiet=0.05)
Show = Callable[[IsolatedDesktop, str], Any]


@pytest.fixture
def seen(isolated: IsolatedDesktop) -> Iterator[DesktopEnvironment]:
    with DesktopEnvironment(display=isolated.display, settle=QUICK, kill_switch=None) as environment:
        environment.reset()
        yield environment


GAME = """
show()
keys = {code: name for name, keysym in (("left", 0xFF51), ("space", 0x20), ("w", 0x77))
        for code in [screen.keysym_to_keycode(keysym)]}
down, told["seen"] = set(), []
while True:
    pressed = screen.query_keymap()
    now = {name for code, name in keys.items() if pressed[code // 8] >> code % 8 & 1}
    mask = root.query_pointer().mask
    now |= {name for name, bit in (("button1", X.Button1Mask), ("button3", X.Button3Mask)) if mask & bit}
    if now - down:
        told["seen"] += sorted(now - down)
        tell()
    down = now
    time.sleep(1 / 50)
"""


@pytest.mark.slow
def test_a_game_that_looks_once_a_frame_sees_every_press_and_click(
    xlib: Show, isolated: IsolatedDesktop, seen: DesktopEnvironment
) -> None:
    game = xlib(isolated, GAME)
    seen.observe()
    at = seen.windows()[0].box.center
    for _ in range(3):
        for keys in (("left",), ("space",)):
            seen.execute(Press(keys=keys))
    seen.execute(Click(point=at))
    seen.execute(Click(point=Point(at.x + 30, at.y), button="right", count=3))
    seen.execute(Type(text="www"))
    expected = ["left", "space"] * 3 + ["button1"] + ["button3"] * 3 + ["w"] * 3
    assert game.until(lambda told: len(told["seen"]) >= len(expected))["seen"] == expected


CODE = """
parts, values = [], []
def move_on(i, size, delay):
    value = values[i].get()
    if len(value) > size: values[i].set(value[:size])
    if len(value) >= size and i + 1 < len(parts): root.after(delay, parts[i + 1].focus_set)
for i in range(%d):
    value = tkinter.StringVar(root)
    value.trace_add("write", lambda *_, i=i: move_on(i, %d, %d))
    part = tkinter.Entry(root, width=6, textvariable=value)
    part.pack(side="left")
    parts.append(part)
    values.append(value)
parts[0].focus_force()
told["code"] = lambda: "-".join(value.get() for value in values)
"""


@pytest.mark.parametrize(
    ("fields", "size", "delay", "text"),
    [
        (8, 1, 15, "70918264"),
        pytest.param(4, 4, 25, "4929123456781234", marks=pytest.mark.slow),
        pytest.param(5, 5, 10, "AB3DEFGH1JKLMN0PQRSTUVWXY", marks=pytest.mark.slow),
    ],
)
@pytest.mark.slow
def test_a_code_whose_fields_move_the_focus_on(
    fields: int, size: int, delay: int, text: str, tk: Show, isolated: IsolatedDesktop, seen: DesktopEnvironment
) -> None:
    form = tk(isolated, CODE % (fields, size, delay))
    seen.observe()
    seen.execute(Type(text=text))
    assert form.rests()["code"].replace("-", "") == text


GTK_CODE = """
box, entries = Gtk.Box(), []
def move_on(entry, i):
    if entry.get_text() and i + 1 < len(entries): GLib.timeout_add(20, lambda: entries[i + 1].grab_focus())
for i in range(6):
    entries.append(Gtk.Entry(max_length=1, width_chars=2))
    entries[i].connect("changed", move_on, i)
    box.add(entries[i])
window.add(box)
told["code"] = lambda: "".join(entry.get_text() for entry in entries)
"""


def test_a_code_in_fields_of_gtk(gtk: Show, isolated: IsolatedDesktop, seen: DesktopEnvironment) -> None:
    form = gtk(isolated, GTK_CODE)
    seen.observe()
    seen.execute(Type(text="395028"))
    assert form.rests()["code"] == "395028"


SUBWINDOWS = """
fields = []
for i in range(50):
    field = window.create_window(10 * i, 0, 9, 40, 0, X.CopyFromParent, event_mask=mask)
    field.map()
    fields.append(field)
show()
fields[0].set_input_focus(X.RevertToParent, 0)
screen.sync()
told["code"], told["late"] = "", []
tell()
while True:
    event = screen.next_event()
    if event.type == X.KeyPress:
        told["code"] += f"{fields.index(event.window)}{chr(screen.keycode_to_keysym(event.detail, 0))} "
        tell()
        time.sleep(0.02)
        fields[min(fields.index(event.window) + 1, 49)].set_input_focus(X.RevertToParent, 0)
        screen.sync()
        # Both are the monotonic clock, in milliseconds.
        told["late"].append((int(time.monotonic() * 1000) - event.time) % 2**32)
        tell()
"""
IN_TIME = 45
"""Milliseconds after a key within which that program moves the focus, if the machine lets it run."""


@pytest.mark.slow
def test_a_long_code_goes_on_at_that_pace_while_the_focus_moves(
    xlib: Show, isolated: IsolatedDesktop, seen: DesktopEnvironment
) -> None:
    text = "abcdefghij" * 4 + "klmnopqr"
    expected = [f"{i}{character}" for i, character in enumerate(text)]
    most = 0
    for _ in range(10):
        program = xlib(isolated, SUBWINDOWS)
        program.until(lambda told: told.get("code") == "")
        seen.observe()
        seen.execute(Type(text=text))
        told = program.rests()
        program.process.kill()
        program.process.wait()
        # On a busy machine the program itself may be late: what it sees after that tells nothing.
        in_time = next((i for i, late in enumerate(told["late"]) if late > IN_TIME), None)
        arrived = told["code"].split()
        if in_time is None:
            assert arrived == expected
            return
        assert arrived[: in_time + 1] == expected[: in_time + 1]
        most = max(most, in_time)
    assert most > SHORT_TEXT, "the program was late each time before the text was a long one"


@pytest.mark.slow
def test_a_held_letter_repeats_and_a_held_backspace_deletes(
    tk: Show, isolated: IsolatedDesktop, seen: DesktopEnvironment
) -> None:
    form = tk(isolated, "e = tkinter.Entry(root); e.pack(); e.focus_force(); told['text'] = e.get")
    seen.observe()
    seen.execute(Hold(keys=("z",), seconds=1.6))
    held = form.rests()["text"]
    assert set(held) == {"z"} and len(held) > 8
    seen.execute(Hold(keys=("backspace",), seconds=1.6))
    assert len(form.rests()["text"]) < len(held) - 8


DRAGGED = """
show()
told["events"] = []
window.change_attributes(event_mask=X.ButtonPressMask | X.ButtonReleaseMask | X.ButtonMotionMask)
while True:
    event = screen.next_event()
    if event.type in (X.ButtonPress, X.ButtonRelease, X.MotionNotify):
        told["events"].append([event.type, event.time])
        tell()
"""


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [0.0, 0.8])
def test_a_drag_is_held_before_it_moves(
    seconds: float, xlib: Show, isolated: IsolatedDesktop, seen: DesktopEnvironment
) -> None:
    from Xlib import X

    program = xlib(isolated, DRAGGED)
    box = seen.windows()[0].box
    seen.observe()
    began = time.monotonic()
    seen.execute(Drag(path=(box.center, Point(box.left + 20, box.top + 20)), hold_seconds=seconds))
    assert time.monotonic() - began > seconds
    events = program.until(lambda told: bool(told.get("events")) and told["events"][-1][0] == X.ButtonRelease)["events"]
    pressed = next(when for kind, when in events if kind == X.ButtonPress)
    moved = next(when for kind, when in events if kind == X.MotionNotify and when > pressed)
    assert moved - pressed >= 1000 * seconds
