"""Which tasks are meant, by their names or by the name of a set, and how many steps each may take."""

from difflib import get_close_matches
from typing import Final

from handeye.actions.errors import HandeyeError
from handeye.evals.miniwob import pages
from handeye.evals.miniwob.oracles import ORACLES

FIVE: Final = ("click-tab", "focus-text-2", "click-dialog-2", "enter-text", "login-user")
"""What the shipped checkpoint is shown with: clicking, typing, and several steps."""

STEPS: Final = 10
"""How many steps an episode may take, unless the task needs more."""

MORE_STEPS: Final = {"click-checkboxes-large": 15}
"""Where the shortest way can take more."""


class UnknownTask(HandeyeError):
    """A name is none of a task's, or that of a task without the oracle that should play it."""


def step_limit(name: str) -> int:
    """Return how many steps an episode of a task may take."""
    return MORE_STEPS.get(name, STEPS)


def select(text: str, *, oracle: bool = False) -> tuple[str, ...]:
    """Return the tasks that `all`, `five`, `oracles` or names separated by commas mean.

    Raises `UnknownTask`; with `oracle` also for tasks that have none.
    """
    match text:
        case "all":
            names = pages.names()
        case "five":
            names = FIVE
        case "oracles":
            names = tuple(ORACLES)
        case _:
            names = _named(text)
    without = [name for name in names if name not in ORACLES]
    if oracle and without:
        raise UnknownTask(f"no oracle plays {', '.join(without[:3])}: --tasks oracles are those that one plays")
    return names


def _named(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if not names:
        raise UnknownTask("no task is named: give names separated by commas, or all, five, oracles")
    for name in names:
        if name in pages.HTML_ONLY:
            raise UnknownTask(f"{name} is a page of the package, but none of the 125 tasks")
        if name not in pages.names():
            near = get_close_matches(name, pages.names(), n=2)
            hint = f"did you mean {' or '.join(near)}?" if near else "give names, or all, five, oracles"
            raise UnknownTask(f"there is no task {name!r}: {hint}")
    return names
