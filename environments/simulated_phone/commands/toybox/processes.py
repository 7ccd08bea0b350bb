"""Commands on processes: `ps`, `pidof`, `kill`, `timeout`, `nproc`."""

import asyncio
import dataclasses
import re

from handeye.environments.simulated_phone.shell.call import Call, CommandFailed

_TIMED_OUT = 124
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600}


async def ps(call: Call) -> int:
    """List the processes of the apps; `-o` and `-p` choose columns and one of them."""
    words = list(call.words)
    if "--help" in words:
        await call.print(
            "usage: ps [-AadefLlnwZ] [-gG GROUP,] [-k FIELD,] [-o FIELD,] [-p PID,] [-t TTY,] [-uU USER,]\n"
        )
        return 0
    rows = [(call.device.process(app.package), app.package) for app in await call.device.apps()]
    if "-p" in words[:-1]:
        wanted = words[words.index("-p") + 1].split(",")
        rows = [row for row in rows if str(row[0]) in wanted]
    if "-o" in words[:-1]:
        columns = [column.upper().partition("=")[0] for column in words[words.index("-o") + 1].split(",")]
        await call.print(" ".join(columns) + "\n")
        for pid, name in rows:
            values = {"PID": str(pid), "PPID": "500", "USER": "u0_a87", "NAME": name, "ARGS": name, "CMD": name}
            await call.print(" ".join(values.get(column, "-") for column in columns) + "\n")
        return 0
    await call.print("USER           PID  PPID        VSZ    RSS WCHAN            ADDR S NAME\n")
    for pid, name in rows:
        await call.print(f"u0_a87       {pid:>5}   500   13000000 100000 0  0 S {name}\n")
    return 0


async def pidof(call: Call) -> int:
    """Print the foreground process's id if it is the requested one."""
    focus = await call.device.focus()
    if focus.package not in call.words:
        return 1
    await call.print(f"{call.device.process(focus.package)}\n")
    return 0


async def kill(call: Call) -> int:
    """End an app by its process; `-0` only looks whether it is there."""
    words = [word for word in call.words if not word.startswith("-")]
    look = any(word in ("-0", "-s0") for word in call.words)
    if not words:
        raise CommandFailed("kill: Needs 1 argument")
    for word in words:
        apps = [app for app in await call.device.apps() if str(call.device.process(app.package)) == word]
        if not apps:
            raise CommandFailed(f"kill: pid {word}: No such process")
        if not look:
            await call.device.ask("name => phone.stop(name)", apps[0].package)
    return 0


async def timeout(call: Call) -> int:
    """Run a command for at most some seconds; status 124 if it takes longer."""
    words = list(call.words)
    while words and words[0].startswith("-"):
        if words.pop(0) in ("-k", "-s"):
            del words[:1]
    match = re.fullmatch(r"(\d+(?:\.\d*)?)([smh]?)", words[0]) if len(words) > 1 else None
    if match is None:
        raise CommandFailed('timeout: Needs 2 arguments (see "timeout --help")', 125)
    command = call.find(words[1])
    if command is None:
        raise CommandFailed(f"timeout: exec {words[1]}: No such file or directory", 127)
    try:
        async with asyncio.timeout(float(match[1]) * _UNITS[match[2]]):
            return await command(dataclasses.replace(call, name=words[1], words=tuple(words[2:])))
    except TimeoutError:
        return _TIMED_OUT


async def nproc(call: Call) -> int:
    """Print the number of processors."""
    await call.print("1\n")
    return 0
