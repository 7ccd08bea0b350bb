"""Replies that have to be JSON: at each token, only those are allowed that lead to it.

llguidance, an optional package, knows which.
Shapes: V tokens of the vocabulary.
"""

import json
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch
from torch import Tensor

from handeye.actions.errors import MissingDependency
from handeye.model.checkpoint import Checkpoint
from handeye.model.serve.errors import Refused
from handeye.model.serve.schemas import JsonObjectFormat, JsonSchemaFormat, ResponseFormat

if TYPE_CHECKING:
    from llguidance import LLMatcher, LLTokenizer

_COMPACT: Final = {"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "}
"""As Python writes JSON: where any white space is allowed, a model may write nothing else until the end."""
Chooser = Callable[[Tensor], int]


class Constrained:
    """Chooses tokens as another function does, among those that a grammar allows."""

    def __init__(self, choose: Chooser, matcher: "LLMatcher") -> None:
        self._choose = choose
        self._matcher = matcher

    def __call__(self, logits: Tensor) -> int:
        """Return the next token from logits (V,)."""
        mask = np.frombuffer(self._matcher.compute_bitmask(), np.uint8)
        allowed = torch.from_numpy(np.unpackbits(mask, bitorder="little")[: len(logits)].astype(bool))
        token = self._choose(logits.masked_fill(~allowed.to(logits.device), -torch.inf))
        self._matcher.consume_token(token)
        return token


class Grammars:
    """Makes grammars for one checkpoint. May be used from several threads."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self._checkpoint = checkpoint
        self._lock = threading.Lock()
        self._vocabulary: LLTokenizer | None = None

    def constraint(self, form: ResponseFormat | None) -> Callable[[Chooser], Constrained] | None:
        """Return what makes a chooser keep to the form of a reply; None if it may be any text.

        Raises `Refused` for a schema that is invalid or cannot be followed, and without llguidance.
        """
        match form:
            case JsonObjectFormat():
                schema: dict[str, Any] = {"type": "object"}
            case JsonSchemaFormat():
                schema = form.json_schema.schema_
            case _:
                return None
        try:
            from llguidance import LLMatcher
        except ImportError:
            missing = MissingDependency("llguidance", "structured")
            raise Refused(400, f"response_format {missing}", param="response_format") from None
        grammar = LLMatcher.grammar_from_json_schema(json.dumps({**schema, "x-guidance": _COMPACT}))
        matcher = LLMatcher(self._tokens(), grammar, log_level=0)
        if matcher.is_error():
            reason = " ".join(matcher.get_error().split())
            raise Refused(400, f"the schema cannot be followed: {reason:.200}", param="response_format")
        return lambda choose: Constrained(choose, matcher)

    def _tokens(self) -> "LLTokenizer":
        """Return the vocabulary in llguidance's form, which takes a second to make for a large one."""
        from llguidance import LLTokenizer

        with self._lock:
            if self._vocabulary is None:
                own = self._checkpoint.tokenizer
                ends = sorted(self._checkpoint.closing)
                self._vocabulary = LLTokenizer(own.to_json(), n_vocab=own.size, eos_token=ends)
            return self._vocabulary
