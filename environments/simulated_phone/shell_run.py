"""The phone's shell at work: runs what `shell_syntax` has read."""

import asyncio
import fnmatch
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from handeye.environments.errors import EnvironmentLost, ScriptFailed
from handeye.environments.simulated_phone.call import Call, Command, CommandFailed, JavaError
from handeye.environments.simulated_phone.shell_pipe import Bytes, Collected, Nothing, Pipe, PipeClosed, Sink, Source
from handeye.environments.simulated_phone.shell_syntax import (
    Group,
    Pipeline,
    Redirect,
    Script,
    ShellSyntaxError,
    Simple,
    Substitution,
    Text,
    Variable,
    Word,
    parse,
)

if TYPE_CHECKING:
    from handeye.environments.simulated_phone.device import Device

SHELL: Final = "/system/bin/sh"
_NOT_FOUND = 127
_BROKEN_PIPE = 141
_WILD = re.compile(r"[*?[]")
_PIECES = re.compile(r"(\s*)(\S*)")
_VARIABLES = {
    "ANDROID_DATA": "/data",
    "ANDROID_ROOT": "/system",
    "EXTERNAL_STORAGE": "/sdcard",
    "HOME": "/",
    "HOSTNAME": "handeye",
    "PATH": "/product/bin:/apex/com.android.runtime/bin:/system_ext/bin:/system/bin:/vendor/bin",
    "SHELL": "/bin/sh",
    "TMPDIR": "/data/local/tmp",
    "USER": "shell",
}

FindCommand = Callable[[str], Command | None]
"""Returns the command of a name, or None."""


