"""Guessing the next tokens of a reply from what was said before: actions repeat their form, and texts of the screen.

The guesses are read together with the last token, and those that the model would have chosen itself are kept, so the
reply is the same as without them, up to the rounding of products of several rows.

Source: prompt lookup decoding (A. Saxena, 2023), a kind of speculative decoding.
"""

from collections.abc import Iterable

MOST = 8
"""Tokens that are guessed at once."""
_SEEN = 3
"""Tokens that must be the same before a guess."""
_TRIES = 4
"""Passes with guesses that a reply has at least. After them, each must have been worth a token on average: on a small
network, reading several tokens takes as long as reading two one by one."""


class Draft:
    """The tokens of one conversation so far, and what followed every few of them the last time."""

    def __init__(self, tokens: Iterable[int]) -> None:
        """Take the tokens of the prompt; those of images and videos are below 0."""
        self._tokens = said = [*tokens]
        in_a_row = zip(said, said[1:], said[2:], said[3:], strict=False)
        # what `add` does for each token, at once, because a reply waits for it
        self._next: dict[tuple[int, ...], int] = {
            (first, second, third): place
            for place, (first, second, third, token) in enumerate(in_a_row, start=_SEEN)
            if token >= 0 and third >= 0 and second >= 0 and first >= 0
        }
        self._passes = self._right = 0

    def add(self, token: int) -> None:
        """Add the next token of the conversation."""
        before = tuple(self._tokens[-_SEEN:])
        if token >= 0 and len(before) == _SEEN and min(before) >= 0:
            self._next[before] = len(self._tokens)
        self._tokens.append(token)

    def judge(self, right: int) -> None:
        """Say how many tokens of a guess the model would have chosen itself."""
        self._passes += 1
        self._right += right

    def guess(self, most: int) -> list[int]:
        """Return the tokens that followed the last time, at most so many; none if this has not paid so far."""
        place = self._next.get(tuple(self._tokens[-_SEEN:]))
        if place is None or (self._passes >= _TRIES and self._right < self._passes):
            return []
        found = self._tokens[place : place + min(most, MOST)]
        return found[: next((number for number, token in enumerate(found) if token < 0), len(found))]
