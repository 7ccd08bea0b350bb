"""Converts images and videos to the input of the vision transformer.

What is unusual here, and why (each step is bit-identical to the released processor):

- pixels stay bytes until the very end: a quarter of the memory traffic and of the transfer to a GPU, which gets the
  frame as it is, and resizes it itself;
- brightness is normalised by looking up each of the 256 values of a channel in a table;
- a still image is kept as one frame. The released processor repeats it to fill the temporal patch of two frames; the
  patch embedding folds its weights instead.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from weakref import WeakKeyDictionary

import numpy as np
import torch
from PIL.Image import Image, Resampling
from torch import Tensor

from handeye.actions.geometry import Size
from handeye.model.architecture.config import VisionConfig
from handeye.model.architecture.windows import Grid
from handeye.model.errors import InvalidCheckpoint
from handeye.model.files.fields import Section, read_object
from handeye.model.files.hub import unfinished
from handeye.model.images.digests import Digests
from handeye.model.images.image import to_rgb
from handeye.model.images.patches import cut, move
from handeye.model.images.resample import can_resample, resample
from handeye.model.images.resize import resize, smart_resize
from handeye.model.video.clip import Clip, clip_patches, read_clip
from handeye.model.video.sampling import Budget
from handeye.model.video.source import Video

_CPU = torch.device("cpu")
_PROCESSOR = re.compile("Qwen2(_5_?)?VLImageProcessor(Fast|Pil)?")


@dataclass(frozen=True, slots=True)
class PixelRule:
    """A checkpoint's image settings."""

    min_pixels: int = 56 * 56
    max_pixels: int = 28 * 28 * 1280
    mean: tuple[float, float, float] = (0.48145466, 0.4578275, 0.40821073)
    std: tuple[float, float, float] = (0.26862954, 0.26130258, 0.27577711)
    scale: float = 1 / 255
    resample: Resampling = Resampling.BICUBIC

    @classmethod
    def from_folder(cls, folder: Path, vision: VisionConfig | None = None) -> "PixelRule":
        """Read a checkpoint's rule, with the released processor's defaults for missing values.

        There are two files: processor_config.json of transformers 5, which nests the values under `image_processor`,
        and preprocessor_config.json. As in transformers, the first counts alone if it has them. Areas are called
        `min_pixels` and `max_pixels`, or are under `size`.

        Raises:
            InvalidCheckpoint: a file is not JSON; a value is invalid or not supported; or one contradicts `vision`.
        """
        fields = _settings(folder)
        rule = cls.read(fields)
        for key, own, value in (
            ("patch_size", "patch_size", vision and vision.patch_size),
            ("merge_size", "spatial_merge_size", vision and vision.spatial_merge_size),
            ("temporal_patch_size", "temporal_patch_size", vision and vision.temporal_patch_size),
        ):
            if value is not None and key in fields and fields.count(key, 1) != value:
                raise fields.invalid(key, f"but config.json gives vision_config.{own} {value}")
        return rule

    def limited(self, min_pixels: int | None, max_pixels: int | None, cell: int) -> "PixelRule":
        """Return the rule with other limits of an image's area, in pixels; None leaves one as it is.

        A `max_pixels` below the rule's own minimum lowers that too. `cell` is the area of a token.

        Raises:
            ValueError: a limit is not a whole number, `max_pixels` is less than a token, or `min_pixels` is above it.
        """
        if min_pixels is not None and (not _is_whole(min_pixels) or min_pixels < 1):
            raise ValueError(f"min_pixels must be a whole number of at least 1, not {min_pixels!r}")
        if max_pixels is not None and (not _is_whole(max_pixels) or max_pixels < cell):
            raise ValueError(f"max_pixels must be a whole number of at least {cell}, one token, not {max_pixels!r}")
        most = self.max_pixels if max_pixels is None else max_pixels
        least = min(self.min_pixels, most) if min_pixels is None else min_pixels
        if least > most:
            raise ValueError(f"min_pixels must be at most max_pixels, {most}, not {least}")
        return replace(self, min_pixels=least, max_pixels=most)

    @classmethod
    def read(cls, fields: Section) -> "PixelRule":
        """Read the settings of an image processor. Raises `InvalidCheckpoint`, which names the key."""
        default = cls()
        kind = fields.get("image_processor_type")
        if kind is not None and not (isinstance(kind, str) and _PROCESSOR.fullmatch(kind)):
            raise fields.invalid("image_processor_type", "but only Qwen2VLImageProcessor is supported")
        if not fields.flag("do_resize", default=True):
            raise fields.invalid("do_resize", "but every image is resized to whole patches: set it to true")
        resample = fields.count("resample", Resampling.BICUBIC, least=0)
        if resample not in {*Resampling}:
            raise fields.invalid("resample", "not the number of a filter of Pillow, 0 to 5")
        rule = cls(
            min_pixels=_area(fields, "min_pixels", "shortest_edge", default.min_pixels),
            max_pixels=_area(fields, "max_pixels", "longest_edge", default.max_pixels),
            mean=(0.0, 0.0, 0.0),
            std=(1.0, 1.0, 1.0),
            scale=1.0,
            resample=Resampling(resample),
        )
        if rule.min_pixels > rule.max_pixels:
            raise fields.invalid(
                "max_pixels" if "max_pixels" in fields else "size", f"below min_pixels, {rule.min_pixels}"
            )
        if fields.flag("do_rescale", default=True):
            rule = replace(rule, scale=fields.number("rescale_factor", default.scale))
        if fields.flag("do_normalize", default=True):
            mean, std = _channels(fields, "image_mean", default.mean), _channels(fields, "image_std", default.std)
            if min(std) <= 0:
                raise fields.invalid("image_std", "which must be above 0")
            rule = replace(rule, mean=mean, std=std)
        return rule


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _settings(folder: Path) -> Section:
    """Return the settings of the image processor; empty if no file has them."""
    path = folder / "processor_config.json"
    if path.is_file():
        found = read_object(path)
        if found.get("image_processor") is not None:
            return Section(found["image_processor"], path.name, "image_processor")
    path = folder / "preprocessor_config.json"
    if path.is_file():
        return Section(read_object(path), path.name)
    if advice := unfinished(folder):  # the defaults would be other limits than those of the missing file
        raise InvalidCheckpoint(f"{path} is missing: {advice}")
    return Section({}, path.name)


