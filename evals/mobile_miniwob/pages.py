"""Where the pages are from: the package `miniwob`, or a checkout of AndroidWorld that the user names."""

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final, NamedTuple

from handeye.evals.errors import UnknownTask
from handeye.evals.miniwob import pages
from handeye.evals.mobile_miniwob.names import MINIWOB, ONLY_IN_ANDROID_WORLD

IN_CHECKOUT: Final = Path("apps/java/com/google/androidenv/miniwob/app/assets/html")
"""Where the pages lie in AndroidWorld's repository."""

SCRIPT: Final = (
    pages.INIT_SCRIPT
    + """
{
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('body { background-color: #fff }');  // as in AndroidWorld's copy of core.css
  document.adoptedStyleSheets.push(sheet);
}
"""
)
"""Runs before a page's own scripts, whenever it is loaded: no time limit, nothing that shows the reward, and no cover
whose touch would start another episode."""


class Pages(NamedTuple):
    """The pages of a run."""

    folder: Path
    """The folder with `miniwob/`, `core/` and `common/`."""
    origin: str
    """Where they are from, in words."""
    left_out: tuple[str, ...]
    """The tasks of the 92 that have no page there."""


def find_pages(checkout: Path | None) -> Pages:
    """Return the pages of a checkout of AndroidWorld, or without one those of the package `miniwob`.

    Raises `UnknownTask` if the checkout does not have them all, and `MissingDependency` without the package.
    """
    if checkout is None:
        folder = pages.folder()
        return Pages(folder, f"the package miniwob {_version()}", ONLY_IN_ANDROID_WORLD)
    folder = checkout.expanduser().absolute() / IN_CHECKOUT
    missing = [name for name in MINIWOB if not (folder / "miniwob" / f"{name}.html").is_file()]
    if missing:
        raise UnknownTask(
            f"{checkout} has no page of {missing[0]} in {IN_CHECKOUT.as_posix()}/miniwob: "
            "name the root of a checkout of google-research/android_world"
        )
    return Pages(folder, "a checkout of android_world", ())


def _version() -> str:
    try:
        return version("miniwob")
    except PackageNotFoundError:
        return "of an unknown version"
