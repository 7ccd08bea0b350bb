"""What the headers of the files say about the tensors of one layer."""

from collections.abc import Mapping
from typing import NamedTuple

import torch

from handeye.model.errors import InvalidCheckpoint

FLOATS = (torch.float16, torch.bfloat16, torch.float32)
"""The formats in which scales are stored."""


class Header(NamedTuple):
    """The shape and the number format of a stored tensor."""

    shape: tuple[int, ...]
    dtype: torch.dtype


class Found:
    """The tensors that the files hold for one linear layer, by the part of the name after the layer's."""

    def __init__(self, name: str, headers: Mapping[str, Header]) -> None:
        self.name = name
        self._headers = headers

    def __contains__(self, part: str) -> bool:
        """Tell whether there is such a tensor."""
        return part in self._headers

    def any(self, *parts: str) -> bool:
        """Tell whether there is one of these tensors."""
        return any(part in self._headers for part in parts)

    def shape(self, part: str) -> tuple[int, ...]:
        """Return the shape of a tensor; empty if there is none."""
        return self._headers[part].shape if part in self._headers else ()

    def dtype(self, part: str, *allowed: torch.dtype) -> torch.dtype:
        """Return the format of a tensor; the first of those that are allowed if there is none.

        Raises:
            InvalidCheckpoint: it is stored in another.
        """
        if part not in self._headers:
            return allowed[0]
        found = self._headers[part].dtype
        if found not in allowed:
            raise InvalidCheckpoint(
                f"{self.name}.{part} is stored as {short(found)}, but by its config.json it is "
                f"{' or '.join(map(short, allowed))}: the files belong to different checkpoints, download it again"
            )
        return found

    def invalid(self, reason: str) -> InvalidCheckpoint:
        """Return the error that names the layer and gives the reason."""
        return InvalidCheckpoint(f"{self.name} cannot be read: {reason}")


def short(dtype: torch.dtype) -> str:
    """Return the name of a number format as users write it."""
    return str(dtype).removeprefix("torch.")
