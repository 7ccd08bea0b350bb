"""Which output matrix a checkpoint has: its own, or the embeddings."""

from collections.abc import MutableMapping
from dataclasses import replace

import torch
from safetensors import safe_open

from handeye.model.architecture.config import ModelConfig
from handeye.model.weights.read import Stored

_EMBEDDINGS, _HEAD = "model.embed_tokens.weight", "lm_head.weight"


def stored_head(config: ModelConfig, stored: MutableMapping[str, Stored]) -> ModelConfig:
    """Return the config as the files have it, and remove a head from `stored` that only repeats the embeddings.

    If config.json ties the head to the embeddings, but the files hold another head, the stored one counts, as in the
    reference. If they hold only one of the two, it is both.
    """
    if not config.text.tie_word_embeddings or _HEAD not in stored:
        return config
    head = stored.pop(_HEAD)
    if _EMBEDDINGS not in stored:
        stored[_EMBEDDINGS] = head
        return config
    if _equal(head, stored[_EMBEDDINGS]):
        return config
    stored[_HEAD] = head
    return replace(config, text=replace(config.text, tie_word_embeddings=False))


def _equal(one: Stored, other: Stored) -> bool:
    return one.shape == other.shape and torch.equal(_tensor(one).float(), _tensor(other).float())


def _tensor(stored: Stored) -> torch.Tensor:
    with safe_open(stored.file, framework="pt") as shard:
        found: torch.Tensor = shard.get_tensor(stored.name)
        return found
