"""A checkpoint of OpenCUA's layout: its numbers are those of Qwen2.5-VL whose positions have one axis."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import PIL.Image
import pytest
import torch

from handeye.actions.geometry import Size
from handeye.agent.policies.grounder import Grounder, NotFound
from handeye.agent.policies.prompted import profile_of
from handeye.agent.policies.qwen import QwenPolicy
from handeye.model.architecture.config import ModelConfig
from handeye.model.architecture.positions import token_positions
from handeye.model.architecture.windows import Grid
from handeye.model.checkpoint import Checkpoint, open_checkpoint
from handeye.model.conversation.chat import KIMI_QWEN
from handeye.model.conversation.messages import Message
from handeye.model.conversation.prompt import Prompt, assemble
from handeye.model.errors import InvalidCheckpoint, InvalidVideo, UnreadableAnswer
from handeye.model.runtime import Model, load_model
from handeye.model.video.stills import Stills
from tests.model.opencua_checkpoint import opencua_fields, write_gta1, write_opencua
from tests.model.random_checkpoint import build_tokenizer, config_fields

if TYPE_CHECKING:
    from transformers import Qwen2_5_VLForConditionalGeneration
    from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

MakeImage = Callable[..., PIL.Image.Image]


@pytest.fixture(scope="module")
def opencua(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_opencua(tmp_path_factory.mktemp("opencua"))


@pytest.fixture(scope="module")
def opened(opencua: Path) -> Checkpoint:
    return open_checkpoint(opencua, device="cpu")


@pytest.fixture(scope="module")
def theirs(opened: Checkpoint) -> "Qwen2_5_VLForConditionalGeneration":
    """Qwen2.5-VL of the reference implementation with the same weights."""
    from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

    fields = {**config_fields(build_tokenizer()), "image_token_id": opened.config.image_token_id}
    model = Qwen2_5_VLForConditionalGeneration(Qwen2_5_VLConfig(**fields)).eval()
    renamed = {
        ("model." if name.startswith("visual.") else "model.language_model.") + name.removeprefix("model."): tensor
        for name, tensor in opened.network.state_dict().items()
        if name != "lm_head.weight"
    }
    model.load_state_dict({**renamed, "lm_head.weight": opened.network.lm_head.weight})
    return model


def prompt_of(opened: Checkpoint, messages: Sequence[Message]) -> Prompt:
    return assemble(messages, opened.tokenizer, opened.preprocessor, opened.config, template=opened.template)


def in_a_row(length: int) -> torch.Tensor:
    return torch.arange(length).expand(3, 1, -1)


def test_everything_is_read(opened: Checkpoint, opencua: Path) -> None:
    tokenizer, config = opened.tokenizer, opened.config
    assert (config.axes, config.text.mrope_section, config.text.rope_theta) == (1, (8, 0, 0), 1e6)
    assert config.image_token_id == tokenizer.id("<|media_placeholder|>")
    assert opened.closing == {tokenizer.id("[EOS]"), tokenizer.id("<|im_end|>")}
    assert load_model(opencua, device="cpu").origins == ("OpenCUA",)


def test_shards(opened: Checkpoint, tmp_path: Path) -> None:
    again = open_checkpoint(write_opencua(tmp_path / "a", shards=5), device="cpu").network.state_dict()
    assert all(torch.equal(tensor, again[name]) for name, tensor in opened.network.state_dict().items())


def test_without_a_generation_config_both_ends_close(tmp_path: Path) -> None:
    folder = write_opencua(tmp_path / "a")
    (folder / "generation_config.json").unlink()
    opened = open_checkpoint(folder, device="cpu")
    assert opened.closing == {opened.tokenizer.id("[EOS]"), opened.tokenizer.id("<|im_end|>")}


def test_logits_and_greedy_tokens_are_the_references(
    opened: Checkpoint,
    theirs: "Qwen2_5_VLForConditionalGeneration",
    reference_processor: "Qwen2VLImageProcessorPil",
    noise: MakeImage,
) -> None:
    pictures = [noise(333, 217), noise(112, 500, 1)]
    messages = [
        Message("user", (pictures[0], "first")),
        Message("assistant", ("a",)),
        Message("user", (pictures[1], "b")),
    ]
    prompt = prompt_of(opened, messages)
    ids = torch.tensor([prompt.ids(opened.config.image_token_id)])
    seen = reference_processor(images=pictures, return_tensors="pt")
    patches = torch.cat([opened.preprocessor.patches(picture) for picture in prompt.pictures])
    grids = [picture.grid for picture in prompt.pictures]
    known = ids
    padding = opened.tokenizer.size
    with torch.inference_mode():
        embeddings = opened.network.embed(ids, opened.preprocessor.normalise(patches, torch.float32), grids)
        positions = token_positions(ids[0], grids, opened.config).index[:, None]
        ours = opened.network.logits(opened.network.model(embeddings, positions))
        expected = theirs(input_ids=ids, position_ids=in_a_row(ids.shape[1]), **seen).logits
        assert (ours - expected).abs().max() <= 1e-5 * expected.abs().max()
        for _ in range(24):
            logits = theirs(input_ids=known, position_ids=in_a_row(known.shape[1]), **seen).logits
            known = torch.cat((known, logits[:, -1:, :padding].argmax(-1)), dim=1)
    answer = Model(replace(opened, closing=frozenset())).generate(messages, max_new_tokens=24)
    assert list(answer.token_ids) == known[0, ids.shape[1] :].tolist()
    assert len(set(answer.token_ids)) > 4


def test_positions_follow_one_another(opened: Checkpoint) -> None:
    image = opened.config.image_token_id
    found = token_positions(torch.tensor([5, *[image] * 6, 5, 5]), [Grid(1, 4, 6)], opened.config, 10)
    assert found.index.tolist() == [[*range(10, 19)]] * 3
    assert found.next == 19
    with pytest.raises(ValueError, match="has 6 image tokens, but its images need 4"):
        token_positions(torch.tensor([image] * 6), [Grid(1, 4, 4)], opened.config)


def test_it_answers_and_points(opencua: Path, noise: MakeImage) -> None:
    model = load_model(opencua, device="cpu")
    assert isinstance(model.ask([noise(112, 112)], "what is this?"), str)
    with pytest.raises(UnreadableAnswer):  # random weights name no place
        model.ground(noise(112, 112), "the button")
    profile = profile_of(None, model.name, model.origins)
    assert profile.name == "opencua"
    with pytest.raises((NotFound, UnreadableAnswer)):
        Grounder(model, profile).find(noise(112, 112), "the button")
    assert QwenPolicy(model).profile.name == "opencua"
    assert model.image_size(Size(1920, 1080)) == (1932, 1092)


def test_it_reads_on_from_what_it_has_read(opened: Checkpoint, noise: MakeImage) -> None:
    model, image = Model(opened), noise(112, 84)
    model.generate([Message("user", (image, "a"))], max_new_tokens=2)
    longer = [Message("user", (image, "a and b"))]
    again = model.generate(longer, max_new_tokens=6)
    assert again.cached_tokens > 12
    assert again.token_ids == Model(opened).generate(longer, max_new_tokens=6).token_ids


def test_it_sees_no_videos(opencua: Path, noise: MakeImage) -> None:
    with pytest.raises(InvalidVideo, match="has no token for videos; give its frames"):
        load_model(opencua, device="cpu").describe(Stills([noise(56, 56)]))


def test_what_is_left_out_has_the_defaults_of_its_own_class() -> None:
    from transformers import Qwen2Config

    fields = opencua_fields(300)
    default = Qwen2Config()
    fields["text_config"] = {"model_type": "qwen2"}
    fields["vision_config"] = {**fields["vision_config"], "out_hidden_size": default.hidden_size}
    del fields["media_placeholder_token_id"]
    config = ModelConfig.from_json(fields)
    text = config.text
    assert config.image_token_id == 151664
    for name in ("vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads"):
        assert getattr(text, name) == getattr(default, name)
    assert (text.num_key_value_heads, text.rms_norm_eps) == (default.num_key_value_heads, default.rms_norm_eps)
    assert text.rope_theta == default.rope_parameters["rope_theta"]


def test_a_vocabulary_without_the_tokens_of_the_template(tmp_path: Path, noise: MakeImage) -> None:
    folder = write_opencua(tmp_path / "a")
    path = folder / "tokenizer_config.json"
    written: dict[str, Any] = json.loads(path.read_text())
    added = written["added_tokens_decoder"]
    written["added_tokens_decoder"] = {key: added[key] for key in added if added[key]["content"] != "<|im_middle|>"}
    path.write_text(json.dumps(written))
    with pytest.raises(InvalidCheckpoint, match=r"lacks the token <\|im_middle\|>"):
        load_model(folder, device="cpu").ask([], "hello")


def test_gta1_has_its_turns_and_qwens_images(tmp_path: Path, noise: MakeImage) -> None:
    folder = write_gta1(tmp_path / "gta1")
    opened = open_checkpoint(folder, device="cpu")
    assert (opened.config.axes, opened.template) == (3, KIMI_QWEN)
    ids = prompt_of(opened, [Message("user", (noise(56, 56), "click"))]).ids(opened.config.image_token_id)
    assert ids.count(opened.tokenizer.id("<|image_pad|>")) == 4
    assert {opened.tokenizer.id("<|vision_start|>"), opened.tokenizer.id("<|im_user|>")} < {*ids}
    assert isinstance(load_model(folder, device="cpu").ask([noise(56, 56)], "what?"), str)
