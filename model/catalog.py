"""The known checkpoints: the released sizes of Qwen2.5-VL, and the small one that ships with the package."""

from typing import NamedTuple

from handeye.model.shape import Shape

CONTEXT = 16384
"""Tokens of context that memory is counted for."""
WORKING_GB = 2.0
"""Working memory that is counted in, in 10^9 bytes."""


class Released(NamedTuple):
    """One released size."""

    name: str
    """Id on the Hugging Face hub."""
    shape: Shape
    """Read from its released configuration."""
    licence: str
    note: str = ""

    @property
    def parameters(self) -> float:
        """In billions, vision part included."""
        return self.shape.parameters / 1e9

    @property
    def weights_gb(self) -> float:
        """Size of the weights in bfloat16, in 10^9 bytes."""
        return 2 * self.parameters

    @property
    def kv_kib_per_token(self) -> int:
        """Keys and values of one token in bfloat16, in 2^10 bytes; a 1920x1080 screenshot is 2,691 tokens."""
        return self.shape.layers * 2 * self.shape.keys * 2 // 1024

    @property
    def size(self) -> str:
        """The number of parameters in its name, such as "7B"."""
        return next(part for part in self.name.split("-") if part[0].isdigit() and part.endswith("B"))

    @property
    def memory_gb(self) -> int:
        """GPU memory needed in bfloat16, in 10^9 bytes: weights and `beside_gb`."""
        return round(self.weights_gb + self.beside_gb)

    @property
    def beside_gb(self) -> float:
        """Memory needed beside the weights, in 10^9 bytes: `CONTEXT` tokens and `WORKING_GB`."""
        return self.kv_kib_per_token * 1024 * CONTEXT / 1e9 + WORKING_GB


RELEASED = (
    Released(
        "Qwen/Qwen2.5-VL-3B-Instruct",
        Shape(2048, 11008, 36, 16, 2, 151936, tied=True, vision_inner=3420),
        "Qwen Research License: not for commercial use",
    ),
    Released(
        "Qwen/Qwen2.5-VL-7B-Instruct",
        Shape(3584, 18944, 28, 28, 4, 152064, tied=False, vision_inner=3420),
        "Apache-2.0",
    ),
    Released(
        "Qwen/Qwen2.5-VL-32B-Instruct",
        Shape(5120, 27648, 64, 40, 8, 152064, tied=False, vision_inner=3456),
        "Apache-2.0",
    ),
    Released(
        "Qwen/Qwen2.5-VL-72B-Instruct",
        Shape(8192, 29568, 80, 64, 8, 152064, tied=False, vision_inner=3456),
        "Qwen License: commercial use up to 100 million monthly users",
        "does not fit on one GPU in bfloat16; --device cuda:0,cuda:1,cpu spreads it over several devices",
    ),
)
"""From the smallest to the largest."""

SHIPPED = {
    "handeye-tiny": "two million parameters, trained on MiniWoB++ pages only; runs on a CPU; Apache-2.0",
}
"""Name and description of the checkpoints in the package."""
