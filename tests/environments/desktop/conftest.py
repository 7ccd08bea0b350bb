"""Real desktops of our own, with real applications, and small programs of several toolkits that tell what they hold."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from Xlib import Xatom

from handeye.environments.desktop.isolated.environment import IsolatedDesktop, IsolatedDesktopEnvironment
from handeye.environments.desktop.x11.display import open_display

TK = """
import json, pathlib, sys, tkinter
root = tkinter.Tk()
root.geometry("420x200+60+60")
out = pathlib.Path(sys.argv[1])
before = None
def tell():
    global before
    now = {name: get() for name, get in told.items()}
    if now != before:
        out.with_suffix(".new").write_text(json.dumps(now))
        out.with_suffix(".new").replace(out)
        before = now
    root.after(15, tell)
told = {"ready": lambda: root.focus_displayof() is not None}
"""
"""Before a program of Tk, which puts what it tells into `told`, as functions without arguments."""
GTK = """
import json, pathlib, sys, gi
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, GLib, Gtk
out = pathlib.Path(sys.argv[1])
window = Gtk.Window(title="form", default_width=400, default_height=200)
before = None
def tell():
    global before
    now = {name: get() for name, get in told.items()}
    if now != before:
        out.with_suffix(".new").write_text(json.dumps(now))
        out.with_suffix(".new").replace(out)
        before = now
    return True
told = {"ready": lambda: window.is_active()}
"""
XLIB = """
import json, pathlib, sys, time
from Xlib import X, Xutil, display
out = pathlib.Path(sys.argv[1])
screen = display.Display()
root = screen.screen().root
mask = X.KeyPressMask | X.ButtonPressMask
window = root.create_window(100, 100, 500, 400, 0, screen.screen().root_depth, event_mask=mask)
told = {"ready": True}
def tell():
    out.with_suffix(".new").write_text(json.dumps(told))
    out.with_suffix(".new").replace(out)
def show():
    window.map()
    screen.sync()
    while screen.get_input_focus().focus != window:
        time.sleep(0.02)
    tell()
"""
JAVA = """
import java.awt.*; import java.nio.file.*; import javax.swing.*; import javax.swing.text.*;
public class Form { public static void main(String[] a) { SwingUtilities.invokeLater(() -> {
  JFrame f = new JFrame("form"); f.setLayout(new FlowLayout()); Path out = Paths.get(a[0]);
  JTextComponent t = a[1].equals("area") ? new JTextArea(8, 40) : a[1].equals("password") ? new JPasswordField(30)
    : new JTextField(30);
  f.add(t); f.setSize(600, 300); f.setVisible(true);
  new Timer(15, e -> { try { StringBuilder s = new StringBuilder();
      for (char c : t.getText().toCharArray()) s.append(String.format("\\\\u%04x", (int) c));
      Path next = Paths.get(a[0] + ".new");
      Files.write(next, ("{\\"ready\\": " + t.isFocusOwner() + ", \\"text\\": \\"" + s + "\\"}").getBytes("UTF-8"));
      Files.move(next, out, StandardCopyOption.ATOMIC_MOVE); } catch (Exception x) {} }).start(); }); } }
"""
SYSTEM_PYTHON = "/usr/bin/python3"
"""Where Debian installs GTK for Python."""


def managed_windows(desktop: IsolatedDesktop) -> set[int]:
    """The ids of the windows that a window manager manages; none without one."""
    display = open_display(desktop.display)
    try:
        listed = display.screen().root.get_full_property(display.intern_atom("_NET_CLIENT_LIST"), Xatom.WINDOW)
        return set() if listed is None else {*listed.value}
    finally:
        display.close()


class Program:
    """A program on a desktop, and what it tells."""

    def __init__(self, desktop: IsolatedDesktop, command: Sequence[str], out: Path, *options: str) -> None:
        """Start it, and return when it is ready; `out` is the file that it writes."""
        self._out = out
        self._desktop = desktop
        self._others = managed_windows(desktop)
        self.process: subprocess.Popen[bytes] = desktop.run([*command, str(out), *options])
        self.until(lambda told: bool(told.get("ready")))

    @property
    def told(self) -> dict[str, Any]:
        """What it told last."""
        try:
            return dict(json.loads(self._out.read_text()))
        except FileNotFoundError:
            return {}

    def until(self, condition: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Wait until it tells what is waited for, and return that."""
        deadline = time.monotonic() + 60
        while not condition(told := self.told):
            assert self.process.poll() is None, "the program has ended"
            assert time.monotonic() < deadline, f"it tells only {told}"
            time.sleep(0.01)
        return told

    def end(self) -> None:
        """Kill it, and wait until the window manager knows: it would take the focus from the next program's window."""
        self.process.kill()
        self.process.wait()
        deadline = time.monotonic() + 60
        while managed_windows(self._desktop) - self._others:
            assert time.monotonic() < deadline, "its windows stay"
            time.sleep(0.01)

    def rests(self, seconds: float = 0.3) -> dict[str, Any]:
        """Return what it tells when that has not changed for so many seconds."""
        last, since = self.told, time.monotonic()
        while time.monotonic() - since < seconds:
            time.sleep(0.01)
            if self.told != last:
                last, since = self.told, time.monotonic()
        return last


