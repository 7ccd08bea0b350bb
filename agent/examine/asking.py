"""The questions to a model, and what it answers."""

import random
import time
from collections.abc import Callable

from PIL.Image import Image

from handeye.agent.examine import reading, sheet, sight, words
from handeye.agent.examine.reading import Row
from handeye.agent.examine.sight import Look
from handeye.agent.examine.speed import Pace
from handeye.agent.examine.square import Colour, draw
from handeye.agent.policies.backend import Backend
from handeye.model.conversation.messages import Message

_WORDS = 40
"""The most tokens of a plain answer: six numbers are 30, and a loop shows."""
_DESCRIPTION = 64
"""Of a reply whose time is taken."""

Clock = Callable[[], float]
"""Returns seconds."""


def plain_answers(backend: Backend) -> list[str]:
    """Return the answers to the plain questions, in their order."""
    return [_asked(backend, question.text) for question in words.QUESTIONS]


def looks(backend: Backend, order: random.Random) -> list[Look]:
    """Show a square of each colour, in a random order; return what is said of them."""
    colours = [*Colour]
    order.shuffle(colours)
    return [Look(colour, _asked(backend, draw(colour), sight.QUESTION)) for colour in colours]


def rows(backend: Backend, numbers: sheet.Rows) -> list[Row]:
    """Show a sheet of numbers; return what is read of each row."""
    picture = sheet.draw(numbers)
    asked = [_asked(backend, picture, reading.QUESTION.format(letter)) for letter in sheet.ROWS]
    return [Row(written, text) for written, text in zip(numbers, asked, strict=True)]


def pace(backend: Backend, screenshot: Image, clock: Clock = time.perf_counter) -> Pace:
    """Take the time of a reply to a screenshot that the model has not seen before."""
    heard: list[float] = []
    began = clock()
    answer = backend.generate(
        [Message("user", (screenshot, "Describe this screenshot in detail."))],
        max_new_tokens=_DESCRIPTION,
        on_text=lambda _: heard.append(clock()),
    )
    ended = clock()
    first = heard[0] if heard else ended
    return Pace(first - began, ended - began, answer.generated_tokens)


def _asked(backend: Backend, *content: str | Image) -> str:
    return backend.generate([Message("user", content)], max_new_tokens=_WORDS).text
