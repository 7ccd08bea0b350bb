"""How much memory loading a checkpoint reserves at most, beside what its weights take.

    python benchmarks/load_memory.py

Writes a checkpoint with random weights, loads it in a process of its own for each format, and reads what the process
had reserved at most: on a CPU its peak resident memory above that of before, once every weight has been read; on a GPU
what PyTorch's allocator held. Prints a table in megabytes.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import torch
from safetensors.torch import save_file
from torch import Tensor

from handeye.model.architecture.config import ModelConfig
from handeye.model.architecture.network import Qwen2_5_VL
from handeye.model.checkpoint import open_checkpoint
from handeye.model.locate import locate

WIDTH, INNER, LAYERS, HEADS, KEYS = 1024, 4096, 20, 8, 2
"""A decoder that outweighs the vision part, as the released ones do."""
_TINY = "handeye-tiny"
_FILES = ("tokenizer.json", "preprocessor_config.json", "generation_config.json")


class Way(NamedTuple):
    """A way to load."""

    name: str
    stored: str
    """The format of the files."""
    dtype: str


WAYS = (
    Way("float32 of float32", "float32", "float32"),
    Way("float32 of bfloat16", "bfloat16", "float32"),
    Way("bfloat16 of bfloat16", "bfloat16", "bfloat16"),
    Way("fp8 of bfloat16", "bfloat16", "fp8"),
    Way("a copy in FP8", "fp8", "bfloat16"),
)


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--layers", type=int, default=LAYERS)
    parser.add_argument("--measure", nargs=2, metavar=("FOLDER", "DTYPE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure is not None:
        print(json.dumps(measured(Path(options.measure[0]), options.device, options.measure[1])))
        return
    print(f"loading on {options.device}, torch {torch.__version__}; megabytes\n")
    print(f"{'':24}{'weights':>10}{'reserved':>10}{'beside':>9}")
    with tempfile.TemporaryDirectory() as folder:
        for way in WAYS:
            path = Path(folder) / way.stored
            if not path.exists():
                write(path, way.stored, options.layers)
            command = [sys.executable, __file__, "--device", options.device, "--measure", str(path), way.dtype]
            said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            weights, reserved = json.loads(said)
            print(f"{way.name:24}{weights / 1e6:10.1f}{reserved / 1e6:10.1f}{reserved / weights - 1:9.1%}")


def measured(folder: Path, device: str, dtype: str) -> tuple[int, int]:
    """Load a checkpoint; return the bytes of its weights, and the most that was reserved."""
    open_checkpoint(_TINY, device=device, dtype=dtype)  # what a first load brings in
    before = resident("VmRSS")
    network = open_checkpoint(folder, device=device, dtype=dtype).network
    tensors = [*network.state_dict().values()]
    for tensor in tensors:  # a part of a mapped file counts once it is read
        tensor.flatten().view(torch.uint8).max()
    weights = sum(tensor.nbytes for tensor in tensors)
    if network.device.type == "cuda":
        return weights, torch.cuda.max_memory_reserved()
    return weights, resident("VmHWM") - before


def resident(name: str) -> int:
    """Return the bytes of memory of this process: now (VmRSS) or at most until now (VmHWM)."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))


def write(folder: Path, stored: str, layers: int) -> None:
    """Write a checkpoint with random weights, with the tokenizer of the shipped one."""
    tiny = locate(_TINY)
    folder.mkdir()
    for name in _FILES:
        (folder / name).write_bytes((tiny / name).read_bytes())
    fields = json.loads((tiny / "config.json").read_text(encoding="utf-8"))
    fields |= {
        "hidden_size": WIDTH,
        "intermediate_size": INNER,
        "num_hidden_layers": layers,
        "num_attention_heads": HEADS,
        "num_key_value_heads": KEYS,
        "rope_scaling": {"type": "mrope", "mrope_section": [16, 24, 24]},
        "tie_word_embeddings": False,
    }
    fields["vision_config"] |= {"out_hidden_size": WIDTH}
    with torch.device("meta"):
        shapes = {name: tensor.shape for name, tensor in Qwen2_5_VL(ModelConfig.from_json(fields)).state_dict().items()}
    number = torch.float32 if stored == "float32" else torch.bfloat16
    tensors: dict[str, Tensor] = {}
    for name, shape in shapes.items():
        tensor = torch.randn(shape) * 0.02
        if stored == "fp8" and name.startswith("model.layers.") and name.endswith("_proj.weight"):
            scale = tensor.abs().amax(dim=1, keepdim=True) / 448
            tensors |= {name: (tensor / scale).to(torch.float8_e4m3fn), f"{name}_scale": scale}
        else:
            tensors[name] = tensor.to(number)
    if stored == "fp8":
        fields["quantization_config"] = QUANTISED
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})
    (folder / "config.json").write_text(json.dumps(fields), encoding="utf-8")


QUANTISED = {
    "quant_method": "compressed-tensors",
    "format": "float-quantized",
    "config_groups": {
        "group_0": {
            "targets": ["Linear"],
            "weights": {"num_bits": 8, "type": "float", "strategy": "channel", "symmetric": True, "dynamic": False},
        }
    },
}
"""What compressed-tensors writes of FP8 with a scale for each output."""


if __name__ == "__main__":
    main()
