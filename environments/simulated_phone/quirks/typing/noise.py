"""Words on the standard error of a command that works."""

from collections.abc import Mapping
from typing import Final

from handeye.environments.simulated_phone.quirks.quirk import Change, Quirk
from handeye.environments.simulated_phone.shell.call import Call, Command

LINKER = (
    'WARNING: linker: Warning: "[vdso]" unused DT entry: unknown processor-specific '
    "(type 0x70000001 arg 0x0) (ignoring)\n"
)


_PROGRAMS: Final = tuple("am cat cmd dumpsys gzip ime input pm rm screencap settings sleep uiautomator wm".split())


class InputNoise(Quirk):
    """The linker's warnings accompany each command of such a phone; they are no refusal."""

    name = "noisy-input"
    does = "`input` works, with a warning of the linker on its standard error"
    reports = ("AzurLaneAutoScript, remove_shell_warning", "ADBKeyBoard#10")

    def changes(self) -> Mapping[str, Change]:
        """Change `input`."""
        return {"input": _warned}


class ShellNoise(Quirk):
    """The same for every program that is started."""

    name = "noisy-shell"
    does = "every program works, with a warning of the linker on its standard error"
    reports = ("AzurLaneAutoScript, remove_shell_warning",)

    def changes(self) -> Mapping[str, Change]:
        """Change every program that tools start."""
        return dict.fromkeys(_PROGRAMS, _warned)


async def _warned(call: Call, usual: Command) -> int:
    await call.complain(LINKER)
    return await usual(call)
