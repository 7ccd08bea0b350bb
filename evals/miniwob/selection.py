"""Selecting tasks by name or by the name of a set, and how many steps each may take."""

from typing import Final

from handeye.evals.errors import UnknownTask
from handeye.evals.miniwob import pages
from handeye.evals.miniwob.oracles import ORACLES
from handeye.evals.miniwob.sets import WEBGUM_56
from handeye.evals.selection import named_tasks

FIVE: Final = ("click-tab", "focus-text-2", "click-dialog-2", "enter-text", "login-user")
"""The tasks that demonstrate the shipped checkpoint: clicking, typing, and several steps."""

STEPS: Final = 10
"""How many steps an episode may take, unless the task needs more."""

MORE_STEPS: Final = {
    "click-checkboxes-large": 15,
    **dict.fromkeys(("choose-date", "choose-date-nodelay", "social-media-all", "social-media-some"), 20),
    **dict.fromkeys(("generate-number", "hot-cold", "number-checkboxes", "order-food"), 20),
}
"""Tasks whose shortest solution can take more."""


def step_limit(name: str) -> int:
    """Return how many steps an episode of a task may take."""
    return MORE_STEPS.get(name, STEPS)


def select(text: str, *, oracle: bool = False) -> tuple[str, ...]:
    """Return the tasks that `text` selects: `all`, `five`, `oracles`, `webgum-56`, or names separated by commas.

    Raises `UnknownTask`; with `oracle` also for tasks that have none.
    """
    sets = {"all": pages.names(), "five": FIVE, "oracles": tuple(ORACLES), "webgum-56": WEBGUM_56}
    for name in (part.strip() for part in text.split(",")):
        if name in pages.HTML_ONLY:
            raise UnknownTask(f"{name} is a page of the package, but none of the 125 tasks")
    names = named_tasks(text, pages.names(), sets)
    without = [name for name in names if name not in ORACLES]
    if oracle and without:
        raise UnknownTask(f"no oracle plays {', '.join(without[:3])}: --tasks oracles selects those that have one")
    return names
