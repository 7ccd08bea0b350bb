"""Commands on whole folders and on who may use them: `find`, `du`, `chmod`, `chown`, `restorecon`."""

import fnmatch
import posixpath
from collections.abc import AsyncIterator, Sequence

from handeye.environments.simulated_phone.files import Entry
from handeye.environments.simulated_phone.shell.call import Call, CommandFailed

_MISSING = "No such file or directory"


async def find(call: Call) -> int:
    """Print the paths below folders, by `-name`, `-iname`, `-type`, `-maxdepth` and `-o`; `-delete` removes them."""
    words = list(call.words)
    starts = []
    while words and not words[0].startswith(("-", "(", "!")):
        starts.append(words.pop(0))
    deepest = 1000
    if "-maxdepth" in words[:-1]:
        at = words.index("-maxdepth")
        deepest = int(words[at + 1]) if words[at + 1].isdecimal() else deepest
        del words[at : at + 2]
    delete = "-delete" in words
    words = [word for word in words if word not in ("-delete", "-print", "-depth")]
    status, found = 0, []
    for start in starts or ["."]:
        entry = await call.device.files.stat(call.path(start))
        if entry is None:
            await call.complain(f"find: {start}: {_MISSING}\n")
            status = 1
            continue
        async for path, one in _below(call, start, entry, deepest):
            if _matches(words, path, one):
                found.append(path)
    for path in found:
        if delete:
            await call.device.files.remove(call.path(path))
        else:
            await call.print(f"{path}\n")
    return status


async def _below(call: Call, path: str, entry: Entry, depth: int) -> AsyncIterator[tuple[str, Entry]]:
    yield path, entry
    if entry.directory and depth > 0:
        for name, inner in await call.device.files.list(call.path(path)) or ():
            async for found in _below(call, posixpath.join(path, name), inner, depth - 1):
                yield found


def _matches(words: Sequence[str], path: str, entry: Entry) -> bool:
    """Return whether one of the alternatives, joined by `-o`, holds entirely."""
    alternatives: list[list[str]] = [[]]
    for word in words:
        if word in ("-o", "-or"):
            alternatives.append([])
        else:
            alternatives[-1].append(word)
    return any(_holds(each, path, entry) for each in alternatives)


def _holds(words: list[str], path: str, entry: Entry) -> bool:
    name = posixpath.basename(path)
    for at in range(0, len(words), 2):
        test, value = words[at], words[at + 1] if at + 1 < len(words) else ""
        match test:
            case "-name":
                held = fnmatch.fnmatchcase(name, value)
            case "-iname":
                held = fnmatch.fnmatchcase(name.lower(), value.lower())
            case "-path":
                held = fnmatch.fnmatchcase(path, value)
            case "-type":
                held = entry.directory if value == "d" else value == "f" and not entry.directory
            case _:
                raise CommandFailed(f"find: bad arg '{test}'")
        if not held:
            return False
    return True


async def du(call: Call) -> int:
    """Print the size of folders with all that is in them, in KiB."""
    for start in [word for word in call.words if not word.startswith("-")] or ["."]:
        entry = await call.device.files.stat(call.path(start))
        if entry is None:
            raise CommandFailed(f"du: {start}: {_MISSING}")
        total = 0
        async for _, one in _below(call, start, entry, 1000):
            total += one.size
        await call.print(f"{-(-total // 1024)}\t{start}\n")
    return 0


async def change(call: Call) -> int:
    """Take new permissions or owners of files, which have no effect here: `chmod`, `chown`, `chgrp`, `restorecon`."""
    names = [word for word in call.words if not word.startswith("-")]
    names = names if call.name == "restorecon" else names[1:]
    if not names:
        raise CommandFailed(f'{call.name}: Needs 2 arguments (see "{call.name} --help")')
    for name in names:
        if await call.device.files.stat(call.path(name)) is None:
            raise CommandFailed(f"{call.name}: '{name}': {_MISSING}")
        if await call.device.files.unwritable(posixpath.join(call.path(name), "x")) == "Read-only file system":
            raise CommandFailed(f"{call.name}: chmod '{name}' to 100660: Read-only file system")
    return 0
