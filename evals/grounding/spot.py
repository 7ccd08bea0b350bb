"""The exact place in an answer, before it is rounded to a pixel: what reference scripts compare."""

from handeye.actions.dialects.grounding.answer import Answer
from handeye.actions.geometry import Box, Size
from handeye.evals.samples.region import Spot


def exact_spot(answer: Answer, text: str, seen: Size, part: Box) -> Spot | None:
    """Return the place that the numbers of an answer name, in pixels of the image; the middle of a box.

    `seen` is the size at which the model saw `part` of the image. A place outside of the image stays there: reference
    scripts move none, so it hits no target, not even one at the edge. None if the answer is not given in numbers.
    """
    numbers = answer.numbers(text)
    if not numbers:
        return None
    first, second = numbers if len(numbers) == 2 else ((numbers[0] + numbers[2]) / 2, (numbers[1] + numbers[3]) / 2)
    x, y = answer.points.ordered(first, second)
    match answer.points.unit:
        case "pixels":
            x, y = x / seen.width, y / seen.height
        case "thousandths":
            x, y = x / 1000, y / 1000
        case "parts":
            pass
    return Spot(float(part.left + x * part.size.width), float(part.top + y * part.size.height))
