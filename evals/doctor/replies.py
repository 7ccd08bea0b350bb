"""Whether the replies themselves look wrong: unreadable, lost, all the same, all at one place."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from handeye.evals.doctor.finding import Finding
from handeye.evals.results.answer import Answer
from handeye.evals.results.run import Results

FORMAT: Final = 0.05
"""More unreadable replies than this share are suspicious: a checkpoint that is asked in its own format has fewer."""
ALIKE: Final = 0.5
"""One reply, or one place, for more than this share of all."""
LEAST: Final = 10
EXAMPLES: Final = 3
_LONGEST: Final = 100
_CELLS: Final = 50
"""Places are counted in cells of 2 % of each side."""


def format_finding(results: Results) -> Finding:
    """Return how many replies could not be read, and some of them."""
    answers = results.answers
    unread = [answer for answer in answers if answer.wrong_format]
    evidence = f"{len(unread)} of {len(answers)} replies could not be read ({_share(unread, answers):.1%})"
    if len(unread) <= FORMAT * len(answers):
        return Finding("format of the replies", evidence)
    reasons = Counter(answer.reason for answer in unread).most_common(EXAMPLES)
    examples = []
    for reason, count in reasons:
        reply = next(answer.text for answer in unread if answer.reason == reason)
        examples.append(f"{count}x {reason or 'no reason given'}: {_excerpt(reply)}")
    return Finding(
        "format of the replies",
        evidence,
        "the profile may not be the checkpoint's, or the replies are cut off: see --profile, --format and --max-tokens",
        tuple(examples),
    )


def error_finding(results: Results) -> Finding:
    """Return at how many answers the machine failed, all of which count as wrong."""
    answers = results.answers
    lost = [answer for answer in answers if answer.error is not None]
    evidence = f"the machine failed at {len(lost)} of {len(answers)} ({_share(lost, answers):.1%}), counted as wrong"
    if not lost:
        return Finding("failures of the machine", evidence)
    reasons = Counter(_excerpt(answer.error or "") for answer in lost).most_common(EXAMPLES)
    examples = tuple(f"{count}x {reason}" for reason, count in reasons)
    return Finding("failures of the machine", evidence, "run it again with --retry-errors", examples)


def missing_finding(results: Results) -> Finding:
    """Return whether the run is complete."""
    dataset = results.manifest.get("dataset")
    part = isinstance(dataset, dict) and dataset.get("complete") is False
    asked = len(results.items) + results.excluded
    evidence = f"{asked} of {asked + results.missing} samples were asked" + (", of a part of the data" if part else "")
    advice = ""
    if results.missing:
        advice = "the same command continues the run"
    elif part:
        advice = "compare it with no published number: those are of the whole benchmark"
    return Finding("completeness", evidence, advice)


def same_reply_finding(results: Results) -> Finding:
    """Return whether one reply was given to everything."""
    first = [item.answers[0] for item in results.items if item.answers[0].text]
    asked = {item.instruction for item in results.items}
    if len(first) < LEAST or len(asked) < LEAST:
        return Finding("variety of the replies", f"only {len(first)} replies: too few to tell")
    (reply, count), *_ = Counter(answer.text for answer in first).most_common(1)
    different = len({answer.text for answer in first})
    evidence = f"{different} different replies to {len(first)} questions; the most frequent came {count} times"
    if count <= ALIKE * len(first):
        return Finding("variety of the replies", evidence)
    return Finding(
        "variety of the replies",
        evidence,
        "the model answers without looking: check that the images arrive, that the weights fit, and the prompt",
        (_excerpt(reply),),
    )


def same_place_finding(results: Results) -> Finding:
    """Return whether nearly all answers point at the same part of the screen."""
    cells = [cell for item in results.items if (cell := _cell(item.answers[0])) is not None]
    if len(cells) < LEAST:
        return Finding("variety of the places", f"only {len(cells)} points: too few to tell")
    ((column, row), count), *_ = Counter(cells).most_common(1)
    place = f"{column * 100 / _CELLS:.0f} % from the left, {row * 100 / _CELLS:.0f} % from the top"
    evidence = f"{len(set(cells))} different places in {len(cells)} answers; {count} are {place}"
    if count <= ALIKE * len(cells):
        return Finding("variety of the places", evidence)
    return Finding(
        "variety of the places",
        evidence,
        "points at the middle or in a corner mean that the model guesses, or that numbers are read in another frame",
    )


def _cell(answer: Answer) -> tuple[int, int] | None:
    if answer.pixel is None or answer.size is None:
        return None
    return answer.pixel.x * _CELLS // answer.size.width, answer.pixel.y * _CELLS // answer.size.height


def _share(some: Sequence[object], all_of_them: Sequence[object]) -> float:
    return len(some) / len(all_of_them) if all_of_them else 0.0


def _excerpt(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
