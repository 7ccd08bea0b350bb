"""Both forms of config.json, and what is refused."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from handeye.model.architecture.config import ModelConfig
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
    assert config.origins == ()
    assert not config.text.tie_word_embeddings


def test_the_nested_form_says_the_same(fields: dict[str, Any], nested_fields: dict[str, Any]) -> None:
    assert "hidden_size" not in nested_fields
    assert ModelConfig.from_json(nested_fields) == ModelConfig.from_json(fields)


def test_what_the_reference_writes_is_read(fields: dict[str, Any], tmp_path: Path) -> None:
    from transformers import Qwen2_5_VLConfig

    Qwen2_5_VLConfig(**copy.deepcopy(fields)).save_pretrained(tmp_path)
    assert ModelConfig.from_file(tmp_path / "config.json") == ModelConfig.from_json(fields)


def saved(version: str, fields: dict[str, Any]) -> dict[str, Any]:
    """Return `fields` as a version of transformers saves them: without what equals its class defaults."""
    vision = {"depth": 32, "intermediate_size": 3420, "num_heads": 16, "out_hidden_size": 3584, "patch_size": 14}
    vision |= {"spatial_merge_size": 2, "temporal_patch_size": 2, "window_size": 112, "tokens_per_second": 4}
    vision |= {"fullatt_block_indexes": [7, 15, 23, 31], "hidden_act": "silu", "in_channels": 3}
    text = {"vocab_size": 152064, "num_key_value_heads": 8, "num_attention_heads": 64, "tie_word_embeddings": False}
    text |= {"hidden_act": "silu", "use_sliding_window": False, "max_position_embeddings": 32768, "rms_norm_eps": 1e-5}

    def changed(values: dict[str, Any], defaults: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in values.items() if key not in defaults or defaults[key] != value}

    parts = {**fields, "vision_config": changed(fields["vision_config"], vision)}
    if version == "4.49":  # only nested objects are shortened
        return parts
    root = {key: parts.pop(key) for key in list(parts) if key in ("model_type", "vision_config") or "_token_id" in key}
    return {**root, "text_config": changed(parts, text)}


@pytest.mark.parametrize("version", ["4.49", "4.52", "5"])
@pytest.mark.parametrize("change", [{}, {"rms_norm_eps": 1e-5, "max_position_embeddings": 32768}])
def test_what_equals_the_defaults_of_its_writer_is_left_out(version: str, change: dict[str, Any]) -> None:
    whole = {**RELEASED_7B, **change}
    short = saved(version, whole)
    assert "depth" not in short["vision_config"]
    assert ModelConfig.from_json(short) == ModelConfig.from_json(whole)


@pytest.mark.parametrize(
    "change",
    [
        {"vision_config": {"hidden_size": 64, "out_hidden_size": 8192}},
        {"vision_config": {"num_hidden_layers": 3, "num_attention_heads": 8, "out_hidden_size": 8192}},
        {
            "vision_config": {"out_hidden_size": 256},
            "text_config": {"hidden_size": 256, "num_attention_heads": 2, "num_key_value_heads": None},
        },
        {"vision_config": {"out_hidden_size": 8192}, "text_config": {}},
        {"vision_config": {"out_hidden_size": 8192}, "text_config": {"tie_word_embeddings": True}},
        {
            "vision_config": {"out_hidden_size": 8192},
            "tie_word_embeddings": True,
            "text_config": {"tie_word_embeddings": False},
        },
        {
            "vision_config": {"out_hidden_size": 512},
            "hidden_size": 512,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
            "rms_norm_eps": 0.0,
            "rope_theta": 250.0,
        },
    ],
)
def test_short_files_are_read_as_the_reference_reads_them(change: dict[str, Any]) -> None:
    from transformers import Qwen2_5_VLConfig

    config = ModelConfig.from_json({"model_type": "qwen2_5_vl", **change})
    theirs = Qwen2_5_VLConfig(**copy.deepcopy(change))
    vision, text = theirs.vision_config, theirs.text_config
    same = "depth", "hidden_size", "intermediate_size", "num_heads", "out_hidden_size", "patch_size", "window_size"
    for key in (*same, "spatial_merge_size", "temporal_patch_size", "tokens_per_second", "hidden_act"):
        assert getattr(config.vision, key) == getattr(vision, key), key
    same = "vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads", "hidden_act"
    for key in (*same, "num_key_value_heads", "rms_norm_eps", "max_position_embeddings"):
        assert getattr(config.text, key) == getattr(text, key), key
    assert config.vision.fullatt_block_indexes == tuple(vision.fullatt_block_indexes)
    assert config.text.tie_word_embeddings == theirs.tie_word_embeddings
    assert config.text.rope_theta == text.rope_parameters["rope_theta"]
    assert (config.image_token_id, config.vision_start_token_id) == (
        theirs.image_token_id,
        theirs.vision_start_token_id,
    )


@pytest.mark.parametrize("place", ["root", "text_config"])
def test_tied_embeddings_in_either_place(nested_fields: dict[str, Any], place: str) -> None:
    changed = copy.deepcopy(nested_fields)
    del changed["tie_word_embeddings"]
    (changed if place == "root" else changed["text_config"])["tie_word_embeddings"] = True
    assert ModelConfig.from_json(changed).text.tie_word_embeddings


@pytest.mark.parametrize(
    ("change", "origins"),
    [
        ({"prompt_format": "compact"}, ("handeye-tiny",)),
        ({"prompt_format": "qwen"}, ()),
        ({"_name_or_path": "xlangai/OpenCUA-7B"}, ("xlangai/OpenCUA-7B",)),
        ({"prompt_format": "compact", "_name_or_path": "/runs/qwen2.5-vl"}, ("handeye-tiny", "/runs/qwen2.5-vl")),
        ({"_name_or_path": " "}, ()),
        ({"_name_or_path": None}, ()),
        ({"_name_or_path": ["a"]}, ()),
    ],
)
def test_what_else_a_checkpoint_is_called(
    fields: dict[str, Any], nested_fields: dict[str, Any], change: dict[str, object], origins: tuple[str, ...]
) -> None:
    assert ModelConfig.from_json({**fields, **change}).origins == origins
    assert ModelConfig.from_json({**nested_fields, **change}).origins == origins


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
        ({"quantization_config": {"quant_method": "aqlm"}}, 'quant_method is "aqlm", which is not supported: use'),
        ({"num_attention_heads": 0}, "num_attention_heads is 0, not a whole number of at least 1"),
        ({"num_key_value_heads": 0}, "num_key_value_heads is 0"),
        ({"num_hidden_layers": -1}, "num_hidden_layers is -1"),
        ({"num_hidden_layers": 400_000_000}, "num_hidden_layers is 400000000, more than 1,000"),
        ({"vocab_size": 3_000_000_000}, "vocab_size is 3000000000, more than 1,000,000,000"),
        ({"hidden_size": 64.5}, "hidden_size is 64.5"),
        ({"vocab_size": True}, "vocab_size is true"),
        ({"rope_theta": 0}, "rope_theta is 0"),
        ({"rms_norm_eps": float("nan")}, "rms_norm_eps is NaN"),
        ({"hidden_size": None}, "hidden_size is null"),
        ({"head_dim": 32}, "head_dim is 32, but hidden_size and num_attention_heads make it 16"),
        ({"layer_types": ["full_attention", "sliding_attention"]}, "layer_types is .*only full_attention"),
        ({"rope_scaling": [1]}, r"rope_scaling is \[1\], not an object"),
        ({"rope_scaling": {"mrope_section": [4, 4]}}, "not three numbers"),
        ({"transformers_weights": "other.safetensors"}, "transformers_weights is"),
        ({"text_config": 3}, "text_config is 3, not an object"),
        ({"text_config": {"hidden_size": 0}}, r"text_config\.hidden_size is 0"),
        ({"text_config": {"rope_parameters": {"rope_type": "x"}}}, r"text_config\.rope_parameters\.rope_type"),
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


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"depth": 0}, r"vision_config\.depth is 0, not a whole number of at least 1"),
        ({"depth": 5000}, r"vision_config\.depth is 5000, more than 1,000"),
        ({"patch_size": 0}, r"vision_config\.patch_size is 0"),
        ({"patch_size": [14, 14]}, r"vision_config\.patch_size is \[14, 14\]"),
        ({"num_heads": 0}, r"vision_config\.num_heads is 0"),
        ({"spatial_merge_size": 0}, r"vision_config\.spatial_merge_size is 0"),
        ({"in_channels": 1}, r"vision_config\.in_channels is 1, but images have 3 channels"),
        ({"fullatt_block_indexes": 7}, r"vision_config\.fullatt_block_indexes is 7"),
        ({"window_size": 20}, r"vision_config\.window_size \(20\) must be at least .*patch_size \(14\)"),
        ({"out_hidden_size": 32}, r"vision_config\.out_hidden_size \(32\) must equal hidden_size \(64\)"),
        ({"num_heads": 3}, r"vision_config\.hidden_size \(64\) must be a multiple of four times .*num_heads \(3\)"),
    ],
)
def test_messages_name_the_nested_key(fields: dict[str, Any], change: dict[str, Any], reason: str) -> None:
    with pytest.raises(InvalidCheckpoint, match=reason) as caught:
        ModelConfig.from_json({**fields, "vision_config": {**fields["vision_config"], **change}})
    assert "\n" not in str(caught.value)


def test_a_file_nested_too_deeply(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text("[" * 200_000)
    with pytest.raises(InvalidCheckpoint, match="cannot be read as JSON"):
        ModelConfig.from_file(path)
