"""The configuration of a Qwen2.5-VL checkpoint, read from its config.json.

There are two layouts: the released one keeps the decoder's keys at the root, newer files nest them under `text_config`
and call `rope_scaling` `rope_parameters`. Both are read into the same form.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from handeye.model.errors import InvalidCheckpoint

PromptFormat = Literal["qwen", "compact"]


@dataclass(frozen=True, slots=True)
class VisionConfig:
    """The vision transformer and its merger."""

    depth: int
    hidden_size: int
    intermediate_size: int
    num_heads: int
    out_hidden_size: int
    """Width of a merged token, which is the decoder's width."""
    patch_size: int
    """Side of a patch, in pixels."""
    spatial_merge_size: int
    """Patches per side that become one token."""
    temporal_patch_size: int
    """Frames per patch; a still image repeats its only frame."""
    window_size: int
    """Side of an attention window, in pixels."""
    fullatt_block_indexes: tuple[int, ...]
    """Blocks that attend over a whole frame instead of a window."""
    tokens_per_second: int
    in_channels: int = 3

    @property
    def factor(self) -> int:
        """Pixels per side of one token; image sides are multiples of it."""
        return self.patch_size * self.spatial_merge_size


@dataclass(frozen=True, slots=True)
class TextConfig:
    """The decoder."""

    vocab_size: int
    """Rows of the embedding, padding rows included."""
    hidden_size: int
    intermediate_size: int
    num_hidden_layers: int
    num_attention_heads: int
    num_key_value_heads: int
    head_dim: int
    rms_norm_eps: float
    rope_theta: float
    mrope_section: tuple[int, int, int]
    """Rotary frequencies for time, height and width; they add up to half of `head_dim`."""
    max_position_embeddings: int
    """Longest context, in tokens."""
    tie_word_embeddings: bool


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """The configuration of a whole checkpoint."""

    vision: VisionConfig
    text: TextConfig
    image_token_id: int
    video_token_id: int
    vision_start_token_id: int
    prompt_format: PromptFormat
    """The prompt format that the weights were trained on; the released ones know "qwen"."""

    @classmethod
    def from_file(cls, path: Path) -> "ModelConfig":
        """Read a config.json.

        Raises:
            InvalidCheckpoint: the file is missing, is not JSON, or describes another architecture.
        """
        try:
            fields = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise InvalidCheckpoint(f"{path} is missing: a checkpoint folder needs a config.json") from None
        except (OSError, ValueError) as error:
            raise InvalidCheckpoint(f"{path} cannot be read as JSON: {error}") from error
        return cls.from_json(fields)

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> "ModelConfig":
        """Read the parsed config.json, in the released or in the nested form.

        Raises:
            InvalidCheckpoint: another architecture, a missing key, or inconsistent values.
        """
        if not isinstance(fields, Mapping) or fields.get("model_type") != "qwen2_5_vl":
            found = fields.get("model_type") if isinstance(fields, Mapping) else type(fields).__name__
            raise InvalidCheckpoint(
                f"model_type is {found!r}, not 'qwen2_5_vl': only Qwen2.5-VL checkpoints can be loaded"
            )
        if quantized := fields.get("quantization_config"):
            method = quantized.get("quant_method") if isinstance(quantized, Mapping) else quantized
            raise InvalidCheckpoint(f"the checkpoint is quantized with {method}: use the original bfloat16 checkpoint")
        try:
            config = _read(fields)
        except KeyError as error:
            raise InvalidCheckpoint(f"config.json lacks the key {error}") from None
        except (TypeError, ValueError) as error:
            raise InvalidCheckpoint(f"config.json has an invalid value: {error}") from error
        _require_consistent(config)
        return config


def _read(fields: Mapping[str, Any]) -> ModelConfig:
    vision = fields["vision_config"]
    text = fields.get("text_config") or fields
    rope = text.get("rope_parameters") or text.get("rope_scaling") or {}
    if text.get("use_sliding_window"):
        raise ValueError("use_sliding_window is true, which no released checkpoint has")
    heads = int(text["num_attention_heads"])
    section = tuple(int(part) for part in rope["mrope_section"])
    tied = fields.get("tie_word_embeddings", text.get("tie_word_embeddings", False))
    return ModelConfig(
        vision=VisionConfig(
            depth=int(vision["depth"]),
            hidden_size=int(vision["hidden_size"]),
            intermediate_size=int(vision["intermediate_size"]),
            num_heads=int(vision["num_heads"]),
            out_hidden_size=int(vision["out_hidden_size"]),
            patch_size=int(vision.get("patch_size", 14)),
            spatial_merge_size=int(vision.get("spatial_merge_size", 2)),
            temporal_patch_size=int(vision.get("temporal_patch_size", 2)),
            window_size=int(vision.get("window_size", 112)),
            fullatt_block_indexes=tuple(int(index) for index in vision.get("fullatt_block_indexes", (7, 15, 23, 31))),
            tokens_per_second=int(vision.get("tokens_per_second", 2)),
            in_channels=int(vision.get("in_channels", vision.get("in_chans", 3))),
        ),
        text=TextConfig(
            vocab_size=int(text["vocab_size"]),
            hidden_size=int(text["hidden_size"]),
            intermediate_size=int(text["intermediate_size"]),
            num_hidden_layers=int(text["num_hidden_layers"]),
            num_attention_heads=heads,
            num_key_value_heads=int(text["num_key_value_heads"]),
            head_dim=int(text.get("head_dim") or text["hidden_size"] // heads),
            rms_norm_eps=float(text.get("rms_norm_eps", 1e-6)),
            rope_theta=float(rope.get("rope_theta", text.get("rope_theta", 1e6))),
            mrope_section=(section[0], section[1], section[2]),
            max_position_embeddings=int(text.get("max_position_embeddings", 128000)),
            tie_word_embeddings=bool(tied),
        ),
        image_token_id=int(fields["image_token_id"]),
        video_token_id=int(fields["video_token_id"]),
        vision_start_token_id=int(fields["vision_start_token_id"]),
        prompt_format=_prompt_format(fields.get("prompt_format", "qwen")),
    )


def _prompt_format(name: object) -> PromptFormat:
    match name:
        case "qwen" | "compact":
            return name
        case _:
            raise ValueError(f"prompt_format is {name!r}, not qwen or compact")


def _require_consistent(config: ModelConfig) -> None:
    vision, text = config.vision, config.text
    checks = {
        "out_hidden_size of the vision part must equal the decoder's hidden_size": (
            vision.out_hidden_size == text.hidden_size
        ),
        "mrope_section must add up to half of head_dim": 2 * sum(text.mrope_section) == text.head_dim,
        "num_attention_heads must be a multiple of num_key_value_heads": (
            text.num_attention_heads % text.num_key_value_heads == 0
        ),
        "the vision hidden_size must be a multiple of four times num_heads": (
            vision.hidden_size % (4 * vision.num_heads) == 0
        ),
        "window_size must be a multiple of patch_size times spatial_merge_size": vision.window_size % vision.factor
        == 0,
    }
    for requirement, holds in checks.items():
        if not holds:
            raise InvalidCheckpoint(f"config.json is inconsistent: {requirement}")
