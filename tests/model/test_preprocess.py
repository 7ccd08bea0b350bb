"""Patches, bit by bit those of the reference's image processor."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import PIL.Image
import pytest
import torch

from handeye.actions.geometry import Size
from handeye.model.checkpoint import Checkpoint
from handeye.model.config import ModelConfig
from handeye.model.errors import InvalidCheckpoint
from handeye.model.preprocess import PixelRule, Preprocessor

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
