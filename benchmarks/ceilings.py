"""What a device can do at most: bytes copied and numbers multiplied in a second, measured; and what a step needs."""

import time
from typing import NamedTuple

import torch

from handeye.model.architecture.config import ModelConfig
from handeye.model.architecture.windows import Grid


class Ceilings(NamedTuple):
    """The rates of a device."""

    copy: float
    """Bytes that are read or written in a second, when a large tensor is copied."""
    matmul: float
    """Floating point operations in a second, of a large product in bfloat16."""

    @classmethod
    def measure(cls, device: torch.device) -> "Ceilings":
        """Measure both."""
        small = device.type != "cuda"
        source = torch.empty(2**24 if small else 2**31, dtype=torch.uint8, device=device)
        target = torch.empty_like(source)
        copied = _seconds(lambda: target.copy_(source), device)
        side = 512 if small else 8192
        one, other = (torch.randn(side, side, device=device, dtype=torch.bfloat16) for _ in range(2))
        multiplied = _seconds(lambda: one @ other, device)
        return cls(2 * len(source) / copied, 2 * side**3 / multiplied)


def decode_bytes(config: ModelConfig, context: int) -> int:
    """Return the bytes that one token has to read in bfloat16: the decoder's matrices, and keys and values."""
    text = config.text
    head = text.vocab_size * text.hidden_size
    return 2 * (_matrices(config) + head) + context * text.num_hidden_layers * 4 * _keys(config)


def prefill_flops(config: ModelConfig, new: int, before: int) -> int:
    """Return the operations of reading `new` tokens after `before` others."""
    text = config.text
    pairs = new * before + new * (new + 1) // 2
    return 2 * new * _matrices(config) + 4 * pairs * text.num_hidden_layers * text.num_attention_heads * text.head_dim


def vision_flops(config: ModelConfig, grid: Grid) -> int:
    """Return the operations of encoding an image. Windows are counted as full ones."""
    vision = config.vision
    width, patches, merge = vision.hidden_size, grid.patches, vision.spatial_merge_size**2
    full = len(vision.fullatt_block_indexes)
    window = (vision.window_size // vision.patch_size) ** 2
    matrices = vision.depth * (4 * width**2 + 3 * width * vision.intermediate_size)
    seen = full * patches + (vision.depth - full) * window
    merger = patches // merge * ((merge * width) ** 2 + merge * width * vision.out_hidden_size)
    return 2 * patches * matrices + 4 * patches * seen * width + 2 * merger


def _matrices(config: ModelConfig) -> int:
    text = config.text
    attention = 2 * text.hidden_size * (text.num_attention_heads * text.head_dim + _keys(config))
    return text.num_hidden_layers * (attention + 3 * text.hidden_size * text.intermediate_size)


def _keys(config: ModelConfig) -> int:
    return config.text.num_key_value_heads * config.text.head_dim


def _seconds(work: object, device: torch.device, runs: int = 20) -> float:
    assert callable(work)
    for _ in range(3):
        work()
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    start = time.perf_counter()
    for _ in range(runs):
        work()
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return (time.perf_counter() - start) / runs
