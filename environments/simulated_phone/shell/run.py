"""The phone's shell: runs scripts parsed by `syntax`."""

import asyncio
import fnmatch
from collections.abc import Sequence
from typing import TYPE_CHECKING

from handeye.environments.errors import EnvironmentLost, ScriptFailed
from handeye.environments.simulated_phone.shell.call import Call, Command, CommandFailed, FindCommand, JavaError
from handeye.environments.simulated_phone.shell.pipe import Collected, Nothing, Pipe, PipeClosed, Sink, Source
from handeye.environments.simulated_phone.shell.quoting import ShellSyntaxError
from handeye.environments.simulated_phone.shell.script import (
    Case,
    Compound,
    Each,
    Group,
    If,
    Loop,
    Pipeline,
    Script,
    Simple,
    Word,
)
from handeye.environments.simulated_phone.shell.streams import Streams, redirected
from handeye.environments.simulated_phone.shell.syntax import is_unfinished, parse
from handeye.environments.simulated_phone.shell.words import SHELL, Context, fields, pattern_of, single

if TYPE_CHECKING:
    from handeye.environments.simulated_phone.device import Device

_FAILED = 255
_NO_SERVICE = 20
_NOT_FOUND = 127
_BROKEN_PIPE = 141
_INTERRUPTED = 130
_CHUNK = 4096
_BESIDES = frozenset(("exec", "command", "nohup"))
"""Command prefixes that have no effect here."""
_PROGRAMS = ("/system/bin/", "/bin/")


