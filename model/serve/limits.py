"""How much a server does at the same time."""

import itertools
from dataclasses import dataclass

import torch

from handeye.model.checkpoint import Checkpoint
from handeye.model.engine.blocks import SIZE
from handeye.model.hardware.room import total_memory

_SHARE = 0.4
"""Of the memory of a GPU that is free beside the weights; the rest is for what is computed meanwhile."""
_SHARE_OF_CPU = 0.2
"""Of all memory of a machine, which has other things to do."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How many requests, and how many tokens."""

    running: int = 32
    """Requests that get on at the same time; the others wait."""
    requests: int = 256
    """Requests that are there at all; further ones are refused."""
    tokens: int | None = None
    """Of all requests together, prompts and replies; None is what a part of the free memory holds."""
    chunk: int = 2048
    """Tokens of prompts that are read between two tokens of the replies of others."""
    reply: int = 2048
    """The longest reply, in tokens, where a request does not say it."""

    def __post_init__(self) -> None:
        for name in ("running", "requests", "chunk", "reply"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, not {getattr(self, name)}")
        if self.tokens is not None and self.tokens < 2 * SIZE:
            raise ValueError(f"tokens must be at least {2 * SIZE}, not {self.tokens}")

    def slots(self, checkpoint: Checkpoint) -> int:
        """Return the number of tokens that all requests together may have."""
        text, network = checkpoint.config.text, checkpoint.network
        most = self.running * text.max_position_embeddings
        if self.tokens is not None:
            return min(self.tokens, most) // SIZE * SIZE
        each = 2 * text.num_key_value_heads * text.head_dim
        room = [most]
        for device, layers in itertools.groupby(network.placement.layers, key=lambda place: place.device):
            free = _free(device)
            if free is not None:
                room.append(int(free) // sum(each * place.compute.itemsize for place in layers) // SIZE * SIZE)
        return max(2 * SIZE, min(room))


def _free(device: torch.device) -> float | None:
    """Return the bytes that may be used for tokens; None if the system does not say."""
    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0] * _SHARE
    total = total_memory(device)
    return None if total is None else total * _SHARE_OF_CPU
