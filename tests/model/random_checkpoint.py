"""Writing a small checkpoint of the whole architecture with random weights."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from handeye.model.architecture.config import ModelConfig
from handeye.model.architecture.network import Qwen2_5_VL

SPECIAL = (
    "<|endoftext|> <|im_start|> <|im_end|> <|object_ref_start|> <|object_ref_end|> <|box_start|> <|box_end|> "
    "<|quad_start|> <|quad_end|> <|vision_start|> <|vision_end|> <|vision_pad|> <|image_pad|> <|video_pad|>"
).split()
"""Qwen2.5-VL's control tokens, in the order of their ids."""
PLAIN = "<tool_call> </tool_call> <|fim_prefix|> <|fim_middle|> <|fim_suffix|> <|fim_pad|>".split()
"""Added tokens that are part of a reply's text."""
WORDS = "click the button in the dialog and type some text into the first field of the form on the screen".split()
SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
"""How Qwen2.5 cuts text before merging bytes."""


def build_tokenizer() -> Tokenizer:
    """Train a byte-level BPE of Qwen's making on a few words, with Qwen's added tokens behind it."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(SPLIT), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=300, initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()), show_progress=False
    )
    tokenizer.train_from_iterator([" ".join(WORDS)] * 4, trainer)
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in SPECIAL])
    tokenizer.add_tokens([AddedToken(token, special=False, normalized=False) for token in PLAIN])
    return tokenizer


def config_fields(tokenizer: Tokenizer, *, tied: bool = False) -> dict[str, Any]:
    """Return a config.json in the released, flat form: every part of the architecture, nothing of its size."""
    ids = {token: tokenizer.token_to_id(token) for token in SPECIAL}
    return {
        "architectures": ["Qwen2_5_VLForConditionalGeneration"],
        "model_type": "qwen2_5_vl",
        "vocab_size": 384,  # more rows than the tokenizer has tokens, as in the released ones
        "hidden_size": 64,
        "intermediate_size": 96,
        "num_hidden_layers": 3,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "hidden_act": "silu",
        "rms_norm_eps": 1e-6,
        "rope_theta": 1000000.0,
        "rope_scaling": {"type": "mrope", "mrope_section": [2, 3, 3]},
        "max_position_embeddings": 32768,
        "use_sliding_window": False,
        "tie_word_embeddings": tied,
        "bos_token_id": ids["<|endoftext|>"],
        "eos_token_id": ids["<|im_end|>"],
        "image_token_id": ids["<|image_pad|>"],
        "video_token_id": ids["<|video_pad|>"],
        "vision_start_token_id": ids["<|vision_start|>"],
        "vision_end_token_id": ids["<|vision_end|>"],
        "torch_dtype": "float32",
        "vision_config": {
            "model_type": "qwen2_5_vl",
            "depth": 4,
            "hidden_size": 64,
            "intermediate_size": 84,
            "num_heads": 4,
            "out_hidden_size": 64,
            "patch_size": 14,
            "spatial_merge_size": 2,
            "temporal_patch_size": 2,
            "tokens_per_second": 2,
            "window_size": 112,
            "fullatt_block_indexes": [1, 3],
            "in_chans": 3,
        },
    }


def nested(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the same config.json in the newer, nested form."""
    root = {
        "architectures",
        "model_type",
        "vision_config",
        "image_token_id",
        "video_token_id",
        "vision_start_token_id",
        "vision_end_token_id",
        "tie_word_embeddings",
    }
    text = {name: value for name, value in fields.items() if name not in {*root, "rope_scaling", "rope_theta"}}
    text["rope_parameters"] = {
        "rope_type": "default",
        "rope_theta": fields["rope_theta"],
        "mrope_section": fields["rope_scaling"]["mrope_section"],
    }
    return {**{name: value for name, value in fields.items() if name in root}, "text_config": text}


def random_weights(config: ModelConfig, seed: int = 0) -> dict[str, torch.Tensor]:
    """Return weights under the released names, of a size that keeps activations near one and logits apart."""
    with torch.device("meta"):
        shapes = {name: tensor.shape for name, tensor in Qwen2_5_VL(config).state_dict().items()}
    generator = torch.Generator().manual_seed(seed)
    weights = {}
    for name, shape in shapes.items():
        values = torch.randn(shape, generator=generator)
        if len(shape) > 1:
            weights[name] = values * (shape[1:].numel() ** -0.5 if "embed_tokens" not in name else 0.5)
        else:
            weights[name] = 1 + 0.2 * values if "norm" in name or "ln_q" in name else 0.2 * values
    return weights


def write_checkpoint(
    folder: Path,
    *,
    fields: Mapping[str, Any] | None = None,
    tied: bool = False,
    rename: Callable[[str], str] = str,
    shards: int = 1,
) -> Path:
    """Write a checkpoint folder: config, tokenizer, image rule, weights in one file or in shards."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = build_tokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    fields = config_fields(tokenizer, tied=tied) if fields is None else fields
    (folder / "config.json").write_text(json.dumps(fields))
    rule = {"min_pixels": 3136, "max_pixels": 12845056, "image_processor_type": "Qwen2VLImageProcessor"}
    (folder / "preprocessor_config.json").write_text(json.dumps(rule))
    closing = [tokenizer.token_to_id("<|im_end|>"), tokenizer.token_to_id("<|endoftext|>")]
    (folder / "generation_config.json").write_text(json.dumps({"eos_token_id": closing}))
    weights = {rename(name): tensor for name, tensor in random_weights(ModelConfig.from_json(fields)).items()}
    if shards == 1:
        save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
        return folder
    names = sorted(weights)
    places = {name: f"model-{index % shards + 1:05}-of-{shards:05}.safetensors" for index, name in enumerate(names)}
    for file in set(places.values()):
        save_file({name: weights[name] for name in names if places[name] == file}, folder / file, {"format": "pt"})
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": places}))
    return folder
