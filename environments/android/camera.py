"""Taking a phone's screenshots: as fast as the phone and the connection allow, and again if one fails.

A single failure is no loss: the graphics service is busy, a driver writes a line before the picture, the pixels change
to a format of their own for a film. What else the phone offers is tried before a screenshot counts as failed.
"""

import time

from handeye.environments.android.link import CALL_SECONDS, AdbLink, AdbStream, Address
from handeye.environments.android.screenshot import BadScreenshot, Encoding, Screenshot, decoded
from handeye.environments.android.shell import command, read_packet_bytes, script

_ENCODINGS: tuple[Encoding, ...] = ("png", "gzip", "raw")
_FILE = "/data/local/tmp/handeye-screen.png"
_ROUNDS = 3
"""How often each way is tried before a screenshot has failed."""
_PAUSE = 0.3
"""Seconds between two rounds."""


class Camera:
    """Takes screenshots of one phone. The first ones try each encoding, and the fastest is kept.

    Which one is fastest depends on the phone's processor and the connection: a slow phone takes up to two seconds for a
    PNG, and a slow network as long for 10 MB of raw pixels.
    """

    def __init__(self, link: AdbLink, address: Address, encoding: Encoding | None = None) -> None:
        """`encoding` is the one found fastest for this phone before; None to try all."""
        self._link = link
        self._address = address
        self._encoding = encoding
        self.panel: str | None = None
        """SurfaceFlinger's number of the physical display to capture; None for the phone's default."""
        self.seconds: dict[Encoding, float] = {}
        """How long each encoding took when it was tried, in seconds."""

    @property
    def encoding(self) -> Encoding | None:
        """The chosen encoding; None before the first screenshot."""
        return self._encoding

    def start(self) -> "Exposure":
        """Request a screenshot; `finish` returns it. Raises `EnvironmentLost`."""
        if self._encoding is None:
            self._encoding = self._measured()
        return Exposure(self._link, self._address, self._encoding, self.panel)

    def finish(self, exposure: "Exposure") -> Screenshot:
        """Wait for a screenshot; if it fails, take another. Raises `BadScreenshot` with the phone's own message."""
        try:
            return exposure.finish()
        except BadScreenshot as error:
            return self._again(error)

    def take(self) -> Screenshot:
        """Take a screenshot. Raises `EnvironmentLost`."""
        return self.finish(self.start())

    def _measured(self) -> Encoding:
        for encoding in _ENCODINGS:
            began = time.monotonic()
            try:
                Exposure(self._link, self._address, encoding, self.panel).finish()
            except BadScreenshot:
                continue  # for example, a phone without gzip
            self.seconds[encoding] = time.monotonic() - began
        return min(self.seconds, key=lambda encoding: self.seconds[encoding]) if self.seconds else "png"

    def _again(self, problem: BadScreenshot) -> Screenshot:
        """Take a screenshot in every way there is; an encoding that works where the chosen one failed is kept."""
        said = ""
        for attempt in range(_ROUNDS):
            if attempt > 0:
                time.sleep(_PAUSE)
            for encoding in sorted(_ENCODINGS, key=lambda each: each != self._encoding):
                try:
                    shot = Exposure(self._link, self._address, encoding, self.panel).finish()
                except BadScreenshot:
                    continue
                self._encoding = encoding
                return shot
            try:
                return self._by_shell()
            except BadScreenshot as error:
                said = said or str(error)
            try:
                return self._by_file()
            except BadScreenshot as error:
                said = said or str(error)
        raise BadScreenshot(f"the phone did not return a screenshot: {said or problem}")

    def _by_shell(self) -> Screenshot:
        """Take one with a service that keeps the phone's words apart. Raises `BadScreenshot` with them."""
        when = time.time()
        data, errors, status = read_packet_bytes(
            self._link.read(self._address, f"shell,v2,raw:{command(*_words(self.panel), '-p')}")
        )
        try:
            return Screenshot(*decoded(data, "png"), when)
        except BadScreenshot:
            said = " ".join((data[:200] + b" " + errors[:400]).decode(errors="replace").split())
            raise BadScreenshot(said or f"screencap ended with status {status} and printed nothing") from None

    def _by_file(self) -> Screenshot:
        """Take one into a file and read that. Raises `BadScreenshot`."""
        when = time.time()
        taken = self._link.shell(self._address, script(command(*_words(self.panel), "-p", _FILE)))
        data = self._link.read(self._address, f"exec:{command('cat', _FILE)}; {command('rm', '-f', _FILE)}")
        if taken.status != 0:
            raise BadScreenshot(" ".join(taken.said.split())[:300])
        return Screenshot(*decoded(data, "png"), when)


class Exposure:
    """A screenshot in progress."""

    def __init__(self, link: AdbLink, address: Address, encoding: Encoding, panel: str | None = None) -> None:
        screencap = command(*_words(panel))
        # Errors are not part of the picture.
        services: dict[Encoding, str] = {
            "png": f"exec:{screencap} -p 2>/dev/null",
            "gzip": f"exec:{screencap} 2>/dev/null | gzip -1",
            "raw": f"exec:{screencap} 2>/dev/null",
        }
        self._encoding = encoding
        self._time = time.time()
        self._stream: AdbStream = link.start(address, services[encoding], CALL_SECONDS)

    def finish(self) -> Screenshot:
        """Wait for it. Raises `BadScreenshot`, `EnvironmentLost`."""
        with self._stream as stream:
            data = stream.rest()
        png, size = decoded(data, self._encoding)
        return Screenshot(png, size, self._time)

    def cancel(self) -> None:
        """Cancel it."""
        self._stream.close()


def screenshots_of(link: AdbLink, address: Address, panels: tuple[str, ...]) -> dict[str, Screenshot]:
    """Return a screenshot of each physical display that gives one. Raises `EnvironmentLost`."""
    found = {}
    for panel in panels:
        try:
            found[panel] = Exposure(link, address, "png", panel).finish()
        except BadScreenshot:
            continue  # one that is off
    return found


def _words(panel: str | None) -> tuple[str, ...]:
    return ("screencap",) if panel is None else ("screencap", "-d", panel)
