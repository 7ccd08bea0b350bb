"""Every answer of runs as a row of comma-separated values, for a spreadsheet or pandas."""

import csv
import io
from collections.abc import Sequence

from handeye.evals.results.answer import Answer, Item
from handeye.evals.results.run import Results

_COLUMNS = ("run", "model", "judge", "id", "repeat", "cluster")
_ANSWER = (
    "result",
    "distance_px",
    "x",
    "y",
    "width",
    "height",
    "seconds",
    "steps",
    "prompt_tokens",
    "visual_tokens",
    "generated_tokens",
    "instruction",
    "reply",
    "reason",
    "error",
)


def sheet(runs: Sequence[Results]) -> str:
    """Return a header and a row for each answer, repeats included. `result` is right, miss, format or error."""
    groupings = list(dict.fromkeys(name for results in runs for name in results.groupings))
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([*_COLUMNS, *map(_harmless, groupings), *_ANSWER])
    for results in runs:
        head = [results.name, results.model, results.judge]
        for item in results.items:
            groups = [item.groups.get(name, "") for name in groupings]
            for answer in item.answers:
                row = [*head, item.id, answer.repeat, item.cluster, *groups, *_answer(item, answer)]
                writer.writerow([_harmless(cell) if isinstance(cell, str) else cell for cell in row])
    return buffer.getvalue()


def _answer(item: Item, answer: Answer) -> list[object]:
    width, height = answer.size or (None, None)
    x, y = answer.point or (None, None)
    return [
        str(answer.fate),
        None if answer.distance is None else round(answer.distance, 2),
        _number(x),
        _number(y),
        width,
        height,
        answer.seconds,
        answer.steps,
        answer.prompt_tokens,
        answer.visual_tokens,
        answer.generated_tokens,
        item.instruction,
        answer.text,
        answer.reason,
        answer.error,
    ]


def _number(value: float | None) -> float | None:
    """Return a coordinate with two decimals at most; a whole one as an integer."""
    return value if value is None else int(value) if value == int(value) else round(value, 2)


def _harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: one that looks like it gets an apostrophe in front."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
