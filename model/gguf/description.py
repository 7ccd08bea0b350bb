"""What the metadata of two GGUF files says of a checkpoint: all that stands in the JSON files of a released one.

Sources: gguf's `constants.py` 0.19.0; llama.cpp's `conversion/qwenvl.py` and `tools/mtmd/clip.cpp`. What the converter
leaves out is the same in every released size: temporal patches of two frames, two tokens a second, windows of 112
pixels, an epsilon of 1e-6 in the vision part.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from handeye.model.architecture.config import ModelConfig
from handeye.model.conversation.chat import QWEN, Control
from handeye.model.conversation.tokenizer import Tokenizer
from handeye.model.description import Description
from handeye.model.errors import InvalidCheckpoint
from handeye.model.files.fields import Section
from handeye.model.gguf.container import Container, Value
from handeye.model.gguf.origins import written_origins
from handeye.model.gguf.vocabulary import read_tokenizer
from handeye.model.images.preprocess import PixelRule

_TEXT, _CLIP, _VISION = "qwen2vl", "clip", "clip.vision"
_EMBEDDINGS = "token_embd.weight"
_RELEASED = {"min_pixels": 3136, "max_pixels": 12_845_056}
"""The limits of the released preprocessor_config.json, which the converter leaves out."""
_FULL_EVERY = 8
"""Every so many blocks of the released vision part one sees the whole image. The converter writes 0 for a config.json
that leaves them out, as the 32B's does, whose blocks are the same."""


def describe(language: Container, vision: Container) -> Description:
    """Read what the files of a language model and of its vision part say.

    Raises:
        InvalidCheckpoint: a value is missing, invalid or not supported, or the files belong to different models.
    """
    origins = written_origins(language.path, language.metadata)
    if any("opencua" in name.lower() for name in origins):
        raise InvalidCheckpoint(
            f"{language.path} is OpenCUA, whose positions and turns no GGUF file tells: give the original checkpoint"
        )
    tokenizer = read_tokenizer(language)
    if tokenizer.size > (rows := _rows(language, _EMBEDDINGS)):
        raise InvalidCheckpoint(
            f"{language.path} has {tokenizer.size:,} tokens, and embeddings of {rows:,}: download it again"
        )
    text = Section(language.metadata, language.path.name)
    image = Section(vision.metadata, vision.path.name)
    fields = {
        "model_type": "qwen2_5_vl",
        **_text_fields(text, language),
        "vision_config": _vision_fields(image, vision),
        "image_token_id": tokenizer.id(Control.IMAGE_PAD),
        "video_token_id": tokenizer.id(Control.VIDEO_PAD),
        "vision_start_token_id": tokenizer.id(Control.VISION_START),
    }
    if (ours := fields["hidden_size"]) != (theirs := fields["vision_config"]["out_hidden_size"]):
        raise InvalidCheckpoint(
            f"{vision.path.name} belongs to another model than {language.path.name}: its tokens are {theirs} wide, and "
            f"those of the language model {ours}"
        )
    config = ModelConfig.from_json(fields, f"the metadata of {language.path.name} and {vision.path.name}")
    return Description(
        config=replace(config, origins=origins),
        tokenizer=tokenizer,
        rule=_rule(image, vision),
        closing=_closing(text, tokenizer),
        template=QWEN,
    )


def _text_fields(text: Section, file: Container) -> Mapping[str, Any]:
    def count(key: str) -> int:
        return text.count(f"{_TEXT}.{key}", 0)  # absent: 0, which is refused

    sections = text.counts(f"{_TEXT}.rope.dimension_sections", ())
    return {
        "hidden_size": count("embedding_length"),
        "num_hidden_layers": count("block_count"),
        "intermediate_size": count("feed_forward_length"),
        "num_attention_heads": count("attention.head_count"),
        "num_key_value_heads": count("attention.head_count_kv"),
        "max_position_embeddings": count("context_length"),
        "rms_norm_eps": text.number(f"{_TEXT}.attention.layer_norm_rms_epsilon", 0),
        "rope_theta": text.number(f"{_TEXT}.rope.freq_base", 0),
        "rope_scaling": {"mrope_section": [*sections[:3]], **_scaling(text)},
        "vocab_size": _rows(file, _EMBEDDINGS),
        "tie_word_embeddings": "output.weight" not in file.tensors,
    }


