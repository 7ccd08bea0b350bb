"""Counting what a phrase describes: everything is detected first, and then counted."""

from PIL.Image import Image

from handeye.agent.objects.detect import detect
from handeye.agent.objects.errors import AnswerCutOff
from handeye.agent.objects.found import Count, Detection
from handeye.agent.objects.look import MOST_TOKENS
from handeye.agent.policies.backend import Backend


def count(model: Backend, image: Image, phrase: str, *, max_new_tokens: int = MOST_TOKENS) -> Count:
    """Return how many objects of an image a phrase describes, with their boxes. Duplicates count once.

    Where the answer is cut off, the number is that of the objects up to there, and `cut_off` says so. The rest is as in
    `handeye.agent.objects.detect.detect`, whose other errors it raises.
    """
    cut_off = False
    try:
        found = detect(model, image, [phrase], max_new_tokens=max_new_tokens)
    except AnswerCutOff as error:
        found = [each for each in error.found if isinstance(each, Detection)]
        cut_off = True
    number = sum(not each.duplicate for each in found)
    return Count(" ".join(phrase.split()), number, tuple(found), cut_off)
