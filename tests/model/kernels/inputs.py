"""Random input of kernels."""

import torch
from torch import Tensor

DTYPES = (torch.float32, torch.bfloat16)
BLOCK = 16


def normal(*shape: int, seed: int = 0, dtype: torch.dtype = torch.float32) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed)).to(dtype)


def tables(rows: int, blocks: int, total: int, seed: int = 0) -> Tensor:
    """Return tables of blocks that are not in order, (rows, blocks), of `total` there are."""
    generator = torch.Generator().manual_seed(seed)
    return torch.stack([torch.randperm(total, generator=generator)[:blocks] for _ in range(rows)]).int()
