"""The exact place in an answer, before it is rounded to a pixel: what reference scripts compare."""

from fractions import Fraction

from handeye.actions.dialects.grounding.answer import Answer
from handeye.actions.errors import HandeyeError
from handeye.actions.geometry import Box, Size
from handeye.actions.reading import read_number
from handeye.evals.samples.region import Spot


def exact_spot(answer: Answer, text: str, seen: Size, part: Box) -> Spot | None:
    """Return the place that the numbers of an answer name, in pixels of the image; the middle of a box.

    `seen` is the size at which the model saw `part` of the image. A place outside of it is moved to its edge, as ours
    is when it is read. None if the answer is not given in numbers.
    """
    try:
        value = answer.find(text).value
    except HandeyeError:
        return None
    numbers = [read_number(each) for each in value] if isinstance(value, list) else []
    exact = [Fraction(str(number)) for number in numbers if isinstance(number, int | float | Fraction)]
    if len(exact) != len(numbers) or len(exact) not in {2, 4}:
        return None
    first, second = exact if len(exact) == 2 else ((exact[0] + exact[2]) / 2, (exact[1] + exact[3]) / 2)
    x, y = answer.points.ordered(first, second)
    match answer.points.unit:
        case "pixels":
            x, y = x / seen.width, y / seen.height
        case "thousandths":
            x, y = x / 1000, y / 1000
        case "parts":
            pass
    x, y = (min(max(each, Fraction(0)), Fraction(1)) for each in (x, y))
    return Spot(float(part.left + x * part.size.width), float(part.top + y * part.size.height))
