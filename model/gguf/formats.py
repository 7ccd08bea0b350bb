"""The formats of GGUF tensors: how many weights a block holds, in how many bytes. How to unpack them: `blocks`."""

from typing import NamedTuple


class Format(NamedTuple):
    """How weights are stored: in blocks, one after the other along a row."""

    name: str
    """As ggml calls it."""
    weights: int
    """Weights in a block; 1 for plain numbers."""
    size: int
    """Bytes of a block."""

    def row(self, width: int) -> int:
        """Return the bytes of a row of weights; `width` is a multiple of `weights`."""
        return width // self.weights * self.size


FORMATS = {
    0: Format("F32", 1, 4),
    1: Format("F16", 1, 2),
    30: Format("BF16", 1, 2),
    2: Format("Q4_0", 32, 18),
    3: Format("Q4_1", 32, 20),
    6: Format("Q5_0", 32, 22),
    7: Format("Q5_1", 32, 24),
    8: Format("Q8_0", 32, 34),
    10: Format("Q2_K", 256, 84),
    11: Format("Q3_K", 256, 110),
    12: Format("Q4_K", 256, 144),
    13: Format("Q5_K", 256, 176),
    14: Format("Q6_K", 256, 210),
    20: Format("IQ4_NL", 32, 18),
    23: Format("IQ4_XS", 256, 136),
}
"""Those that are read, by ggml's number. A mixture such as Q4_K_M holds several."""

OTHERS = {
    9: "Q8_1",
    15: "Q8_K",
    16: "IQ2_XXS",
    17: "IQ2_XS",
    18: "IQ3_XXS",
    19: "IQ1_S",
    21: "IQ3_S",
    22: "IQ2_S",
    24: "I8",
    25: "I16",
    26: "I32",
    27: "I64",
    28: "F64",
    29: "IQ1_M",
    34: "TQ1_0",
    35: "TQ2_0",
    39: "MXFP4",
    40: "NVFP4",
}
"""Those that are not, by ggml's number."""
