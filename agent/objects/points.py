"""Pointing at everything that a phrase describes."""

from PIL.Image import Image

from handeye.actions.geometry import Box
from handeye.agent.objects.errors import AnswerCutOff
from handeye.agent.objects.found import LabelledPoint
from handeye.agent.objects.look import MOST_TOKENS, cut_message, known, look, require_phrases
from handeye.agent.policies.backend import Backend
from handeye.agent.prompts.words.qwen import POINTS


def points(model: Backend, image: Image, phrase: str, *, max_new_tokens: int = MOST_TOKENS) -> list[LabelledPoint]:
    """Return a pixel on everything in an image that a phrase describes; none is an empty list.

    Points are in pixels of `image`; where the model answers with boxes, their middles. The rest is as in
    `handeye.agent.objects.detect.detect`, whose errors it raises.
    """
    wanted = require_phrases([phrase])
    answer = look(model, image, POINTS.format(phrase=wanted[0]), max_new_tokens)
    found: list[LabelledPoint] = []
    for each in answer.found:
        label = known(each.label, wanted)
        point = each.place.center if isinstance(each.place, Box) else each.place
        found.append(LabelledPoint(label, point, any((label, point) == other[:2] for other in found)))
    if answer.cut_off:
        raise AnswerCutOff(cut_message(max_new_tokens, len(found)), found)
    return found
