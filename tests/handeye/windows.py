"""Runs handeye as it would find Python on Windows: without the modules and names that Windows lacks.

    python windows.py imports                   imports the modules named on standard input; prints those that fail
    python windows.py episode DIR ADDRESS       plays, interrupts, resumes and shows an episode in a browser
    python windows.py phone DIR ADDRESS PORT    plays an episode on a phone, over the adb server at a port

Only handeye sees it so: the standard library and the packages that handeye uses have parts of their own for Windows,
and keep what they need here. With `--windows`, handeye also reads "win32" as `sys.platform`, for imports.
"""

import builtins
import importlib
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

NO_MODULES = frozenset(
    "crypt curses dbus_fast fcntl grp nis posix pty pwd readline resource spwd syslog termios tty Xlib".split()
)
OS_NAMES = (
    "DirEntry EX_OK F_OK O_APPEND O_CREAT O_EXCL O_RDONLY O_RDWR O_TRUNC O_WRONLY PathLike P_NOWAIT P_NOWAITO P_WAIT "
    "R_OK SEEK_CUR SEEK_END SEEK_SET TMP_MAX W_OK X_OK abort access altsep chdir chmod close closerange cpu_count "
    "curdir defpath device_encoding devnull dup dup2 environ error execl execle execlp execlpe execv execve execvp "
    "execvpe extsep fdopen fsdecode fsencode fspath fstat fsync ftruncate get_exec_path get_inheritable "
    "get_terminal_size getcwd getcwdb getenv getlogin getpid getppid isatty kill linesep link listdir lseek lstat "
    "makedirs mkdir name open pardir path pathsep pipe popen putenv read readlink remove removedirs rename renames "
    "replace rmdir scandir sep set_inheritable spawnl spawnle spawnv spawnve stat stat_result statvfs_result strerror "
    "supports_bytes_environ supports_dir_fd supports_effective_ids supports_fd supports_follow_symlinks symlink system "
    "terminal_size times times_result truncate umask uname_result unlink unsetenv urandom utime waitpid "
    "waitstatus_to_exitcode walk write"
).split()
SIGNALS = ("SIGABRT", "SIGFPE", "SIGILL", "SIGINT", "SIGSEGV", "SIGTERM", "SIG_DFL", "SIG_IGN")
FUNCTIONS = ("Handlers", "Signals", "default_int_handler", "getsignal", "raise_signal", "set_wakeup_fd", "signal")
NO_SOCKETS = ("AF_UNIX", "SO_REUSEPORT", "SO_PEERCRED", "SCM_RIGHTS", "CMSG_LEN", "CMSG_SPACE")
NO_TIMES = ("tzset", "clock_gettime", "clock_settime", "pthread_getcpuclockid", "CLOCK_MONOTONIC", "CLOCK_REALTIME")


class View(ModuleType):
    """A module with some names changed, and others missing."""

    def __init__(self, real: ModuleType, missing: Iterable[str], changed: Mapping[str, object] | None = None) -> None:
        super().__init__(real.__name__, real.__doc__)
        self.__dict__.update(_real=real, _missing=frozenset(missing), **(changed or {}))

    def __getattr__(self, name: str) -> object:
        if name in self._missing:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r} on Windows")
        return getattr(self._real, name)


def without(real: ModuleType, kept: Sequence[str]) -> list[str]:
    """Return the public names of a module that are not kept."""
    return [name for name in vars(real) if not name.startswith("_") and name not in kept]


def lacking() -> dict[str, set[str]]:
    """Return the names that modules lack on Windows."""
    return {
        "os": set(without(os, OS_NAMES)),
        "signal": set(without(signal, [*SIGNALS, *FUNCTIONS])),
        "socket": set(NO_SOCKETS),
        "select": set(without(select, ("select", "error"))),
        "time": set(NO_TIMES),
    }


