"""Write a trained network as a checkpoint folder with the released files' names and layout."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer

from handeye.model.architecture.network import Qwen2_5_VL


def export(
    network: Qwen2_5_VL,
    tokenizer: Tokenizer,
    config: Mapping[str, Any],
    pixels: Mapping[str, Any],
    folder: Path,
) -> None:
    """Write config.json, tokenizer files, preprocessor_config.json and model.safetensors (bf16) to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    weights = {name: tensor.detach().to(torch.bfloat16).contiguous() for name, tensor in network.state_dict().items()}
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    tokenizer.save(str(folder / "tokenizer.json"))
    files = {
        "config.json": config,
        "preprocessor_config.json": pixels,
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "eos_token": "<|im_end|>",
            "pad_token": "<|endoftext|>",
            "clean_up_tokenization_spaces": False,
        },
        "generation_config.json": {
            "eos_token_id": [config["eos_token_id"], config["pad_token_id"]],
            "pad_token_id": config["pad_token_id"],
            "do_sample": False,
        },
    }
    for name, fields in files.items():
        (folder / name).write_text(json.dumps(fields, indent=2) + "\n", encoding="utf-8")
