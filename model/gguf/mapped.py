"""The tensors of GGUF files, on devices."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from handeye.model.errors import InvalidCheckpoint
from handeye.model.gguf.container import Stored
from handeye.model.gguf.packed import unpack


class Tensors:
    """Reads tensors. On a CPU those that stay packed are views of the mapped files, which costs no memory."""

    def __init__(self) -> None:
        self._files: dict[Path, Tensor] = {}

    def packed(self, stored: Stored, device: torch.device) -> Tensor:
        """Return the bytes of a matrix on a device: (rows, bytes of a row)."""
        file = self._files.get(stored.file)
        if file is None:
            size = stored.file.stat().st_size
            file = torch.from_file(str(stored.file), shared=False, size=size, dtype=torch.uint8)
            self._files[stored.file] = file
        return _rows(file[stored.start : stored.start + stored.bytes], stored).to(device)

    def plain(self, stored: Stored, device: torch.device, dtype: torch.dtype) -> Tensor:
        """Return a tensor on a device in a number format; it is read, not mapped, because most are copied once more."""
        held = torch.from_numpy(np.fromfile(stored.file, np.uint8, count=stored.bytes, offset=stored.start))
        if len(held) < stored.bytes:
            raise InvalidCheckpoint(f"{stored.file} became shorter while it was read: load it again")
        return unpack(_rows(held, stored), stored.format).reshape(stored.shape).to(device, dtype)


def _rows(held: Tensor, stored: Stored) -> Tensor:
    return held.view(-1, stored.format.row(stored.shape[-1]))
