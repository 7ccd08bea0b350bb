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
from handeye.model.conversation.messages import Message
from handeye.model.conversation.prompt import assemble
from handeye.model.errors import ContextTooLong, InvalidImage, NonFiniteOutput, UnreadableAnswer
from handeye.model.runtime import Model

MakeImage = Callable[..., PIL.Image.Image]


def test_what_a_model_says_of_itself(folder: Path) -> None:
    model = load_model(folder, device="cpu")
    assert (model.name, model.origins) == (str(folder), ())
    assert (str(model.device), str(model.dtype)) == ("cpu", "torch.float32")
    assert model.image_size(Size(1920, 1080)) == (1932, 1092)


def test_other_names_come_from_the_checkpoint(
    write: Callable[..., Path], tmp_path: Path, fields: dict[str, Any]
) -> None:
    folder = write(tmp_path / "a", fields={**fields, "prompt_format": "compact", "_name_or_path": "a/b"})
    assert load_model(folder, device="cpu").origins == ("handeye-tiny", "a/b")


def test_tokens_are_counted(model: Model, noise: MakeImage) -> None:
    messages = [Message("user", (noise(112, 84), "go", noise(56, 56, 1)))]
    first, second = (model.generate(messages, max_new_tokens=3) for _ in range(2))
    assert (first.generated_tokens, first.visual_tokens) == (len(first.token_ids), 4 * 3 + 2 * 2)
    assert second.cached_tokens > second.visual_tokens == first.visual_tokens
    assert model.generate([Message("user", ("go",))], max_new_tokens=1).visual_tokens == 0


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


def test_a_reply_goes_on_from_its_prefix(checkpoint: Checkpoint, noise: MakeImage) -> None:
    messages = [Message("user", (noise(112, 84), "go"))]
    model = Model(replace(checkpoint, closing=frozenset()))
    plain = model.generate(messages, max_new_tokens=12)
    pieces: list[str] = []
    led = model.generate(messages, max_new_tokens=12, prefix="click the ", on_text=pieces.append)
    assert led.cached_tokens == plain.prompt_tokens  # all but the prefix
    assert led.prompt_tokens == plain.prompt_tokens + len(checkpoint.tokenizer.encode("click the "))
    assert led.text == "".join(pieces) == "click the " + checkpoint.tokenizer.decode(led.token_ids)
    assert pieces[0].startswith("click the ")
    fresh = Model(replace(checkpoint, closing=frozenset())).generate(messages, max_new_tokens=12, prefix="click the ")
    assert (fresh.token_ids, fresh.text) == (led.token_ids, led.text)
    # what was read with the prefix is found again when the reply has become a turn
    later = [*messages, Message("assistant", (led.text,)), Message("user", ("and now?",))]
    next_one = model.generate(later, max_new_tokens=12)
    fresh = Model(replace(checkpoint, closing=frozenset())).generate(later, max_new_tokens=12)
    assert next_one.token_ids == fresh.token_ids
    assert next_one.cached_tokens > plain.prompt_tokens
    assert model.generate(messages, max_new_tokens=12, prefix="").token_ids == plain.token_ids


def test_a_prefix_is_never_a_control_token(model: Model, checkpoint: Checkpoint) -> None:
    messages = [Message("user", ("go",))]
    plain = model.generate(messages, max_new_tokens=1)
    led = model.generate(messages, max_new_tokens=1, prefix="<|im_end|>")
    assert led.prompt_tokens > plain.prompt_tokens + 1
    assert led.text.startswith("<|im_end|>")


def test_the_same_model_sees_images_within_other_limits(checkpoint: Checkpoint, noise: MakeImage) -> None:
    def fresh(least: int, most: int) -> Model:
        return Model(replace(checkpoint, closing=frozenset())).seeing(least, most)

    model = fresh(3136, 12_845_056)
    near, far = model.seeing(60 * 784, 12_845_056), model.seeing(784, 6 * 784)
    assert [each.image_size(Size(112, 84)) for each in (model, near, far)] == [(112, 84), (252, 196), (56, 56)]
    assert [each.pixel_limits for each in (near, far)] == [(60 * 784, 12_845_056), (784, 6 * 784)]
    assert near._checkpoint.network is far._checkpoint.network is model._checkpoint.network
    assert (far.name, far.config, far.origins) == (model.name, model.config, model.origins)
    messages = [Message("user", ("first", noise(112, 84), "go"))]
    cached, tokens = [], []
    for each, limits in ((model, (3136, 12_845_056)), (near, (60 * 784, 12_845_056)), (far, (784, 6 * 784))) * 2:
        shared, alone = each.generate(messages, max_new_tokens=8), fresh(*limits).generate(messages, max_new_tokens=8)
        assert (shared.token_ids, shared.visual_tokens) == (alone.token_ids, alone.visual_tokens)
        cached.append(shared.cached_tokens)
        tokens.append(shared.visual_tokens)
    assert tokens == [12, 63, 4] * 2
    beginning = assemble(messages, checkpoint.tokenizer, checkpoint.preprocessor, checkpoint.config).keys.index(-1)
    assert cached == [0, *[beginning] * 5]  # the text before the image, never the image at another size


def test_views_that_see_an_image_at_the_same_size_share_it(model: Model, noise: MakeImage) -> None:
    messages = [Message("user", (noise(112, 84), "go"))]
    first = model.generate(messages, max_new_tokens=4)
    again = model.seeing(784, 12 * 784).generate(messages, max_new_tokens=4)
    assert again.cached_tokens == first.prompt_tokens - 1
    assert again.token_ids == first.token_ids


def test_limits_that_make_no_sense(model: Model) -> None:
    with pytest.raises(ValueError, match="min_pixels must be at most max_pixels, 1000"):
        model.seeing(1001, 1000)
    with pytest.raises(ValueError, match="max_pixels must be a whole number of at least 784"):
        model.seeing(1, 100)


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
        model._checkpoint.network.state_dict()[name].view(-1)[0] = value
    with pytest.raises(NonFiniteOutput, match=rf"its weights hold NaN or infinite numbers \({name}\)") as caught:
        model.generate(messages, temperature=temperature, seed=0)
    assert "\n" not in str(caught.value)
    with torch.no_grad():
        model._checkpoint.network.state_dict()[name].copy_(good)
    assert model.generate(messages, max_new_tokens=4).token_ids


@pytest.mark.parametrize(
    "name",
    [
        "lm_head",
        "model.norm",
        "model.layers.1.mlp.down_proj",
        "model.layers.0.self_attn.qkv_proj",
        "visual.merger.mlp.0",
        "visual.blocks.1.norm2",
    ],
)
@pytest.mark.parametrize("temperature", [0.0, 0.7])
def test_numbers_beyond_the_range_are_told(folder: Path, noise: MakeImage, name: str, temperature: float) -> None:
    model = load_model(folder, device="cpu")
    weight = model._checkpoint.network.get_submodule(name).weight
    assert isinstance(weight, torch.Tensor)
    good = weight.clone()
    with torch.no_grad():
        weight.fill_(3e38)
    told = (
        "has no answer: the greatest logit is (nan|inf), and the first numbers that are not finite are those of "
        rf"{name}; numbers grew beyond the range of float32: get another copy of the checkpoint"
    )
    for _ in range(2):
        with pytest.raises(NonFiniteOutput, match=told):
            model.generate([Message("user", (noise(84, 56), "go"))], temperature=temperature)
    with torch.no_grad():
        weight.copy_(good)
    assert model.generate([Message("user", (noise(84, 56), "go"))], max_new_tokens=4).token_ids


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
