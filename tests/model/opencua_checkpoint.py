"""Writing a small checkpoint of OpenCUA's layout with random weights."""

import base64
import json
from pathlib import Path
from typing import Any

from safetensors.torch import save_file
from tokenizers import Tokenizer

from handeye.model.architecture.config import ModelConfig
from tests.model.random_checkpoint import build_tokenizer, config_fields, random_weights

CONTROL = {
    0: "[BOS]",
    1: "[EOS]",
    2: "<|im_end|>",
    3: "<|im_user|>",
    4: "<|im_assistant|>",
    9: "[EOT]",
    10: "<|im_system|>",
    17: "<|im_middle|>",
    18: "<|media_begin|>",
    19: "<|media_content|>",
    20: "<|media_end|>",
    21: "<|media_placeholder|>",
}
"""OpenCUA's control tokens, counted from the end of the ranks."""


def ranks(tokenizer: Tokenizer) -> list[bytes]:
    """Return the bytes of the tokens of a byte-level BPE, in the order of ids, without the added ones."""
    shown = {character: byte for byte, character in enumerate(_characters())}
    tokens = sorted(tokenizer.get_vocab(with_added_tokens=False).items(), key=lambda item: item[1])
    return [bytes(shown[character] for character in token) for token, _ in tokens]


def write_ranks(folder: Path, control: dict[int, str] | None = None) -> int:
    """Write tiktoken.model and tokenizer_config.json; return the number of ranks."""
    lines = [base64.b64encode(token) + b" %d" % rank for rank, token in enumerate(ranks(build_tokenizer()))]
    (folder / "tiktoken.model").write_bytes(b"\n".join(lines) + b"\n")
    added = {
        str(len(lines) + place): {"content": name, "lstrip": False, "normalized": False, "special": True}
        for place, name in (CONTROL if control is None else control).items()
    }
    written = {"added_tokens_decoder": added, "tokenizer_class": "TikTokenV3", "chat_template": "{{ messages }}"}
    (folder / "tokenizer_config.json").write_text(json.dumps(written))
    return len(lines)


def opencua_fields(begin: int) -> dict[str, Any]:
    """Return a config.json of OpenCUA; the control tokens begin at the id `begin`."""
    flat = config_fields(build_tokenizer())
    text = {
        key: flat[key] for key in flat if not key.endswith("_token_id") and key not in ("vision_config", "rope_scaling")
    }
    return {
        "architectures": ["OpenCUAForConditionalGeneration"],
        "auto_map": {"AutoModel": "modeling_opencua.OpenCUAForConditionalGeneration"},
        "ignore_index": -100,
        "media_placeholder_token_id": begin + 21,
        "model_type": "opencua",
        "pad_token_id": 0,
        "text_config": {**text, "model_type": "qwen2", "architectures": ["Qwen2ForCausalLM"], "vocab_size": 384},
        "tie_word_embeddings": False,
        "vision_config": flat["vision_config"],
    }


def opencua_name(name: str) -> str:
    """Return OpenCUA's name of a tensor."""
    if name.startswith("visual."):
        return "vision_tower." + name.removeprefix("visual.")
    return f"language_model.{name}"


def write_opencua(folder: Path, shards: int = 1) -> Path:
    """Write a checkpoint folder as OpenCUA's are: no tokenizer.json, nested config, its own names of tensors."""
    folder.mkdir(parents=True, exist_ok=True)
    begin = write_ranks(folder)
    fields = opencua_fields(begin)
    (folder / "config.json").write_text(json.dumps(fields))
    (folder / "generation_config.json").write_text(json.dumps({"max_length": 32768, "eos_token_id": begin + 1}))
    rule = {"min_pixels": 3136, "max_pixels": 12845056, "image_processor_type": "Qwen2VLImageProcessor"}
    (folder / "preprocessor_config.json").write_text(json.dumps(rule))
    weights = random_weights(ModelConfig.from_json(fields))
    named = {opencua_name(name): tensor for name, tensor in weights.items()}
    if shards == 1:
        save_file(named, folder / "model.safetensors")
        return folder
    places = {name: f"model-{index % shards + 1}-of-{shards}.safetensors" for index, name in enumerate(sorted(named))}
    for file in set(places.values()):
        save_file({name: named[name] for name in named if places[name] == file}, folder / file)
    (folder / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": places}))
    return folder


def write_gta1(folder: Path) -> Path:
    """Write one as GTA1 is: config.json and names of Qwen, vocabulary of OpenCUA with Qwen's image tokens."""
    folder.mkdir(parents=True, exist_ok=True)
    own = {30: "<|vision_start|>", 31: "<|image_pad|>", 32: "<|vision_end|>"}
    begin = write_ranks(folder, {**CONTROL, **own})
    fields = {**config_fields(build_tokenizer()), "image_token_id": begin + 31, "video_token_id": 384}
    (folder / "config.json").write_text(json.dumps(fields))
    (folder / "preprocessor_config.json").write_text(json.dumps({"min_pixels": 3136, "max_pixels": 12845056}))
    save_file(random_weights(ModelConfig.from_json(fields)), folder / "model.safetensors")
    return folder


def _characters() -> list[str]:
    seen = {*range(33, 127), *range(161, 173), *range(174, 256)}
    hidden = iter(range(256, 512))
    return [chr(byte if byte in seen else next(hidden)) for byte in range(256)]
