"""Guessing the next tokens of a reply from what was said before: actions repeat their form, and texts of the screen.

Where the form of the reply is given, what must come next is guessed first, as it is usually cut into tokens.

The guesses are read together with the last token, and those that the model would have chosen itself are kept, so the
reply is the same as without them, up to the rounding of products of several rows.

Source: prompt lookup decoding (A. Saxena, 2023), a kind of speculative decoding.
"""

from collections.abc import Callable, Iterable, Sequence

MOST = 8
"""Tokens that are guessed at once."""
_SEEN = 3
"""Tokens that must be the same before a guess."""
_TRIES = 4
"""Passes with guesses that a reply has at least. After them, each must have been worth a token on average: on a small
network, reading several tokens takes as long as reading two one by one."""


class _Record:
    """How often guesses of one kind were right."""

    def __init__(self) -> None:
        self._passes = self._right = 0
        self.pays = True
        """Whether they were worth their time so far."""

    def add(self, right: int) -> None:
        self._passes += 1
        self._right += right
        self.pays = self._passes < _TRIES or self._right >= self._passes


class Draft:
    """The tokens of one conversation so far, and what followed every few of them the last time."""

    def __init__(self, tokens: Iterable[int], forced: Callable[[], Sequence[int]] | None = None) -> None:
        """Take the tokens of the prompt; those of images and videos are below 0.

        forced: returns the tokens that must come next in the reply, as far as that is known.
        """
        self._forced = forced
        self._tokens = said = [*tokens]
        in_a_row = zip(said, said[1:], said[2:], said[3:], strict=False)
        # what `add` does for each token, at once, because a reply waits for it
        self._next: dict[tuple[int, ...], int] = {
            (first, second, third): place
            for place, (first, second, third, token) in enumerate(in_a_row, start=_SEEN)
            if token >= 0 and third >= 0 and second >= 0 and first >= 0
        }
        self._said, self._known = _Record(), _Record()
        self._sizes = 0, 0
        """Tokens of the last guess: how many had to come, and how many were said before."""

    def add(self, token: int) -> None:
        """Add the next token of the conversation."""
        before = tuple(self._tokens[-_SEEN:])
        if token >= 0 and len(before) == _SEEN and min(before) >= 0:
            self._next[before] = len(self._tokens)
        self._tokens.append(token)

    def judge(self, right: int) -> None:
        """Say how many tokens of the last guess the model would have chosen itself."""
        known, said = self._sizes
        if known:
            self._known.add(min(right, known))
        if said and right >= known:
            self._said.add(right - known)

    def guess(self, most: int) -> list[int]:
        """Return the tokens that must come next, or followed the last time, at most so many.

        There are none of a kind that has not paid so far.
        """
        most = min(most, MOST)
        known = [*self._forced()[:most]] if self._forced is not None and self._known.pays else []
        said = self._recall(known, most - len(known)) if self._said.pays else []
        self._sizes = len(known), len(said)
        return known + said

    def _recall(self, ahead: Sequence[int], most: int) -> list[int]:
        """Return what followed the last time after the conversation and the tokens ahead of it."""
        before = self._tokens[-_SEEN:]
        place = self._next.get((*before, *ahead)[-_SEEN:] if ahead else tuple(before))
        if place is None:
            return []
        found = self._tokens[place : place + most]
        return found[: next((number for number, token in enumerate(found) if token < 0), len(found))]
