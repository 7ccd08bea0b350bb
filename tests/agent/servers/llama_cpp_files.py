"""Writes a checkpoint of Qwen2.5-VL's architecture as llama.cpp reads it: a language model, and a projector of images.

Weights are written as 32-bit floats, so that replies differ from those of handeye's engine by rounding alone.
"""

import json
from pathlib import Path

import numpy as np
from safetensors.torch import load_file

from tests.model.gguf.llama_cpp import add_tokenizer, finish, language_model, projector, split

NO_MERGE = [["þ", "ÿ"]]
"""A merge of two bytes that UTF-8 does not have: llama.cpp wants at least one, and handeye-tiny has none."""


def write_files(checkpoint: Path, template: str, folder: Path) -> None:
    """Write handeye-tiny.gguf and mmproj.gguf into a folder."""
    config, tokenizer, rule = (
        json.loads((checkpoint / f"{name}.json").read_text("utf-8"))
        for name in ("config", "tokenizer", "preprocessor_config")
    )
    vision = config["vision_config"]
    period = vision["fullatt_block_indexes"][0] + 1
    assert vision["fullatt_block_indexes"] == list(range(period - 1, vision["depth"], period))
    model = language_model(config, "handeye-tiny")
    tokenizer["model"]["merges"] = tokenizer["model"]["merges"] or NO_MERGE
    add_tokenizer(model, tokenizer, config)
    model.add_chat_template(template)
    images = projector(vision, rule["image_mean"], rule["image_std"])
    for name, value in load_file(checkpoint / "model.safetensors").items():
        writer = images if name.startswith("visual.") else model
        for theirs, part in split(name, value.float()):
            writer.add_tensor(theirs, np.ascontiguousarray(part.numpy()))
    finish(model, folder / "handeye-tiny.gguf")
    finish(images, folder / "mmproj.gguf")
