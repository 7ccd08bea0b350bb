"""Converts an image to the input of the vision transformer.

What is unusual here, and why (each step is bit-identical to the released processor):

- pixels stay bytes until the very end: a quarter of the memory traffic and of the transfer to a GPU;
- brightness is normalised by looking up each of the 256 values of a channel in a table;
- a still image is kept as one frame. The released processor repeats it to fill the temporal patch of two frames; the
  patch embedding folds its weights instead.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL.Image import Image
from torch import Tensor

from handeye.actions.geometry import Size
from handeye.model.config import VisionConfig
from handeye.model.errors import InvalidCheckpoint
from handeye.model.image import to_rgb
from handeye.model.resize import resize, smart_resize
from handeye.model.windows import Grid


@dataclass(frozen=True, slots=True)
class PixelRule:
    """A checkpoint's image settings, from preprocessor_config.json."""

    min_pixels: int = 56 * 56
    max_pixels: int = 28 * 28 * 1280
    mean: tuple[float, float, float] = (0.48145466, 0.4578275, 0.40821073)
    std: tuple[float, float, float] = (0.26862954, 0.26130258, 0.27577711)
    scale: float = 1 / 255

    @classmethod
    def from_folder(cls, folder: Path) -> "PixelRule":
        """Read a checkpoint's rule, with the released processor's defaults for missing values.

        There are two files: preprocessor_config.json and, since transformers 5, processor_config.json, which nests the
        same values under `image_processor`. Areas are called `min_pixels` and `max_pixels`, or are under `size`.

        Raises:
            InvalidCheckpoint: a file is not JSON, or a value is invalid.
        """
        fields: Mapping[str, Any] = {}
        for name in ("processor_config.json", "preprocessor_config.json"):
            path = folder / name
            if path.is_file():
                try:
                    found = json.loads(path.read_text(encoding="utf-8"))
                    fields = {**fields, **(found.get("image_processor") or found)}
                except (OSError, ValueError, AttributeError) as error:
                    raise InvalidCheckpoint(f"{path} cannot be read as a JSON object: {error}") from error
        try:
            return cls._read(fields)
        except (TypeError, ValueError, AttributeError) as error:
            raise InvalidCheckpoint(f"the image processor settings in {folder} are invalid: {error}") from error

    @classmethod
    def _read(cls, fields: Mapping[str, Any]) -> "PixelRule":
        default, size = cls(), fields.get("size") or {}
        mean, std = fields.get("image_mean", default.mean), fields.get("image_std", default.std)
        rule = cls(
            min_pixels=int(fields.get("min_pixels") or size.get("shortest_edge", default.min_pixels)),
            max_pixels=int(fields.get("max_pixels") or size.get("longest_edge", default.max_pixels)),
            mean=(float(mean[0]), float(mean[1]), float(mean[2])),
            std=(float(std[0]), float(std[1]), float(std[2])),
            scale=float(fields.get("rescale_factor", default.scale)),
        )
        if not 0 < rule.min_pixels <= rule.max_pixels or min(rule.std) <= 0:
            raise ValueError(f"{rule}")
        return rule


@dataclass(frozen=True, slots=True)
class Picture:
    """An image for a prompt. Two pictures are equal if they give the same tokens."""

    image: Image = field(repr=False, compare=False)
    """8-bit RGB, in the size of the caller's image."""
    size: Size
    pixels: bytes = field(repr=False)
    """A copy of the image's content: the caller may draw on the image between two prompts."""
    grid: Grid
    """The patches of the resized image."""


class Preprocessor:
    """Converts images to patches by the rule of one checkpoint."""

    def __init__(self, rule: PixelRule, config: VisionConfig) -> None:
        self.rule = rule
        self.config = config
        self._table = _table(rule)

    def image_size(self, size: Size) -> Size:
        """Return the size at which the model sees an image of `size`; the points it names are pixels of this size.

        Raises:
            InvalidImage: the image is too long and narrow.
        """
        return smart_resize(size, self.config.factor, self.rule.min_pixels, self.rule.max_pixels)

    def picture(self, image: Image) -> Picture:
        """Return a picture of an image of any kind that the model can read.

        Raises:
            InvalidImage: the model cannot read it; see `handeye.model.image`.
        """
        image = to_rgb(image)
        size = Size(*image.size)
        target = self.image_size(size)
        patch = self.config.patch_size
        return Picture(image, size, image.tobytes(), Grid(1, target.height // patch, target.width // patch))

    def patches(self, picture: Picture) -> Tensor:
        """Resize and cut into patches, ordered by merge block: uint8, (h*w, 3*P*P) for P pixels per side."""
        _, h, w = picture.grid
        patch, merge = self.config.patch_size, self.config.spatial_merge_size
        image = resize(picture.image, Size(w * patch, h * patch), torch.get_num_threads())
        blocks = np.asarray(image).reshape(h // merge, merge, patch, w // merge, merge, patch, 3)
        # (h/m, m, P, w/m, m, P, 3) -> (h/m, w/m, m, m, 3, P, P)
        return torch.from_numpy(blocks.transpose(0, 3, 1, 4, 6, 2, 5).reshape(h * w, 3 * patch * patch))

    def normalise(self, patches: Tensor, dtype: torch.dtype) -> Tensor:
        """Normalise bytes (N, 3*P*P) to the input of the network, on the device of `patches`."""
        if self._table.device != patches.device:
            self._table = self._table.to(patches.device)
        channel = torch.arange(patches.shape[1], device=patches.device) // (patches.shape[1] // 3)
        levels = patches.int() + (channel * 256).int()  # index of the channel's level in the flat table
        return self._table.view(-1).index_select(0, levels.view(-1)).view(patches.shape).to(dtype)


def _table(rule: PixelRule) -> Tensor:
    """Return the normalised value of each level of each channel, fp32 (3, 256), rounded where the reference rounds."""
    scaled = (np.arange(256) * np.float64(rule.scale)).astype(np.float32)
    mean, std = np.array(rule.mean, np.float32), np.array(rule.std, np.float32)
    return torch.from_numpy((scaled - mean[:, None]) / std[:, None])