class _Exit(Exception):
    """The script ends here."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@dataclass(frozen=True, slots=True)
class _Streams:
    """Where the descriptors 0, 1 and 2 lead."""

    stdin: Source
    out: Sink
    err: Sink


@dataclass(frozen=True, slots=True)
class _Written:
    """A file that gets its content when the command has ended."""

    path: str
    content: Collected
    append: bool


@dataclass(frozen=True, slots=True)
class _Field:
    """One word of a command as it comes to be, both as a text and as a pattern of file names."""

    text: str = ""
    pattern: str = ""
    wild: bool = False

    def plus(self, text: str, quoted: bool) -> "_Field":
        """Return the field with more text, whose wild characters mean themselves if it is quoted."""
        escaped = _WILD.sub(r"[\g<0>]", text) if quoted else text
        wild = self.wild or (not quoted and _WILD.search(text) is not None)
        return _Field(self.text + text, self.pattern + escaped, wild)


class Shell:
    """One shell: its variables, its current folder, and the status of its last command."""

    def __init__(self, device: "Device", find_command: FindCommand) -> None:
        self._device = device
        self._find_command = find_command
        self._variables = dict(_VARIABLES)
        self._folder = "/"
        self._status = 0

    async def run(self, text: str, stdin: Source, out: Sink, err: Sink) -> int:
        """Run a script and return its exit status."""
        try:
            script = parse(text)
        except ShellSyntaxError as error:
            await err.write(f"{SHELL}: {error}\n".encode())
            return 1
        try:
            await self._script(script, _Streams(stdin, out, err))
        except _Exit as end:
            self._status = end.status
        return self._status

    async def _script(self, script: Script, streams: _Streams) -> None:
        for step in script:
            if (step.connector == "&&" and self._status) or (step.connector == "||" and not self._status):
                continue
            self._status = await self._pipeline(step.pipeline, streams)

    async def _pipeline(self, pipeline: Pipeline, streams: _Streams) -> int:
        commands = pipeline.commands
        status = await (self._command(commands[0], streams) if len(commands) == 1 else self._joined(commands, streams))
        return int(not status) if pipeline.negated else status

    async def _joined(self, commands: Sequence[Simple | Group], streams: _Streams) -> int:
        """Run commands side by side; return the status of the last."""
        pipes = [Pipe() for _ in commands[1:]]
        last = len(commands) - 1

        async def one(index: int) -> int:
            shell = self._copy()
            source = pipes[index - 1] if index else streams.stdin
            sink = pipes[index] if index < last else streams.out
            try:
                return await shell._command(commands[index], _Streams(source, sink, streams.err))
            except _Exit as end:
                return end.status
            finally:
                if index < last:
                    await pipes[index].end()
                if index:
                    await pipes[index - 1].abandon()

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(index)) for index in range(len(commands))]
        return tasks[-1].result()

    async def _command(self, command: Simple | Group, streams: _Streams) -> int:
        try:
            streams, written = await self._redirected(command.redirects, streams)
        except CommandFailed as error:
            await streams.err.write(f"{SHELL}: {error}\n".encode())
            return error.status
        status = await (self._group(command, streams) if isinstance(command, Group) else self._simple(command, streams))
        for file in written:
            before = await self._device.files.read(file.path) if file.append else b""
            await self._device.files.write(file.path, before + file.content.data)
        return status

    async def _group(self, group: Group, streams: _Streams) -> int:
        if not group.subshell:
            await self._script(group.script, streams)
            return self._status
        return await self._subshell(group.script, streams)

    async def _subshell(self, script: Script, streams: _Streams) -> int:
        shell = self._copy()
        try:
            await shell._script(script, streams)
        except _Exit as end:
            return end.status
        return shell._status

    async def _simple(self, command: Simple, streams: _Streams) -> int:
        assigned = {name: "".join(await self._fields(word, split=False)) for name, word in command.assignments}
        words = [field for word in command.words for field in await self._fields(word)]
        if not words:
            self._variables |= assigned
            return 0
        if words[0] in ("exec", "command", "nohup") and len(words) > 1:
            words = words[1:]
        built_in = await self._built_in(words, streams)
        if built_in is not None:
            return built_in
        name = words[0].rpartition("/")[2] if words[0].startswith(("/system/bin/", "/bin/")) else words[0]
        run = self._find_command(name)
        if run is None:
            await streams.err.write(f"{SHELL}: {words[0]}: inaccessible or not found\n".encode())
            return _NOT_FOUND
        variables = self._variables | assigned
        call = Call(
            self._device, name, tuple(words[1:]), variables, self._folder, streams.stdin, streams.out, streams.err
        )
        return await self._guarded(run, call)

    async def _guarded(self, run: Command, call: Call) -> int:
        try:
            return await run(call)
        except JavaError as error:
            subject = call.words[0] if call.words else call.name
            await call.complain(f"\nException occurred while executing '{subject}':\n{error}\n")
            return error.status
        except CommandFailed as error:
            if str(error):
                await call.complain(f"{error}\n")
            return error.status
        except PipeClosed:
            return _BROKEN_PIPE
        except ScriptFailed as error:
            await call.complain(f"Error: {error}\n")
            return 255
        except EnvironmentLost:
            await call.complain(f"cmd: Can't find service: {call.name}\n")
            return 20

    async def _built_in(self, words: list[str], streams: _Streams) -> int | None:
        """Run what only the shell itself can do; None if it is something else."""
        match words:
            case ["cd", *rest]:
                return await self._change_folder(rest[0] if rest else "/", streams)
            case ["exit", *rest]:
                raise _Exit(int(rest[0]) & 255 if rest and rest[0].isdecimal() else self._status)
            case ["export" | "readonly" | "local", *settings]:
                self._variables |= {name: value for name, found, value in map(_assignment, settings) if found}
                return 0
            case ["unset", *names]:
                for name in names:
                    self._variables.pop(name, None)
                return 0
            case ["set" | "umask" | "trap" | "ulimit", *_]:
                return 0
            case ["eval", *rest]:
                return await self._nested(" ".join(rest), streams, subshell=False)
            case ["sh", "-c", script, *_]:
                return await self._nested(script, streams, subshell=True)
        return None

    async def _nested(self, text: str, streams: _Streams, subshell: bool) -> int:
        try:
            script = parse(text)
        except ShellSyntaxError as error:
            await streams.err.write(f"{SHELL}: {error}\n".encode())
            return 1
        if subshell:
            return await self._subshell(script, streams)
        await self._script(script, streams)
        return self._status

    async def _change_folder(self, name: str, streams: _Streams) -> int:
        path = self._device.files.resolve(self._path(name))
        entry = await self._device.files.stat(path)
        if entry is None or not entry.directory:
            reason = "No such file or directory" if entry is None else "Not a directory"
            await streams.err.write(f"{SHELL}: cd: {name}: {reason}\n".encode())
            return 2
        self._folder = path
        return 0

    async def _redirected(
        self, redirects: Sequence[Redirect], streams: _Streams
    ) -> tuple[_Streams, tuple[_Written, ...]]:
        """Return where the descriptors lead; raise `CommandFailed` if a file cannot be opened."""
        written: list[_Written] = []
        for redirect in redirects:
            target = "".join(await self._fields(redirect.target, split=False))
            if redirect.kind == "<":
                streams = replace(streams, stdin=await self._opened(target))
                continue
            sink: Sink
            if redirect.kind == ">&":
                if target not in ("1", "2"):
                    raise CommandFailed(f"{target}: bad file descriptor")
                sink = streams.out if target == "1" else streams.err
            elif target == "/dev/null":
                sink = Nothing()
            else:
                path = self._path(target)
                problem = await self._device.files.unwritable(path)
                if problem is not None:
                    raise CommandFailed(f"can't create {target}: {problem}")
                sink = content = Collected()
                written.append(_Written(path, content, redirect.kind == ">>"))
            streams = replace(streams, err=sink) if redirect.descriptor == 2 else replace(streams, out=sink)
        return streams, tuple(written)

    async def _opened(self, target: str) -> Source:
        if target == "/dev/null":
            return Nothing()
        path = self._path(target)
        entry = await self._device.files.stat(path)
        if entry is None or entry.directory:
            reason = "No such file or directory" if entry is None else "Is a directory"
            raise CommandFailed(f"can't open {target}: {reason}")
        return Bytes(await self._device.files.read(path))

    async def _fields(self, word: Word, split: bool = True) -> list[str]:
        """Return what a word stands for: mostly one text; none or several where a variable is empty or has blanks."""
        fields: list[_Field] = []
        field: _Field | None = None
        for part in word:
            match part:
                case Text():
                    text = part.text
                case Variable():
                    text = self._value(part.name)
                case Substitution():
                    text = await self._output(part.script)
            if not split or part.quoted or isinstance(part, Text):
                if text or part.quoted:
                    field = (field or _Field()).plus(text, part.quoted)
                continue
            # Not quoted, so blanks in it end the field before them and begin another.
            for blank, piece in _PIECES.findall(text):
                if blank and field is not None:
                    fields.append(field)
                    field = None
                if piece:
                    field = (field or _Field()).plus(piece, False)
        if field is not None:
            fields.append(field)
        return [text for field in fields for text in (await self._matching(field) if split else (field.text,))]

    async def _matching(self, field: _Field) -> list[str]:
        """Return the files that a pattern matches in its last part; the field itself if it is none, or matches none."""
        folder, slash, name = field.text.rpartition("/")
        pattern = field.pattern.rpartition("/")[2]
        if field.wild:
            entries = await self._device.files.list(self._path(folder or slash or "."))
            found = sorted(entry for entry, _ in entries or () if fnmatch.fnmatchcase(entry, pattern))
            shown = [entry for entry in found if not entry.startswith(".") or name.startswith(".")]
            if shown:
                return [f"{folder}{slash}{entry}" for entry in shown]
        return [field.text]

    def _path(self, name: str) -> str:
        return name if name.startswith("/") else f"{self._folder}/{name}"

    async def _output(self, script: Script) -> str:
        collected = Collected()
        self._status = await self._subshell(script, _Streams(Nothing(), collected, Nothing()))
        return collected.data.decode(errors="surrogateescape").rstrip("\n")

    def _value(self, name: str) -> str:
        match name:
            case "?":
                return str(self._status)
            case "$":
                return "4321"
            case "0":
                return SHELL
            case "#":
                return "0"
            case _:
                return self._variables.get(name, "")

    def _copy(self) -> "Shell":
        shell = Shell(self._device, self._find_command)
        shell._variables = dict(self._variables)
        shell._folder, shell._status = self._folder, self._status
        return shell


def _assignment(text: str) -> tuple[str, str, str]:
    return text.partition("=")
