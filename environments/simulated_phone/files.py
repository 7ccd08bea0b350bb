"""The phone's files: those shared with its apps are stored in the page, the rest only here."""

import posixpath
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from handeye.environments.simulated_phone import proc
from handeye.environments.simulated_phone.screen.display import Display

SHARED: Final = "/sdcard"
"""The folder shared with apps."""

_LINKS = ("/storage/emulated/0", "/storage/self/primary", "/mnt/sdcard")
FIXED: Final = (SHARED, "/data/local/tmp")
"""The folders that can be written to but not removed."""
_FOLDERS = (
    *("/", "/apex", "/data", "/data/app", "/data/local", "/data/local/tmp", "/dev", "/mnt", "/proc"),
    *("/storage", "/storage/emulated", "/storage/self", "/sys", "/system", "/system/app", "/system/bin", "/vendor"),
)
_BUILT = 1230768000
"""The modification time of system files: 2009-01-01, as on every phone."""
_TEXT_LIMIT = 64 * 1024
"""The maximum size of a text passed to the page for its apps to show, in bytes."""


class Entry(NamedTuple):
    """The attributes of a file or folder."""

    directory: bool
    size: int
    """Bytes."""
    modified: int
    """Seconds since 1970."""

    @property
    def mode(self) -> int:
        """Kind and permissions, as `stat` gives them."""
        return 0o40771 if self.directory else 0o100660


