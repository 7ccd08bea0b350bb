"""pyautogui as the hands of Windows and macOS: pointer and keys on X11, and what is sent there, as far as it shows."""

import ctypes
import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handeye.environments.desktop.input import PartlyDone
from handeye.environments.desktop.isolated.environment import IsolatedDesktop
from handeye.environments.desktop.macos.events import chunks
from handeye.environments.desktop.windows.events import (
    Input,
    extended_key_event,
    refusal,
    send,
    text_events,
    wheel_events,
)
from handeye.environments.desktop.x11.display import open_display
from handeye.environments.errors import ActionRejected

if TYPE_CHECKING:
    from Xlib.display import Display

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\t😀中"), max_size=60)


def run(script: str, environ: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run Python code in a process of its own, because pyautogui chooses its display when it is imported."""
    code = "from handeye.environments.desktop.pyautogui_input import PyautoguiInput\n" + textwrap.dedent(script)
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env=dict(environ), capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def listener(isolated: IsolatedDesktop) -> Iterator["Display"]:
    """A connection with a window over the whole screen that has the keyboard and gets every event."""
    from Xlib import X

    display = open_display(isolated.display)
    mask = X.KeyPressMask | X.KeyReleaseMask | X.ButtonPressMask | X.ButtonReleaseMask | X.PointerMotionMask
    window = display.screen().root.create_window(
        0, 0, 1280, 800, 0, 0, X.InputOutput, X.CopyFromParent, override_redirect=True, event_mask=mask
    )
    window.map()
    display.sync()
    window.set_input_focus(X.RevertToParent, X.CurrentTime)
    display.sync()
    yield display
    display.close()


def events(display: "Display") -> list[tuple[str, int, int]]:
    """The kind, the detail and the modifiers of each event."""
    from Xlib import X

    kinds = {X.KeyPress: "key", X.KeyRelease: "key up", X.ButtonPress: "button", X.ButtonRelease: "button up"}
    display.sync()
    got = [display.next_event() for _ in range(display.pending_events())]
    return [(kinds[event.type], event.detail, event.state & 0xFF) for event in got if event.type in kinds]


@pytest.mark.slow
def test_pointer(isolated: IsolatedDesktop, listener: "Display") -> None:
    done = run(
        """
        from handeye.actions.geometry import Point
        hands = PyautoguiInput()
        for point in (Point(0, 0), Point(1279, 799), Point(0, 799), Point(1279, 0), Point(300, 200)):
            hands.move(point)
            assert hands.pointer() == hands.last_point == point, point
        hands.click(Point(300, 200), "right", modifiers=["ctrl"])
        hands.click(Point(300, 200), count=2)
        hands.drag([Point(10, 10), Point(200, 10)], "middle", ["shift"])
        hands.scroll(Point(300, 200), -120, 240)
        hands.long_press(Point(300, 200), 0.05)
        hands.close()
        """,
        isolated.environ,
    )
    assert done.returncode == 0, done.stderr
    got = [event for event in events(listener) if event[0].startswith("button")]
    released = [(number, state & 5) for kind, number, state in got if kind == "button up"]
    assert released == [(3, 4), (1, 0), (1, 0), (2, 1), (5, 0), (5, 0), (6, 0), (1, 0)]
    assert listener.screen().root.query_pointer().mask & 0x1F05 == 0, "something is still held"


def test_keys_are_checked_pressed_and_released(isolated: IsolatedDesktop, listener: "Display") -> None:
    done = run(
        """
        from handeye.environments.errors import ActionRejected, EnvironmentLost
        hands = PyautoguiInput()
        for refused in (lambda: hands.press(["ctrl", "camera"]), lambda: hands.type("a"), lambda: hands.press(["中"])):
            try:
                refused()
            except ActionRejected:
                continue
            raise SystemExit("not rejected")
        hands.require(keys=["ctrl", "alt", "shift", "meta", "enter", "pagedown", "f5", "a"])
        hands.press(["ctrl", "shift", "a"])
        hands.hold(["up"], 0.1)
        hands.close()
        hands.close()
        try:
            hands.press(["a"])
        except EnvironmentLost:
            raise SystemExit(0)
        raise SystemExit("still open")
        """,
        isolated.environ,
    )
    assert done.returncode == 0, done.stderr
    codes = {name: listener.keysym_to_keycode(keysym) for name, keysym in {"a": 0x61, "up": 0xFF52}.items()}
    keys = [(kind, code, state) for kind, code, state in events(listener) if code in codes.values()]
    assert keys == [
        ("key", codes["a"], 5),
        ("key up", codes["a"], 5),
        ("key", codes["up"], 0),
        ("key up", codes["up"], 0),
    ]
    assert listener.screen().root.query_pointer().mask & 0xFF == 0


@pytest.mark.slow
def test_presses_clicks_and_drags_last(isolated: IsolatedDesktop, listener: "Display") -> None:
    from Xlib import X

    done = run(
        """
        from handeye.actions.geometry import Point
        from handeye.environments.desktop.input import Focus
        hands = PyautoguiInput()
        assert hands.focus() == Focus(None)
        hands.click(Point(300, 200), count=2)
        hands.press(["a"], Focus(None))
        hands.drag([Point(100, 100), Point(300, 100)], "right", hold_seconds=0.6)
        hands.close()
        """,
        isolated.environ,
    )
    assert done.returncode == 0, done.stderr
    listener.sync()
    got = [listener.next_event() for _ in range(listener.pending_events())]
    times = [event.time for event in got if event.type in (X.ButtonPress, X.ButtonRelease) and event.detail == 1]
    times += [event.time for event in got if event.type in (X.KeyPress, X.KeyRelease)]
    assert len(times) == 6 and all(up - down >= 35 for down, up in zip(times[::2], times[1::2], strict=True))
    assert times[2] - times[1] < 400, "no double click"
    pressed = next(event.time for event in got if event.type == X.ButtonPress and event.detail == 3)
    moved = next(event.time for event in got if event.type == X.MotionNotify and event.time > pressed)
    assert moved - pressed >= 600


def test_a_pointer_that_is_kept_is_not_said_to_be_elsewhere(isolated: IsolatedDesktop, listener: "Display") -> None:
    from Xlib import X

    window = listener.screen().root.create_window(
        200, 200, 300, 300, 0, 0, X.InputOutput, X.CopyFromParent, override_redirect=True
    )
    window.map()
    listener.sync()
    window.grab_pointer(True, X.ButtonPressMask, X.GrabModeAsync, X.GrabModeAsync, window, X.NONE, X.CurrentTime)
    listener.sync()
    done = run(
        """
        from handeye.actions.geometry import Point
        from handeye.environments.errors import ActionRejected
        hands = PyautoguiInput()
        hands.click(Point(300, 300))
        for act in (lambda p: hands.click(p), lambda p: hands.move(p), lambda p: hands.drag([p, Point(300, 300)]),
                    lambda p: hands.scroll(p, 0, 120)):
            try:
                act(Point(900, 700))
            except ActionRejected as error:
                assert "cannot be moved to [900, 700], only to [499, 499]" in str(error), error
                continue
            raise SystemExit("not rejected")
        hands.close()
        """,
        isolated.environ,
    )
    assert done.returncode == 0, done.stderr
    listener.ungrab_pointer(X.CurrentTime)
    listener.sync()


def test_no_file_of_keys_is_needed_and_nothing_is_printed(isolated: IsolatedDesktop, tmp_path: Path) -> None:
    environ = {**isolated.environ, "HOME": str(tmp_path)}
    environ.pop("XAUTHORITY", None)
    if "XAUTHORITY" in isolated.environ:
        pytest.skip("this desktop has a file of keys")
    done = run("PyautoguiInput(); import os; assert 'XAUTHORITY' not in os.environ", environ)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("first", "error", "says"),
    [
        ("import os; del os.environ['DISPLAY']", "DisplayNotFound", "DISPLAY is not set"),
        ("import os; os.environ['DISPLAY'] = ':54321'", "DisplayNotFound", "nothing answers"),
        ("import sys; sys.modules['pyautogui'] = None", "MissingDependency", 'pip install "handeye[desktop]"'),
        ("import sys; sys.modules['tkinter'] = None", "MissingProgram", "apt-get install -y python3-tk"),
    ],
)
def test_what_is_missing_is_named(isolated: IsolatedDesktop, first: str, error: str, says: str) -> None:
    environ = {name: value for name, value in isolated.environ.items() if not name.startswith(("WAYLAND", "XDG_SESS"))}
    script = f"""
        import json
        {first}
        try:
            PyautoguiInput()
        except Exception as error:
            print(json.dumps([type(error).__name__, str(error)]))
        """
    done = run(script, environ)
    assert done.returncode == 0, done.stderr
    kind, message = json.loads(done.stdout)
    assert (kind, says in message) == (error, True), message


@given(TEXT)
def test_windows_gets_every_unit_of_a_text(text: str) -> None:
    sent = text_events(text)
    downs, ups = sent[::2], sent[1::2]
    assert all(up.either.keyboard.flags == down.either.keyboard.flags | 2 for down, up in zip(downs, ups, strict=True))
    units = b""
    for event in downs:
        keyboard: Any = event.either.keyboard
        scan = {0x0D: 0x0A, 0x09: 0x09}[keyboard.key] if keyboard.key else keyboard.scan
        assert bool(keyboard.flags & 4) == (not keyboard.key)
        units += int(scan).to_bytes(2, "little")
    assert units.decode("utf-16-le") == text


def test_windows_events_are_laid_out_as_windows_has_them() -> None:
    assert ctypes.sizeof(Input) == (40 if ctypes.sizeof(ctypes.c_void_p) == 8 else 28)
    up, right = wheel_events(right=2, up=-1)
    assert (up.either.mouse.flags, ctypes.c_int32(up.either.mouse.data).value) == (0x800, -120)
    assert (right.either.mouse.flags, right.either.mouse.data) == (0x1000, 240)
    assert wheel_events(0, 0) == []
    down, up_again = extended_key_event("left", True), extended_key_event("left", False)
    assert [(event.either.keyboard.key, event.either.keyboard.flags) for event in (down, up_again)] == [
        (37, 1),
        (37, 3),
    ]
    if sys.platform != "win32":
        with pytest.raises(ActionRejected, match="Windows"):
            send([up])


def test_what_windows_takes_in_part_is_told() -> None:
    assert isinstance(refusal(0), ActionRejected)
    assert isinstance(refusal(3), PartlyDone) and "takes no input" in str(refusal(3))


@given(TEXT)
def test_macos_gets_a_text_in_chunks_that_an_event_can_carry(text: str) -> None:
    parts = list(chunks(text))
    assert "".join(parts) == text
    assert all(0 < len(part.encode("utf-16-le")) // 2 <= 20 for part in parts)
    assert all(len(part) == 1 for part in parts if "\n" in part or "\t" in part)


def test_importing_needs_no_pyautogui() -> None:
    done = run("import sys; assert 'pyautogui' not in sys.modules and 'Xlib' not in sys.modules", os.environ)
    assert done.returncode == 0, done.stderr
