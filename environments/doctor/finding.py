"""One finding, and how to obtain it without installing or changing anything."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from typing import NamedTuple

_SECONDS = 10.0
"""How long a program may take to answer."""


class Status(StrEnum):
    """The status of a checked item."""

    OK = "ok"
    WARNING = "warning"
    """It works, but not completely, or not as well as it could."""
    MISSING = "missing"
    """Features that need it do not work."""


class Finding(NamedTuple):
    """What was checked, and the result."""

    what: str
    """One or two words: "Chromium", "adbutils"."""
    status: Status
    detail: str
    """Which version or path was found, or what is wrong; one line."""
    fix: str = ""
    """The command to run, or what else to do; empty if there is nothing to do."""


def ok(what: str, detail: str) -> Finding:
    """Return a finding without a problem."""
    return Finding(what, Status.OK, detail)


def warning(what: str, detail: str, fix: str = "") -> Finding:
    """Return a finding of something that could be better."""
    return Finding(what, Status.WARNING, detail, fix)


def missing(what: str, detail: str, fix: str) -> Finding:
    """Return a finding of something missing, without which its features do not work."""
    return Finding(what, Status.MISSING, detail, fix)


def package(distribution: str, extra: str, purpose: str, *, optional: bool = False) -> Finding:
    """Look for an installed Python package without importing it."""
    try:
        return ok(distribution, version(distribution))
    except PackageNotFoundError:
        found = warning if optional else missing
        return found(distribution, f"is not installed: {purpose}", f'pip install "handeye[{extra}]"')


def program(name: str, debian: str, purpose: str, *, optional: bool = False) -> Finding:
    """Look for a program on the PATH; `debian` is the Debian package that contains it."""
    path = shutil.which(name)
    if path is not None:
        return ok(name, path)
    return (warning if optional else missing)(name, f"is not installed: {purpose}", apt(debian))


def apt(*packages: str) -> str:
    """Return the command that installs Debian packages."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    return f"{'' if root else 'sudo '}apt-get install -y {' '.join(packages)}"


def said(command: Sequence[str], seconds: float = _SECONDS) -> str | None:
    """Return a program's output, stripped; None if it fails, is not found or takes too long."""
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=seconds
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
