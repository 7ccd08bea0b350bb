"""A desktop is seen, acted on, lost and connected to again, and what it cannot do it refuses beforehand."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future

import pytest

from handeye.actions.geometry import Point, Size
from handeye.actions.schema import (
    Action,
    Back,
    Click,
    Hold,
    Home,
    LongPress,
    Navigate,
    OpenApp,
    Press,
    Scroll,
    Type,
    Wait,
    WaitUntilStable,
)
from handeye.environments.desktop.environment import DesktopEnvironment
from handeye.environments.desktop.isolated.environment import IsolatedDesktop, IsolatedDesktopEnvironment
from handeye.environments.errors import ActionRejected, DisplayNotFound, EnvironmentLost, InvalidOption, WaylandSession
from handeye.environments.settle import Settle

QUICK = Settle(grace=0.05, quiet=0.05, limit=1.0)
PASSWORD = "hunter2 grün"


@pytest.fixture
def desktop(isolated: IsolatedDesktop) -> Iterator[DesktopEnvironment]:
    """The user's own desktop, as far as the environment knows."""
    with DesktopEnvironment(
        display=isolated.display,
        apps=["xterm -T Terminal", "sh -c 'exit 3'"],
        secrets={"password": PASSWORD},
        settle=QUICK,
        kill_switch=None,
    ) as environment:
        environment.reset()
        yield environment


@pytest.fixture(autouse=True)
def closed_windows(isolated: IsolatedDesktop) -> Iterator[None]:
    """End what a test has opened."""
    yield
    subprocess.run(["xdotool", "search", "--onlyvisible", "--class", "xterm", "windowkill", "%@"], env=isolated.environ)


def test_a_reset_of_what_the_user_owns_changes_nothing(desktop: DesktopEnvironment, needs: Callable[..., None]) -> None:
    needs("xterm", "xdotool")
    desktop.execute(OpenApp(name="xterm"))
    before = desktop.execute(WaitUntilStable())
    assert (before.app, before.title) == ("xterm", "Terminal")
    for _ in range(2):
        after = desktop.reset()
        assert after.image.tobytes() == before.image.tobytes()
    with pytest.raises(ActionRejected, match="nothing"):
        desktop.execute(OpenApp(name="nothing like it"))


def test_an_open_app_is_brought_to_the_front(desktop: DesktopEnvironment, isolated: IsolatedDesktop) -> None:
    desktop.execute(OpenApp(name="xterm"))
    isolated.run(["xterm", "-T", "Second", "-class", "Other"])
    deadline = time.monotonic() + 60
    while (seen := desktop.observe()).title != "Second" and time.monotonic() < deadline:
        time.sleep(0.05)
    assert seen.title == "Second"
    assert [window.title for window in desktop.windows()] == ["Second", "Terminal"]
    assert desktop.execute(OpenApp(name="Terminal")).title == "Terminal"
    assert desktop.execute(OpenApp(name="second")).title == "Second"
    desktop.focus(desktop.windows()[1])
    assert desktop.observe().title == "Terminal"
    assert len(desktop.windows()) == 2
    for window in desktop.windows():
        subprocess.run(["xdotool", "windowkill", str(window.id)], env=isolated.environ, check=True)


def test_an_app_that_ends_at_once_is_told(desktop: DesktopEnvironment) -> None:
    seen = desktop.execute(OpenApp(name="sh"))
    assert seen.notices == ("sh exited immediately with status 3.",)
    assert desktop.observe().notices == ()


