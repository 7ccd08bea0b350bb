"""Both forms of config.json, and what is refused."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from handeye.model.config import ModelConfig
from handeye.model.errors import InvalidCheckpoint

RELEASED_7B: dict[str, Any] = {
    "architectures": ["Qwen2_5_VLForConditionalGeneration"],
    "attention_dropout": 0.0,
    "bos_token_id": 151643,
    "eos_token_id": 151645,
    "vision_start_token_id": 151652,
    "vision_end_token_id": 151653,
    "vision_token_id": 151654,
    "image_token_id": 151655,
    "video_token_id": 151656,
    "hidden_act": "silu",
    "hidden_size": 3584,
    "initializer_range": 0.02,
    "intermediate_size": 18944,
    "max_position_embeddings": 128000,
    "max_window_layers": 28,
    "model_type": "qwen2_5_vl",
    "num_attention_heads": 28,
    "num_hidden_layers": 28,
    "num_key_value_heads": 4,
    "rms_norm_eps": 1e-06,
    "rope_theta": 1000000.0,
    "sliding_window": 32768,
    "tie_word_embeddings": False,
    "torch_dtype": "bfloat16",
    "use_cache": True,
    "use_sliding_window": False,
    "vision_config": {
        "depth": 32,
        "hidden_act": "silu",
        "hidden_size": 1280,
        "intermediate_size": 3420,
        "num_heads": 16,
        "in_chans": 3,
        "out_hidden_size": 3584,
        "patch_size": 14,
        "spatial_merge_size": 2,
        "spatial_patch_size": 14,
        "window_size": 112,
        "fullatt_block_indexes": [7, 15, 23, 31],
        "tokens_per_second": 2,
        "temporal_patch_size": 2,
    },
    "rope_scaling": {"type": "mrope", "mrope_section": [16, 24, 24]},
    "vocab_size": 152064,
}


def test_the_released_7b() -> None:
    config = ModelConfig.from_json(RELEASED_7B)
    assert (config.text.head_dim, config.text.mrope_section, config.text.rope_theta) == (128, (16, 24, 24), 1e6)
    assert (config.vision.factor, config.vision.fullatt_block_indexes) == (28, (7, 15, 23, 31))
    assert config.prompt_format == "qwen"
    assert not config.text.tie_word_embeddings


def test_the_nested_form_says_the_same(fields: dict[str, Any], nested_fields: dict[str, Any]) -> None:
    assert "hidden_size" not in nested_fields
    assert ModelConfig.from_json(nested_fields) == ModelConfig.from_json(fields)


def test_what_the_reference_writes_is_read(fields: dict[str, Any], tmp_path: Path) -> None:
    from transformers import Qwen2_5_VLConfig

    Qwen2_5_VLConfig(**copy.deepcopy(fields)).save_pretrained(tmp_path)
    assert ModelConfig.from_file(tmp_path / "config.json") == ModelConfig.from_json(fields)


@pytest.mark.parametrize("place", ["root", "text_config"])
def test_tied_embeddings_in_either_place(nested_fields: dict[str, Any], place: str) -> None:
    changed = copy.deepcopy(nested_fields)
    del changed["tie_word_embeddings"]
    (changed if place == "root" else changed["text_config"])["tie_word_embeddings"] = True
    assert ModelConfig.from_json(changed).text.tie_word_embeddings


def test_the_prompt_format_of_a_checkpoint(fields: dict[str, Any]) -> None:
    assert ModelConfig.from_json({**fields, "prompt_format": "compact"}).prompt_format == "compact"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"model_type": "qwen2_vl"}, "model_type is 'qwen2_vl'"),
        ({"model_type": None}, "model_type is None"),
        ({"num_hidden_layers": "many"}, "invalid value"),
        ({"rope_scaling": None}, "mrope_section"),
        ({"rope_scaling": {"mrope_section": [2, 3, 4]}}, "half of head_dim"),
        ({"num_key_value_heads": 3}, "multiple of num_key_value_heads"),
        ({"use_sliding_window": True}, "use_sliding_window"),
        ({"prompt_format": "other"}, "prompt_format"),
        ({"quantization_config": {"quant_method": "awq"}}, "quantized with awq"),
    ],
)
def test_what_does_not_fit_is_refused(fields: dict[str, Any], change: dict[str, Any], reason: str) -> None:
    with pytest.raises(InvalidCheckpoint, match=reason) as caught:
        ModelConfig.from_json({**fields, **change})
    assert "\n" not in str(caught.value)


def test_a_missing_key_is_named(fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidCheckpoint, match="hidden_size"):
        ModelConfig.from_json({name: value for name, value in fields.items() if name != "hidden_size"})


@pytest.mark.parametrize(
    ("content", "reason"), [(None, "missing"), ("{", "JSON"), ("[]", "model_type"), ("3", "model_type")]
)
def test_a_file_that_is_no_config(tmp_path: Path, content: str | None, reason: str) -> None:
    path = tmp_path / "config.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(InvalidCheckpoint, match=reason):
        ModelConfig.from_file(path)


def test_a_vision_part_that_is_no_object(fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidCheckpoint, match="invalid value"):
        ModelConfig.from_json(json.loads(json.dumps({**fields, "vision_config": 3})))
