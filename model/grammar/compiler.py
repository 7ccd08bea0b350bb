"""Compiles rules for the vocabularies of checkpoints, and keeps the last ones."""

import threading
from collections import OrderedDict
from typing import NamedTuple

from handeye.actions.grammar import Rule
from handeye.model.conversation.tokenizer import Tokenizer
from handeye.model.grammar.compiled import Compiled
from handeye.model.grammar.vocabulary import Vocabulary

_KEPT_RULES = 4
"""Rules that are kept: the masks of each may take 64 MB, and an agent's screen rarely changes its size."""
_KEPT_STATES = 50_000
"""States that are kept of each, a kilobyte each; a rule for which more were found is compiled again."""


class _Words(NamedTuple):
    tokenizer: Tokenizer
    closing: frozenset[int]


class Compiler:
    """What was compiled for a checkpoint. May be used from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._vocabularies: dict[_Words, Vocabulary] = {}
        self._compiled: OrderedDict[tuple[_Words, Rule], Compiled] = OrderedDict()

    def compile(self, rule: Rule, tokenizer: Tokenizer, closing: frozenset[int]) -> Compiled:
        """Compile a rule for a vocabulary, whose `closing` tokens end a reply.

        The first one takes a second for a large vocabulary.

        Raises:
            ValueError: no text fits the rule, it is too large, or no token ends a reply.
            InvalidCheckpoint: the tokens are not written as bytes.
        """
        words = _Words(tokenizer, closing)
        with self._lock:
            found = self._compiled.get((words, rule))
            if found is None or len(found) > _KEPT_STATES:
                found = self._compiled[words, rule] = Compiled(rule, self._vocabulary(words))
            self._compiled.move_to_end((words, rule))
            if len(self._compiled) > _KEPT_RULES:
                self._compiled.popitem(last=False)
            return found

    def _vocabulary(self, words: _Words) -> Vocabulary:
        found = self._vocabularies.get(words)
        if found is None:
            if not words.closing:
                raise ValueError("the checkpoint names no token that ends a reply, which a grammar needs")
            tokenizer = words.tokenizer
            found = self._vocabularies[words] = Vocabulary(tokenizer.written(), words.closing, tokenizer.encode)
        return found
