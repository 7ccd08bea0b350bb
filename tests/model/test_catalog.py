"""The figures of the released sizes, computed again from their configurations."""

import pytest
import torch

from handeye.model.catalog import RELEASED, Released
from handeye.model.config import ModelConfig
from handeye.model.network import Qwen2_5_VL

SHAPES = {  # hidden, layers, heads, key-value heads, intermediate, vocabulary, tied, vision MLP
    "3B": (2048, 36, 16, 2, 11008, 151936, True, 3420),
    "7B": (3584, 28, 28, 4, 18944, 152064, False, 3420),
    "32B": (5120, 64, 40, 8, 27648, 152064, False, 3456),
    "72B": (8192, 80, 64, 8, 29568, 152064, False, 3456),
}


@pytest.mark.parametrize("released", RELEASED, ids=[released.name for released in RELEASED])
def test_figures(released: Released) -> None:
    size = next(size for size in SHAPES if f"-{size}-" in released.name)
    hidden, layers, heads, key_heads, intermediate, vocabulary, tied, vision_mlp = SHAPES[size]
    config = ModelConfig.from_json(
        {
            "model_type": "qwen2_5_vl",
            "hidden_size": hidden,
            "num_hidden_layers": layers,
            "num_attention_heads": heads,
            "num_key_value_heads": key_heads,
            "intermediate_size": intermediate,
            "vocab_size": vocabulary,
            "tie_word_embeddings": tied,
            "rope_scaling": {"mrope_section": [16, 24, 24]},
            "image_token_id": 151655,
            "video_token_id": 151656,
            "vision_start_token_id": 151652,
            "vision_config": {
                "depth": 32,
                "hidden_size": 1280,
                "intermediate_size": vision_mlp,
                "num_heads": 16,
                "out_hidden_size": hidden,
            },
        }
    )
    with torch.device("meta"):
        parameters = sum(parameter.numel() for parameter in Qwen2_5_VL(config).parameters())
    assert parameters / 1e9 == pytest.approx(released.parameters, rel=0.005)
    assert 2 * parameters / 1e9 == pytest.approx(released.weights_gb, rel=0.005)
    assert 2 * 2 * layers * key_heads * 128 / 1024 == released.kv_kib_per_token
    assert released.memory_gb > released.weights_gb + 2
