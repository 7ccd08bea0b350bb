"""Finding everything that some phrases describe, as boxes."""

from collections.abc import Sequence

from PIL.Image import Image

from handeye.actions.geometry import Box
from handeye.agent.objects.errors import AnswerCutOff
from handeye.agent.objects.found import Detection, same
from handeye.agent.objects.look import MOST_TOKENS, cut_message, known, look, require_phrases
from handeye.agent.policies.backend import Backend
from handeye.agent.prompts.words.qwen import BOXES
from handeye.model.errors import UnreadableAnswer


def detect(
    model: Backend, image: Image, phrases: Sequence[str], *, max_new_tokens: int = MOST_TOKENS
) -> list[Detection]:
    """Return everything in an image that the phrases describe, in the order of the answer; none is an empty list.

    Boxes are in pixels of `image`, clipped to it. A box that the answer repeats is a `duplicate`.

    Args:
        model: A model, such as from `load_model`, or a `ChatServer`.
        image: Any image that Pillow opens.
        phrases: What to find, such as ["bottle", "glass with a straw"]; asked for in one question.
        max_new_tokens: The maximum number of tokens in the answer; an object takes about 25.

    Raises:
        InvalidTask: there is no phrase, or one is empty.
        InvalidImage: the image cannot be shown to the model.
        UnreadableAnswer: the answer names no box in the image. AnswerCutOff: it was cut off; `found` is what it names.
        HandeyeError: what the model or the server raises.
    """
    wanted = require_phrases(phrases)
    question = BOXES.format(phrases=" and each ".join(wanted))
    answer = look(model, image, question, max_new_tokens)
    found: list[Detection] = []
    for each in answer.found:
        if isinstance(each.place, Box):
            label, box = known(each.label, wanted), each.place
            again = any(label == other.label and same(box, other.box) for other in found)
            found.append(Detection(label, box, again))
    if answer.cut_off:
        raise AnswerCutOff(cut_message(max_new_tokens, len(found)), found)
    if answer.found and not found:
        raise UnreadableAnswer("the model answered with points, and named no box: ask for points instead")
    return found