class _Exit(Exception):
    """Ends the script."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class _LeaveLoop(Exception):
    """Ends or repeats an enclosing loop."""

    def __init__(self, again: bool, levels: int) -> None:
        super().__init__(levels)
        self.again = again
        """Whether the loop goes on with its next turn."""
        self.levels = levels
        """How many loops are left, this one included."""


class Shell:
    """One shell on a phone."""

    def __init__(self, device: "Device", find_command: FindCommand, context: Context | None = None) -> None:
        self._device = device
        self._find_command = find_command
        self._context = context or Context()
        self.exited = False
        """Whether `exit` has ended it."""

    async def run(self, text: str, stdin: Source, out: Sink, err: Sink) -> int:
        """Run a script and return its exit status."""
        try:
            return await self._nested(text, Streams(stdin, out, err))
        except _Exit as end:
            self.exited = True
            self._context.status = end.status
            return end.status
        except _LeaveLoop:
            return 0  # outside of a loop

    def interrupt(self) -> int:
        """Note that ctrl-c has ended the last command; return its exit status."""
        self._context.status = _INTERRUPTED
        return _INTERRUPTED

    async def run_lines(self, lines: Source, out: Sink, err: Sink) -> int:
        """Run lines as they arrive, and return the last exit status; `exit` ends it."""
        pending, text, status = b"", "", 0
        while not self.exited and (part := await lines.read(_CHUNK)):
            *whole, pending = (pending + part).split(b"\n")
            for line in whole:
                text += line.decode(errors="surrogateescape") + "\n"
                if self.exited or is_unfinished(text):
                    continue
                status = await self.run(text, Nothing(), out, err)
                text = ""
        if not self.exited and (text or pending):
            status = await self.run(text + pending.decode(errors="surrogateescape"), Nothing(), out, err)
        return status

    async def _nested(self, text: str, streams: Streams) -> int:
        """Run a script, given as text, in this shell."""
        try:
            script = parse(text)
        except ShellSyntaxError as error:
            await streams.err.write(f"{SHELL}: {error}\n".encode())
            return 1
        return await self._script(script, streams)

    async def _script(self, script: Script, streams: Streams) -> int:
        context = self._context
        for step in script:
            if (step.connector == "&&" and context.status) or (step.connector == "||" and not context.status):
                continue
            context.status = await self._pipeline(step.pipeline, streams)
        return context.status

    async def _pipeline(self, pipeline: Pipeline, streams: Streams) -> int:
        commands = pipeline.commands
        status = await (self._command(commands[0], streams) if len(commands) == 1 else self._joined(commands, streams))
        return int(not status) if pipeline.negated else status

    async def _joined(self, commands: Sequence[Compound], streams: Streams) -> int:
        """Run commands concurrently; return the status of the last."""
        pipes = [Pipe() for _ in commands[1:]]
        last = len(commands) - 1

        async def one(index: int) -> int:
            source = pipes[index - 1] if index else streams.stdin
            sink = pipes[index] if index < last else streams.out
            try:
                return await self._copy()._command(commands[index], Streams(source, sink, streams.err))
            except _Exit as end:
                return end.status
            except _LeaveLoop:
                return 0
            finally:
                if index < last:
                    await pipes[index].end()
                if index:
                    await pipes[index - 1].abandon()

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(index)) for index in range(len(commands))]
        return tasks[-1].result()

    async def _command(self, command: Compound, streams: Streams) -> int:
        try:
            targets = [(redirect, await self._single(redirect.target)) for redirect in command.redirects]
            redirects = [(redirect, target, self._context.path(target)) for redirect, target in targets]
            streams, written = await redirected(redirects, streams, self._device.files)
        except CommandFailed as error:
            await streams.err.write(f"{SHELL}: {error}\n".encode())
            return error.status
        try:
            return await self._carry_out(command, streams)
        except CommandFailed as error:
            await streams.err.write(f"{SHELL}: {error}\n".encode())
            return error.status
        finally:
            for file in written:
                await file.store(self._device.files)

    async def _carry_out(self, command: Compound, streams: Streams) -> int:
        match command:
            case Simple():
                return await self._simple(command, streams)
            case Group():
                run = self._subshell if command.subshell else self._script
                return await run(command.script, streams)
            case If():
                for condition, script in command.branches:
                    if await self._script(condition, streams) == 0:
                        return await self._script(script, streams)
                return await self._script(command.otherwise, streams) if command.otherwise else 0
            case Loop():
                return await self._loop(command, streams)
            case Each():
                return await self._each(command, streams)
            case Case():
                return await self._case(command, streams)

    async def _loop(self, loop: Loop, streams: Streams) -> int:
        status = 0
        while (await self._script(loop.condition, streams) == 0) != loop.until:
            await asyncio.sleep(0)  # a loop of builtins must not stop the phone
            try:
                status = await self._script(loop.body, streams)
            except _LeaveLoop as leaving:
                if self._leaves(leaving):
                    return 0
        return status

    async def _each(self, loop: Each, streams: Streams) -> int:
        status = 0
        for text in [text for word in loop.words for text in await self._fields(word)]:
            self._context.variables[loop.name] = text
            await asyncio.sleep(0)
            try:
                status = await self._script(loop.body, streams)
            except _LeaveLoop as leaving:
                if self._leaves(leaving):
                    return 0
        return status

    def _leaves(self, leaving: _LeaveLoop) -> bool:
        """Return whether the innermost loop ends; raise for the next one if more are left."""
        if leaving.levels > 1:
            raise _LeaveLoop(leaving.again, leaving.levels - 1) from None
        return not leaving.again

    async def _case(self, case: Case, streams: Streams) -> int:
        word = await self._single(case.word)
        for patterns, script in case.arms:
            for pattern in patterns:
                if fnmatch.fnmatchcase(word, await pattern_of(pattern, self._context, self._output)):
                    return await self._script(script, streams) if script else 0
        return 0

    async def _subshell(self, script: Script, streams: Streams) -> int:
        """Run a script in a subshell: its variables are discarded, and `exit` ends only the subshell."""
        try:
            return await self._copy()._script(script, streams)
        except _Exit as end:
            return end.status
        except _LeaveLoop:
            return 0

    async def _simple(self, command: Simple, streams: Streams) -> int:
        context = self._context
        assigned = {name: await self._single(word) for name, word in command.assignments}
        words = [field for word in command.words for field in await self._fields(word)]
        if not words:
            context.variables |= assigned
            return 0
        if words[0] in _BESIDES and len(words) > 1:
            words = words[1:]
        built_in = await self._built_in(words, streams)
        if built_in is not None:
            return built_in
        name = words[0].rpartition("/")[2] if words[0].startswith(_PROGRAMS) else words[0]
        run = self._find_command(name)
        if run is None:
            await streams.err.write(f"{SHELL}: {words[0]}: inaccessible or not found\n".encode())
            return _NOT_FOUND
        variables = context.variables | assigned
        call = Call(
            self._device,
            name,
            tuple(words[1:]),
            variables,
            context.folder,
            streams.stdin,
            streams.out,
            streams.err,
            self._find_command,
        )
        return await _guarded(run, call)

    async def _built_in(self, words: list[str], streams: Streams) -> int | None:
        """Run a shell builtin; return None if it is not one."""
        context = self._context
        match words:
            case ["cd", *rest]:
                return await self._change_folder(rest[0] if rest else "/", streams)
            case ["exit", *rest]:
                raise _Exit(int(rest[0]) & 255 if rest and rest[0].isdecimal() else context.status)
            case ["export" | "readonly" | "local", *settings]:
                parts = [setting.partition("=") for setting in settings]
                context.variables |= {name: value for name, sign, value in parts if sign}
                return 0
            case ["unset", *names]:
                for name in names:
                    context.variables.pop(name, None)
                return 0
            case [("break" | "continue") as verb, *rest]:
                raise _LeaveLoop(verb == "continue", int(rest[0]) if rest and rest[0].isdecimal() else 1)
            case ["read", *names]:
                return await self._read([name for name in names if not name.startswith("-")], streams.stdin)
            case ["set" | "umask" | "trap" | "ulimit", *_]:
                return 0
            case ["eval", *rest]:
                return await self._nested(" ".join(rest), streams)
            case ["sh", "-c", script, *_]:
                return await self._copy().run(script, streams.stdin, streams.out, streams.err)
        return None

    async def _change_folder(self, name: str, streams: Streams) -> int:
        files = self._device.files
        path = files.resolve(self._context.path(name))
        entry = await files.stat(path)
        if entry is None or not entry.directory:
            reason = "No such file or directory" if entry is None else "Not a directory"
            await streams.err.write(f"{SHELL}: cd: {name}: {reason}\n".encode())
            return 2
        self._context.folder = path
        return 0

    async def _read(self, names: Sequence[str], source: Source) -> int:
        """Read a line into variables; the last one has the rest. Status 1 at the end of the input."""
        line = bytearray()
        while (byte := await source.read(1)) not in (b"", b"\n"):
            line += byte
        text = line.decode(errors="surrogateescape").strip()
        parts = text.split(None, max(len(names) - 1, 0)) if names else [text]
        for index, name in enumerate(names or ("REPLY",)):
            self._context.variables[name] = parts[index] if index < len(parts) else ""
        return 0 if byte else 1

    async def _fields(self, word: Word) -> list[str]:
        return await fields(word, self._context, self._device.files, self._output)

    async def _single(self, word: Word) -> str:
        return await single(word, self._context, self._output)

    async def _output(self, script: Script) -> str:
        collected = Collected()
        self._context.status = await self._subshell(script, Streams(Nothing(), collected, Nothing()))
        return collected.data.decode(errors="surrogateescape").rstrip("\n")

    def _copy(self) -> "Shell":
        return Shell(self._device, self._find_command, self._context.copy())


async def _guarded(run: Command, call: Call) -> int:
    """Run a command; convert its errors to a message on its standard error and a status."""
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
        return _FAILED
    except EnvironmentLost:
        # The message of a phone whose system is restarting.
        await call.complain(f"cmd: Can't find service: {call.name}\n")
        return _NO_SERVICE
