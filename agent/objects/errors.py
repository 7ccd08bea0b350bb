"""Errors of finding objects.

HandeyeError
└── UnreadableAnswer   the answer names no place that can be used (handeye.model.errors)
    └── AnswerCutOff   it reached the limit of tokens, so that objects are missing
"""

from collections.abc import Sequence

from handeye.agent.objects.found import Detection, LabelledPoint
from handeye.model.errors import UnreadableAnswer


class AnswerCutOff(UnreadableAnswer):
    """The answer reached the limit of tokens: there are more objects than it names, or it repeats itself."""

    def __init__(self, message: str, found: Sequence[Detection | LabelledPoint]) -> None:
        super().__init__(message)
        self.found = tuple(found)
        """What the answer names up to there."""
