"""How far one reply is in its rule.

Shapes: V tokens of the vocabulary.
"""

import torch
from torch import Tensor

from handeye.model.grammar.compiled import Compiled, Mask
from handeye.model.grammar.distance import FAR
from handeye.model.grammar.states import DEAD
from handeye.model.hardware.transfer import send


class Matcher:
    """Follows a reply, and says which tokens may come next."""

    def __init__(self, compiled: Compiled, prefix: str = "") -> None:
        """Begin a reply with `prefix`.

        Raises:
            ValueError: no text that fits the rule begins so.
        """
        self._compiled = compiled
        self._mask: Mask | None = None
        """That of the state, once it was needed; its device is always that of the reply's logits."""
        self._state = compiled.after(compiled.start, prefix.encode("utf-8", "surrogatepass"))
        if self.least > FAR:
            raise ValueError(f"no text that fits the grammar begins with the prefix {prefix!r:.80}")

    @property
    def least(self) -> int:
        """How many tokens are enough to end the reply, the closing one included."""
        return self._compiled.least(self._state)

    def allows(self, token: int, room: int, device: torch.device) -> bool:
        """Tell whether a token may come next; see `blocked`."""
        compiled, mask = self._compiled, self._masked(device)
        after = int(mask.after[token])
        if after == DEAD:
            return compiled.closes(token) and self.least == 1
        return room >= mask.most or compiled.least(after) < room

    def blocked(self, room: int, device: torch.device) -> Tensor:
        """Return the tokens, bool (V,), that may not come next in a reply that may have `room` further tokens.

        What is left can always be completed. `room` is at least `least`.
        """
        mask = self._masked(device)
        if room >= mask.most:
            return mask.blocked
        return send(self._compiled.blocked(self._state, mask, room), device)

    def tight(self, room: int, device: torch.device) -> bool:
        """Tell whether a token may be blocked only because there is so little room."""
        return room < self._masked(device).most

    def consume(self, token: int) -> None:
        """Go on with a token that may come next; a closing one changes nothing."""
        if self._mask is not None:
            after = int(self._mask.after[token])
        else:
            after = self._compiled.after(self._state, self._compiled.text(token))
        if not self._compiled.closes(token):
            assert after != DEAD
            self._state, self._mask = after, None

    def _masked(self, device: torch.device) -> Mask:
        if self._mask is None:
            self._mask = self._compiled.mask(self._state, device)
        return self._mask

    def forced(self) -> tuple[int, ...]:
        """Return the tokens that the text which must come next is usually written with; none if there is a choice."""
        return self._compiled.forced(self._state)
