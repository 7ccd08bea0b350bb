"""The requirements of every environment: Python, the system, fonts, space for temporary files."""

import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import version

from handeye.environments.doctor.finding import Finding, apt, ok, said, warning

_LITTLE = 1_000_000_000
"""Bytes; a browser's profile and an episode's screenshots take a few hundred million at most."""
_SCRIPTS = {"Chinese": ":lang=zh", "Japanese": ":lang=ja", "Korean": ":lang=ko", "emoji": ":lang=und-zsye"}
"""Scripts that a minimal system draws as boxes, as fontconfig patterns."""


def machine() -> Iterator[Finding]:
    """Check the versions, the fonts and the disk."""
    yield ok("handeye", version("handeye"))
    yield ok("Python", f"{platform.python_version()}, {sys.executable}")
    yield ok("system", platform.platform(terse=True))
    if sys.platform == "linux":
        yield fonts()
    folder = tempfile.gettempdir()
    free = shutil.disk_usage(folder).free
    if free < _LITTLE:
        yield warning(
            "temporary files", f"{free / 1e9:.1f} GB free in {folder}", "free some space, or point TMPDIR elsewhere"
        )
    else:
        yield ok("temporary files", f"{free / 1e9:.0f} GB free in {folder}")


def fonts() -> Finding:
    """Look for fonts of scripts that a minimal Linux draws as boxes, which no model can read."""
    if shutil.which("fc-list") is None:
        return warning("fonts", "fontconfig is not installed, so installed fonts cannot be listed", apt("fontconfig"))
    lacking = [script for script, pattern in _SCRIPTS.items() if not said(["fc-list", pattern, "family"])]
    if not lacking:
        return ok("fonts", f"{', '.join(_SCRIPTS)}: installed")
    packages = [
        *(["fonts-noto-cjk"] if lacking != ["emoji"] else []),
        *(["fonts-noto-color-emoji"] if "emoji" in lacking else []),
    ]
    return warning("fonts", f"none for {', '.join(lacking)}: screens show boxes instead", apt(*packages))
