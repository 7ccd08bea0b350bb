"""A model as its users see it."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import PIL.Image
import pytest
import torch

from handeye.actions.geometry import Size
from handeye.model import load_model
from handeye.model.checkpoint import Checkpoint
from handeye.model.errors import ContextTooLong, InvalidImage, NonFiniteOutput, UnreadableAnswer
from handeye.model.messages import Message
from handeye.model.runtime import Model

MakeImage = Callable[..., PIL.Image.Image]


def test_what_a_model_says_of_itself(folder: Path) -> None:
    model = load_model(folder, device="cpu")
    assert (model.name, model.prompt_format) == (str(folder), "qwen")
    assert (str(model.device), str(model.dtype)) == ("cpu", "torch.float32")
    assert model.image_size(Size(1920, 1080)) == (1932, 1092)


def test_the_prompt_format_comes_from_the_checkpoint(
    write: Callable[..., Path], tmp_path: Path, fields: dict[str, Any]
) -> None:
    folder = write(tmp_path / "a", fields={**fields, "prompt_format": "compact"})
    assert load_model(folder, device="cpu").prompt_format == "compact"


def test_text_is_streamed_and_timed(model: Model, noise: MakeImage) -> None:
    pieces: list[str] = []
    reply = model.generate([Message("user", (noise(112, 84), "go"))], max_new_tokens=20, on_text=pieces.append)
    assert "".join(pieces) == reply.text
    assert min(reply.timings.preprocess, reply.timings.vision, reply.timings.prefill, reply.timings.decode) > 0


def test_a_reply_ends_at_its_last_token(model: Model, checkpoint: Checkpoint) -> None:
    messages = [Message("user", ("go",))]
    whole = Model(replace(checkpoint, closing=frozenset())).generate(messages, max_new_tokens=10)
    assert (whole.finish, len(whole.token_ids)) == ("length", 10)
    closing = frozenset({whole.token_ids[4]})
    first = whole.token_ids.index(whole.token_ids[4])
    closed = Model(replace(checkpoint, closing=closing)).generate(messages, max_new_tokens=10)
    assert closed.finish == "stop"
    assert closed.token_ids == whole.token_ids[: first + 1]
    assert closed.text == checkpoint.tokenizer.decode(whole.token_ids[:first])


def test_a_reply_ends_before_a_stop_string(checkpoint: Checkpoint) -> None:
    messages = [Message("user", ("go",))]
    model = Model(replace(checkpoint, closing=frozenset()))
    whole = model.generate(messages, max_new_tokens=40, temperature=1.0, seed=2)
    stop = whole.text[10:12]
    stopped = model.generate(messages, max_new_tokens=40, temperature=1.0, seed=2, stop=[stop])
    assert stopped.finish == "stop"
    assert stopped.text == whole.text[: whole.text.index(stop)]


def test_the_length_of_the_context_is_kept(write: Callable[..., Path], tmp_path: Path, fields: dict[str, Any]) -> None:
    model = load_model(write(tmp_path / "a", fields={**fields, "max_position_embeddings": 96}), device="cpu")
    reply = model.generate([Message("user", ("x " * 10,))], max_new_tokens=500)
    assert reply.prompt_tokens + len(reply.token_ids) <= 96
    with pytest.raises(ContextTooLong, match="reads at most 96") as caught:
        model.generate([Message("user", ("x " * 64,))])
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("count", [0, -1])
def test_a_reply_has_at_least_one_token(model: Model, count: int) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        model.generate([Message("user", ("x",))], max_new_tokens=count)


def test_images_that_cannot_be_shown(model: Model) -> None:
    with pytest.raises(InvalidImage, match="crop it"):
        model.generate([Message("user", (PIL.Image.new("RGB", (4000, 10)), "x"))])


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
@pytest.mark.parametrize(
    "name", ["visual.blocks.1.mlp.down_proj.bias", "model.layers.2.self_attn.v_proj.weight", "lm_head.weight"]
)
@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_weights_that_are_no_numbers_are_named(
    folder: Path, noise: MakeImage, name: str, value: float, temperature: float
) -> None:
    model = load_model(folder, device="cpu")
    messages = [Message("user", (noise(112, 84), "go"))]
    good = model._checkpoint.network.state_dict()[name].clone()
    with torch.no_grad():
        model._checkpoint.network.get_parameter(name).view(-1)[0] = value
    with pytest.raises(NonFiniteOutput, match=rf"its weights hold NaN or infinite numbers \({name}\)") as caught:
        model.generate(messages, temperature=temperature, seed=0)
    assert "\n" not in str(caught.value)
    with torch.no_grad():
        model._checkpoint.network.get_parameter(name).copy_(good)
    assert model.generate(messages, max_new_tokens=4).token_ids


def test_numbers_beyond_the_range_are_told(folder: Path) -> None:
    model = load_model(folder, device="cpu")
    with torch.no_grad():
        model._checkpoint.network.lm_head.weight.fill_(3e38)
    with pytest.raises(NonFiniteOutput, match="numbers grew beyond the range of float32"):
        model.generate([Message("user", ("go",))])


def test_a_single_thing_where_a_sequence_is_expected(model: Model, noise: MakeImage) -> None:
    with pytest.raises(TypeError, match="images is a single Image: give a list"):
        model.ask(noise(40, 40), "What is it?")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="images is a single str: give a list"):
        model.ask("screen.png", "What is it?")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="messages is a string"):
        model.generate("hello")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="stop must be a list of strings"):
        model.generate([Message("user", ("x",))], stop="done")


def test_ask_and_ground(model: Model, noise: MakeImage) -> None:
    assert isinstance(model.ask([noise(100, 80), noise(80, 100)], "What differs?"), str)
    with pytest.raises(UnreadableAnswer, match="no box and no point"):
        model.ground(noise(100, 80), "the button")  # random weights answer with noise


def test_a_checkpoint_of_the_newest_reference_answers_the_same(
    folder: Path, model: Model, tmp_path: Path, reference: Any, noise: MakeImage
) -> None:
    """What transformers writes today: nested config, its own shards and names."""
    reference.save_pretrained(tmp_path, max_shard_size="200KB")
    for name in ("tokenizer.json", "preprocessor_config.json"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    assert "text_config" in json.loads((tmp_path / "config.json").read_text())
    assert len(list(tmp_path.glob("*.safetensors"))) > 1
    messages = [Message("user", (noise(120, 90), "go"))]
    assert load_model(tmp_path, device="cpu").generate(messages).token_ids == model.generate(messages).token_ids