def _area(fields: Section, key: str, edge: str, default: int) -> int:
    """Return a limit of the image's area: under its own name, else in `size` under one of two names."""
    if key in fields:
        return fields.count(key, default)
    if fields.get("size") is None:
        return default
    size = fields.part("size")
    name = edge if edge in size else key
    if name not in size:
        raise size.invalid(
            edge, "but size needs shortest_edge and longest_edge, the areas of the smallest and largest image"
        )
    return size.count(name, default)


def _channels(fields: Section, key: str, default: tuple[float, float, float]) -> tuple[float, float, float]:
    """Return one number for each channel."""
    if key not in fields and not fields.null(key):
        return default
    values = fields.get(key)
    if (
        not isinstance(values, list)
        or len(values) != 3
        or any(
            not isinstance(each, int | float) or isinstance(each, bool) or not math.isfinite(each) for each in values
        )
    ):
        raise fields.invalid(key, "not a list of 3 numbers, one for each channel")
    red, green, blue = map(float, values)
    return red, green, blue


@dataclass(frozen=True, slots=True)
class Picture:
    """An image for a prompt. Two pictures are equal if they give the same tokens."""

    image: Image = field(repr=False, compare=False)
    """8-bit RGB, in the size of the caller's image."""
    digest: bytes = field(repr=False)
    """Of what the model sees: the pixels, and the size to which they are resized. It was made with the picture, because
    the caller may draw on the image between two prompts."""
    grid: Grid
    """The patches of the resized image."""


