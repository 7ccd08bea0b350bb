"""One thing that was looked at, and how it is looked at: without starting, installing or changing anything."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from typing import NamedTuple

_SECONDS = 10.0
"""How long a program may take to say what it is asked."""


class Status(StrEnum):
    """How it is with a thing."""

    OK = "ok"
    WARNING = "warning"
    """It works, though not all of it, or not as well as it could."""
    MISSING = "missing"
    """What needs it does not work."""


class Finding(NamedTuple):
    """What was looked at, and what was seen."""

    what: str
    """In a word or two: "Chromium", "adbutils"."""
    status: Status
    detail: str
    """Which one it is, or what is wrong; one line."""
    fix: str = ""
    """The command to run, or what else to do; empty where nothing is to be done."""


def ok(what: str, detail: str) -> Finding:
    """It is as it should be."""
    return Finding(what, Status.OK, detail)


def warning(what: str, detail: str, fix: str = "") -> Finding:
    """Something is not as good as it could be."""
    return Finding(what, Status.WARNING, detail, fix)


def missing(what: str, detail: str, fix: str) -> Finding:
    """It is not there, and what needs it does not work."""
    return Finding(what, Status.MISSING, detail, fix)


def package(distribution: str, extra: str, purpose: str, *, optional: bool = False) -> Finding:
    """Look for an installed Python package without importing it."""
    try:
        return ok(distribution, version(distribution))
    except PackageNotFoundError:
        found = warning if optional else missing
        return found(distribution, f"is not installed: {purpose}", f'pip install "handeye[{extra}]"')


def program(name: str, debian: str, purpose: str, *, optional: bool = False) -> Finding:
    """Look for a program on the PATH; `debian` is the Debian package that holds it."""
    path = shutil.which(name)
    if path is not None:
        return ok(name, path)
    return (warning if optional else missing)(name, f"is not installed: {purpose}", apt(debian))


def apt(*packages: str) -> str:
    """Return the command that installs Debian packages."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    return f"{'' if root else 'sudo '}apt-get install -y {' '.join(packages)}"


def said(command: Sequence[str], seconds: float = _SECONDS) -> str | None:
    """Return what a program writes to its output, stripped; None if it fails, is not there or takes too long."""
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=seconds
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
