"""The choice of the next tokens of many replies.

Shapes: V tokens of the vocabulary, R rows of logits.
"""

from collections.abc import Mapping, Sequence

from torch import Tensor

from handeye.model.engine.sampling.chooser import Chooser
from handeye.model.engine.sampling.likely import Head, Top, finite, likely


class Choices:
    """The logits of several replies, or of several places in one, from which tokens are chosen one by one.

    What can be known before the first token is chosen is computed for all rows at once, and the device is waited for
    once. It is waited for again, for all rows at once, where a constraint forbids the likeliest token, since that is
    rare; and for a row whose choice depends on a token that was chosen before it, or that draws an unlikely token.
    """

    def __init__(self, logits: Tensor, choosers: Mapping[int, Chooser], *, together: bool = True) -> None:
        """Take logits (R, V), and what chooses from the rows; the rows of one reply follow each other.

        together: whether rows are changed at once; otherwise each is when its token is taken.
        """
        self._logits = logits
        self._choosers = choosers
        ready = self._ready() if together else []
        rows = [row for row in ready if not choosers[row].plain]
        self._tops, found = likely(logits, [choosers[row].change(logits[row]) for row in rows])
        self._found: dict[int, Top | Head] = {}
        if ready:
            self._found.update(zip(rows, found, strict=True))
            self._find([row for row in ready if choosers[row].plain])

    def take(self, row: int) -> int:
        """Return the token that the chooser of a row takes; the rows of one reply in their order.

        Raises:
            NonFiniteOutput: the row holds NaN or an infinite value.
        """
        top = self._tops[row]
        finite(top.logit)
        if row not in self._found:
            self._find([row])
        found, chooser = self._found[row], self._choosers[row]
        if found is not top:
            finite(found.logit)
        token = chooser.pick(found)
        chooser.accept(token, self._logits, row)
        return token

    def _ready(self) -> list[int]:
        """Return the rows whose choice needs more than the likeliest token, and depends on no other row.

        On a CPU, where nothing is waited for, only the first row of each reply: the guesses after it are often wrong.
        """
        before: Chooser | None = None
        ready = []
        for row, chooser in self._choosers.items():
            first = chooser is not before
            if chooser.remembers or self._logits.is_cpu:
                wanted = first and (chooser.remembers or not chooser.plain)
            else:
                wanted = not chooser.plain
            if wanted:
                ready.append(row)
            before = chooser
        return ready

    def _find(self, rows: Sequence[int]) -> None:
        """Find what is likely in rows; where the likeliest token of the network is taken, that is known already."""
        barred = []
        for row in rows:
            chooser, top = self._choosers[row], self._tops[row]
            if chooser.plain and chooser.allows(top.token, self._logits.device):
                self._found[row] = top
            else:
                barred.append(row)
        if barred:
            changed = [self._choosers[row].change(self._logits[row]) for row in barred]
            self._found.update(zip(barred, likely(self._logits[:0], changed)[1], strict=True))
