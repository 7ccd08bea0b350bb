"""Scaled rotary frequencies are the reference's; what is not computed is refused by name."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import PIL.Image
import pytest
import torch

from handeye.model.architecture.config import ModelConfig
from handeye.model.architecture.positions import token_positions
from handeye.model.architecture.text import Decoder
from handeye.model.checkpoint import open_checkpoint
from handeye.model.conversation.messages import Message
from handeye.model.conversation.prompt import assemble
from handeye.model.errors import InvalidCheckpoint

Fields = dict[str, Any]

RULES: dict[str, Fields] = {
    "default": {"rope_type": "default"},
    "plain": {"type": "mrope", "rope_theta": 5000.0},
    "linear": {"type": "linear", "factor": 3},
    "dynamic": {"rope_type": "dynamic", "factor": 4.0},
    "yarn": {"type": "yarn", "factor": 4, "original_max_position_embeddings": 8192},
    "yarn of the released sizes": {"rope_type": "yarn", "factor": 2.5},
    "yarn, factor of the lengths": {"rope_type": "yarn", "factor": None, "original_max_position_embeddings": 4096},
    "yarn, all settings": {
        "rope_type": "yarn",
        "factor": 8.0,
        "original_max_position_embeddings": 2048,
        "beta_fast": 20,
        "beta_slow": 2,
        "mscale": 0.7,
        "mscale_all_dim": 1.3,
        "truncate": False,
    },
    "yarn, attention given": {"rope_type": "yarn", "factor": 8.0, "attention_factor": 0.5, "beta_fast": None},
    "yarn, no attention change": {"rope_type": "yarn", "factor": 1.0},
    "llama3": {
        "rope_type": "llama3",
        "factor": 8.0,
        "low_freq_factor": 1.0,
        "high_freq_factor": 4.0,
        "original_max_position_embeddings": 1024,
    },
}


def scaled(fields: Fields, rope: Fields, *, theta: float = 1e6) -> Fields:
    """Return config fields with a decoder of two heads of width 128 and this rotary rule."""
    wide = {"hidden_size": 256, "num_attention_heads": 2, "num_key_value_heads": 1, "rope_theta": theta}
    vision = {**fields["vision_config"], "out_hidden_size": 256}
    return {**fields, **wide, "vision_config": vision, "rope_scaling": {**rope, "mrope_section": [16, 24, 24]}}


def both(changed: Fields) -> tuple[tuple[torch.Tensor, ...], tuple[torch.Tensor, ...]]:
    """Return cos and sin of scattered positions, ours and the reference's."""
    from transformers import Qwen2_5_VLConfig
    from transformers.models.qwen2_5_vl.modeling_qwen2_5_vl import Qwen2_5_VLRotaryEmbedding

    positions = torch.randint(0, 30_000, (3, 1, 40), generator=torch.Generator().manual_seed(0))
    with torch.device("meta"):
        decoder = Decoder(ModelConfig.from_json(changed).text)
    cos, sin = decoder.rotary(positions, torch.float32)
    theirs = Qwen2_5_VLRotaryEmbedding(Qwen2_5_VLConfig(**copy.deepcopy(changed)).text_config)
    half = sin.shape[-1] // 2
    return (cos[:, :, 0], sin[:, :, 0, half:]), tuple(
        part[..., : part.shape[-1] // (1 if index == 0 else 2)]
        for index, part in enumerate(theirs(torch.zeros(1), positions))
    )


@pytest.mark.parametrize("rope", RULES.values(), ids=RULES.keys())
@pytest.mark.parametrize("theta", [1e6, 10000.0])
def test_angles_are_the_references(fields: Fields, rope: Fields, theta: float) -> None:
    ours, theirs = both(scaled(fields, rope, theta=theta))
    for mine, expected in zip(ours, theirs, strict=True):
        assert (mine - expected).abs().max() <= 1e-6 * expected.abs().max()


@pytest.mark.parametrize("key", ["rope_scaling", "rope_parameters"])
def test_the_nested_form_has_a_trained_length_of_its_own(nested_fields: Fields, key: str) -> None:
    changed = copy.deepcopy(nested_fields)
    del changed["text_config"]["rope_parameters"]
    changed["text_config"] |= {
        "original_max_position_embeddings": 600,
        key: {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 9000, "mrope_section": [2, 3, 3]},
    }
    ours, theirs = both(changed)
    assert all(torch.allclose(mine, expected, atol=1e-6) for mine, expected in zip(ours, theirs, strict=True))


@pytest.mark.parametrize("theta", [1.0, 0.25])
def test_yarn_needs_frequencies_that_fall(fields: Fields, theta: float) -> None:
    with pytest.raises(InvalidCheckpoint, match=r"rope_theta is .*, but yarn needs one above 1"):
        ModelConfig.from_json({**scaled(fields, RULES["yarn"]), "rope_theta": theta})


def test_scaled_angles_differ_from_plain_ones(fields: Fields) -> None:
    plain, _ = both(scaled(fields, RULES["default"]))
    for name in ("linear", "yarn", "llama3"):
        changed, _ = both(scaled(fields, RULES[name]))
        assert (changed[0] - plain[0]).abs().max() > 0.1


def test_the_older_key_counts_if_there_are_both(nested_fields: Fields) -> None:
    changed = copy.deepcopy(nested_fields)
    changed["text_config"]["rope_scaling"] = {"type": "mrope", "mrope_section": [2, 3, 3], "rope_theta": 700.0}
    assert ModelConfig.from_json(changed).text.rope_theta == 700


@pytest.mark.parametrize("rope", [RULES["yarn"], RULES["linear"]], ids=["yarn", "linear"])
def test_logits_and_greedy_tokens_are_the_references(
    fields: Fields,
    write: Callable[..., Path],
    tmp_path: Path,
    noise: Callable[..., PIL.Image.Image],
    reference_inputs: Callable[..., dict[str, torch.Tensor]],
    rope: Fields,
) -> None:
    from transformers import Qwen2_5_VLForConditionalGeneration

    changed = {**fields, "rope_theta": 10000.0, "rope_scaling": {**rope, "mrope_section": [2, 3, 3]}}
    folder = write(tmp_path / "a", fields=changed)
    checkpoint = open_checkpoint(folder, device="cpu")
    reference = Qwen2_5_VLForConditionalGeneration.from_pretrained(folder, dtype=torch.float32).eval()
    messages = [Message("user", ("look", noise(200, 150), "click the button " * 30))]
    inputs = reference_inputs(messages)
    prompt = assemble(messages, checkpoint.tokenizer, checkpoint.preprocessor, checkpoint.config)
    grids = [picture.grid for picture in prompt.pictures]
    patches = torch.cat([checkpoint.preprocessor.patches(picture) for picture in prompt.pictures])
    ids = torch.tensor(prompt.ids(checkpoint.config.image_token_id))
    with torch.inference_mode():
        network = checkpoint.network
        embeddings = network.embed(ids[None], checkpoint.preprocessor.normalise(patches, torch.float32), grids)
        positions = token_positions(ids, grids, checkpoint.config).index
        ours = network.logits(network.model(embeddings, positions[:, None]))
        theirs = reference(**inputs).logits
    assert (ours - theirs).abs().max() <= 1e-5 * theirs.abs().max()


@pytest.mark.parametrize(
    ("rope", "reason"),
    [
        ({"rope_type": "longrope", "long_factor": [], "short_factor": []}, 'rope_type is "longrope", which is not'),
        ({"type": "su"}, 'rope_scaling.type is "su"'),
        ({"rope_type": "yarn"}, "rope_scaling.factor is absent, but yarn needs it"),
        ({"rope_type": "linear"}, "rope_scaling.factor is absent, but linear needs it"),
        ({"rope_type": "dynamic"}, "rope_scaling.factor is absent, but dynamic needs it"),
        ({"rope_type": "linear", "factor": 0}, "rope_scaling.factor is 0, not a finite number above 0"),
        ({"rope_type": "llama3", "factor": 8.0}, "low_freq_factor is absent, but llama3 needs it"),
        ({"rope_type": "linear", "factor": 2.0, "partial_rotary_factor": 0.5}, "partial_rotary_factor is 0.5"),
    ],
)
def test_what_is_not_computed_is_refused(fields: Fields, rope: Fields, reason: str) -> None:
    with pytest.raises(InvalidCheckpoint) as caught:
        ModelConfig.from_json({**fields, "rope_scaling": {**rope, "mrope_section": [2, 3, 3]}})
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_vision_part_has_a_base_but_no_scaling(fields: Fields) -> None:
    def config(**change: object) -> ModelConfig:
        return ModelConfig.from_json({**fields, "vision_config": {**fields["vision_config"], **change}})

    assert config(rope_theta=500.0).vision.rope_theta == 500
    assert config(rope_parameters={"rope_theta": 600.0, "rope_type": "axial"}).vision.rope_theta == 600
    with pytest.raises(InvalidCheckpoint, match=r'vision_config\.rope_parameters\.rope_type is "linear"'):
        config(rope_parameters={"rope_type": "linear", "factor": 2.0})
