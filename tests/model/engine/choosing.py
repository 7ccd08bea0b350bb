"""Choosers for tests: one by itself, and one that is told its tokens."""

from collections.abc import Callable

from torch import Tensor

from handeye.model.engine.sampling.choices import Choices
from handeye.model.engine.sampling.chooser import Chooser
from handeye.model.engine.sampling.likely import Changed, Head, Top


def alone(chooser: Chooser) -> Callable[[Tensor], int]:
    """Return a function from logits (V,) to the token that a chooser takes."""
    return lambda logits: Choices(logits[None], {0: chooser}).take(0)


class Told(Chooser):
    """Takes the tokens that a function returns for logits (V,)."""

    remembers = True

    def __init__(self, tell: Callable[[Tensor], int]) -> None:
        self._tell = tell
        self._logits: Tensor | None = None

    def change(self, logits: Tensor) -> Changed:
        self._logits = logits
        return Changed(logits, 0.0)

    def pick(self, found: Top | Head) -> int:
        assert self._logits is not None
        logits, self._logits = self._logits, None
        return self._tell(logits)

    def accept(self, token: int, logits: Tensor, row: int) -> None:
        pass
