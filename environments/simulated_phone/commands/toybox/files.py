"""Commands on files: `ls`, `cat`, `rm`, `mkdir`, `mv`, `cp`, `stat`, `touch`, `df`."""

import posixpath
import time

from handeye.environments.simulated_phone.files import FIXED, Entry
from handeye.environments.simulated_phone.shell.call import Call, CommandFailed

_MISSING = "No such file or directory"


async def ls(call: Call) -> int:
    """List folders and files."""
    options, names = _split(call)
    status = 0
    for number, name in enumerate(names or ["."]):
        path = call.path(name)
        entry = await call.device.files.stat(path)
        if entry is None:
            await call.complain(f"ls: {name}: {_MISSING}\n")
            status = 1
            continue
        if not entry.directory or "d" in options:
            await call.print(_line(name, entry, options))
            continue
        if len(names) > 1:
            await call.print(f"{'' if number == 0 else chr(10)}{name}:\n")
        await _folder(call, path, name, options)
    return status


async def _folder(call: Call, path: str, shown: str, options: frozenset[str]) -> None:
    entries = [
        (name, entry)
        for name, entry in await call.device.files.list(path) or ()
        if not name.startswith(".") or "a" in options or "A" in options
    ]
    if "R" in options:
        await call.print(f"{shown}:\n")
    if "l" in options:
        await call.print(f"total {sum(-(-entry.size // 1024) for _, entry in entries)}\n")
    for name, entry in entries:
        await call.print(_line(name, entry, options))
    if "R" in options:
        for name, entry in entries:
            if entry.directory:
                await call.print("\n")
                await _folder(call, posixpath.join(path, name), posixpath.join(shown, name), options)


def _line(name: str, entry: Entry, options: frozenset[str]) -> str:
    if "l" not in options:
        return f"{name}{'/' if 'p' in options and entry.directory else ''}\n"
    date = time.strftime("%Y-%m-%d %H:%M", time.gmtime(entry.modified))
    return f"{_permissions(entry)} {2 if entry.directory else 1} shell everybody {entry.size:>8} {date} {name}\n"


def _permissions(entry: Entry) -> str:
    return "drwxrwx--x" if entry.directory else "-rw-rw----"


async def cat(call: Call) -> int:
    """Write files to the standard output; without a name or with `-`, the standard input."""
    status = 0
    for name in [word for word in call.words if word == "-" or not word.startswith("-")] or ["-"]:
        if name == "-":
            await call.out.write(await call.read_all())
            continue
        entry = await call.device.files.stat(call.path(name))
        if entry is None or entry.directory:
            await call.complain(f"cat: {name}: {_MISSING if entry is None else 'Is a directory'}\n")
            status = 1
            continue
        await call.out.write(await call.device.files.read(call.path(name)))
    return status


async def rm(call: Call) -> int:
    """Remove files, and folders with `-r`."""
    options, names = _split(call)
    if not names and "f" not in options:
        raise CommandFailed('rm: Needs 1 argument (see "rm --help")')
    status = 0
    for name in names:
        path = call.path(name)
        entry = await call.device.files.stat(path)
        problem = None
        if entry is None:
            problem = None if "f" in options else _MISSING
        elif entry.directory and not options & {"r", "R"}:
            problem = "is directory"
        elif denied := await call.device.files.unwritable(posixpath.join(path, "x") if entry.directory else path):
            problem = denied
        elif call.device.files.resolve(path) in FIXED:
            for inside, _ in await call.device.files.list(path) or ():
                await call.device.files.remove(posixpath.join(path, inside))
            problem = "Permission denied"  # they belong to the system, but their contents do not
        else:
            await call.device.files.remove(path)
        if problem is not None:
            await call.complain(f"rm: {name}: {problem}\n")
            status = 1
    return status


async def mkdir(call: Call) -> int:
    """Create folders, with `-p` including their parents."""
    options, names = _split(call)
    status = 0
    for name in names:
        path = call.path(name)
        entry = await call.device.files.stat(path)
        if entry is not None:
            problem = None if "p" in options and entry.directory else "File exists"
        else:
            problem = await call.device.files.unwritable(path)
            if problem == _MISSING and "p" in options:
                problem = None
            if problem is None:
                await call.device.files.make_folder(path)
        if problem is not None:
            await call.complain(f"mkdir: '{name}': {problem}\n")
            status = 1
    return status