class Preprocessor:
    """Converts images to patches by the rule of one checkpoint."""

    def __init__(self, rule: PixelRule, config: VisionConfig) -> None:
        self.rule = rule
        self.config = config
        self._table = _table(rule)
        self._tables: dict[tuple[torch.device, torch.dtype], Tensor] = {}
        """The same, flat, on each device and in each number format."""
        self._starts: dict[tuple[torch.device, int], Tensor] = {}
        """Where in it each number of a patch finds the levels of its channel, on each device, by their number."""
        self._digests = Digests()
        self._clips: WeakKeyDictionary[Video, Clip] = WeakKeyDictionary()

    def image_size(self, size: Size) -> Size:
        """Return the size at which the model sees an image of `size`; the points it names are pixels of this size.

        Raises:
            InvalidImage: the image is too long and narrow.
        """
        return smart_resize(size, self.config.factor, self.rule.min_pixels, self.rule.max_pixels)

    def picture(self, image: Image) -> Picture:
        """Return a picture of an image of any kind that the model can read.

        Raises:
            InvalidImage: the model cannot read it; see `handeye.model.images.image`.
        """
        image = to_rgb(image)
        size = Size(*image.size)
        target = self.image_size(size)
        patch = self.config.patch_size
        grid = Grid(1, target.height // patch, target.width // patch)
        return Picture(image, self._digests.of(image, f"{size} {grid}".encode()), grid)

    def clip(self, video: Video, context: int) -> Clip:
        """Return the frames of a video that the model sees in a context of so many tokens; a video is read once.

        Raises:
            InvalidVideo: it cannot be read.
            InvalidImage: a frame is not an image that the model can read.
        """
        found = self._clips.get(video)
        if found is None:
            budget = Budget.of(self.rule.min_pixels, self.rule.max_pixels, self.config.factor**2, context)
            found = read_clip(video, budget, self.config, self.rule.resample, torch.get_num_threads())
            self._clips[video] = found
        return found

    def pieces(self, clip: Clip, device: torch.device = _CPU) -> Iterator[tuple[Tensor, Grid]]:
        """Return the patches of a video on a device, uint8 (N, 3*2*P*P), in parts that are encoded independently."""
        return clip_patches(clip, self.config, device)

    def patches(self, picture: Picture, device: torch.device = _CPU) -> Tensor:
        """Resize and cut into patches on a device, ordered by merge block: uint8, (h*w, 3*P*P) for P pixels per side.

        The pixels are the same everywhere: on a GPU they are computed there, elsewhere by Pillow.
        """
        size = Size(picture.grid.w * self.config.patch_size, picture.grid.h * self.config.patch_size)
        if device.type == "cuda" and can_resample(self.rule.resample):
            frame = resample(move(picture.image, device), size, self.rule.resample)
        else:
            frame = move(resize(picture.image, size, torch.get_num_threads(), self.rule.resample), device)
        return cut(frame[None, None], self.config)

    def normalise(self, patches: Tensor, dtype: torch.dtype) -> Tensor:
        """Normalise bytes (N, 3*P*P) or (N, 3*2*P*P) to the input of the network, on the device of `patches`."""
        device, width = patches.device, patches.shape[1]
        if (table := self._tables.get((device, dtype))) is None:
            table = self._tables[device, dtype] = self._table.to(device, dtype).view(-1)
        if (starts := self._starts.get((device, width))) is None:
            channel = torch.arange(width, dtype=torch.int32) // (width // 3)
            starts = self._starts[device, width] = (channel * 256).to(device)
        return table.index_select(0, (patches + starts).view(-1)).view(patches.shape)


def _table(rule: PixelRule) -> Tensor:
    """Return the normalised value of each level of each channel, fp32 (3, 256), rounded where the reference rounds."""
    scaled = (np.arange(256) * np.float64(rule.scale)).astype(np.float32)
    mean, std = np.array(rule.mean, np.float32), np.array(rule.std, np.float32)
    return torch.from_numpy((scaled - mean[:, None]) / std[:, None])