def _scaling(text: Section) -> Mapping[str, Any]:
    """Return the rule by which positions are stretched for longer contexts."""
    key = f"{_TEXT}.rope.scaling"
    kind = text.get(f"{key}.type")
    if kind in (None, "none"):
        return {"type": "mrope"}
    if kind not in ("linear", "yarn"):
        raise text.invalid(f"{key}.type", "and only linear and yarn are supported")
    trained = f"{key}.original_context_length"
    return {
        "type": kind,
        "factor": text.number(f"{key}.factor", 0),
        **({"original_max_position_embeddings": text.count(trained, 0)} if kind == "yarn" else {}),
    }


def _vision_fields(image: Section, file: Container) -> Mapping[str, Any]:
    kind = image.get(f"{_CLIP}.projector_type") or image.get(f"{_VISION}.projector_type")
    if kind != "qwen2.5vl_merger":
        raise InvalidCheckpoint(
            f"{file.path} is a vision part of type {kind!r}, and only that of Qwen2.5-VL, 'qwen2.5vl_merger', is "
            "supported"
        )
    if not image.flag(f"{_CLIP}.use_silu", default=False):
        raise image.invalid(f"{_CLIP}.use_silu", "and only true is supported")
    depth = image.count(f"{_VISION}.block_count", 0)
    every = image.count(f"{_VISION}.n_wa_pattern", 0, least=0) or _FULL_EVERY
    return {
        "depth": depth,
        "hidden_size": image.count(f"{_VISION}.embedding_length", 0),
        # older converters write 0 into the metadata
        "intermediate_size": _rows(file, "v.blk.0.ffn_gate.weight"),
        "num_heads": image.count(f"{_VISION}.attention.head_count", 0),
        "out_hidden_size": image.count(f"{_VISION}.projection_dim", 0),
        "patch_size": image.count(f"{_VISION}.patch_size", 0),
        "spatial_merge_size": image.count(f"{_VISION}.spatial_merge_size", 2),
        "window_size": image.count(f"{_VISION}.window_size", 112),
        "temporal_patch_size": 2,
        "tokens_per_second": 2,
        "fullatt_block_indexes": [*range(every - 1, min(depth, 1000), every)],
    }


def _rows(file: Container, name: str) -> int:
    tensor = file.tensors.get(name)
    if tensor is None:
        raise InvalidCheckpoint(f"{file.path} holds no tensor {name}: download it again")
    return tensor.shape[0]


def _rule(image: Section, file: Container) -> PixelRule:
    channels = {
        f"image_{name}": _released(file.metadata[key], getattr(PixelRule(), name))
        for name in ("mean", "std")
        if (key := f"{_VISION}.image_{name}") in file.metadata
    }
    limits = {name: image.count(f"{_VISION}.image_{name}", released) for name, released in _RELEASED.items()}
    return PixelRule.read(Section({**limits, **channels}, f"the metadata of {file.path.name}"))


def _released(stored: Value, released: tuple[float, ...]) -> object:
    """Return what is stored for each channel, in the decimals that were released if those round to it."""
    rounded = [float(str(np.float32(value))) for value in released]
    return [*released] if stored == rounded else stored


def _closing(text: Section, tokenizer: Tokenizer) -> frozenset[int]:
    """Return the ids that end a reply: those that the file names, and always the end of a turn, and of a text."""
    named = (
        text.count(f"tokenizer.ggml.{key}_token_id", 0, least=0, most=tokenizer.size - 1)
        for key in ("eos", "eot")
        if f"tokenizer.ggml.{key}_token_id" in text
    )
    return frozenset((*named, tokenizer.id(Control.IM_END), tokenizer.id("<|endoftext|>")))