async def mv(call: Call) -> int:
    """Move a file or a folder."""
    return await _copy(call, move=True)


async def cp(call: Call) -> int:
    """Copy a file, or a folder with `-r`."""
    return await _copy(call, move=False)


async def _copy(call: Call, move: bool) -> int:
    options, names = _split(call)
    verb, files = call.name, call.device.files
    if len(names) < 2:
        raise CommandFailed(f'{verb}: Needs 2 arguments (see "{verb} --help")')
    *sources, target = names
    into = await files.stat(call.path(target))
    for name in sources:
        source = call.path(name)
        entry = await files.stat(source)
        if entry is None:
            raise CommandFailed(f"{verb}: bad '{name}': {_MISSING}")
        if entry.directory and not move and not options & {"r", "R", "a"}:
            raise CommandFailed(f"{verb}: Skipped dir '{name}'")
        inside = into is not None and into.directory
        end = posixpath.join(call.path(target), _own_name(name, files.resolve(source))) if inside else call.path(target)
        if files.resolve(end) == files.resolve(source):
            raise CommandFailed(f"{verb}: '{name}' is '{target}'")
        if files.resolve(end).startswith(f"{files.resolve(source)}/"):
            raise CommandFailed(f"{verb}: '{name}' is a parent of '{target}'")
        problem = await files.unwritable(end)
        if problem is not None and not (problem == "Is a directory" and entry.directory):
            raise CommandFailed(f"{verb}: bad '{target}': {problem}")
        await files.copy(source, end)
        if move:
            await files.remove(source)
    return 0


def _own_name(name: str, path: str) -> str:
    """Return what something is called in the folder that it is copied into; `a/.` is what is in `a`."""
    return "." if name == "." or name.endswith("/.") else posixpath.basename(path)


async def stat(call: Call) -> int:
    """Print the attributes of files, with `-c` in the given format."""
    words = list(call.words)
    form = None
    if "-c" in words:
        at = words.index("-c")
        form = words[at + 1] if at + 1 < len(words) else ""
        del words[at : at + 2]
    status = 0
    for name in words:
        entry = await call.device.files.stat(call.path(name))
        if entry is None:
            await call.complain(f"stat: '{name}': {_MISSING}\n")
            status = 1
            continue
        await call.print((_formatted(form, name, entry) if form is not None else _described(name, entry)) + "\n")
    return status


def _formatted(form: str, name: str, entry: Entry) -> str:
    kind = "directory" if entry.directory else "regular file"
    values = {
        "%s": str(entry.size),
        "%n": name,
        "%Y": str(entry.modified),
        "%F": kind,
        "%a": f"{entry.mode & 0o777:o}",
        "%A": _permissions(entry),
        "%U": "shell",
        "%G": "everybody",
    }
    for code, value in values.items():
        form = form.replace(code, value)
    return form


def _described(name: str, entry: Entry) -> str:
    kind = "directory" if entry.directory else "regular file"
    when = time.strftime("%Y-%m-%d %H:%M:%S.000000000 +0000", time.gmtime(entry.modified))
    return (
        f"  File: {name}\n  Size: {entry.size}\t Blocks: {-(-entry.size // 512)}\t IO Blocks: 512\t{kind}\n"
        f"Access: ({entry.mode & 0o7777:04o}/{_permissions(entry)})\tUid: (2000/shell)\tGid: (9997/everybody)\n"
        f"Modify: {when}"
    )


async def touch(call: Call) -> int:
    """Create empty files if they do not exist, and set the time of existing ones."""
    for name in [word for word in call.words if not word.startswith("-")]:
        path = call.path(name)
        problem = await call.device.files.unwritable(path)
        if problem is not None and problem != "Is a directory":
            raise CommandFailed(f"touch: '{name}': {problem}")
        if problem is None:
            await call.device.files.write(path, await call.device.files.read(path))
    return 0


def _split(call: Call) -> tuple[frozenset[str], list[str]]:
    """Return the letters of the options, and the other words."""
    options: set[str] = set()
    names: list[str] = []
    words = iter(call.words)
    for word in words:
        if word == "--":
            names += words
        elif word.startswith("-") and len(word) > 1:
            options |= set(word[1:])
        else:
            names.append(word)
    return frozenset(options), names
