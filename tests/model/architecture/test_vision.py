"""The attention of the vision transformer."""

import pytest
import torch

from handeye.model.architecture import vision
from handeye.model.architecture.positions import rotate, turns
from handeye.model.architecture.vision import VisionAttention


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_patches_are_rotated_the_same_a_few_at_a_time(dtype: torch.dtype, monkeypatch: pytest.MonkeyPatch) -> None:
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(22, 2, 3, 8, generator=generator).to(dtype)
    cos, sin = (part[:, None, None] for part in turns(torch.randn(22, 4, generator=generator), torch.float32))
    whole = rotate(x.float(), cos, sin).to(dtype)
    for rows in (1, 7, 11, 22, 100):
        monkeypatch.setattr(vision, "_ROWS", rows)
        assert torch.equal(VisionAttention._rotate(x, cos, sin), whole)
