"""A command's descriptors, including redirections to files."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from handeye.environments.simulated_phone.files import Files
from handeye.environments.simulated_phone.shell.call import CommandFailed
from handeye.environments.simulated_phone.shell.pipe import Bytes, Collected, Nothing, Sink, Source
from handeye.environments.simulated_phone.shell.script import Redirect

_NULL = "/dev/null"


@dataclass(frozen=True, slots=True)
class Streams:
    """The targets of the descriptors 0, 1 and 2."""

    stdin: Source
    out: Sink
    err: Sink


@dataclass(frozen=True, slots=True)
class Written:
    """A file that receives its content when the command has ended."""

    path: str
    content: Collected
    append: bool

    async def store(self, files: Files) -> None:
        """Write the content to the file."""
        before = await files.read(self.path) if self.append else b""
        await files.write(self.path, before + self.content.data)


async def redirected(
    redirects: Sequence[tuple[Redirect, str, str]], streams: Streams, files: Files
) -> tuple[Streams, tuple[Written, ...]]:
    """Return the descriptors after redirections, each given with its target as written and as a path.

    Raises `CommandFailed` if a file cannot be opened.
    """
    written: list[Written] = []
    for redirect, target, path in redirects:
        if redirect.kind == "<":
            streams = replace(streams, stdin=await _opened(target, path, files))
            continue
        sink: Sink
        if redirect.kind == ">&":
            if target not in ("1", "2"):
                raise CommandFailed(f"{target}: bad file descriptor")
            sink = streams.out if target == "1" else streams.err
        elif target == _NULL:
            sink = Nothing()
        else:
            problem = await files.unwritable(path)
            if problem is not None:
                raise CommandFailed(f"can't create {target}: {problem}")
            sink = content = Collected()
            written.append(Written(path, content, redirect.kind == ">>"))
        streams = replace(streams, err=sink) if redirect.descriptor == 2 else replace(streams, out=sink)
    return streams, tuple(written)


async def _opened(target: str, path: str, files: Files) -> Source:
    if target == _NULL:
        return Nothing()
    entry = await files.stat(path)
    if entry is None or entry.directory:
        reason = "No such file or directory" if entry is None else "Is a directory"
        raise CommandFailed(f"can't open {target}: {reason}")
    return Bytes(await files.read(path))
