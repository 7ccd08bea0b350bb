"""A fake of BrowserGym for self-tests and tests: the same calls with the same arguments, and pages of four lines.

It is an adapter, and stands in for the packages `gymnasium` and `browsergym` beneath the real one, `gym_adapter.py`.
The names and signatures are those of gymnasium 1.4.0 and browsergym-core 0.14.3, which a test compares.
"""

from __future__ import annotations

import ast
import importlib.util
import math
import os
import random
import sys
import time
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 498, 321
"""Of a screenshot, as those of BrowserGym's MiniWoB."""
SIDE = 60
"""Of the button, in pixels."""
REACH = 200
"""How far from the target a click may be to get any reward, in pixels."""
TASKS = ("miniwob.circle-center", "miniwob.click-test", "miniwob.enter-text", "webarena.0", "webarena.1")
WORDS = ("ada", "grace", "alan", "barbara")


class Page:
    """What a task shows, and what has been done to it."""

    def __init__(self, task: str, seed: int) -> None:
        chance = random.Random(f"{task} {seed}")
        self.task = task
        self.target = chance.randrange(SIDE, WIDTH - SIDE), chance.randrange(SIDE, HEIGHT - SIDE)
        self.word = chance.choice(WORDS)
        self.url = f"http://fake/{task}"
        self.typed = ""
        self.raw = 0.0
        self.done = False
        self.said: list[tuple[str, str]] = []

    @property
    def goal(self) -> str:
        """The instruction."""
        match self.task:
            case "miniwob.circle-center":
                return "Click the middle of the circle."
            case "miniwob.click-test":
                return "Click the button."
            case "miniwob.enter-text":
                return f'Type "{self.word}" and press enter.'
            case "webarena.0":
                return "Say the word that is shown."
            case _:
                return "Say the word that is not shown."

    def draw(self) -> Image.Image:
        """Return what is seen."""
        image = Image.new("RGB", (WIDTH, HEIGHT), "white")
        x, y = self.target
        pen = ImageDraw.Draw(image)
        if self.task == "miniwob.circle-center":
            pen.ellipse((x - SIDE // 2, y - SIDE // 2, x + SIDE // 2, y + SIDE // 2), outline="black")
        elif self.task == "miniwob.click-test":
            pen.rectangle((x - SIDE // 2, y - SIDE // 2, x + SIDE // 2 - 1, y + SIDE // 2 - 1), fill="green")
        pen.text((10, 10), self.word if self.task == "webarena.0" else self.typed, fill="black")
        return image

    def click(self, x: float, y: float) -> None:
        """Take a click at a point of the screenshot."""
        away = math.dist((x, y), self.target)
        if self.task == "miniwob.circle-center":
            self.raw, self.done = round(1 - away / REACH, 3) if away < REACH else -1.0, True
        elif self.task == "miniwob.click-test" and max(abs(x - self.target[0]), abs(y - self.target[1])) < SIDE / 2:
            self.raw, self.done = 1.0, True

    def key(self, name: str) -> None:
        """Take a key."""
        if name == "Enter" and self.task == "miniwob.enter-text":
            self.raw, self.done = (1.0 if self.typed == self.word else -1.0), True


class HighLevelActionSet:
    """Turns the text of an action into what `step` carries out."""

    def __init__(
        self,
        subsets: Any = ("chat", "infeas", "bid", "nav", "tab"),
        custom_actions: Any = None,
        multiaction: bool = True,
        demo_mode: Any = None,
        strict: bool = False,
        retry_with_force: bool = False,
    ) -> None:
        self._known = {"noop"}.union(*(FUNCTIONS[subset] for subset in subsets))

    def to_python_code(self, action: str) -> str:
        """Return the checked calls; raise NameError for one that the subsets lack."""
        for name, _ in read_calls(action):
            if name not in self._known:
                raise NameError(f"Invalid action type '{name}'.")
        return action


FUNCTIONS = {
    "chat": {"send_msg_to_user"},
    "infeas": {"report_infeasible"},
    "nav": {"go_back", "go_forward", "goto"},
    "tab": {"tab_close", "tab_focus", "new_tab"},
    "coord": {
        *("scroll_at", "mouse_move", "mouse_up", "mouse_down", "mouse_click", "mouse_dblclick"),
        *("mouse_drag_and_drop", "mouse_upload_file", "keyboard_down", "keyboard_up", "keyboard_press"),
        *("keyboard_type", "keyboard_insert_text"),
    },
}


def read_calls(source: str) -> list[tuple[str, list[Any]]]:
    """Return the calls of a text with their arguments, which must be literals."""
    found = []
    for line in ast.parse(source).body:
        call = line.value if isinstance(line, ast.Expr) else None
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Name)):
            raise ValueError("Received an empty action.")
        found.append((call.func.id, [ast.literal_eval(argument) for argument in call.args]))
    return found


class BrowserEnv:
    """One task's environment."""

    def __init__(self, task: str, headless: bool = True, action_mapping: Any = None) -> None:
        self._task, self._mapping = task, action_mapping
        self.page: Any = None
        self._problem = ""

    @property
    def unwrapped(self) -> BrowserEnv:
        """This."""
        return self

    def reset(self, seed: Any = None, *args: Any, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """Start from scratch."""
        self.page, self._problem = Page(self._task, seed), ""
        return self._seen(), {"task_info": self._task_info()}

    def step(self, action: str) -> tuple[dict[str, Any], float, bool, bool, dict[str, Any]]:
        """Carry out an action. What it raises is shown, not raised."""
        self._problem = ""
        try:
            for name, given in read_calls(self._mapping(action)):
                self._do(name, given)
        except Exception as error:  # noqa: BLE001
            self._problem = f"{type(error).__name__}: {error}"
        page = self.page
        infeasible = any(role == "infeasible" for role, _ in page.said)
        if page.task.startswith("webarena.") and page.said:
            right = page.said[-1] == ("assistant", page.word) if page.task == "webarena.0" else infeasible
            page.raw, page.done = float(right), True
        return self._seen(), float(page.raw > 0), page.done or infeasible, False, {"task_info": self._task_info()}

    def close(self) -> None:
        """Forget the page."""
        self.page = None

    def _do(self, name: str, given: list[Any]) -> None:
        match name:
            case "mouse_click" | "mouse_dblclick":
                self.page.click(*given[:2])
            case "keyboard_press":
                self.page.key(*given)
            case "keyboard_type" | "keyboard_insert_text":
                self.page.typed += given[0]
            case "goto" if not given[0].startswith("http://fake/"):
                raise ConnectionError(f"Page.goto: net::ERR_NAME_NOT_RESOLVED at {given[0]}\nCall log:\nnavigating")
            case "goto":
                self.page.url = given[0]
            case "send_msg_to_user":
                self.page.said.append(("assistant", given[0]))
            case "report_infeasible":
                self.page.said.append(("infeasible", given[0]))
            case _:
                return

    def _task_info(self) -> dict[str, Any]:
        if not self._task.startswith("miniwob."):
            return {}
        return {"RAW_REWARD_GLOBAL": self.page.raw, "REWARD_REASON": None, "DONE_GLOBAL": self.page.done}

    def _seen(self) -> dict[str, Any]:
        import numpy as np

        return {
            "goal_object": ({"type": "text", "text": self.page.goal},),
            "open_pages_urls": (self.page.url,),
            "open_pages_titles": (self.page.task,),
            "active_page_index": np.asarray([0]),
            "screenshot": np.asarray(self.page.draw()),
            "last_action_error": self._problem,
            "elapsed_time": np.asarray([time.monotonic()]),
        }


class _Playwright:
    """The part of Playwright that the adapter uses."""

    def __init__(self) -> None:
        self.chromium = SimpleNamespace(executable_path=sys.executable, launch=self._launch)

    def stop(self) -> None:
        """Do nothing."""

    def _launch(self, **options: Any) -> SimpleNamespace:
        return SimpleNamespace(version="fake", close=lambda: None)


def install() -> None:
    """Put the fakes where the packages would be."""
    registry: dict[str, Any] = {}

    def make(id: str, **options: Any) -> BrowserEnv:
        return BrowserEnv(id.removeprefix("browsergym/"), options["headless"], options["action_mapping"])

    registry.update({f"browsergym/{task}": None for task in TASKS})
    modules: dict[str, dict[str, Any]] = {
        "gymnasium": {"registry": registry, "make": make},
        "browsergym": {},
        "browsergym.core": {"_get_global_playwright": _Playwright},
        "browsergym.core.action": {},
        "browsergym.core.action.highlevel": {"HighLevelActionSet": HighLevelActionSet},
        "browsergym.miniwob": {},
        "browsergym.webarena": {},
    }
    for name, members in modules.items():
        module = ModuleType(name)
        module.__spec__ = ModuleSpec(name, None)
        module.__dict__.update(members)
        sys.modules[name] = module
    os.environ["MINIWOB_URL"] = "http://fake/"


def start(arguments: dict[str, Any]) -> dict[str, Any]:
    """Start the real adapter over the fakes."""
    install()
    spec = importlib.util.spec_from_file_location("gym_adapter", Path(__file__).with_name("gym_adapter.py"))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    calls: dict[str, Any] = module.start(arguments)
    return calls
