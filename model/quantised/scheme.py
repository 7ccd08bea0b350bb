"""How a checkpoint is quantised, as its config.json says."""

from typing import Protocol

from torch import nn

from handeye.model.errors import InvalidCheckpoint
from handeye.model.files.fields import Section
from handeye.model.quantised.awq import AWQ
from handeye.model.quantised.bitsandbytes import BitsAndBytes
from handeye.model.quantised.compressed_tensors import CompressedTensors
from handeye.model.quantised.gptq import GPTQ
from handeye.model.quantised.header import Found
from handeye.model.quantised.linear import PackedLinear

METHODS = ("compressed-tensors", "awq", "gptq", "bitsandbytes")


class Scheme(Protocol):
    """How linear layers are packed. Which of them are is told by the files, not by the lists of names beside it."""

    @property
    def method(self) -> str:
        """The name of the format."""
        ...

    def name(self, stored: str) -> str | None:
        """Return the name under which a stored tensor is assigned; None if it is not needed."""
        ...

    def layer(self, module: nn.Linear, found: Found) -> PackedLinear | None:
        """Return an empty layer that takes the stored tensors of a module; None if they are not packed.

        Raises:
            InvalidCheckpoint: they cannot be those of the module.
        """
        ...


def read_scheme(fields: Section) -> Scheme:
    """Read `quantization_config`.

    Raises:
        InvalidCheckpoint: the method or an option of it is not supported, or has no valid value.
    """
    match fields.get("quant_method"):
        case "compressed-tensors":
            return CompressedTensors.read(fields)
        case "awq":
            return AWQ.read(fields)
        case "gptq":
            return GPTQ.read(fields)
        case "bitsandbytes":
            return BitsAndBytes.read(fields)
        case _:
            raise unknown(fields)


def unknown(fields: Section) -> InvalidCheckpoint:
    """Return the error that names a method which is not supported, and the way out."""
    return fields.invalid(
        "quant_method",
        f"which is not supported: use the original checkpoint, or a copy in {', '.join(METHODS[:-1])} or {METHODS[-1]}",
    )
