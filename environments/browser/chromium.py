"""Find Chromium, or install it.

    python -m handeye.environments.browser.chromium              # print the path of the one that will be used
    python -m handeye.environments.browser.chromium --install    # the same, after installing one if none is found

Search order: the path in HANDEYE_CHROMIUM, the one that Playwright downloaded, the system's.
"""

import argparse
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from handeye.actions.errors import HandeyeError, MissingDependency
from handeye.environments.errors import ChromiumNotFound

VARIABLE = "HANDEYE_CHROMIUM"

HOW_TO_INSTALL = (
    "run `playwright install --with-deps chromium` or, as root on Debian, `apt-get install -y chromium`, "
    f"or set {VARIABLE} to the path of one"
)

# Debian's headless shell starts three times as fast as the whole browser and needs half the memory. The script of the
# same name in /usr/bin cannot be used: it does not exec, so killing it leaves the browser running.
_SYSTEM_HEADLESS = (Path("/usr/lib/chromium/chromium-headless-shell"),)
_SYSTEM_NAMES = ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser")
_DOWNLOADED = {
    "chromium-headless-shell": ("chrome-headless-shell", "headless_shell", "chrome-headless-shell.exe"),
    "chromium": ("chrome", "Chromium", "Google Chrome for Testing", "chrome.exe"),
}


def require_playwright() -> Path:
    """Return the folder of the installed Playwright without importing it; raise `MissingDependency` without one."""
    found = importlib.util.find_spec("playwright")
    if found is None or found.origin is None:
        raise MissingDependency("playwright", "browser")
    return Path(found.origin).parent


def find_chromium(executable: Path | None = None, *, headless: bool = True) -> Path | None:
    """Return the path of the Chromium to use, or None if there is none.

    If given, `executable` or else HANDEYE_CHROMIUM is used and must exist; otherwise raises `ChromiumNotFound`.
    A headless shell is returned only when `headless`.
    """
    variable = os.environ.get(VARIABLE)
    if executable is not None:
        return _existing(executable, "the given executable")
    if variable:
        return _existing(Path(variable), VARIABLE)
    return next((path for path in _candidates(headless) if _is_executable(path)), None)


def require_chromium(executable: Path | None = None, *, headless: bool = True) -> Path:
    """Return the path of the Chromium to use; raise `ChromiumNotFound` if there is none."""
    found = find_chromium(executable, headless=headless)
    if found is None:
        raise ChromiumNotFound(f"no Chromium found: {HOW_TO_INSTALL}")
    return found


def _existing(path: Path, source: str) -> Path:
    path = path.expanduser()
    if not _is_executable(path):
        raise ChromiumNotFound(f"{source} is {path}, which is not a program: omit it, or give a Chromium's path")
    return path


def _is_executable(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)


def _candidates(headless: bool) -> Iterator[Path]:
    kinds = ("chromium-headless-shell", "chromium") if headless else ("chromium",)
    for kind in kinds:
        yield from _downloaded(kind)
    if headless:
        yield from _SYSTEM_HEADLESS
    for name in _SYSTEM_NAMES:
        found = shutil.which(name)
        if found is not None:
            yield Path(found)


def _downloaded(kind: str) -> Iterator[Path]:
    """Yield Playwright's own browsers of this kind, in the revision that the installed Playwright is made for."""
    try:
        driver = require_playwright() / "driver" / "package"
        browsers = json.loads((driver / "browsers.json").read_text("utf-8"))["browsers"]
    except (MissingDependency, OSError):
        return
    revision = next((browser["revision"] for browser in browsers if browser["name"] == kind), None)
    if revision is None:
        return
    folder = _downloads(driver) / f"{kind.replace('-', '_')}-{revision}"
    yield from sorted(path for name in _DOWNLOADED[kind] for path in folder.rglob(name))


def _downloads(driver: Path) -> Path:
    """Return Playwright's download folder."""
    chosen = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    if chosen == "0":
        return driver / ".local-browsers"
    if chosen:
        return Path(chosen).expanduser()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "ms-playwright"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "ms-playwright"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ms-playwright"


def install_chromium() -> Path:
    """Return the path of a Chromium, installing one if none is found; raise `ChromiumNotFound` if that fails."""
    found = find_chromium()
    if found is not None:
        return found
    for commands in _ways_to_install():
        if all(_run(command) for command in commands):
            found = find_chromium()
            if found is not None:
                return found
    raise ChromiumNotFound(f"Chromium could not be installed: {HOW_TO_INSTALL}")


def _ways_to_install() -> Iterator[Sequence[Sequence[str]]]:
    """Yield the ways to install a browser, best first, each as commands that must all succeed."""
    require_playwright()
    install = (sys.executable, "-m", "playwright", "install")
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    if root or shutil.which("sudo") is not None:
        yield ((*install, "--with-deps", "chromium"),)
    if not root:
        yield ((*install, "chromium"),)  # enough if the system libraries are installed
    elif shutil.which("apt-get") is not None:
        yield (
            ("apt-get", "update"),
            ("apt-get", "install", "-y", "--no-install-recommends", "chromium"),
        )


def _run(command: Sequence[str]) -> bool:
    """Run the command with its output on our standard error; return whether it succeeded."""
    sys.stderr.write(f"$ {' '.join(command)}\n")
    sys.stderr.flush()
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=sys.stderr, env=environment, check=False)
    return done.returncode == 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the path of the Chromium to use; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m handeye.environments.browser.chromium", description="Find a Chromium."
    )
    parser.add_argument("--install", action="store_true", help="install one if none is found")
    install: bool = parser.parse_args(arguments).install
    try:
        path = install_chromium() if install else require_chromium()
    except HandeyeError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    sys.stdout.write(f"{path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
