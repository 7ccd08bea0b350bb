"""One call of a command: its arguments and streams, and its errors."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from handeye.actions.errors import HandeyeError
from handeye.environments.simulated_phone.shell.pipe import Sink, Source

if TYPE_CHECKING:
    from handeye.environments.simulated_phone.device import Device

Command: TypeAlias = Callable[["Call"], Awaitable[int]]
"""Runs to completion and returns its exit status; may raise `CommandFailed`."""
FindCommand: TypeAlias = Callable[[str], Command | None]
"""Returns the command with a name, or None."""


class CommandFailed(HandeyeError):
    """Ends a command with a message on its standard error and a nonzero status."""

    def __init__(self, message: str, status: int = 1) -> None:
        super().__init__(message)
        self.status = status


class JavaError(CommandFailed):
    """An exception in a system service, printed as Java does. Status 255."""

    def __init__(self, kind: str, message: str, *trace: str) -> None:
        """Name the exception's class, its message, and where it was thrown: `com.android.X.f(X.java:12)`."""
        lines = "".join(f"\n\tat {line}" for line in trace)
        super().__init__(f"{kind}: {message}{lines}", 255)


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a command."""

    device: "Device"
    name: str
    words: tuple[str, ...]
    """The arguments, without the name."""
    variables: Mapping[str, str]
    """The exported variables."""
    folder: str
    """The current folder."""
    stdin: Source
    out: Sink
    err: Sink
    find: FindCommand
    """Finds the commands that this one runs."""

    async def print(self, text: str) -> None:
        """Write lines to the standard output."""
        await self.out.write(text.encode(errors="surrogateescape"))

    async def complain(self, text: str) -> None:
        """Write lines to the standard error."""
        await self.err.write(text.encode(errors="surrogateescape"))

    async def read_all(self) -> bytes:
        """Return all of the standard input."""
        parts = []
        while part := await self.stdin.read(256 * 1024):
            parts.append(part)
        return b"".join(parts)

    def path(self, name: str) -> str:
        """Return an absolute path."""
        return name if name.startswith("/") else f"{self.folder.rstrip('/')}/{name}"


class Arguments:
    """The words of a call, consumed one by one, as Android's own commands do."""

    def __init__(self, words: tuple[str, ...]) -> None:
        self._words = list(words)
        self._last = ""

    @property
    def rest(self) -> tuple[str, ...]:
        """The remaining words."""
        return tuple(self._words)

    def next(self) -> str | None:
        """Take the next word, if there is one."""
        if not self._words:
            return None
        self._last = self._words.pop(0)
        return self._last

    def option(self) -> str | None:
        """Take the next word if it begins with a dash; `--` ends the options."""
        if not self._words or not self._words[0].startswith("-"):
            return None
        word = self.next()
        return None if word == "--" else word

    def required(self) -> str:
        """Take the next word; raise `JavaError` if there is none."""
        last, word = self._last, self.next()
        if word is None:
            where = f'Argument expected after "{last}"' if last else "Argument expected"
            raise JavaError(
                "java.lang.IllegalArgumentException",
                where,
                "com.android.modules.utils.BasicShellCommandHandler.getNextArgRequired(BasicShellCommandHandler.java:301)",
            )
        return word
