"""Commands on processes: `ps`, `pidof`, `pgrep`, `kill`, `timeout`, `nproc`."""

import asyncio
import dataclasses
import re

from handeye.environments.simulated_phone.shell.call import Call, CommandFailed

_TIMED_OUT = 124
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600}


async def ps(call: Call) -> int:
    """List the processes of the apps that run; `-o` and `-p` choose columns and one of them."""
    words = list(call.words)
    if "--help" in words:
        await call.print(
            "usage: ps [-AadefLlnwZ] [-gG GROUP,] [-k FIELD,] [-o FIELD,] [-p PID,] [-t TTY,] [-uU USER,]\n"
        )
        return 0
    rows = [(call.device.process(name), name) for name in await call.device.running()]
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
    """Print the ids of the processes with these names; status 1 if there are none."""
    found = [str(call.device.process(name)) for name in await call.device.running() if name in call.words]
    await call.print(f"{' '.join(found)}\n" if found else "")
    return 0 if found else 1


async def pgrep(call: Call) -> int:
    """Print the ids of the processes whose names match a pattern; status 1 if there are none."""
    patterns = [word for word in call.words if not word.startswith("-")]
    if not patterns:
        raise CommandFailed("pgrep: No PATTERN", 2)
    try:
        wanted = re.compile(patterns[0])
    except re.error:
        raise CommandFailed(f"pgrep: bad PATTERN '{patterns[0]}'", 2) from None
    found = [name for name in await call.device.running() if wanted.search(name)]
    await call.print("".join(f"{call.device.process(name)}\n" for name in found))
    return 0 if found else 1


async def kill(call: Call) -> int:
    """End an app by its process; `-0` only looks whether it is there."""
    words = [word for word in call.words if not word.startswith("-")]
    look = any(word in ("-0", "-s0") for word in call.words)
    if not words:
        raise CommandFailed("kill: Needs 1 argument")
    for word in words:
        names = [name for name in await call.device.running() if str(call.device.process(name)) == word]
        if not names:
            raise CommandFailed(f"kill: pid {word}: No such process")
        if not look:
            await call.device.ask("name => phone.stop(name)", names[0])
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
