"""One phone by its serial: its shell, its input, and what never changes about it."""

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
"""What one command of `input` may take: up to Android 10 each starts a Java program."""
_HELP = command("input", "help")


class AndroidPhone:
    """A phone that adb has connected."""

    def __init__(self, link: AdbLink, serial: str) -> None:
        """Ask it what never changes. Raises `EnvironmentLost`."""
        self._link = link
        self.serial = serial
        self.density = parse_density(self.shell(command("wm", "density")).output)
        """Dots per inch."""
        self._motion: bool | None = None

    def shell(self, commands: str, seconds: float = CALL_SECONDS) -> ShellResult:
        """Run a script, made by `command`, in its shell. Raises `EnvironmentLost`."""
        return self._link.shell(self.serial, commands, seconds)

    def input(self, commands: tuple[str, ...], seconds: float = 0.0) -> None:
        """Run commands of `input`, which wait so long altogether; they say nothing if all is well.

        Raises `ActionRejected` with what the phone complains of.
        """
        result = self.shell(script(*commands), CALL_SECONDS + seconds + _INPUT_SECONDS * len(commands))
        if result.status == 0 and not result.said:
            return
        if "INJECT_EVENTS" in result.said:
            raise ActionRejected(
                "the phone lets adb see but not touch: turn on 'USB debugging (Security settings)' in its "
                "developer options"
            )
        raise ActionRejected(f"the phone does not take the input: {' '.join(result.said.split())[:300]}")

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
        """Let a port of the phone's loopback lead to the same port of this computer's. Raises `AdbFailed`."""
        self._reverse(f"forward:tcp:{port};tcp:{port}")

    def unreverse(self, port: int) -> None:
        """Take back `reverse`. Raises `AdbFailed`."""
        self._reverse(f"killforward:tcp:{port}")

    def _reverse(self, request: str) -> None:
        answer = self._link.read(self.serial, f"reverse:{request}").decode(errors="replace")
        if not answer.startswith("OKAY"):
            said = answer.removeprefix("FAIL")[4:] or "it does not say why"
            raise AdbFailed(f"the phone does not let its ports lead to this computer: {said}")

    def install(self, apk: Path) -> None:
        """Install an APK. Raises `ActionRejected` if the phone refuses."""
        import adbutils  # type: ignore[import-untyped]

        device = adbutils.AdbClient("127.0.0.1", self._link.port).device(self.serial)
        try:
            device.sync.push(apk, _APK)
        except (adbutils.AdbError, OSError) as error:
            raise EnvironmentLost(f"the phone did not take the keyboard's file: {error}") from None
        done = self.shell(command("pm", "install", "-r", "-t", _APK), _INSTALL_SECONDS)
        self.shell(command("rm", "-f", _APK))
        if "Success" not in done.said.split():
            raise ActionRejected(f"the phone does not install the keyboard: {' '.join(done.said.split())[:300]}")


def parse_density(output: str) -> int:
    """Read what `wm density` wrote; what overrides the screen's own counts. Without either, that of a dp per pixel."""
    found = {name: int(density) for name, density in _DENSITY.findall(output)}
    return found.get("Override") or found.get("Physical") or DP
