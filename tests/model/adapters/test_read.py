"""The files of adapters: what is read, and what is refused with the way out."""

import json
import re
from pathlib import Path

import pytest
import torch

from handeye.model.adapters.read import read_adapter
from handeye.model.adapters.settings import LoraSettings
from handeye.model.errors import InvalidCheckpoint
from tests.model.adapters.folders import write_adapter

CPU = torch.device("cpu")
HEAD = "base_model.model.lm_head."


@pytest.mark.parametrize(
    ("fields", "layer", "scale"),
    [
        ({"r": 4, "lora_alpha": 16}, "model.layers.0.mlp.up_proj", 4),
        ({"r": 4, "lora_alpha": 16, "use_rslora": True}, "model.layers.0.mlp.up_proj", 8),
        ({}, "lm_head", 1),
        ({"alpha_pattern": {"up_proj": 4}}, "model.layers.0.mlp.up_proj", 0.5),
        ({"alpha_pattern": {"up_proj": 4}}, "model.layers.0.mlp.warm_up_proj", 1),
        ({"alpha_pattern": {"mlp": 4}}, "model.layers.0.mlp.up_proj", 1),
        ({"alpha_pattern": {r"^model\.layers\.\d+\.mlp\.(up|gate)_proj": 4}}, "model.layers.31.mlp.gate_proj", 0.5),
        ({"alpha_pattern": {r"\d+.mlp.*": 4}, "rank_pattern": {"up_proj": 2}}, "model.layers.31.mlp.up_proj", 2),
        ({"alpha_pattern": {"layers.1.mlp.up_proj": 4}}, "model.layers.11.mlp.up_proj", 1),
    ],
)
def test_scales(tmp_path: Path, fields: dict[str, object], layer: str, scale: float) -> None:
    (tmp_path / "adapter_config.json").write_text(json.dumps({"peft_type": "LORA", **fields}))
    assert LoraSettings.read(tmp_path).scale(layer) == scale


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"peft_type": "ADALORA"}, "of the kind 'ADALORA', and only LORA is read: merge it with the software"),
        ({"peft_type": None}, "of the kind None"),
        ({"use_dora": True}, "use_dora is true, which is not supported: merge it"),
        ({"use_qalora": True}, "use_qalora is true, which is not supported"),
        ({"use_bdlora": {"nblocks": 2}}, "use_bdlora is"),
        ({"lora_bias": True}, "lora_bias is true"),
        ({"fan_in_fan_out": True}, "fan_in_fan_out is true"),
        ({"bias": "all"}, 'bias is "all", but only adapters without biases are read: merge it'),
        ({"modules_to_save": ["lm_head"]}, 'modules_to_save is ["lm_head"], which is not supported: merge it'),
        ({"trainable_token_indices": [5]}, "trainable_token_indices is [5]"),
        ({"layer_replication": [[0, 4]]}, "layer_replication is"),
        ({"target_parameters": ["a"]}, "target_parameters is"),
        ({"alora_invocation_tokens": [1]}, "alora_invocation_tokens is"),
        ({"corda_config": {"a": 1}}, "corda_config is"),
        ({"init_lora_weights": "pissa_niter_4"}, 'init_lora_weights is "pissa_niter_4", which changes the model too'),
        ({"init_lora_weights": "olora"}, 'init_lora_weights is "olora"'),
        ({"r": 0}, "r is 0, not a whole number"),
        ({"lora_alpha": "much"}, 'lora_alpha is "much", not a finite number'),
        ({"use_rslora": 1}, "use_rslora is 1, not true or false"),
        ({"alpha_pattern": []}, "alpha_pattern is [], not an object"),
        ({"alpha_pattern": {"a": 0}}, "alpha_pattern.a is 0, not a finite number above 0"),
        ({"alpha_pattern": {"(a+)+$": 4}}, "is not a pattern that is read: name the layers one by one"),
        ({"alpha_pattern": {".*.*.*x": 4}}, "is not a pattern that is read"),
        ({"alpha_pattern": {"(a": 4}}, "is not a regular expression"),
    ],
)
def test_settings_that_are_refused(tmp_path: Path, fields: dict[str, object], reason: str) -> None:
    write_adapter(tmp_path, layers=["lm_head"], **fields)  # type: ignore[arg-type]
    with pytest.raises(InvalidCheckpoint, match=re.escape(reason)) as caught:
        read_adapter(tmp_path, CPU)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "fields",
    [
        {"init_lora_weights": "gaussian", "lora_dropout": 0.1, "task_type": "CAUSAL_LM", "inference_mode": True},
        {"use_dora": False, "modules_to_save": None, "loftq_config": {}, "megatron_config": None, "eva_config": None},
        {"target_modules": ".*language_model.*", "peft_version": "0.21.2", "layers_to_transform": [0, 1]},
    ],
)
def test_settings_that_change_nothing_here(tmp_path: Path, fields: dict[str, object]) -> None:
    write_adapter(tmp_path, layers=["lm_head"], **fields)  # type: ignore[arg-type]
    (found,) = read_adapter(tmp_path, CPU)
    assert (found.layer, found.scale) == ("lm_head", 4)


