"""BrowserGym's MiniWoB++ tasks, at their defaults or without their pauses.

PYTHON play_browsergym.py default|tuned FOLDER_OF_HTML BROWSER
"""

import io
import json
import os
import sys
from pathlib import Path

import playwright
from browsergym.core.action.highlevel import HighLevelActionSet
from browsergym.core.env import BrowserEnv
from browsergym.core.observation import extract_screenshot
from browsergym.miniwob import ALL_MINIWOB_TASKS
from link import serve
from PIL import Image

TUNED = {"slow_mo": 0, "pre_observation_delay": 0.0}
"""The pauses that its users turn off: 0.1 s after each call of Playwright, and 0.5 s before each observation."""


class BrowserGym:
    """A `BrowserEnv` for each task."""

    scale = 1.5

    def __init__(self, html: Path, browser: str, tuned: bool) -> None:
        self._url = f"{html.as_uri()}/miniwob/"
        self._browser = browser
        self._options = TUNED if tuned else {}
        self._environment: BrowserEnv | None = None
        self._observation = None
        _offer(Path(browser))

    def start(self, task: str) -> None:
        """Make the environment of a task."""
        self.close()
        entry = next(each for each in ALL_MINIWOB_TASKS if each.subdomain == task)
        self._environment = BrowserEnv(
            entry,
            task_kwargs={"base_url": self._url},
            pw_chromium_kwargs={"executable_path": self._browser},
            action_mapping=HighLevelActionSet(subsets=["coord"]).to_python_code,
            **self._options,
        )

    def reset(self, seed: int) -> str:
        """Begin an episode, and observe it."""
        self._observation, _ = self._environment.reset(seed=seed)
        return self._observation["goal"]

    def click(self, x: float, y: float) -> None:
        """Click, and observe."""
        self._step(f"mouse_click({x}, {y})")

    def type(self, text: str) -> None:
        """Type, and observe."""
        self._step(f"keyboard_type({text!r})")

    def evaluate(self, js: str, argument: object) -> object:
        """Evaluate a function in the page."""
        return self._environment.page.evaluate(js, argument)

    def verdict(self) -> tuple[bool, float]:
        """Ask the page."""
        return self._environment.page.evaluate("() => [WOB_DONE_GLOBAL, WOB_RAW_REWARD_GLOBAL]")

    def screen(self) -> bytes | None:
        """Return the newest observation."""
        return _png(self._observation["screenshot"])

    def look(self) -> bytes:
        """Take another screenshot."""
        return _png(extract_screenshot(self._environment.page))

    def close(self) -> None:
        """End the browser."""
        environment, self._environment = self._environment, None
        if environment is not None and environment.task is not None:
            environment.close()

    def _step(self, action: str) -> None:
        self._observation, _, _, _, _ = self._environment.step(action)
        if self._observation["last_action_error"]:
            raise RuntimeError(self._observation["last_action_error"])


def _offer(browser: Path) -> None:
    """Put the browser where Playwright looks for its own: the window of BrowserGym's chat cannot be told another."""
    driver = Path(playwright.__file__).parent / "driver" / "package"
    browsers = json.loads((driver / "browsers.json").read_text("utf-8"))["browsers"]
    revision = next(each["revision"] for each in browsers if each["name"] == "chromium")
    place = Path(os.environ["PLAYWRIGHT_BROWSERS_PATH"]) / f"chromium-{revision}" / "chrome-linux" / "chrome"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.unlink(missing_ok=True)
    place.symlink_to(browser)


def _png(pixels) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


if __name__ == "__main__":
    serve(BrowserGym(Path(sys.argv[2]), sys.argv[3], tuned=sys.argv[1] == "tuned"))
