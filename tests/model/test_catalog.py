"""The figures of the released sizes, computed again from their configurations."""

import pytest
import torch

from handeye.model.catalog import RELEASED, Released
from handeye.model.config import ModelConfig
from handeye.model.footprint import SHAPES
from handeye.model.network import Qwen2_5_VL


@pytest.mark.parametrize("released", RELEASED, ids=[released.name for released in RELEASED])
def test_figures(released: Released) -> None:
    shape = SHAPES[released.name]
    config = ModelConfig.from_json(
        {
            "model_type": "qwen2_5_vl",
            "hidden_size": shape.hidden,
            "num_hidden_layers": shape.layers,
            "num_attention_heads": shape.heads,
            "num_key_value_heads": shape.key_heads,
            "intermediate_size": shape.inner,
            "vocab_size": shape.vocabulary,
            "tie_word_embeddings": shape.tied,
            "rope_scaling": {"mrope_section": [16, 24, 24]},
            "image_token_id": 151655,
            "video_token_id": 151656,
            "vision_start_token_id": 151652,
            "vision_config": {
                "depth": 32,
                "hidden_size": 1280,
                "intermediate_size": shape.vision_inner,
                "num_heads": 16,
                "out_hidden_size": shape.hidden,
            },
        }
    )
    with torch.device("meta"):
        parameters = sum(parameter.numel() for parameter in Qwen2_5_VL(config).parameters())
    assert parameters / 1e9 == pytest.approx(released.parameters, rel=0.005)
    assert 2 * parameters / 1e9 == pytest.approx(released.weights_gb, rel=0.005)
    assert 2 * 2 * shape.layers * shape.key_heads * 128 / 1024 == released.kv_kib_per_token
    assert released.memory_gb > released.weights_gb + 2
    assert f"-{released.size}-" in released.name
