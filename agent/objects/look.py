"""One question about the objects in an image, and what the answer says."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from PIL.Image import Image

from handeye.actions.geometry import Size
from handeye.agent.errors import InvalidTask
from handeye.agent.policies.backend import Backend
from handeye.agent.task import require_text
from handeye.model.conversation.messages import Message
from handeye.model.grounding import Labelled, read_answer, unreadable

MOST_TOKENS = 4096
"""Tokens of an answer: about 150 objects."""
_PLAIN = r"[^{}\[\]<>]"
_ABSENT = re.compile(
    rf"""\W*(?:none|nothing|no)\W*
    |(?:sorry,\ )?(?:but\ )?there\ (?:is|are)\ (?:no|not\ any)\b{_PLAIN}{{0,200}}
    |no\ \w[\w\ ]{{0,60}}\ (?:is|are|can\ be)\ {_PLAIN}{{0,200}}
    |{_PLAIN}{{0,80}}\b(?:is|are)\ not\ (?:visible|present|shown|there)\b{_PLAIN}{{0,120}}""",
    re.IGNORECASE | re.VERBOSE,
)
"""An answer in words that says that there is none."""


class Look(NamedTuple):
    """What an answer names."""

    found: list[Labelled]
    cut_off: bool
    """Whether it reached the limit of tokens."""


def look(model: Backend, image: Image, words: str, max_new_tokens: int) -> Look:
    """Ask, and read the places in the answer; none if it says that there are none.

    Raises `InvalidImage`, `UnreadableAnswer`, and what the model raises.
    """
    from handeye.model.images.image import to_rgb  # imports numpy

    image = to_rgb(image)
    size = Size(*image.size)
    seen = model.image_size(size)
    answer = model.generate([Message("user", (image, words))], max_new_tokens=max_new_tokens)
    read = read_answer(answer.text, seen, size)
    if not (read.found or read.nothing or (not read.outside and _ABSENT.fullmatch(answer.text.strip()))):
        raise unreadable(answer.text, read, seen)
    return Look(read.found, answer.finish == "length")


def require_phrases(phrases: Sequence[str]) -> list[str]:
    """Return the phrases without the space around them; raise `InvalidTask` if there is none, or one is empty."""
    if isinstance(phrases, str):
        raise TypeError("phrases is a single string: give a list of phrases")
    if not phrases:
        raise InvalidTask("nothing to find is named: give at least one phrase, such as 'bottle'")
    for phrase in phrases:
        require_text(phrase, "what to find")
    return [" ".join(phrase.split()) for phrase in phrases]


def known(label: str, phrases: Sequence[str]) -> str:
    """Return a label as the phrase that it is, or as the model wrote it; the only phrase for a missing one."""
    if not label and len(phrases) == 1:
        return phrases[0]
    return next((phrase for phrase in phrases if phrase.casefold() == label.casefold()), label)


def cut_message(max_new_tokens: int, found: int) -> str:
    """Return the message about an answer that reached the limit of tokens."""
    return f"the answer was cut off after {max_new_tokens} tokens and {found} places: allow more tokens, or name less"