@pytest.fixture(scope="module")
def isolated(needs: Callable[..., None]) -> Iterator[IsolatedDesktop]:
    """A running desktop without programs, for all tests of a file."""
    needs("Xvfb", "openbox")
    with IsolatedDesktop() as desktop:
        yield desktop


@pytest.fixture
def environment(needs: Callable[..., None]) -> Iterator[IsolatedDesktopEnvironment]:
    """A fresh desktop for one test, with every application of the menu."""
    needs("Xvfb", "openbox")
    with IsolatedDesktopEnvironment(apps=["*"]) as environment:
        environment.reset()
        yield environment


@pytest.fixture
def tk(tmp_path: Path) -> Iterator[Callable[[IsolatedDesktop, str], Program]]:
    """Shows forms of Tk."""
    shown: list[Program] = []

    def show(desktop: IsolatedDesktop, code: str) -> Program:
        whole = f"{TK}{code}\ntell()\nroot.mainloop()"
        shown.append(Program(desktop, [sys.executable, "-c", whole], tmp_path / f"tk{len(shown)}.json"))
        return shown[-1]

    yield show
    _end(shown)


@pytest.fixture
def gtk(tmp_path: Path) -> Iterator[Callable[[IsolatedDesktop, str], Program]]:
    """Shows forms of GTK."""
    shown: list[Program] = []
    check = [SYSTEM_PYTHON, "-c", "import gi; gi.require_version('Gtk', '3.0')"]
    if subprocess.run(check, capture_output=True, check=False).returncode:
        message = "needs apt-get install -y python3-gi gir1.2-gtk-3.0"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)

    def show(desktop: IsolatedDesktop, code: str) -> Program:
        whole = f"{GTK}{code}\nwindow.show_all()\nGLib.timeout_add(15, tell)\nGtk.main()"
        shown.append(Program(desktop, [SYSTEM_PYTHON, "-c", whole], tmp_path / f"gtk{len(shown)}.json"))
        return shown[-1]

    yield show
    _end(shown)


@pytest.fixture
def xlib(tmp_path: Path) -> Iterator[Callable[[IsolatedDesktop, str], Program]]:
    """Shows windows of Xlib alone."""
    shown: list[Program] = []

    def show(desktop: IsolatedDesktop, code: str) -> Program:
        shown.append(Program(desktop, [sys.executable, "-c", XLIB + code], tmp_path / f"xlib{len(shown)}.json"))
        return shown[-1]

    yield show
    _end(shown)


@pytest.fixture(scope="session")
def java_classes(needs: Callable[..., None], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the compiled form of Swing."""
    needs("javac", "java")
    folder = tmp_path_factory.mktemp("java")
    (folder / "Form.java").write_text(JAVA)
    subprocess.run(["javac", "Form.java"], cwd=folder, check=True, timeout=300)
    return folder


@pytest.fixture
def swing(tmp_path: Path, java_classes: Path) -> Iterator[Callable[[IsolatedDesktop, str], Program]]:
    """Shows a form of Swing with one "field", "password" or "area"."""
    shown: list[Program] = []

    def show(desktop: IsolatedDesktop, kind: str) -> Program:
        command = ["java", "-cp", str(java_classes), "Form"]
        shown.append(Program(desktop, command, tmp_path / f"java{len(shown)}.json", kind))
        return shown[-1]

    yield show
    _end(shown)


def _end(shown: list[Program]) -> None:
    for program in shown:
        program.end()
