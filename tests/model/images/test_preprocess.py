"""Patches, bit by bit those of the reference's image processor."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import PIL.Image
import pytest
import torch

from handeye.actions.geometry import Size
from handeye.model.architecture.config import ModelConfig
from handeye.model.checkpoint import Checkpoint
from handeye.model.errors import InvalidCheckpoint
from handeye.model.images.preprocess import PixelRule, Preprocessor

if TYPE_CHECKING:
    from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

MakeImage = Callable[..., PIL.Image.Image]

SIZES = [(1280, 720), (641, 479), (333, 217), (1366, 768), (1344, 896), (1, 1), (97, 1003), (27, 3000)]


@pytest.mark.parametrize("size", SIZES)
def test_patches_are_bit_equal_to_the_reference(
    size: tuple[int, int],
    checkpoint: Checkpoint,
    noise: MakeImage,
    reference_processor: "Qwen2VLImageProcessorPil",
) -> None:
    image = noise(*size)
    picture = checkpoint.preprocessor.picture(image)
    ours = checkpoint.preprocessor.normalise(checkpoint.preprocessor.patches(picture), torch.float32)
    theirs = reference_processor(images=[image], return_tensors="pt")
    assert list(picture.grid) == theirs["image_grid_thw"][0].tolist()
    frames = theirs["pixel_values"].view(-1, 3, 2, 14 * 14)
    assert torch.equal(frames[:, :, 0], frames[:, :, 1])  # the repeated frame that we leave out
    assert torch.equal(ours.view(-1, 3, 14 * 14), frames[:, :, 0])


@pytest.mark.parametrize(
    ("least", "most", "limits"),
    [
        (None, None, (3136, 12_845_056)),
        (None, 100_000, (3136, 100_000)),
        (None, 784, (784, 784)),
        (50_000, None, (50_000, 12_845_056)),
        (1, 16384 * 784, (1, 16384 * 784)),
        (784, 784, (784, 784)),
    ],
)
def test_other_limits(least: int | None, most: int | None, limits: tuple[int, int]) -> None:
    rule = PixelRule(3136, 12_845_056, mean=(0.0, 0.0, 0.0))
    changed = rule.limited(least, most, 784)
    assert (changed.min_pixels, changed.max_pixels) == limits
    assert (changed.mean, changed.resample) == (rule.mean, rule.resample)


@pytest.mark.parametrize(
    ("least", "most", "reason"),
    [
        (None, 783, "max_pixels must be a whole number of at least 784, one token, not 783"),
        (None, -1, "not -1"),
        (None, 1e6, "max_pixels must be a whole number"),
        (None, float("nan"), "max_pixels must be a whole number"),
        (None, True, "not True"),
        (0, None, "min_pixels must be a whole number of at least 1, not 0"),
        (float("inf"), None, "min_pixels must be a whole number"),
        ("3136", None, "min_pixels must be a whole number"),
        (10_000, 9_999, "min_pixels must be at most max_pixels, 9999, not 10000"),
        (12_845_057, None, "at most max_pixels, 12845056"),
    ],
)
def test_limits_that_make_no_sense(least: Any, most: Any, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        PixelRule(3136, 12_845_056).limited(least, most, 784)


def test_every_level_of_every_channel_is_bit_equal(
    checkpoint: Checkpoint, reference_processor: "Qwen2VLImageProcessorPil"
) -> None:
    levels = np.arange(56 * 56, dtype=np.uint32).reshape(56, 56) % 256
    image = PIL.Image.fromarray(np.stack([levels, 255 - levels, levels ^ 85], axis=-1).astype(np.uint8))
    picture = checkpoint.preprocessor.picture(image)
    ours = checkpoint.preprocessor.normalise(checkpoint.preprocessor.patches(picture), torch.float32)
    theirs = reference_processor(images=[image], return_tensors="pt")["pixel_values"].view(-1, 3, 2, 14 * 14)
    assert torch.equal(ours.view(-1, 3, 14 * 14), theirs[:, :, 0])


def test_transparent_images_are_those_of_the_reference(
    checkpoint: Checkpoint, noise: MakeImage, reference_processor: "Qwen2VLImageProcessorPil"
) -> None:
    image = noise(120, 90)
    image.putalpha(noise(120, 90, 1).getchannel(0))
    picture = checkpoint.preprocessor.picture(image)
    ours = checkpoint.preprocessor.normalise(checkpoint.preprocessor.patches(picture), torch.float32)
    theirs = reference_processor(images=[image], return_tensors="pt")["pixel_values"].view(-1, 3, 2, 14 * 14)
    assert torch.equal(ours.view(-1, 3, 14 * 14), theirs[:, :, 0])


def test_pictures_are_equal_when_their_pixels_are(checkpoint: Checkpoint, noise: MakeImage) -> None:
    image = noise(80, 60)
    before = checkpoint.preprocessor.picture(image)
    assert before == checkpoint.preprocessor.picture(noise(80, 60))
    image.putpixel((3, 3), (0, 0, 0))  # drawn upon after it was read
    assert before != checkpoint.preprocessor.picture(image)
    assert before != checkpoint.preprocessor.picture(noise(60, 80))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("preprocessor_config.json", {"min_pixels": 5000, "max_pixels": 90000}),
        ("preprocessor_config.json", {"size": {"shortest_edge": 5000, "longest_edge": 90000}}),
        ("processor_config.json", {"image_processor": {"size": {"shortest_edge": 5000, "longest_edge": 90000}}}),
    ],
)
def test_limits_are_read_from_every_form(tmp_path: Path, name: str, content: dict[str, object]) -> None:
    (tmp_path / name).write_text(json.dumps(content))
    rule = PixelRule.from_folder(tmp_path)
    assert (rule.min_pixels, rule.max_pixels) == (5000, 90000)


KEYS: dict[str, dict[str, object]] = {
    "not rescaled": {"do_rescale": False},
    "not normalised": {"do_normalize": False},
    "bytes": {"do_rescale": False, "do_normalize": False},
    "another scale": {"rescale_factor": 1 / 127.5},
    "other channels": {"image_mean": [0.1, 0.5, 0.9], "image_std": [0.2, 1, 3.5]},
    "nearest": {"resample": 0},
    "lanczos": {"resample": 1},
    "bilinear": {"resample": 2},
    "box": {"resample": 4},
    "hamming": {"resample": 5},
    "limits": {"min_pixels": 8000, "max_pixels": 30000},
    "limits in size": {"size": {"shortest_edge": 8000, "longest_edge": 30000}},
    "limits in both": {"min_pixels": 4000, "max_pixels": 9000, "size": {"min_pixels": 1, "max_pixels": 2}},
    "half in size": {"max_pixels": 20000, "size": {"shortest_edge": 8000}},
    "null": {"min_pixels": None, "max_pixels": None, "size": None},
    "nested": {"image_processor": {"max_pixels": 20000}},
}


@pytest.mark.parametrize("content", KEYS.values(), ids=KEYS.keys())
def test_every_key_has_the_effect_that_it_has_in_the_reference(
    tmp_path: Path, fields: dict[str, object], noise: MakeImage, content: dict[str, object]
) -> None:
    from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

    (tmp_path / ("processor_config.json" if "image_processor" in content else "preprocessor_config.json")).write_text(
        json.dumps(content)
    )
    vision = ModelConfig.from_json(fields).vision
    preprocessor = Preprocessor(PixelRule.from_folder(tmp_path, vision), vision)
    image = noise(203, 157)
    picture = preprocessor.picture(image)
    ours = preprocessor.normalise(preprocessor.patches(picture), torch.float32)
    theirs = Qwen2VLImageProcessorPil.from_pretrained(tmp_path)(images=[image], return_tensors="pt")
    assert list(picture.grid) == theirs["image_grid_thw"][0].tolist()
    assert torch.equal(ours.view(-1, 3, 14 * 14), theirs["pixel_values"].view(-1, 3, 2, 14 * 14)[:, :, 0])


def test_limits_under_their_older_names_in_size(tmp_path: Path) -> None:
    """Written so by transformers 4.45, which read them so."""
    (tmp_path / "preprocessor_config.json").write_text('{"size": {"min_pixels": 5000, "max_pixels": 90000}}')
    rule = PixelRule.from_folder(tmp_path)
    assert (rule.min_pixels, rule.max_pixels) == (5000, 90000)


@pytest.mark.parametrize(
    ("nested", "flat", "limit"),
    [
        ({"image_processor": {"max_pixels": 70000}}, {"max_pixels": 80000, "rescale_factor": 2}, 70000),
        ({"image_processor": {}}, {"max_pixels": 80000}, 28 * 28 * 1280),
        ({"image_processor": None}, {"max_pixels": 80000}, 80000),
        ({"max_pixels": 70000}, {"max_pixels": 80000}, 80000),
        ({"max_pixels": 70000}, None, 28 * 28 * 1280),
    ],
)
def test_nested_settings_count_alone(tmp_path: Path, nested: object, flat: object, limit: int) -> None:
    (tmp_path / "processor_config.json").write_text(json.dumps(nested))
    if flat is not None:
        (tmp_path / "preprocessor_config.json").write_text(json.dumps(flat))
    rule = PixelRule.from_folder(tmp_path)
    assert (rule.max_pixels, rule.scale) == (limit, 1 / 255)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({"do_resize": False}, "do_resize is false, but every image is resized to whole patches: set it to true"),
        ({"do_rescale": "no"}, 'do_rescale is "no"'),
        ({"do_normalize": None}, "do_normalize is null"),
        ({"resample": 9}, "resample is 9, not the number of a filter"),
        ({"resample": "bicubic"}, 'resample is "bicubic"'),
        ({"rescale_factor": 0}, "rescale_factor is 0"),
        ({"image_std": [1, 0, 1]}, "image_std is [1, 0, 1]"),
        ({"image_mean": None}, "image_mean is null"),
        ({"resample": None}, "resample is null"),
        ({"image_mean": [0.5]}, "image_mean is [0.5], not a list of 3 numbers"),
        ({"min_pixels": 0}, "min_pixels is 0"),
        ({"min_pixels": 900, "max_pixels": 800}, "max_pixels is 800, below min_pixels, 900"),
        ({"size": {"longest_edge": 5}}, "size.shortest_edge is absent, but size needs"),
        ({"size": {"height": 448, "width": 448}}, "size.shortest_edge is absent"),
        ({"size": 448}, "size is 448, not an object"),
        ({"patch_size": 16}, "patch_size is 16, but config.json gives vision_config.patch_size 14"),
        ({"merge_size": 4}, "merge_size is 4, but config.json gives vision_config.spatial_merge_size 2"),
        ({"temporal_patch_size": 1}, "temporal_patch_size is 1, but config.json"),
        ({"image_processor_type": "CLIPImageProcessor"}, 'image_processor_type is "CLIPImageProcessor"'),
    ],
)
@pytest.mark.parametrize("nested", [False, True])
def test_what_is_not_computed_is_refused_by_name(
    tmp_path: Path, fields: dict[str, object], content: dict[str, object], reason: str, nested: bool
) -> None:
    name = "processor_config.json" if nested else "preprocessor_config.json"
    (tmp_path / name).write_text(json.dumps({"image_processor": content} if nested else content))
    with pytest.raises(InvalidCheckpoint) as caught:
        PixelRule.from_folder(tmp_path, ModelConfig.from_json(fields).vision)
    prefix = "image_processor." if nested else ""
    assert f"{name} has an invalid value: {prefix}{reason}" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_without_a_file_the_limits_are_the_references_own(tmp_path: Path) -> None:
    assert PixelRule.from_folder(tmp_path) == PixelRule(56 * 56, 28 * 28 * 1280)


@pytest.mark.parametrize("content", ["{", "[]", '{"min_pixels": 9, "max_pixels": 3}', '{"image_mean": 3}'])
def test_senseless_settings_are_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "preprocessor_config.json").write_text(content)
    with pytest.raises(InvalidCheckpoint):
        PixelRule.from_folder(tmp_path)


def test_smaller_images_by_a_smaller_limit(fields: dict[str, object]) -> None:
    preprocessor = Preprocessor(PixelRule(3136, 1280 * 784), ModelConfig.from_json(fields).vision)
    assert preprocessor.image_size(Size(1920, 1080)) == (1316, 728)