@pytest.mark.slow
def test_secrets_are_typed_and_not_told(desktop: DesktopEnvironment, isolated: IsolatedDesktop) -> None:
    desktop.execute(OpenApp(name="xterm"))
    desktop.execute(Type(text=f'stty -echo; read -r word; echo "$word" > {isolated.home}/word; exit\n'))
    desktop.execute(Type(secret="password", submit=True))
    deadline = time.monotonic() + 60
    while not (isolated.home / "word").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert (isolated.home / "word").read_text() == f"{PASSWORD}\n"
    isolated.run(["xterm", "-T", f"Welcome {PASSWORD}"])
    while (seen := desktop.observe()).title != "Welcome <password>" and time.monotonic() < deadline:
        time.sleep(0.05)
    assert seen.title == "Welcome <password>"
    with pytest.raises(ActionRejected, match="there is no secret 'other'; there are: password"):
        desktop.execute(Type(secret="other"))


def test_text_for_another_window_is_not_typed(desktop: DesktopEnvironment, isolated: IsolatedDesktop) -> None:
    desktop.execute(OpenApp(name="xterm"))
    isolated.run(["xterm", "-T", "Popup"])
    deadline = time.monotonic() + 60
    while desktop.windows()[0].title != "Popup" and time.monotonic() < deadline:
        time.sleep(0.05)
    for action in (Type(text="rm"), Press(keys=("enter",)), Hold(keys=("a",), seconds=0.1)):
        with pytest.raises(ActionRejected, match="another window has come to the front"):
            desktop.execute(action)
    assert desktop.observe().title == "Popup"
    desktop.execute(Press(keys=("enter",)))


@pytest.mark.parametrize(
    ("action", "why"),
    [
        (Home(), "`home` is not possible here; possible actions: `click`, `drag`,"),
        (Back(), "`back` is not possible here"),
        (Navigate(url="https://example.org"), "`navigate` is not possible here"),
        (Click(point=Point(1280, 0)), r"the point \[1280, 0\] lies outside"),
        (Press(keys=("camera",)), "camera"),
        (Type(secret="none"), "there is no secret"),
    ],
)
def test_what_cannot_be_done_is_refused_beforehand(action: Action, why: str, desktop: DesktopEnvironment) -> None:
    with pytest.raises(ActionRejected, match=why):
        desktop.execute(action)


def test_pointer_actions_leave_nothing_held(desktop: DesktopEnvironment, isolated: IsolatedDesktop) -> None:
    from handeye.environments.desktop.x11.system import X11Probe

    for action in (
        Click(point=Point(5, 5), button="right", modifiers=("ctrl", "shift")),
        LongPress(point=Point(9, 9), seconds=0.1),
        Scroll(point=Point(100, 100), dx=-10, dy=300, modifiers=("alt",)),
    ):
        desktop.execute(action)
    probe = X11Probe(isolated.display)
    assert not any(probe.is_held(key) for key in ("ctrl", "shift", "alt", "a"))
    assert probe.pointer() == (100, 100)
    probe.close()


def test_waiting_takes_its_time_and_no_more(
    desktop: DesktopEnvironment, meanwhile: Callable[..., Future[object]]
) -> None:
    began = time.monotonic()
    desktop.execute(Wait(seconds=0.5))
    assert time.monotonic() - began >= 0.5
    began = time.monotonic()
    meanwhile(desktop.execute, WaitUntilStable(seconds=600.0)).result(540)  # it does not wait for its limit
    assert time.monotonic() - began >= 0.5


@pytest.mark.parametrize("action", [Wait(seconds=600.0), Hold(keys=("shift",), seconds=60.0)])
def test_close_ends_what_is_going_on(
    action: Wait | Hold, isolated: IsolatedDesktop, meanwhile: Callable[..., Future[object]]
) -> None:
    environment = DesktopEnvironment(display=isolated.display, settle=QUICK, kill_switch=None)
    environment.reset()
    running = meanwhile(environment.execute, action)
    time.sleep(0.3)
    assert not running.done()
    environment.close()
    with pytest.raises(EnvironmentLost, match="closed"):
        running.result(0.9 * action.seconds)  # before it would have ended by itself
    environment.close()
    for use in (environment.observe, environment.reset, environment.windows):
        with pytest.raises(EnvironmentLost, match="closed"):
            use()


