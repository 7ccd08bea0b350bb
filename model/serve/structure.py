"""Replies that have to be JSON: at each token, only those are allowed that lead to it.

llguidance, an optional package, knows which.
Shapes: V tokens of the vocabulary.
"""

import json
import threading
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from handeye.actions.errors import MissingDependency
from handeye.model.checkpoint import Checkpoint
from handeye.model.hardware.transfer import send
from handeye.model.serve.errors import Refused
from handeye.model.serve.schemas import JsonObjectFormat, JsonSchemaFormat, ResponseFormat

if TYPE_CHECKING:
    from llguidance import LLMatcher, LLTokenizer

_COMPACT: Final = {"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "}
"""As Python writes JSON: where any white space is allowed, a model may write nothing else until the end."""


class Guidance:
    """A constraint of llguidance: a reply that has too little room is cut off."""

    def __init__(self, matcher: "LLMatcher", vocabulary: int) -> None:
        """vocabulary: the number of tokens."""
        self._matcher = matcher
        self._vocabulary = vocabulary
        self._found: NDArray[np.bool_] | None = None

    def allows(self, token: int, room: int, device: torch.device) -> bool:
        """Tell whether a token may come next."""
        return not bool(self._blocked()[token])

    def blocked(self, room: int, device: torch.device) -> Tensor:
        """Return the tokens, bool (V,) on the device, that may not come next."""
        return send(self._blocked(), device)

    def tight(self, room: int, device: torch.device) -> bool:
        """Tell that the room blocks no token."""
        return False

    def consume(self, token: int) -> None:
        """Go on with a token that may come next."""
        self._matcher.consume_token(token)
        self._found = None

    def _blocked(self) -> NDArray[np.bool_]:
        if self._found is None:
            allowed = np.frombuffer(self._matcher.compute_bitmask(), np.uint8)
            self._found = np.unpackbits(~allowed, bitorder="little")[: self._vocabulary].astype(np.bool_)
        return self._found


class Grammars:
    """Makes grammars for one checkpoint. May be used from several threads."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self._checkpoint = checkpoint
        self._lock = threading.Lock()
        self._vocabulary: LLTokenizer | None = None

    def constraint(self, form: ResponseFormat | None) -> Guidance | None:
        """Return what keeps a reply to its form; None if it may be any text.

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
        return Guidance(matcher, self._checkpoint.tokenizer.size)

    def _tokens(self) -> "LLTokenizer":
        """Return the vocabulary in llguidance's form, which takes a second to make for a large one."""
        from llguidance import LLTokenizer

        with self._lock:
            if self._vocabulary is None:
                own = self._checkpoint.tokenizer
                ends = sorted(self._checkpoint.closing)
                self._vocabulary = LLTokenizer(own.to_json(), n_vocab=own.size, eos_token=ends)
            return self._vocabulary