@dataclass(slots=True)
class Files:
    """All files, by absolute paths."""

    display: Display
    programs: tuple[str, ...]
    """The names in /system/bin."""
    _own: dict[str, bytes] = field(default_factory=dict)
    _own_times: dict[str, int] = field(default_factory=dict)
    _own_folders: set[str] = field(default_factory=lambda: set(_FOLDERS))
    _contents: dict[str, bytes] = field(default_factory=dict)
    """The contents of shared files, by the page's ids."""

    def resolve(self, path: str) -> str:
        """Return the path without `.` and `..`, with aliases of `/sdcard` resolved to it."""
        path = posixpath.normpath(f"/{path}").replace("//", "/")
        for link in _LINKS:
            if path == link or path.startswith(f"{link}/"):
                return SHARED + path[len(link) :]
        return path

    async def stat(self, path: str) -> Entry | None:
        """Return a path's attributes; None if it does not exist."""
        path = self.resolve(path)
        if _shared(path):
            found = (await self._shared_files()).get(path)
            return None if found is None else _entry(found)
        if path in self._own:
            return Entry(False, len(self._own[path]), self._own_times[path])
        if path in self._own_folders:
            return Entry(True, 4096, _BUILT)
        if proc.is_file(path):
            return Entry(False, 0, int(time.time()))
        if proc.names(path):
            return Entry(True, 0, int(time.time()))
        if path == "/dev/null":
            return Entry(False, 0, _BUILT)
        if posixpath.dirname(path) == "/system/bin" and posixpath.basename(path) in self.programs:
            return Entry(False, 8192, _BUILT)
        return None

    async def list(self, path: str) -> tuple[tuple[str, Entry], ...] | None:
        """Return the sorted names in a folder, with their attributes; None if it is not a folder."""
        path = self.resolve(path)
        entry = await self.stat(path)
        if entry is None or not entry.directory:
            return None
        if _shared(path):
            files = await self._shared_files()
            found = {name: _entry(file) for name, file in files.items() if name != path}
        else:
            found = {name: Entry(False, len(data), self._own_times[name]) for name, data in self._own.items()}
            found |= {name: Entry(True, 4096, _BUILT) for name in self._own_folders}
            found |= {f"{path}/{name}": Entry(True, 0, _BUILT) for name in proc.names(path)}
            if path == "/":
                found[SHARED] = Entry(True, 4096, _BUILT)
            if path == "/system/bin":
                found |= {f"{path}/{name}": Entry(False, 8192, _BUILT) for name in self.programs}
        inside = {posixpath.basename(name): one for name, one in found.items() if posixpath.dirname(name) == path}
        inside.pop("", None)
        return tuple(sorted(inside.items()))

    async def unwritable(self, path: str) -> str | None:
        """Return why a file cannot be written, as the system's message; None if it can."""
        path = self.resolve(path)
        entry = await self.stat(path)
        if entry is not None and entry.directory:
            return "Is a directory"
        if not any(path.startswith(f"{folder}/") for folder in FIXED):
            return "Permission denied" if path.startswith("/data/") else "Read-only file system"
        parent = await self.stat(posixpath.dirname(path))
        if parent is None:
            return "No such file or directory"
        return None if parent.directory else "Not a directory"

    async def read(self, path: str) -> bytes:
        """Return a file's bytes; empty if it does not exist."""
        path = self.resolve(path)
        if proc.is_file(path):
            return proc.read(path)
        if not _shared(path):
            return self._own.get(path, b"")
        found = (await self._shared_files()).get(path)
        if found is None:
            return b""
        text = found.get("text")
        return self._contents.get(str(found.get("id")), b"") if text is None else str(text).encode()

    async def write(self, path: str, data: bytes, modified: int | None = None) -> None:
        """Write a file, whose folder must exist. `modified`: seconds since 1970, now if not given."""
        path = self.resolve(path)
        seconds = int(time.time()) if modified is None else modified
        if not _shared(path):
            self._own[path], self._own_times[path] = data, seconds
            return
        file: dict[str, Any] = {"id": f"file-{time.monotonic_ns()}", "size": len(data), "mtime": seconds}
        text = _as_text(data)
        if text is None:
            self._contents[file["id"]] = data
        else:
            file["text"] = text
        await self.display.evaluate("([path, file]) => phone.putFile(path, file)", [path, file])

    async def make_folder(self, path: str) -> None:
        """Create a folder and its parents."""
        path = self.resolve(path)
        missing = []
        while path not in ("/", SHARED):
            missing.append(path)
            path = posixpath.dirname(path)
        for folder in reversed(missing):
            if not _shared(folder):
                self._own_folders.add(folder)
            elif await self.stat(folder) is None:
                await self.display.evaluate("path => phone.makeFolder(path)", folder)

    async def remove(self, path: str) -> None:
        """Remove a file, or a folder with its contents."""
        path = self.resolve(path)
        if _shared(path):
            await self.display.evaluate("path => phone.deleteFile(path)", path)
            return
        for name in [name for name in self._own if name == path or name.startswith(f"{path}/")]:
            del self._own[name], self._own_times[name]
        self._own_folders -= {name for name in self._own_folders if name == path or name.startswith(f"{path}/")}

    async def copy(self, source: str, target: str) -> None:
        """Copy a file, or a folder with its contents."""
        entry = await self.stat(source)
        if entry is None:
            return
        if not entry.directory:
            await self.write(target, await self.read(source), entry.modified)
            return
        await self.make_folder(target)
        for name, _ in await self.list(source) or ():
            await self.copy(posixpath.join(source, name), posixpath.join(target, name))

    def forget(self) -> None:
        """Drop files that the page does not store. Contents with a page id are kept: a loaded state may use them."""
        self._own.clear()
        self._own_times.clear()
        self._own_folders = set(_FOLDERS)

    async def _shared_files(self) -> Mapping[str, Any]:
        files: Mapping[str, Any] = await self.display.evaluate("() => phone.files()")
        return files


def _shared(path: str) -> bool:
    return path == SHARED or path.startswith(f"{SHARED}/")


def _entry(file: Mapping[str, Any]) -> Entry:
    directory = bool(file.get("directory"))
    return Entry(directory, 4096 if directory else int(file.get("size", 0)), int(file.get("mtime", 0)))


def _as_text(data: bytes) -> str | None:
    """Decode the bytes as text, if they are text that an app may show."""
    if len(data) > _TEXT_LIMIT or b"\0" in data:
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None
