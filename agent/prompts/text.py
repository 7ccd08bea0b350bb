"""Text for prompts."""

import json
from collections.abc import Iterable

from handeye.environments.element import Element


def one_line(text: str) -> str:
    """Return `text` without line breaks: text from a page or a model must not start a new line of the prompt."""
    return " ".join(text.splitlines())


def mark_lines(marks: Iterable[Element]) -> list[str]:
    """Return one line for each mark: its number, what it is and what it says, such as `7: button "OK"`."""
    return [f"{number}: {one_line(mark.role)}{_quoted(mark.text)}" for number, mark in enumerate(marks, start=1)]


def _quoted(text: str) -> str:
    return f" {json.dumps(one_line(text), ensure_ascii=False)}" if text else ""
