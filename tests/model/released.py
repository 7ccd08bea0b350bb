"""The networks of the released sizes, without weights."""

import torch

from handeye.model.architecture.config import ModelConfig
from handeye.model.architecture.network import Qwen2_5_VL
from handeye.model.shape import Shape


def config(shape: Shape) -> ModelConfig:
    """Return the configuration of a shape."""
    return ModelConfig.from_json(
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


def network(shape: Shape) -> Qwen2_5_VL:
    """Return the network of a shape, on the meta device."""
    with torch.device("meta"):
        return Qwen2_5_VL(config(shape))
