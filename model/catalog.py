"""The known checkpoints: the released sizes of Qwen2.5-VL, and the small one that ships with the package."""

from typing import NamedTuple

CONTEXT = 16384
"""Tokens of context that memory is counted for."""
WORKING_GB = 2.0
"""Working memory that is counted in, in 10^9 bytes."""


class Released(NamedTuple):
    """One released size."""

    name: str
    """Id on the Hugging Face hub."""
    parameters: float
    """In billions, vision part included."""
    weights_gb: float
    """Size of the weights in bfloat16, in 10^9 bytes."""
    kv_kib_per_token: int
    """Keys and values of one token in bfloat16, in 2^10 bytes; a 1920x1080 screenshot is 2,691 tokens."""
    licence: str
    note: str = ""

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
    Released("Qwen/Qwen2.5-VL-3B-Instruct", 3.75, 7.5, 36, "Qwen Research License: not for commercial use"),
    Released("Qwen/Qwen2.5-VL-7B-Instruct", 8.29, 16.6, 56, "Apache-2.0"),
    Released("Qwen/Qwen2.5-VL-32B-Instruct", 33.5, 66.9, 256, "Apache-2.0"),
    Released(
        "Qwen/Qwen2.5-VL-72B-Instruct",
        73.4,
        146.8,
        320,
        "Qwen License: commercial use up to 100 million monthly users",
        "does not fit on one GPU, so it cannot be loaded in bfloat16",
    ),
)
"""Figures computed from the released configurations."""

SHIPPED = {
    "handeye-tiny": "two million parameters, trained on MiniWoB++ pages only; runs on a CPU; Apache-2.0",
}
"""Name and description of the checkpoints in the package."""
