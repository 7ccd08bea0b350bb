"""One phone by its serial: its shell, its input and its fixed properties."""

import re
from pathlib import Path

from handeye.environments.android.link import CALL_SECONDS, AdbLink
from handeye.environments.android.shell import ShellResult, command, script
from handeye.environments.android.touch import DP
from handeye.environments.errors import ActionRejected, AdbFailed, EnvironmentLost

_APK = "/data/local/tmp/handeye-keyboard.apk"
_INSTALL_SECONDS = 120.0
_DENSITY = re.compile(r"(Physical|Override) density: (\d+)")
_INPUT_SECONDS = 1.0
"""How long one `input` command may take: up to Android 10 each starts a Java program."""
_HELP = command("input", "help")


class AndroidPhone:
    """A phone connected to adb."""

    def __init__(self, link: AdbLink, serial: str) -> None:
        """Query its fixed properties. Raises `EnvironmentLost`."""
        self._link = link
        self.serial = serial
        self.density = parse_density(self.shell(command("wm", "density")).output)
        """Dots per inch."""
        self._motion: bool | None = None

    def shell(self, commands: str, seconds: float = CALL_SECONDS) -> ShellResult:
        """Run a script, made by `command`, in its shell. Raises `EnvironmentLost`."""
        return self._link.shell(self.serial, commands, seconds)

    def input(self, commands: tuple[str, ...], seconds: float = 0.0) -> None:
        """Run `input` commands, which wait `seconds` in total; they print nothing on success.

        Raises `ActionRejected` with the phone's error message.
        """
        result = self.shell(script(*commands), CALL_SECONDS + seconds + _INPUT_SECONDS * len(commands))
        if result.status == 0 and not result.said:
            return
        if "INJECT_EVENTS" in result.said:
            raise ActionRejected(
                "the phone allows adb to see but not to touch: turn on 'USB debugging (Security settings)' in its "
                "developer options"
            )
        raise ActionRejected(f"the phone rejected the input: {' '.join(result.said.split())[:300]}")

    def has_motion(self) -> bool:
        """Return whether a finger can be moved step by step."""
        if self._motion is None:
            self._motion = "motionevent" in self.shell(_HELP).said
        return self._motion

    def require_motion(self) -> None:
        """Raise `ActionRejected` unless a finger can be moved step by step."""
        if not self.has_motion():
            raise ActionRejected("a path of more than two points needs Android 9: drag from one point to another")

    def reverse(self, port: int) -> None:
        """Forward a port on the phone's loopback to the same port on this computer's. Raises `AdbFailed`."""
        self._reverse(f"forward:tcp:{port};tcp:{port}")

    def unreverse(self, port: int) -> None:
        """Undo `reverse`. Raises `AdbFailed`."""
        self._reverse(f"killforward:tcp:{port}")

    def _reverse(self, request: str) -> None:
        answer = self._link.read(self.serial, f"reverse:{request}").decode(errors="replace")
        if not answer.startswith("OKAY"):
            said = answer.removeprefix("FAIL")[4:] or "no reason given"
            raise AdbFailed(f"the phone does not allow reverse port forwarding: {said}")

    def install(self, apk: Path) -> None:
        """Install an APK. Raises `ActionRejected` if the phone refuses."""
        import adbutils  # type: ignore[import-untyped]

        device = adbutils.AdbClient("127.0.0.1", self._link.port).device(self.serial)
        try:
            device.sync.push(apk, _APK)
        except (adbutils.AdbError, OSError) as error:
            raise EnvironmentLost(f"the keyboard could not be copied to the phone: {error}") from None
        done = self.shell(command("pm", "install", "-r", "-t", _APK), _INSTALL_SECONDS)
        self.shell(command("rm", "-f", _APK))
        if "Success" not in done.said.split():
            raise ActionRejected(f"the phone did not install the keyboard: {' '.join(done.said.split())[:300]}")


def parse_density(output: str) -> int:
    """Parse the output of `wm density`; an override takes precedence. The default is one pixel per dp."""
    found = {name: int(density) for name, density in _DENSITY.findall(output)}
    return found.get("Override") or found.get("Physical") or DP
