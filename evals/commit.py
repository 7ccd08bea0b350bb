"""Which commit a user's checkout of a benchmark is at."""

import subprocess
from pathlib import Path
from typing import Final

_SECONDS: Final = 20.0
_CHANGED: Final = "-dirty"


def commit_of(checkout: Path, *parts: str) -> str | None:
    """Return the commit of a checkout; with "-dirty" after it if something was changed.

    parts: what is looked at for changes, as pathspecs of git, such as the name of a folder; nothing for all of it.

    None if it is not the root of one, or git is not installed or refuses to look at it.
    """
    if not (checkout / ".git").exists():
        return None
    commit = _git(checkout, "rev-parse", "--verify", "HEAD")
    changes = _git(checkout, "status", "--porcelain", "--", *parts)
    if commit is None or changes is None:
        return commit
    return commit + _CHANGED if changes else commit


def _git(checkout: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(checkout), *arguments], capture_output=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode("utf-8", errors="replace").strip() if done.returncode == 0 else None
