"""Whether what a model writes is language: questions with known answers."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from handeye.agent.examine.text import is_garbage, quoted
from handeye.environments.doctor.finding import Finding, missing, ok, warning

WHAT = "words"


class Question(NamedTuple):
    """A question with a known answer."""

    text: str
    answer: str
    """A regular expression that is found in a right answer, in any case."""


QUESTIONS = (
    Question("What is 2 + 3? Answer with one number.", r"\b5\b|\bfive\b|五"),
    Question("What is the capital of France? Answer in one word.", r"paris|巴黎"),
    Question("Which animal barks, a dog or a fish? Answer in one word.", r"\bdog\b|狗"),
)


def judge(answers: Sequence[str], points_well: bool, advice: str) -> Finding:
    """Judge the answers to `QUESTIONS`.

    `points_well` says that it finds targets all the same, as models do that were only trained to act. `advice` is what
    to do about a broken model.
    """
    broken = [answer for answer in answers if is_garbage(answer)]
    right = sum(
        re.search(question.answer, answer, re.IGNORECASE) is not None
        for question, answer in zip(QUESTIONS, answers, strict=True)
    )
    if 2 * len(broken) > len(answers):
        return missing(WHAT, f"it writes no language but {quoted(broken[0])}: its numbers overflow or are NaN", advice)
    if 2 * right > len(answers):
        return ok(WHAT, f"{right} of {len(answers)} plain questions answered")
    wrong = next(
        answer
        for question, answer in zip(QUESTIONS, answers, strict=True)
        if not re.search(question.answer, answer, re.IGNORECASE)
    )
    said = f"{right} of {len(answers)} plain questions answered, others with {quoted(wrong)}"
    if points_well:
        return ok(WHAT, f"{said}; it was trained to act")
    if right:
        return warning(WHAT, f"{said}: a quantized copy may have lost too much", advice)
    return missing(WHAT, f"{said}: the weights, the tokenizer or the chat template do not belong together", advice)