def test_an_interrupt_leaves_the_desktop_usable(isolated: IsolatedDesktop) -> None:
    with DesktopEnvironment(display=isolated.display, settle=QUICK, kill_switch=None) as environment:
        environment.reset()
        raised = threading.Event()

        def interrupt() -> None:
            # Again and again: Python drops the error if the signal arrives while an object is finalized.
            while not raised.wait(0.3):
                os.kill(os.getpid(), signal.SIGINT)

        thread = threading.Thread(target=interrupt)
        with pytest.raises(KeyboardInterrupt):
            thread.start()
            try:
                environment.execute(Hold(keys=("shift",), seconds=60.0))
            finally:
                raised.set()
        thread.join()
        assert environment.observe().size == (1280, 800)
        environment.execute(Press(keys=("shift",)))


def test_without_a_window_manager_the_policy_is_told(needs: Callable[..., None]) -> None:
    needs("Xvfb", "openbox", "xdotool")
    with IsolatedDesktopEnvironment(size=Size(400, 300), settle=QUICK) as environment:
        assert environment.reset().notices == ()
        check = subprocess.run(["pgrep", "-f", f"{environment.desktop.home.parent}/openbox.xml"], capture_output=True)
        os.kill(int(check.stdout.split()[0]), signal.SIGTERM)
        deadline = time.monotonic() + 60
        while not (notices := environment.observe().notices) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert notices[0].startswith("No window manager is running")


@pytest.mark.slow
def test_a_display_that_hangs_is_lost_in_time(needs: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    needs("Xvfb", "openbox")
    from handeye.environments.desktop import session as desktop_session

    monkeypatch.setattr(desktop_session, "_CALL_SECONDS", 1.0)
    with IsolatedDesktopEnvironment(settle=QUICK) as environment:
        environment.reset()
        server = environment.desktop.x_server
        os.kill(server, signal.SIGSTOP)
        with pytest.raises(EnvironmentLost, match="gone"):
            environment.observe()
        os.kill(server, signal.SIGCONT)
        assert environment.reset().size == (1280, 800)


def test_without_a_display_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("XDG_SESSION_TYPE", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with DesktopEnvironment() as environment:
        with pytest.raises(EnvironmentLost, match="reset"):
            environment.observe()
        with pytest.raises(DisplayNotFound, match="DISPLAY is not set"):
            environment.reset()
    with DesktopEnvironment(display=":4095") as environment, pytest.raises(DisplayNotFound, match=":4095"):
        environment.reset()
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    with DesktopEnvironment() as environment, pytest.raises(WaylandSession, match="isolated desktop"):
        environment.reset()


def test_options_are_checked() -> None:
    with pytest.raises(InvalidOption, match="no such app"):
        DesktopEnvironment(apps=["no such app"])
    with pytest.raises(InvalidOption, match="empty"):
        DesktopEnvironment(secrets={"password": ""})


@pytest.mark.parametrize("package", ["mss", "Xlib"])
def test_a_missing_package_is_named_when_it_is_needed(package: str, isolated: IsolatedDesktop) -> None:
    program = f"""
import sys
sys.modules["{package}"] = None
from handeye.actions.errors import MissingDependency
from handeye.environments.desktop.environment import DesktopEnvironment
import handeye.environments.desktop.isolated.environment
import handeye.environments.desktop.windows.system, handeye.environments.desktop.macos.system
try:
    DesktopEnvironment(display="{isolated.display}").reset()
except MissingDependency as error:
    print(error)
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "handeye[desktop]" in ran.stdout


def test_importing_has_no_side_effects() -> None:
    program = """
import sys
import handeye.environments.desktop.environment, handeye.environments.desktop.isolated.environment
print([name for name in ("mss", "Xlib", "pyautogui", "dbus_fast", "torch") if name in sys.modules])
"""
    environ = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environ)
    assert ran.stdout == "[]\n"
