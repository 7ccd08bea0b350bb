"""A loaded checkpoint folder: network, tokenizer and image preprocessing."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from handeye.model.chat import Control
from handeye.model.config import ModelConfig, MRope
from handeye.model.device import choose_device, choose_dtype, compute_dtype
from handeye.model.errors import InvalidCheckpoint, OutOfMemory
from handeye.model.files.fields import read_object
from handeye.model.locate import locate
from handeye.model.memory import is_out_of_memory, release
from handeye.model.network import Qwen2_5_VL
from handeye.model.preprocess import PixelRule, Preprocessor
from handeye.model.room import require_memory, require_room
from handeye.model.tokenizer import Tokenizer
from handeye.model.weights.head import stored_head
from handeye.model.weights.read import Stored, find_tensors, load_weights


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
    name: str | Path,
    *,
    device: str = "auto",
    dtype: str = "auto",
    min_pixels: int | None = None,
    max_pixels: int | None = None,
    mrope: MRope = "reference",
) -> Checkpoint:
    """Find and read a checkpoint. Raises the same errors as `handeye.model.load_model`."""
    place = choose_device(device)
    number = choose_dtype(dtype, place)
    require_room(str(name), place, number)  # before a download, which takes long
    folder = locate(name)
    config = replace(ModelConfig.from_file(folder / "config.json"), mrope=mrope)
    tokenizer = Tokenizer.from_folder(folder)
    if tokenizer.size > config.text.vocab_size:
        raise InvalidCheckpoint(
            f"the tokenizer in {folder} has {tokenizer.size} tokens, but config.json gives {config.text.vocab_size}: "
            "they belong to different checkpoints"
        )
    if config.image_token_id >= config.text.vocab_size:
        raise InvalidCheckpoint(
            f"config.json in {folder} is inconsistent: image_token_id ({config.image_token_id}) must be below "
            f"vocab_size ({config.text.vocab_size})"
        )
    rule = PixelRule.from_folder(folder, config.vision).limited(min_pixels, max_pixels, config.vision.factor**2)
    closing = _closing(folder, tokenizer)
    network = _network(config, folder, place, number)  # last, because it takes longest
    return Checkpoint(
        name=str(name),
        config=network.config,
        network=network,
        tokenizer=tokenizer,
        preprocessor=Preprocessor(rule, config.vision),
        closing=closing,
    )


def _network(config: ModelConfig, folder: Path, device: torch.device, dtype: torch.dtype) -> Qwen2_5_VL:
    """Build the network on the meta device, then assign the weights, so that they exist only once, on their device."""
    stored = find_tensors(folder)
    config = stored_head(config, stored)
    require_memory(str(folder), sum(math.prod(tensor.shape) for tensor in stored.values()), device, dtype)
    try:
        return _filled(config, folder, stored, device, dtype)
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        release(error)
    # Raised only here, because an error that is raised in a handler holds the one that was handled, and through its
    # frames the weights that were already loaded.
    with torch.device("meta"):
        need = sum(tensor.numel() for tensor in Qwen2_5_VL(config).state_dict().values()) * dtype.itemsize / 1e9
    raise OutOfMemory(
        f"the weights in {folder} need {need:.1f} GB, more than {device} has free: use a smaller model, or free memory"
    )


def _filled(
    config: ModelConfig, folder: Path, stored: Mapping[str, Stored], device: torch.device, dtype: torch.dtype
) -> Qwen2_5_VL:
    with torch.device("meta"):
        network = Qwen2_5_VL(config)
    load_weights(network, folder, stored, device, dtype, compute_dtype(dtype, device))
    network.requires_grad_(requires_grad=False)
    network.fuse()
    return network.eval()


def _closing(folder: Path, tokenizer: Tokenizer) -> frozenset[int]:
    """Return the ids that end a reply: those of generation_config.json, and always the end of a turn."""
    path = folder / "generation_config.json"
    if not path.is_file():
        return frozenset((tokenizer.id(Control.IM_END), tokenizer.id("<|endoftext|>")))
    named = read_object(path).get("eos_token_id")
    ids = [] if named is None else named if isinstance(named, list) else [named]
    if any(not isinstance(token, int) or isinstance(token, bool) for token in ids):
        raise InvalidCheckpoint(f"{path} has an invalid value: eos_token_id is not an id or a list of ids")
    return frozenset((*ids, tokenizer.id(Control.IM_END)))
