"""The activations of a config.json are the reference's, in the vision part, in prompts and token by token."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import PIL.Image
import pytest
import torch

from handeye.model.architecture.activations import NAMES, activation
from handeye.model.architecture.config import ModelConfig
from handeye.model.checkpoint import open_checkpoint
from handeye.model.conversation.messages import Message
from handeye.model.errors import InvalidCheckpoint
from handeye.model.runtime import Model


@pytest.mark.parametrize("name", NAMES)
def test_values_are_the_references(name: str) -> None:
    from transformers.activations import ACT2FN

    x = torch.randn(4096, generator=torch.Generator().manual_seed(0)) * 4
    assert torch.allclose(activation(name)(x), ACT2FN[name](x), atol=2e-6)


@pytest.mark.parametrize(("text", "vision"), [("gelu_pytorch_tanh", "quick_gelu"), ("relu2", "silu")])
def test_greedy_tokens_are_the_references(
    fields: dict[str, Any],
    write: Callable[..., Path],
    tmp_path: Path,
    noise: Callable[..., PIL.Image.Image],
    reference_inputs: Callable[..., dict[str, torch.Tensor]],
    text: str,
    vision: str,
) -> None:
    from transformers import Qwen2_5_VLForConditionalGeneration

    changed = {**fields, "hidden_act": text, "vision_config": {**fields["vision_config"], "hidden_act": vision}}
    folder = write(tmp_path / "a", fields=changed)
    checkpoint = open_checkpoint(folder, device="cpu")
    reference = Qwen2_5_VLForConditionalGeneration.from_pretrained(folder, dtype=torch.float32).eval()
    messages = [Message("user", ("first", noise(120, 90), "click the button"))]
    inputs = reference_inputs(messages)
    padding = list(range(checkpoint.tokenizer.size, checkpoint.config.text.vocab_size))
    theirs = reference.generate(
        **inputs, max_new_tokens=24, do_sample=False, suppress_tokens=padding, eos_token_id=[10**6], pad_token_id=0
    )
    ours = Model(replace(checkpoint, closing=frozenset())).generate(messages, max_new_tokens=24)
    assert list(ours.token_ids) == theirs[0, inputs["input_ids"].shape[1] :].tolist()


@pytest.mark.parametrize("name", ["xielu", "prelu", "SiLU", 3])
@pytest.mark.parametrize("part", ["", "vision_config."])
def test_others_are_refused_by_name(fields: dict[str, Any], name: object, part: str) -> None:
    changed = {**fields, "vision_config": dict(fields["vision_config"])}
    (changed["vision_config"] if part else changed)["hidden_act"] = name
    with pytest.raises(InvalidCheckpoint, match=rf"{part}hidden_act is .*, which is not supported: use") as caught:
        ModelConfig.from_json(changed)
    assert "\n" not in str(caught.value)
