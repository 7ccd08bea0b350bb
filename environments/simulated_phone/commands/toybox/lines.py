"""Commands on lines: `cut`, `tee`, `seq`, `basename`, `dirname`, `xargs`."""

import dataclasses
import posixpath
import re
from typing import Final

from handeye.environments.simulated_phone.commands.toybox.text import input_of, options_of
from handeye.environments.simulated_phone.shell.call import Call, CommandFailed
from handeye.environments.simulated_phone.shell.pipe import Nothing

_MOST: Final = 100_000
"""The longest sequence of numbers."""


async def cut(call: Call) -> int:
    """Print parts of lines: fields (`-f 1,3-`), between delimiters (`-d`), or characters (`-c`, `-b`)."""
    options, names = options_of(call.words, with_value="dfcb")
    kind = next((letter for letter in "fcb" if letter in options), None)
    if kind is None:
        raise CommandFailed("cut: Need -cCbfF")
    chosen = [_range(part) for part in options[kind].split(",")]
    delimiter = options.get("d", "\t")[:1] or "\t"
    for line in (await input_of(call, names)).decode(errors="surrogateescape").splitlines():
        if kind != "f":
            shown = "".join(mark for at, mark in enumerate(line, 1) if _within(at, chosen))
        elif delimiter not in line:
            if "s" in options:
                continue
            shown = line
        else:
            parts = line.split(delimiter)
            shown = delimiter.join(part for at, part in enumerate(parts, 1) if _within(at, chosen))
        await call.print(f"{shown}\n")
    return 0


def _range(part: str) -> tuple[int, int | None]:
    match = re.fullmatch(r"(\d*)(-?)(\d*)", part)
    if match is None or not part.strip("-"):
        raise CommandFailed(f"cut: bad offset in '{part}'")
    first, dash, last = match.groups()
    return int(first or 1), int(last) if last else None if dash else int(first)


def _within(at: int, chosen: list[tuple[int, int | None]]) -> bool:
    return any(first <= at and (last is None or at <= last) for first, last in chosen)


async def tee(call: Call) -> int:
    """Write the standard input to the standard output and to files; with `-a` at their ends."""
    options, names = options_of(call.words)
    data, status = await call.read_all(), 0
    await call.out.write(data)
    files = call.device.files
    for name in names:
        path = call.path(name)
        problem = await files.unwritable(path)
        if path == "/dev/null":
            continue
        if problem is not None:
            await call.complain(f"tee: {name}: {problem}\n")
            status = 1
            continue
        before = await files.read(path) if "a" in options else b""
        await files.write(path, before + data)
    return status


async def seq(call: Call) -> int:
    """Print the numbers from one to another: `seq 3`, `seq 2 5`, `seq 10 -2 0`."""
    try:
        numbers = [int(word) for word in call.words]
    except ValueError:
        raise CommandFailed("seq: not integer") from None
    if not 1 <= len(numbers) <= 3:
        raise CommandFailed("seq: Needs 1 to 3 arguments")
    first, step, last = {1: (1, 1), 2: (numbers[0], 1), 3: (numbers[0], numbers[min(1, len(numbers) - 1)])}[
        len(numbers)
    ] + (numbers[-1],)
    if step == 0 or abs(last - first) // abs(step) > _MOST:
        raise CommandFailed("seq: this phone prints at most 100000 numbers")
    await call.print("".join(f"{number}\n" for number in range(first, last + (1 if step > 0 else -1), step)))
    return 0


async def basename(call: Call) -> int:
    """Print the last part of a path, without a suffix if one is given."""
    if not call.words:
        raise CommandFailed('basename: Needs 1 argument (see "basename --help")')
    name = posixpath.basename(call.words[0].rstrip("/")) or "/"
    suffix = call.words[1] if len(call.words) > 1 else ""
    await call.print(f"{name.removesuffix(suffix) if name != suffix else name}\n")
    return 0


async def dirname(call: Call) -> int:
    """Print a path without its last part."""
    if not call.words:
        raise CommandFailed('dirname: Needs 1 argument (see "dirname --help")')
    await call.print(f"{posixpath.dirname(call.words[0].rstrip('/')) or '.'}\n")
    return 0


async def xargs(call: Call) -> int:
    """Run a command with the words of the standard input behind its own; with `-n` so many at a time."""
    words, most = list(call.words), 0
    while words and words[0].startswith("-"):
        option = words.pop(0)
        if option == "-n" and words and words[0].isdecimal():
            most = int(words.pop(0))
    name, *own = words or ["echo"]
    command = call.find(name)
    if command is None:
        raise CommandFailed(f"xargs: {name}: No such file or directory", 127)
    given = (await call.read_all()).decode(errors="surrogateescape").split()
    groups = [given[at : at + most] for at in range(0, len(given), most)] if most else [given]
    status = 0
    for group in groups:
        inner = dataclasses.replace(call, name=name, words=(*own, *group), stdin=Nothing())
        status = await command(inner) or status
    return status
