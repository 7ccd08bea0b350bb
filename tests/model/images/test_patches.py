"""Patches that are made on a GPU, which is simulated: bit by bit those that are made on a CPU."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import PIL.Image
import pytest
import torch
from PIL.Image import Image, Resampling
from torch.overrides import TorchFunctionMode

from handeye.model.checkpoint import Checkpoint
from handeye.model.images.patches import move
from handeye.model.images.preprocess import PixelRule, Preprocessor
from handeye.model.images.resize import resize
from handeye.model.video.stills import Stills
from tests.model.simulated_gpus import CPU, OnGpu, simulated_gpus

MakeImage = Callable[..., Image]
GPU = torch.device("cuda", 0)
DTYPES = [torch.float32, torch.bfloat16]

SIZES = [(640, 480), (641, 479), (333, 217), (1366, 768), (280, 196), (1, 1), (97, 503), (27, 1500), (1920, 1080)]


def here(tensor: torch.Tensor) -> torch.Tensor:
    assert isinstance(tensor, OnGpu) and tensor.device == GPU
    return tensor.held


def check(preprocessor: Preprocessor, image: Image) -> None:
    picture = preprocessor.picture(image)
    wanted = preprocessor.patches(picture)
    with simulated_gpus(1):
        found = preprocessor.patches(picture, GPU)
        numbers = [preprocessor.normalise(found, dtype) for dtype in DTYPES]
    assert here(found).dtype == torch.uint8 and torch.equal(here(found), wanted)
    for number, dtype in zip(numbers, DTYPES, strict=True):
        assert torch.equal(here(number), preprocessor.normalise(wanted, dtype))
        assert number.dtype == dtype


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("limit", [12_845_056, 50_000])
def test_images_of_any_size(checkpoint: Checkpoint, noise: MakeImage, size: tuple[int, int], limit: int) -> None:
    rule = replace(checkpoint.preprocessor.rule, max_pixels=limit)
    check(Preprocessor(rule, checkpoint.config.vision), noise(*size))


@pytest.mark.parametrize("mode", ["RGBA", "LA", "PA", "P", "L", "1", "I;16", "CMYK", "RGBa"])
def test_images_of_any_kind(checkpoint: Checkpoint, noise: MakeImage, mode: str) -> None:
    image = noise(203, 157)
    if mode in ("RGBA", "LA", "PA", "RGBa"):
        image.putalpha(noise(203, 157, 1).getchannel(0))
    if mode == "I;16":
        image = PIL.Image.fromarray(np.asarray(noise(203, 157)).astype(np.uint16)[..., 0] * 257)
    elif mode == "PA":
        image = image.convert("P").convert("PA")
    else:
        image = image.convert(mode)
    assert image.mode == mode
    check(checkpoint.preprocessor, image)


@pytest.mark.parametrize("filtering", Resampling)
def test_every_filter(checkpoint: Checkpoint, noise: MakeImage, filtering: Resampling) -> None:
    rule = PixelRule(max_pixels=40_000, resample=filtering)
    check(Preprocessor(rule, checkpoint.config.vision), noise(300, 211))


def test_a_pillow_with_another_order_of_passes(
    checkpoint: Checkpoint, noise: MakeImage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("PIL.__version__", "99.0.0")
    check(checkpoint.preprocessor, noise(333, 217))


def test_a_gpu_resizes_the_frame_itself(
    checkpoint: Checkpoint, noise: MakeImage, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = checkpoint.preprocessor.picture(noise(333, 217))
    monkeypatch.setattr("handeye.model.images.preprocess.resize", None)
    with simulated_gpus(1):
        here(checkpoint.preprocessor.patches(picture, GPU))
    with pytest.raises(TypeError):
        checkpoint.preprocessor.patches(picture)


def test_videos(checkpoint: Checkpoint, noise: MakeImage, monkeypatch: pytest.MonkeyPatch) -> None:
    preprocessor = checkpoint.preprocessor
    clip = preprocessor.clip(Stills([noise(200, 150, seed) for seed in range(6)]), 128_000)
    monkeypatch.setattr("handeye.model.video.clip.TOGETHER", 2 * clip.grid.h * clip.grid.w)
    wanted = [*preprocessor.pieces(clip)]
    with simulated_gpus(1):
        found = [*preprocessor.pieces(clip, GPU)]
        numbers = [preprocessor.normalise(part, torch.bfloat16) for part, _ in found]
    assert [grid for _, grid in found] == [grid for _, grid in wanted] and len(found) == 2
    for (part, _), number, (expected, _) in zip(found, numbers, wanted, strict=True):
        assert torch.equal(here(part), expected)
        assert torch.equal(here(number), preprocessor.normalise(expected, torch.bfloat16))


def test_what_was_moved_is_a_copy(noise: MakeImage) -> None:
    image = noise(30, 20)
    moved = move(image, CPU)
    assert np.array_equal(moved.numpy(), np.asarray(image))
    moved.fill_(0)
    assert np.asarray(image).any()


def test_an_image_that_has_its_size_is_not_copied(noise: MakeImage) -> None:
    image = noise(56, 28)
    assert resize(image, image.size, 2) is image  # type: ignore[arg-type]


class Sent(TorchFunctionMode):
    """Notes whether the program waits for a transfer, which it leaves out."""

    def __init__(self) -> None:
        super().__init__()
        self.waited: list[bool] = []

    def __torch_function__(
        self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        if func is torch.Tensor.to:
            self.waited.append(not kwargs.get("non_blocking", False))
            return args[0]
        return func(*args, **{key: value for key, value in kwargs.items() if key != "pin_memory"})


@pytest.mark.parametrize(("device", "waits"), [("cuda", False), ("mps", True)])
def test_memory_that_nothing_keeps_is_waited_for(device: str, waits: bool) -> None:
    """PyTorch keeps pinned memory until it was sent; an Apple GPU would read what is there by then."""
    with Sent() as sent:
        move(PIL.Image.new("RGB", (4, 3)), torch.device(device))
    assert sent.waited == [waits]
