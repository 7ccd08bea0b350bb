"""One phone by its serial: its shell, its input and its fixed properties."""

import re
from pathlib import Path

from handeye.environments.android.link import CALL_SECONDS, AdbLink, Address
from handeye.environments.android.shell import ShellResult, command, script
from handeye.environments.android.touch import DP
from handeye.environments.errors import ActionPartial, ActionRejected, AdbFailed, EnvironmentLost
from handeye.environments.secrets import Secrets

_APK = "/data/local/tmp/handeye-keyboard.apk"
_INSTALL_SECONDS = 120.0
_DENSITY = re.compile(r"(Physical|Override) density: (\d+)")
_INPUT_SECONDS = 1.0
"""How long one `input` command may take: up to Android 10 each starts a Java program."""
_HELP = command("input", "help")
_MARK = "handeye-next-command"
_FAILURE = re.compile(
    r"^\s*(?:Error\b|Exception\b|Security exception|[\w.]*\.\w*(?:Exception|Error)\b|Unknown command|Usage:|usage:)"
    r"|^cmd: |INJECT_EVENTS|Permission denied|not found$",
    re.MULTILINE,
)
"""What `input` writes if it does nothing, on some Android versions with status 0. It also writes warnings, those of the
linker for example, and then works."""
_LONGEST_QUOTE = 300


class InputStopped(ActionPartial):
    """Only some of several `input` commands were carried out."""

    def __init__(self, problem: str, commands: int, known: bool) -> None:
        """Take the phone's reason, how many commands were carried out, and whether that is known for the next one."""
        super().__init__(f"only part of the action was done: {problem}")
        self.problem = problem
        self.commands = commands
        self.known = known


class AndroidPhone:
    """A phone connected to adb."""

    def __init__(self, link: AdbLink, address: Address, secrets: Secrets) -> None:
        """Query its fixed properties. Raises `EnvironmentLost`."""
        self._link = link
        self._secrets = secrets
        self.address = address
        self.density = parse_density(self.shell(command("wm", "density")).output)
        """Dots per inch."""
        self._motion: bool | None = None

    def shell(self, commands: str, seconds: float = CALL_SECONDS) -> ShellResult:
        """Run a script, made by `command`, in its shell. Raises `EnvironmentLost`."""
        return self._link.shell(self.address, commands, seconds)

    def input(self, commands: tuple[str, ...], seconds: float = 0.0, private: bool = False) -> None:
        """Run `input` commands, which wait `seconds` in total.

        private: whether the phone's words about a failure may hold what no one may read.

        Raises `ActionRejected` if none was carried out, and otherwise `InputStopped`.
        """
        lines = script(*(f"{line} 2>&1 && echo {_MARK}" for line in commands))
        result = self.shell(lines, CALL_SECONDS + seconds + _INPUT_SECONDS * len(commands))
        *answers, last = result.output.split(f"{_MARK}\n")
        failed = next((at for at, answer in enumerate(answers) if _FAILURE.search(answer)), None)
        if failed is None and result.status == 0 and len(answers) == len(commands):
            return
        if failed is None:
            failed, said = len(answers), f"{last}\n{result.errors}"
        else:
            said = answers[failed]
        problem = self._problem(said, result.status, private)
        known = _FAILURE.search(said) is not None
        if known and failed == 0:
            raise ActionRejected(problem)
        raise InputStopped(problem, failed, known)

    def _problem(self, said: str, status: int, private: bool) -> str:
        if "INJECT_EVENTS" in said:
            return (
                "the phone allows adb to see but not to touch: turn on 'USB debugging (Security settings)' in its "
                "developer options"
            )
        words = "" if private else self.quoted(said)
        return f"the phone rejected the input: {words}" if words else f"the phone's input ended with status {status}"

    def quoted(self, said: str) -> str:
        """Return the phone's words in one line, without secrets; empty if it said nothing."""
        return " ".join(self._secrets.redact(said).split())[:_LONGEST_QUOTE]

    def has_motion(self) -> bool:
        """Return whether a finger can be moved step by step."""
        if self._motion is None:
            self._motion = "motionevent" in self.shell(_HELP).said
        return self._motion

    def require_motion(self) -> None:
        """Raise `ActionRejected` unless a finger can be moved step by step."""
        if not self.has_motion():
            raise ActionRejected(
                "more than two points, or holding before a drag, needs Android 9: drag from one point to another"
            )

    def reverse(self, port: int) -> None:
        """Forward a port on the phone's loopback to the same port on this computer's. Raises `AdbFailed`."""
        self._reverse(f"forward:tcp:{port};tcp:{port}")

    def unreverse(self, port: int) -> None:
        """Undo `reverse`. Raises `AdbFailed`."""
        self._reverse(f"killforward:tcp:{port}")

    def _reverse(self, request: str) -> None:
        answer = self._link.read(self.address, f"reverse:{request}").decode(errors="replace")
        if not answer.startswith("OKAY"):
            said = answer.removeprefix("FAIL")[4:] or "no reason given"
            raise AdbFailed(f"the phone does not allow reverse port forwarding: {said}")

    def install(self, apk: Path) -> None:
        """Install an APK. Raises `ActionRejected` if the phone refuses."""
        import adbutils  # type: ignore[import-untyped]

        serial, transport = self.address
        client = adbutils.AdbClient("127.0.0.1", self._link.port)
        device = client.device(serial) if transport is None else client.device(transport_id=transport)
        try:
            device.sync.push(apk, _APK)
        except (adbutils.AdbError, OSError) as error:
            raise EnvironmentLost(f"the keyboard could not be copied to the phone: {error}") from None
        done = self.shell(command("pm", "install", "-r", "-t", _APK), _INSTALL_SECONDS)
        self.shell(command("rm", "-f", _APK))
        if "Success" not in done.said.split():
            raise ActionRejected(f"the phone did not install the keyboard: {self.quoted(done.said)}")


def parse_density(output: str) -> int:
    """Parse the output of `wm density`; an override takes precedence. The default is one pixel per dp."""
    found = {name: int(density) for name, density in _DENSITY.findall(output)}
    return found.get("Override") or found.get("Physical") or DP
