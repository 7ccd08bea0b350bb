"""A quirk: how one kind of phone answers otherwise. It wraps commands, and sets up the phone's facts."""

import dataclasses
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import ClassVar, NamedTuple, TypeAlias

from handeye.environments.simulated_phone.device import Device
from handeye.environments.simulated_phone.shell.call import Call, Command, FindCommand
from handeye.environments.simulated_phone.shell.pipe import Collected

Change: TypeAlias = Callable[[Call, Command], Awaitable[int]]
"""Runs in the place of a command, which is its second argument, and returns the exit status."""


class Quirk:
    """One way in which phones differ. A phone has its own instance, which may keep state."""

    name: ClassVar[str]
    """How it is chosen: lower case words joined by dashes."""
    does: ClassVar[str]
    """What such a phone does, in one line."""
    reports: ClassVar[Sequence[str]]
    """The public reports that it stands for: `project#number`, or a project and where in it."""

    serial: ClassVar[str | None] = None
    """The serial with which adb lists the phone; None for its address. Only an adb server of its own can do that."""

    def changes(self) -> Mapping[str, Change]:
        """Return what runs in the place of commands, by their names."""
        return {}

    def refuses(self, service: str) -> bool:
        """Return whether the phone's daemon refuses a service, such as `shell,v2:id`."""
        return False

    async def prepare(self, device: Device) -> None:
        """Set up the phone's facts: called after each start, restart and reset."""


class Captured(NamedTuple):
    """What a command wrote instead of sending it, and its exit status."""

    status: int
    out: bytes
    err: bytes

    @property
    def text(self) -> str:
        """The standard output as text."""
        return self.out.decode(errors="surrogateescape")


def change_commands(find: FindCommand, quirks: Iterable[Quirk]) -> FindCommand:
    """Return what finds commands as the quirks change them; the last one is asked first."""
    changes = [quirk.changes() for quirk in quirks]

    def found(name: str) -> Command | None:
        command = find(name)
        for each in changes:
            if command is not None and name in each:
                command = partial(_changed, each[name], command)
        return command

    return found


async def _changed(change: Change, usual: Command, call: Call) -> int:
    return await change(call, usual)


async def capture(call: Call, usual: Command, words: Iterable[str] | None = None) -> Captured:
    """Run a command, perhaps with other arguments, and return what it wrote."""
    out, err = Collected(), Collected()
    inner = dataclasses.replace(call, out=out, err=err, words=call.words if words is None else tuple(words))
    status = await usual(inner)
    return Captured(status, out.data, err.data)


async def rewrite(call: Call, usual: Command, change: Callable[[str], str]) -> int:
    """Run a command, and send its output changed."""
    ran = await capture(call, usual)
    await call.print(change(ran.text))
    await call.err.write(ran.err)
    return ran.status


async def with_words(call: Call, usual: Command, *words: str) -> int:
    """Run a command with other arguments."""
    return await usual(dataclasses.replace(call, words=words))
