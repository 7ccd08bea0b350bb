"""Text for prompts."""

import json
import re
from collections.abc import Callable, Iterable

from handeye.agent.prompts.view import View
from handeye.agent.step import Step
from handeye.environments.element import Element
from handeye.environments.observation import Observation

_TYPES = re.compile(r"`[a-z_]+`(?:, `[a-z_]+`)*")
"""How messages name a type of action, or several."""
_LONGEST_TITLE = 80
_LONGEST_ADDRESS = 120


def one_line(text: str) -> str:
    """Return `text` without line breaks: text from a page or a model must not start a new line of the prompt."""
    return " ".join(text.splitlines())


def mark_lines(marks: Iterable[Element]) -> list[str]:
    """Return one line for each mark: its number, what it is and what it says, such as `7: button "OK"`."""
    return [f"{number}: {one_line(mark.role)}{_quoted(mark.text)}" for number, mark in enumerate(marks, start=1)]


def notices(observation: Observation) -> list[str]:
    """Return one line for each thing that the screenshot does not show, the open tabs included if they are several."""
    lines = [one_line(notice) for notice in observation.notices]
    if len(observation.tabs) > 1:
        tabs = (
            f"{number}{_quoted(tab.title[:_LONGEST_TITLE])} {one_line(tab.url)[:_LONGEST_ADDRESS]}"
            f"{' (shown)' if tab.active else ''}"
            for number, tab in enumerate(observation.tabs)
        )
        lines.append(f"The open tabs are {', '.join(tabs)}.")
    return lines


def remark(step: Step, view: View) -> str:
    """Return in one line what was corrected in a step's reply, and what became of its actions, in the dialect's words.

    What was corrected in a reply to an image of another size is left out: its points are those of that image.
    """
    decision = step.decision
    notes = decision.notes if decision.image is None or decision.image.size == view.frame(step).size else ()
    return one_line(in_words("; ".join(filter(None, (*notes, step.remark))), view.dialect.word))


def in_words(text: str, word: Callable[[str], str | None]) -> str:
    """Return a message with each type of action in backticks replaced by what `word` calls it.

    In a list, types that are called the same become one, and types without a word are left out.
    """
    return _TYPES.sub(lambda found: _renamed(found[0], word), text)


def _renamed(listed: str, word: Callable[[str], str | None]) -> str:
    names = [name.strip("`") for name in listed.split(", ")]
    words = [found for name in names if (found := word(name)) is not None]
    return ", ".join(dict.fromkeys(f"`{found}`" for found in words or names))


def _quoted(text: str) -> str:
    return f" {json.dumps(one_line(text), ensure_ascii=False)}" if text else ""
