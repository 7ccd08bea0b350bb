"""A loaded checkpoint folder: network, tokenizer and image preprocessing."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from handeye.model.chat import Control
from handeye.model.config import ModelConfig
from handeye.model.device import choose_device, choose_dtype
from handeye.model.errors import InvalidCheckpoint, OutOfMemory
from handeye.model.locate import locate
from handeye.model.network import Qwen2_5_VL
from handeye.model.preprocess import PixelRule, Preprocessor
from handeye.model.tokenizer import Tokenizer
from handeye.model.weights.read import load_weights


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Everything that is read from a checkpoint folder."""

    name: str
    config: ModelConfig
    network: Qwen2_5_VL
    tokenizer: Tokenizer
    preprocessor: Preprocessor
    closing: frozenset[int]
    """Ids of the tokens that end a reply."""


def open_checkpoint(
    name: str | Path, *, device: str = "auto", dtype: str = "auto", max_pixels: int | None = None
) -> Checkpoint:
    """Find and read a checkpoint. Raises the same errors as `handeye.model.load_model`."""
    place = choose_device(device)
    number = choose_dtype(dtype, place)
    folder = locate(name)
    config = ModelConfig.from_file(folder / "config.json")
    tokenizer = Tokenizer.from_folder(folder)
    if tokenizer.size > config.text.vocab_size:
        raise InvalidCheckpoint(
            f"the tokenizer in {folder} has {tokenizer.size} tokens, but config.json gives {config.text.vocab_size}: "
            "they belong to different checkpoints"
        )
    return Checkpoint(
        name=str(name),
        config=config,
        network=_network(config, folder, place, number),
        tokenizer=tokenizer,
        preprocessor=Preprocessor(_pixel_rule(folder, config, max_pixels), config.vision),
        closing=_closing(folder, tokenizer),
    )


def _network(config: ModelConfig, folder: Path, device: torch.device, dtype: torch.dtype) -> Qwen2_5_VL:
    """Build the network on the meta device, then assign the weights, so that they exist only once, on their device."""
    with torch.device("meta"):
        network = Qwen2_5_VL(config)
    try:
        load_weights(network, folder, device, dtype)
    except torch.OutOfMemoryError:
        need = sum(tensor.numel() for tensor in network.state_dict().values()) * dtype.itemsize / 1e9
        raise OutOfMemory(
            f"the weights in {folder} need {need:.1f} GB, more than {device} has free: use a smaller model, or free "
            "memory"
        ) from None
    network.requires_grad_(requires_grad=False)
    network.fuse()
    return network.eval()


def _pixel_rule(folder: Path, config: ModelConfig, max_pixels: int | None) -> PixelRule:
    rule = PixelRule.from_folder(folder)
    if max_pixels is None:
        return rule
    if max_pixels < config.vision.factor**2:
        raise ValueError(f"max_pixels must be at least {config.vision.factor**2}, one token, not {max_pixels}")
    return replace(rule, max_pixels=max_pixels, min_pixels=min(rule.min_pixels, max_pixels))


def _closing(folder: Path, tokenizer: Tokenizer) -> frozenset[int]:
    """Return the ids that end a reply: those of generation_config.json, and always the end of a turn."""
    path = folder / "generation_config.json"
    fields: Mapping[str, Any] = {}
    if path.is_file():
        try:
            fields = json.loads(path.read_text(encoding="utf-8"))
            named = fields.get("eos_token_id") or []
            ids = [int(token) for token in ([named] if isinstance(named, int) else named)]
        except (OSError, ValueError, TypeError, AttributeError) as error:
            raise InvalidCheckpoint(f"{path} is not a generation config: {error}") from error
        return frozenset((*ids, tokenizer.id(Control.IM_END)))
    return frozenset((tokenizer.id(Control.IM_END), tokenizer.id("<|endoftext|>")))