@pytest.mark.parametrize("key", ["lm_head.lora_{}.weight", "base_model.model.lm_head.lora_{}.default.weight"])
def test_other_ways_to_write_names(tmp_path: Path, key: str) -> None:
    more = {key.format("A"): torch.ones(4, 64), key.format("B"): torch.ones(384, 4)}
    write_adapter(tmp_path, layers=(), more=more)
    (found,) = read_adapter(tmp_path, CPU)
    assert found.layer == "lm_head"


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({f"{HEAD}weight": torch.ones(2)}, f"holds tensors that are not LoRA's ({HEAD}weight): merge it with"),
        (
            {f"{HEAD}lora_magnitude_vector": torch.ones(2)},
            "not LoRA's (base_model.model.lm_head.lora_magnitude_vector)",
        ),
        ({"base_model.model.model.embed_tokens.lora_embedding_A": torch.ones(2)}, "lora_embedding_A): merge it"),
        ({f"score.{index}": torch.ones(1) for index in range(5)}, "(score.0, score.1, score.2, ...)"),
        ({"model.a.lora_A.weight": torch.ones(4, 2)}, "holds only one of two matrices for model.a"),
        (
            {"model.a.lora_A.weight": torch.ones(4, 2).int(), "model.a.lora_B.weight": torch.ones(2, 4)},
            "holds matrices for model.a that are not plain numbers",
        ),
        (
            {"model.a.lora_A.weight": torch.ones(3, 2), "model.a.lora_B.weight": torch.ones(2, 3)},
            "holds matrices of [3, 2] and [2, 3] for model.a, but its settings give the rank 4",
        ),
        (
            {"model.a.lora_A.weight": torch.ones(4), "model.a.lora_B.weight": torch.ones(2, 4)},
            "holds matrices of [4] and [2, 4] for model.a",
        ),
    ],
)
def test_tensors_that_are_refused(tmp_path: Path, more: dict[str, torch.Tensor], reason: str) -> None:
    write_adapter(tmp_path, layers=["lm_head"], more=more)
    with pytest.raises(InvalidCheckpoint, match=re.escape(reason)) as caught:
        read_adapter(tmp_path, CPU)
    assert "\n" not in str(caught.value)


def test_files_that_are_not_read(tmp_path: Path) -> None:
    write_adapter(tmp_path, layers=())
    with pytest.raises(InvalidCheckpoint, match="holds no tensors"):
        read_adapter(tmp_path, CPU)
    weights = tmp_path / "adapter_model.safetensors"
    weights.write_bytes(b"x")
    with pytest.raises(InvalidCheckpoint, match="is damaged or truncated"):
        read_adapter(tmp_path, CPU)
    weights.unlink()
    with pytest.raises(InvalidCheckpoint, match=r"has no adapter_model\.safetensors: download it again"):
        read_adapter(tmp_path, CPU)
    (tmp_path / "adapter_model.bin").write_bytes(b"x")
    with pytest.raises(InvalidCheckpoint, match="can hold programs; save it as safetensors"):
        read_adapter(tmp_path, CPU)
    (tmp_path / "adapter_config.json").write_text("[]")
    with pytest.raises(InvalidCheckpoint, match="cannot be read as a JSON object"):
        read_adapter(tmp_path, CPU)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_numbers_that_are_none_are_refused(tmp_path: Path, number: float) -> None:
    more = {f"{HEAD}lora_A.weight": torch.full((4, 64), number), f"{HEAD}lora_B.weight": torch.ones(384, 4)}
    write_adapter(tmp_path, layers=[], more=more)
    with pytest.raises(InvalidCheckpoint, match="infinite or missing numbers for lm_head"):
        read_adapter(tmp_path, CPU)


@pytest.mark.parametrize("again", [f"{HEAD}lora_A.default.weight", "lm_head.lora_A.weight"])
def test_a_matrix_under_two_names_is_refused(tmp_path: Path, again: str) -> None:
    write_adapter(tmp_path, layers=["lm_head"], more={again: torch.ones(4, 64)})
    with pytest.raises(InvalidCheckpoint, match="under two names"):
        read_adapter(tmp_path, CPU)
