"""Frames on the device of the network, cut into patches there."""

import numpy as np
import torch
from numpy.typing import NDArray
from PIL.Image import Image
from torch import Tensor

from handeye.model.architecture.config import VisionConfig
from handeye.model.hardware.transfer import send


def move(pixels: Image | NDArray[np.uint8], device: torch.device) -> Tensor:
    """Return a copy of an RGB image, (height, width, 3), or of frames, (F, height, width, 3), on a device, in bytes."""
    return send(np.asarray(pixels), device)


def cut(frames: Tensor, vision: VisionConfig) -> Tensor:
    """Cut frames (t, F, h*P, w*P, 3) into patches of P pixels per side and F frames, ordered by merge block.

    Returns (t*h*w, 3*F*P*P).
    """
    patch, merge = vision.patch_size, vision.spatial_merge_size
    t, together, height, width, channels = frames.shape
    h, w = height // patch, width // patch
    blocks = frames.view(t, together, h // merge, merge, patch, w // merge, merge, patch, channels)
    # (t, F, h/m, m, P, w/m, m, P, 3) -> (t, h/m, w/m, m, m, 3, F, P, P)
    return blocks.permute(0, 2, 5, 3, 6, 8, 1, 4, 7).reshape(t * h * w, channels * together * patch * patch)
