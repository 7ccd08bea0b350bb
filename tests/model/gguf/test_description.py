"""What the metadata says, and what is refused of it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from gguf import GGUFWriter, TokenType

from handeye.model.architecture.rope import RopeScaling
from handeye.model.checkpoint import Checkpoint, open_checkpoint
from handeye.model.errors import InvalidCheckpoint
from tests.model.gguf.random_pair import write_pair


def opened(folder: Path, **options: Any) -> Checkpoint:
    return open_checkpoint(write_pair(folder / "a", **options).language, device="cpu")


def changed(key: str, value: object) -> Callable[[GGUFWriter], None]:
    """Change a value, or take it away."""

    def edit(writer: GGUFWriter) -> None:
        if value is None:
            writer.kv_data[0].pop(key)
        else:
            writer.kv_data[0][key].value = value

    return edit


def test_limits_of_the_area(tmp_path: Path) -> None:
    def limited(writer: GGUFWriter) -> None:
        writer.add_vision_min_pixels(7840)
        writer.add_vision_max_pixels(784000)

    rule = opened(tmp_path, change_vision=limited).preprocessor.rule
    assert (rule.min_pixels, rule.max_pixels) == (7840, 784000)


def test_other_means(tmp_path: Path) -> None:
    rule = opened(tmp_path, change_vision=changed("clip.vision.image_mean", [0.5, 0.25, 0.1])).preprocessor.rule
    assert rule.mean == (0.5, 0.25, 0.1)
    assert rule.std == (0.26862954, 0.26130258, 0.27577711)  # as released, not as 32 bits hold it


def test_no_means(tmp_path: Path) -> None:
    rule = opened(tmp_path, change_vision=changed("clip.vision.image_mean", None)).preprocessor.rule
    assert rule.mean == (0.48145466, 0.4578275, 0.40821073)


def test_a_longer_context(tmp_path: Path) -> None:
    def stretched(writer: GGUFWriter) -> None:
        writer.add_string("qwen2vl.rope.scaling.type", "yarn")
        writer.add_float32("qwen2vl.rope.scaling.factor", 4.0)
        writer.add_uint32("qwen2vl.rope.scaling.original_context_length", 8192)

    scaling = opened(tmp_path, change=stretched).config.text.rope_scaling
    assert isinstance(scaling, RopeScaling)
    assert (scaling.rule, scaling.factor, scaling.trained_length) == ("yarn", 4.0, 8192)


def test_closing_tokens(tmp_path: Path) -> None:
    checkpoint = opened(tmp_path, change=lambda writer: writer.add_eot_token_id(7))
    tokenizer = checkpoint.tokenizer
    assert checkpoint.closing == {7, tokenizer.id("<|im_end|>"), tokenizer.id("<|endoftext|>")}


def test_opencua_is_refused(tmp_path: Path) -> None:
    """Its weights would load, and be given Qwen2.5-VL's positions."""
    with pytest.raises(InvalidCheckpoint, match=r"is OpenCUA, .* give the original checkpoint") as caught:
        opened(tmp_path, change=changed("general.name", "OpenCUA 7B"))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        (
            "qwen2vl.embedding_length",
            None,
            r"Some-Model-Q4_K_M\.gguf .*qwen2vl\.embedding_length is absent, not a whole",
        ),
        ("qwen2vl.block_count", 10**6, "num_hidden_layers is 1000000, more than 1,000"),
        ("qwen2vl.attention.head_count", 3, "not a multiple of num_attention_heads, 3"),
        ("qwen2vl.attention.head_count_kv", 3, "num_attention_heads .* must be a multiple of num_key_value_heads"),
        ("qwen2vl.attention.layer_norm_rms_epsilon", None, r"layer_norm_rms_epsilon is absent, not a finite number"),
        ("qwen2vl.rope.freq_base", float("nan"), r"qwen2vl\.rope\.freq_base is NaN"),
        ("qwen2vl.rope.dimension_sections", [1, 1], "mrope_section is .1, 1., not three numbers"),
        ("qwen2vl.rope.dimension_sections", [1, 1, 1, 0], "mrope_section .1, 1, 1. must add up to half of head_dim"),
        ("tokenizer.ggml.eos_token_id", 9999, r"tokenizer\.ggml\.eos_token_id is 9999, more than"),
    ],
)
def test_values_of_the_language_model(tmp_path: Path, key: str, value: object, words: str) -> None:
    with pytest.raises(InvalidCheckpoint, match=words) as caught:
        opened(tmp_path, change=changed(key, value))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        (
            "clip.projector_type",
            "qwen2vl_merger",
            "is a vision part of type 'qwen2vl_merger', and only that of Qwen2.5-VL",
        ),
        ("clip.projector_type", None, "is a vision part of type None"),
        ("clip.use_silu", False, r"mmproj-F16\.gguf .*clip\.use_silu is false, and only true is supported"),
        (
            "clip.vision.projection_dim",
            128,
            "belongs to another model than Some-Model-Q4_K_M.gguf: its tokens are 128 wide",
        ),
        ("clip.vision.block_count", None, r"clip\.vision\.block_count is absent"),
        ("clip.vision.patch_size", 0, r"clip\.vision\.patch_size is 0"),
        ("clip.vision.image_mean", [0.5], "image_mean is .0.5., not a list of 3 numbers"),
        ("clip.vision.image_std", [0.5, 0.0, 0.5], "image_std is .*which must be above 0"),
    ],
)
def test_values_of_the_vision_part(tmp_path: Path, key: str, value: object, words: str) -> None:
    with pytest.raises(InvalidCheckpoint, match=words) as caught:
        opened(tmp_path, change_vision=changed(key, value))
    assert "\n" not in str(caught.value)


def test_more_tokens_than_embeddings(tmp_path: Path) -> None:
    def longer(writer: GGUFWriter) -> None:
        tokens, types = (writer.kv_data[0][f"tokenizer.ggml.{key}"].value for key in ("tokens", "token_type"))
        tokens += ["<|extra|>"]
        types[types.index(TokenType.UNUSED) :] = [TokenType.CONTROL] * (len(tokens) - types.index(TokenType.UNUSED))

    with pytest.raises(InvalidCheckpoint, match="has 385 tokens, and embeddings of 384: download it again"):
        opened(tmp_path, change=longer)


def test_another_scaling(tmp_path: Path) -> None:
    with pytest.raises(InvalidCheckpoint, match=r"rope\.scaling\.type is .longrope., and only linear and yarn"):
        opened(tmp_path, change=lambda writer: writer.add_string("qwen2vl.rope.scaling.type", "longrope"))


@pytest.mark.parametrize("name", ["token_embd.weight", "v.blk.0.ffn_gate.weight"])
def test_a_missing_tensor_that_gives_a_size(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidCheckpoint, match=f"holds no tensor {name}: download it again"):
        opened(tmp_path, rename=lambda each: "other" if each == name else each)
