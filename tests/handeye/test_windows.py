"""handeye without the modules and names that Windows lacks: it is imported, and drives a browser and a phone."""

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from handeye.actions.geometry import Size
from handeye.environments.android.adb_server import AdbServer
from handeye.environments.simulated_phone.phone import SimulatedPhone

ROOT = Path(__file__).parents[2]
WINDOWS = Path(__file__).with_name("windows.py")
LINUX_ONLY = tuple(
    re.findall(r"`(handeye\.[\w.]+)`", (ROOT / "docs" / "platforms.md").read_text("utf-8").split("## Linux only")[1])
)
GUARDED = {
    "agent/journal/durable.py": {"os.O_DIRECTORY"},
    "environments/browser/chromium.py": {"os.geteuid"},
    "environments/contract/kiosk.py": {"os.geteuid", "os.killpg", "signal.SIGKILL"},
    "environments/desktop/terminal.py": {"os.O_NOCTTY", "os.O_NONBLOCK"},
    "environments/doctor/finding.py": {"os.geteuid"},
    "evals/androidworld/emulators.py": {"os.getuid"},
    "evals/foreign/host.py": {"os.getpgrp", "os.killpg", "signal.SIGKILL"},
    "evals/foreign/interpreter.py": {"os.killpg", "signal.SIGKILL"},
    "model/hardware/room.py": {"os.sysconf"},
}
"""Uses of names that Windows lacks, each behind a question whether they are there."""
ELSEWHERE = {"handeye.evals.androidworld.agent": "android_world", "handeye.evals.browsergym.agentlab": "bgym"}
"""Modules for the interpreter of another package, which is named if it is not there."""
FORM = """<!doctype html><meta charset=utf-8><title>start</title>
<form onsubmit="document.title = 'said ' + t.value; return false"><input id=t autofocus style="position: absolute;
left: 10px; top: 10px; width: 200px; height: 40px"></form>"""


def modules() -> Iterator[tuple[Path, str]]:
    """Yield each file of the package, and the name of its module."""
    for folder in ("actions", "agent", "environments", "evals", "handeye", "model"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            parts = file.relative_to(ROOT).with_suffix("").parts
            name = ".".join(part for part in parts if part not in {"__init__", "handeye"})
            if file.name != "__main__.py":
                yield file, f"handeye.{name}".removesuffix(".")


def run(*arguments: str, given: str = "") -> str:
    """Return what `windows.py` prints."""
    command = [sys.executable, str(WINDOWS), *arguments]
    done = subprocess.run(command, input=given, capture_output=True, encoding="utf-8", timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def is_linux_only(name: str) -> bool:
    return any(name == part or name.startswith(f"{part}.") for part in LINUX_ONLY)


def test_the_view_hides_what_windows_lacks(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        f"import sys; sys.path.insert(0, {str(WINDOWS.parent)!r})\nimport windows; windows.install('win32')\n"
        "code = 'import os, signal, socket, sys; from os import path\\n'\n"
        'code += \'print(hasattr(os, "fork"), hasattr(os, "O_DIRECTORY"), hasattr(signal, "SIGKILL"), '
        'hasattr(socket, "AF_UNIX"), os.name, sys.platform, hasattr(os, "getpid"))\\n\'\n'
        "code += 'try:\\n import fcntl\\nexcept ImportError as error:\\n print(error)'\n"
        "exec(code, {'__name__': 'handeye.any'}); exec('import fcntl', {'__name__': 'filelock'})\n",
        encoding="utf-8",
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "False False False False nt win32 True\nNo module named 'fcntl' on Windows\n"


@pytest.mark.slow
@pytest.mark.parametrize("platform", [(), ("--windows",)])
def test_every_module_is_imported(platform: tuple[str, ...]) -> None:
    names = [name for _, name in modules()]
    assert len(names) > 300
    failed = run("imports", *platform, given="\n".join(names)).splitlines()
    foreign = {line.partition(":")[0]: line for line in failed if line.partition(":")[0] in ELSEWHERE}
    assert all(ELSEWHERE[name] in line for name, line in foreign.items())
    assert [line for line in failed if line not in foreign.values() and not is_linux_only(line.partition(":")[0])] == []


def test_the_linux_only_modules_exist() -> None:
    names = {name for _, name in modules()}
    assert len(LINUX_ONLY) >= 3
    assert [name for name in LINUX_ONLY if name not in names] == []


@pytest.mark.slow
def test_names_that_windows_lacks_are_asked_for_first() -> None:
    found: dict[str, set[str]] = {}
    for file, name in modules():
        used = set(absent(ast.parse(file.read_text("utf-8"))))
        if used and not is_linux_only(name):
            found[file.relative_to(ROOT).as_posix()] = used
    assert found == GUARDED


def absent(tree: ast.AST) -> Iterator[str]:
    """Yield the names in a file that Windows lacks, such as `os.fork`."""
    sys.path.insert(0, str(WINDOWS.parent))
    try:
        import windows
    finally:
        sys.path.remove(str(WINDOWS.parent))
    lacking: Mapping[str, set[str]] = windows.lacking()
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=module), attr=name) if name in lacking.get(module, ()):
                yield f"{module}.{name}"


@pytest.mark.slow
def test_text_files_are_read_and_written_in_utf_8() -> None:
    for file, name in modules():
        if is_linux_only(name):
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(attr="read_text" | "write_text" as method), args=args, keywords=given):
                    known = len(args) > (method == "write_text") or any(each.arg == "encoding" for each in given)
                    assert known or "/proc" in file.read_text("utf-8"), f"{file}:{node.lineno}"


@pytest.mark.slow
def test_an_episode_is_played_resumed_and_shown(tmp_path: Path, site: Callable[[Mapping[str, str]], str]) -> None:
    lines = run("episode", str(tmp_path / "episode"), site({"/": FORM})).splitlines()
    assert lines[0].startswith("second writer: ") and "is being written by another process" in lines[0]
    assert lines[1:6] == ["stop: interrupted", "stop: success", "title: said grüße", "steps: 4", "page: index.html"]
    assert lines[7] == "line ends: 0"


@pytest.mark.slow
def test_a_phone_is_driven(tmp_path: Path) -> None:
    with SimulatedPhone(size=Size(720, 1600), density=320) as phone, AdbServer() as adb:
        lines = run("phone", str(tmp_path / "episode"), phone.address, str(adb.port)).splitlines()
    assert lines == ["app: org.handeye.notes", "stop: success", "page: index.html"]
