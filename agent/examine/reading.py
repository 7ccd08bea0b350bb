"""Whether a model reads what is written in an image."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from handeye.agent.examine.text import quoted
from handeye.environments.doctor.finding import Finding, missing, ok, warning

WHAT = "reading"
QUESTION = 'Read the six numbers in the row that begins with "{}". Answer with the numbers alone, separated by commas.'
_WELL, _BADLY = 0.9, 0.5
"""The shares of the numbers that a model reads if all is well, and less than which is a fault."""


class Row(NamedTuple):
    """One row of numbers, and what was read."""

    written: Sequence[int]
    text: str

    @property
    def read(self) -> int:
        """How many of the numbers were read."""
        found = {int(number) for number in re.findall(r"(?<!\d)\d{3}(?!\d)", self.text)}
        return sum(number in found for number in self.written)


def judge(rows: Sequence[Row], points_well: bool, advice: str) -> Finding:
    """Judge what was read; the worst row does not count. `advice` is what to do about a model that reads badly.

    `points_well` says that it finds what is drawn: one that reads no number at all may only have been trained to act.
    """
    worst, *counted = sorted(rows, key=lambda row: row.read)
    read, total = (sum(each) for each in zip(*((row.read, len(row.written)) for row in counted), strict=True))
    said = f"{read + worst.read} of {total + len(worst.written)} numbers read"
    if read >= _WELL * total:
        return ok(WHAT, said)
    said += f", one row as {quoted(worst.text)}"
    if read == 0 and points_well:
        return ok(WHAT, f"{said}; it was trained to act")
    if read >= _BADLY * total:
        return warning(WHAT, f"{said}: it misses small text", advice)
    return missing(WHAT, said, advice)