def install(platform: str | None) -> None:
    """From now on, handeye's own imports find Windows' modules."""
    real_modules = {module.__name__: module for module in (os, signal, socket, select, time)}
    views = {name: View(real_modules[name], names) for name, names in lacking().items()}
    views["os"].__dict__["name"] = "nt"
    if platform is not None:
        views["sys"] = View(sys, ("getdlopenflags", "setdlopenflags", "abiflags"), {"platform": platform})
    real = builtins.__import__

    def find(
        name: str,
        globals: Mapping[str, object] | None = None,
        locals: Mapping[str, object] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> ModuleType:
        importer, first = str((globals or {}).get("__name__", "")), name.partition(".")[0]
        if importer.partition(".")[0] == "handeye" and level == 0:
            if first in NO_MODULES:
                raise ModuleNotFoundError(f"No module named {name!r} on Windows", name=name)
            if name in views or (name == "os.path" and not fromlist):
                return views[first]
        return real(name, globals, locals, fromlist or (), level)

    builtins.__import__ = find


def imports() -> None:
    """Import the modules named on standard input; print each that cannot be imported, with the reason."""
    for name in sys.stdin.read().split():
        try:
            importlib.import_module(name)
        except Exception as error:  # noqa: BLE001
            sys.stdout.write(f"{name}: {type(error).__name__}: {error}\n")


def episode(folder: Path, address: str) -> None:
    """Play an episode in a browser, interrupt it, resume it, and write its page."""
    from handeye import (
        BrowserEnvironment,
        JournalError,
        Point,
        ScriptedPolicy,
        Size,
        resume_episode,
        run_episode,
        write_page,
    )
    from handeye.actions.schema import Click, Press, Terminate, Type
    from handeye.agent.journal.line import ResumedLine
    from handeye.agent.journal.trajectory import read_trajectory
    from handeye.agent.journal.verdict import Verdict, write_verdict
    from handeye.agent.journal.writer import Journal
    from handeye.agent.limits import Limits

    class Interrupted(ScriptedPolicy):
        def decide(self, history: Any) -> Any:
            if len(history.steps) == 1:
                resumed = ResumedLine(time=0, version="0", policy="another", limits=Limits())
                try:
                    Journal.reopen(folder, resumed)
                except JournalError as error:
                    say("second writer", error)
                raise KeyboardInterrupt
            return super().decide(history)

    script = [Click(point=Point(60, 30)), Type(text="grüße"), Press(keys=("enter",)), Terminate(status="success")]
    with BrowserEnvironment(address, viewport=Size(400, 300)) as browser:
        say("stop", run_episode("Say hello.", browser, Interrupted(script), journal=folder).stop)
        say("stop", resume_episode(folder, browser, ScriptedPolicy(script)).stop)
        say("title", browser.observe().title)
    write_verdict(folder, Verdict(solved=True))
    say("steps", len(read_trajectory(folder).steps))
    say("page", write_page(folder).name)
    say("folder", sorted(path.name for path in folder.iterdir()))
    say("line ends", (folder / "journal.jsonl").read_bytes().count(b"\r"))


def phone(folder: Path, address: str, port: str) -> None:
    """Play an episode on the phone that an adb server knows by an address."""
    from handeye import AndroidEnvironment, ScriptedPolicy, run_episode, write_page
    from handeye.actions.schema import OpenApp, Terminate

    script = [OpenApp(name="Notes"), Terminate(status="success")]
    with AndroidEnvironment(address, adb_port=int(port)) as android:
        episode = run_episode("Open the notes.", android, ScriptedPolicy(script), journal=folder)
        say("app", android.observe().app)
    say("stop", episode.stop)
    say("page", write_page(folder).name)


def say(what: str, value: object) -> None:
    """Print one line for the test."""
    sys.stdout.write(f"{what}: {value}\n")


if __name__ == "__main__":
    arguments = [argument for argument in sys.argv[1:] if argument != "--windows"]
    install("win32" if "--windows" in sys.argv else None)
    match arguments:
        case ["imports"]:
            imports()
        case ["episode", folder, address]:
            episode(Path(folder), address)
        case ["phone", folder, address, port]:
            phone(Path(folder), address, port)
