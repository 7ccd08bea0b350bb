"""Farama's MiniWoB++ environments, driven by Selenium, at their defaults or tuned.

    PYTHON play_farama.py default|tuned|fresh FOLDER_OF_HTML BROWSER CHROMEDRIVER

`tuned` has a window as small as the task, so that its screenshots are small too. `fresh` is tuned, and loads the page
again for each episode (`refresh_freq=1`), which is what an episode that owes nothing to the one before it costs there.
"""

import io
import os
import sys

from link import serve
from miniwob.action import ActionTypes
from miniwob.environment import MiniWoBEnvironment
from miniwob.screenshot import get_screenshot
from PIL import Image

WINDOW = (320, 270)
"""Of the tuned ones, in CSS px: the package's own size for a window that is shown."""


class Farama:
    """A `MiniWoBEnvironment` for each task."""

    scale = 1.0

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._environment: MiniWoBEnvironment | None = None
        self._observation = None
        self._done = False

    def start(self, task: str) -> None:
        """Make the environment of a task."""
        self.close()
        self._environment = MiniWoBEnvironment(subdomain=task, refresh_freq=int(self._kind == "fresh"))
        if self._kind != "default":
            instance = self._environment.instance
            instance.driver.set_window_size(*WINDOW)
            inner = instance.driver.execute_script("return [window.innerWidth, window.innerHeight];")
            instance.inner_width, instance.inner_height = inner

    def reset(self, seed: int) -> str:
        """Begin an episode, and observe it."""
        self._done = False
        self._observation, _ = self._environment.reset(seed=seed)
        return self._observation["utterance"]

    def click(self, x: float, y: float) -> None:
        """Click, and observe."""
        self._step(ActionTypes.CLICK_COORDS, coords=[x, y])

    def type(self, text: str) -> None:
        """Type, and observe."""
        self._step(ActionTypes.TYPE_TEXT, text=text)

    def evaluate(self, js: str, argument: object) -> object:
        """Evaluate a function in the page."""
        return self._environment.instance.driver.execute_script(f"return ({js})(arguments[0])", argument)

    def verdict(self) -> tuple[bool, float]:
        """Ask the page."""
        metadata = self._environment.instance.get_metadata()
        return metadata["done"], metadata["raw_reward"]

    def screen(self) -> bytes | None:
        """Return the newest observation."""
        return None if self._done else _png(Image.fromarray(self._observation["screenshot"]))

    def look(self) -> bytes:
        """Take another screenshot."""
        instance = self._environment.instance
        sizes = instance.inner_width, instance.inner_height, instance.task_width, instance.task_height
        return _png(get_screenshot(instance.driver, *sizes))

    def close(self) -> None:
        """End the browser."""
        environment, self._environment = self._environment, None
        if environment is not None:
            environment.close()

    def _step(self, kind: ActionTypes, **arguments: object) -> None:
        action = self._environment.create_action(kind, **arguments)
        self._observation, _, self._done, _, _ = self._environment.step(action)


def _png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


if __name__ == "__main__":
    os.environ["MINIWOB_CHROME_BINARY"], os.environ["MINIWOB_CHROMEDRIVER"] = sys.argv[3:5]
    serve(Farama(sys.argv[1]))
