"""The X server's test device (XTEST): a pointer and a keyboard controlled by a program.

Everything pressed through it is recorded, and released when the call ends, fails or is interrupted. Only a process that
is killed leaves a key held; the next one that types releases it.
"""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from handeye.actions.errors import HandeyeError
from handeye.actions.geometry import ORIGIN, Point
from handeye.environments.desktop.input import PartlyDone
from handeye.environments.desktop.x11.display import open_display
from handeye.environments.errors import ActionRejected, EnvironmentLost

if TYPE_CHECKING:
    from Xlib.display import Display
    from Xlib.xobject.drawable import Window

_KEY, _BUTTON, _MOTION = 2, 4, 6
_RELEASE = 1
"""Added to the number of the press event to get the release event."""
_PATIENCE = 30.0
"""Seconds that a call may take beyond its intended pauses."""
_CLOSED = "the desktop's input is closed"


class X11Device:
    """A separate connection to a display. Everything except `call` and `close` is for use inside `call`."""

    def __init__(self, display_name: str | None) -> None:
        """Connect; None means the display in DISPLAY. Raises what `open_display` raises."""
        self.display: Display = open_display(display_name)
        self.name: str = self.display.get_display_name()
        self._alone = threading.Lock()
        self._stop = threading.Event()
        self._closed = False
        self._held: list[tuple[int, int]] = []
        self._taps: list[int] = []
        self._pressed = False
        self._ignore_late_errors()

    @property
    def root(self) -> "Window":
        """The root window."""
        root: Window = self.display.screen().root
        return root

    @contextmanager
    def call(self, at_most: float = _PATIENCE) -> Iterator[None]:
        """Use the display exclusively for at most `at_most` seconds, and release everything at the end in any case.

        Raises `EnvironmentLost` if the connection is lost, or is cut because the server hangs. If the server refuses a
        request, raises `ActionRejected`, or `PartlyDone` if something was pressed before.
        """
        from Xlib.error import ConnectionClosedError, XError

        with self._alone:
            if self._closed or self._stop.is_set():
                raise EnvironmentLost(_CLOSED)
            try:
                self._pressed = False
                with self._watched(at_most):
                    self._forget_events()
                    try:
                        yield
                    except Exception:
                        self.release()
                        raise
                    self.release()
            except (ConnectionClosedError, OSError) as error:
                self._held, self._taps = [], []
                raise EnvironmentLost(f"the X display {self.name} is gone: {error}") from error
            except XError as error:
                refusal = f"the X display {self.name} refuses a request: {type(error).__name__}"
                raise (PartlyDone(refusal) if self._pressed else ActionRejected(refusal)) from error
            except (KeyboardInterrupt, SystemExit):
                try:
                    self._reconnect()
                    self.release()
                except (HandeyeError, ConnectionClosedError, OSError):
                    self._stop.set()
                raise

    def key(self, keycode: int, down: bool, after: float = 0.0) -> None:
        """Press or release a key.

        after: seconds after which the server does so, and until which it ignores all later requests from here. Unlike
        with `pause`, how long a key is down then does not depend on how busy this process is.
        """
        self._switch(_KEY, keycode, down, after)

    def button(self, number: int, down: bool, after: float = 0.0) -> None:
        """Press or release a pointer button, by its physical number. `after` as for `key`."""
        self._switch(_BUTTON, number, down, after)

    def motion(self, point: Point) -> None:
        """Move the pointer, also to here from another screen of the display."""
        self._send(_MOTION, 0, point)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Let no other program do anything meanwhile; the block must be short."""
        self.display.grab_server()
        try:
            yield
        finally:
            self.display.ungrab_server()
            self.display.flush()

    def tap_at_end(self, keycode: int) -> None:
        """Press and release a key when the call ends."""
        self._taps.append(keycode)

    def sync(self) -> None:
        """Return when the server has processed all requests."""
        self.display.sync()

    def pause(self, seconds: float) -> None:
        """Wait until the server has processed all requests, then for `seconds`.

        Raises `EnvironmentLost` if the device is closed meanwhile.
        """
        self.sync()
        if self._stop.wait(seconds):
            raise EnvironmentLost(_CLOSED)

    def release(self, after: float = 0.0) -> None:
        """Release everything that is held, in reverse order. `after` as for `key`."""
        while self._held:
            self._switch(*self._held[-1], down=False, after=after)
            after = 0.0
        while self._taps:
            keycode = self._taps[-1]
            self._switch(_KEY, keycode, True)
            self._switch(_KEY, keycode, False)
            self._taps.pop()
        self.sync()

    def close(self, farewell: Callable[[], None]) -> None:
        """End the running call, call `farewell` unless the display is gone, and disconnect."""
        from Xlib.error import ConnectionClosedError, XError

        self._stop.set()
        with self._alone:
            if self._closed:
                return
            self._closed = True
            self._stop.clear()
            with contextlib.suppress(ConnectionClosedError, OSError, XError), self._watched(_PATIENCE):
                try:
                    farewell()
                finally:
                    self.release()
                    self.display.close()

    @contextmanager
    def _watched(self, seconds: float) -> Iterator[None]:
        """Disconnect when the time is up: python-xlib waits forever for a server that does not answer."""
        watchdog = threading.Timer(seconds, self._hang_up)
        watchdog.daemon = True
        watchdog.start()
        try:
            yield
        finally:
            watchdog.cancel()

    def _hang_up(self) -> None:
        with contextlib.suppress(OSError):
            self.display.display.socket.shutdown(socket.SHUT_RDWR)

    def _switch(self, kind: int, number: int, down: bool, after: float = 0.0) -> None:
        # Recorded before the press and removed after the release: at worst it is released twice.
        if down:
            self._held.append((kind, number))
            self._send(kind, number, after=after)
            self._pressed = True
        else:
            self._send(kind + _RELEASE, number, after=after)
            if (kind, number) in self._held:
                self._held.remove((kind, number))

    def _send(self, event: int, detail: int, point: Point = ORIGIN, after: float = 0.0) -> None:
        from Xlib.ext import xtest

        milliseconds = round(1000 * after)
        xtest.fake_input(self.display, event, detail, milliseconds, self.root.id, point.x, point.y)

    def _forget_events(self) -> None:
        """Discard events: every client is notified of keymap changes, whether or not it asked for that."""
        while self.display.pending_events():
            self.display.next_event()

    def _ignore_late_errors(self) -> None:
        """Ignore errors of requests without a reply, which mean that a window is gone; python-xlib would print them."""
        self.display.set_error_handler(lambda error, request: None)

    def _reconnect(self) -> None:
        """Open a new connection: python-xlib leaves its locks held if it is interrupted during a request."""
        interrupted = self.display
        self.display = open_display(self.name)
        # Not earlier: some servers reset, and do not answer meanwhile, when their last client disconnects.
        interrupted.display.socket.close()
        self._ignore_late_errors()
