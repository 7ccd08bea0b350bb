"""The keys that a rule offers: single ones, and one key with modifiers before it."""

from itertools import combinations
from typing import get_args

from handeye.actions.fields import Modifier
from handeye.actions.keys import NAMED_KEYS

_MODIFIERS: tuple[Modifier, ...] = get_args(Modifier)
_NAMED = tuple(sorted(NAMED_KEYS - {*_MODIFIERS}))
_ASCII = "".join(map(chr, range(0x21, 0x7F)))
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
_LATIN = "".join(character for character in map(chr, range(0xA1, 0x100)) if character.isprintable())
SINGLE: tuple[str, ...] = (*_MODIFIERS, *_NAMED, *_ASCII, *_LATIN)
"""The keys that may be pressed alone."""
WITH_MODIFIERS: tuple[str, ...] = (*_NAMED, *(key for key in _ASCII if key == key.lower()))
"""Those that may be pressed with modifiers: in a chord, letters have no case."""
HELD: tuple[str, ...] = (*_MODIFIERS, *"up down left right space enter tab backspace delete".split(), *_LETTERS)
"""Those that may be held down alone, where a dialect names a key when it goes down and when it comes up."""


def held(most: int = len(_MODIFIERS)) -> tuple[tuple[Modifier, ...], ...]:
    """Return the modifiers that may be held together, none of them first, at most so many."""
    return tuple(chosen for count in range(most + 1) for chosen in combinations(_MODIFIERS, count))
