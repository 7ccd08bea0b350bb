"""The requirements of the browser: Playwright, its driver, and Chromium."""

import os
from collections.abc import Iterator
from pathlib import Path

from handeye.actions.errors import MissingDependency
from handeye.environments.browser.chromium import HOW_TO_INSTALL, find_chromium, require_playwright
from handeye.environments.doctor.finding import Finding, apt, missing, ok, package, said, warning
from handeye.environments.errors import ChromiumNotFound

_INSTALL = "python -m handeye.environments.browser.chromium --install"


def browser() -> Iterator[Finding]:
    """Check everything that `--env browser` needs."""
    yield package("playwright", "browser", "it controls the browser")
    driver = _driver()
    if driver is not None:
        yield driver
    yield chromium(headless=True)
    yield chromium(headless=False)


def chromium(*, headless: bool) -> Finding:
    """Look for Chromium; most things also work with one that shows no windows."""
    what = "Chromium" if headless else "Chromium with windows"
    try:
        path = find_chromium(headless=headless)
    except ChromiumNotFound as error:
        return missing(what, str(error).removesuffix(f": {HOW_TO_INSTALL}"), "unset HANDEYE_CHROMIUM, or correct it")
    if path is not None:
        said_version = said([str(path), "--version"])
        if said_version is None:
            return missing(what, f"{path} does not start: run `{path} --version` to see why", _INSTALL)
        return ok(what, f"{said_version}, {path}")
    if headless:
        return missing(what, "is not installed", _INSTALL)
    return warning(what, "is not installed: --headed and the calibration of desktops need it", apt("chromium"))


def _driver() -> Finding | None:
    """Check whether Playwright's driver, a Node.js program, starts; None without Playwright."""
    try:
        folder = require_playwright() / "driver"
    except MissingDependency:
        return None
    node = Path(os.environ.get("PLAYWRIGHT_NODEJS_PATH") or folder / ("node.exe" if os.name == "nt" else "node"))
    answer = said([str(node), "--version"])
    if answer is None:
        return missing("Playwright's driver", f"{node} does not start, usually without libatomic", apt("libatomic1"))
    return ok("Playwright's driver", f"node {answer}")
