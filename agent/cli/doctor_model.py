"""What the model needs: PyTorch, a GPU with enough memory (or a CPU), and disk space for checkpoints."""

import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from handeye.environments.doctor.finding import Finding, missing, ok, package, said, warning
from handeye.model.catalog import RELEASED, SHIPPED

_SECONDS = 120.0
"""How long PyTorch may take to import and to find the GPUs; the first import after a boot is slow."""
# In a separate process: importing PyTorch takes seconds, and a broken driver can hang or crash its caller.
_ASK = """
import json, torch
found = [torch.cuda.get_device_properties(index) for index in range(torch.cuda.device_count())]
print(json.dumps({
    "version": torch.__version__,
    "cuda": torch.version.cuda,
    "mps": torch.backends.mps.is_available(),
    "gpus": [{"name": gpu.name, "free": torch.cuda.mem_get_info(index)[0], "total": gpu.total_memory,
              "capability": [gpu.major, gpu.minor]} for index, gpu in enumerate(found)],
}))
"""
_BFLOAT16 = (8, 0)
"""The first compute capability with bfloat16 in hardware."""


class _Gpu(BaseModel):
    model_config = ConfigDict(frozen=True)

    name: str
    free: int
    total: int
    """Bytes."""
    capability: tuple[int, int]


class _Torch(BaseModel):
    model_config = ConfigDict(frozen=True)

    version: str
    cuda: str | None
    mps: bool
    gpus: tuple[_Gpu, ...]


def model() -> Iterator[Finding]:
    """Check PyTorch, the GPUs, which released models fit on them, and the checkpoint cache."""
    answer = said([sys.executable, "-c", _ASK], _SECONDS)
    try:
        torch = _Torch.model_validate_json(answer or "")
    except ValidationError:
        yield missing("torch", "cannot be imported: run `python -c 'import torch'` to see why", "pip install torch")
    else:
        yield ok("torch", f"{torch.version}, {f'CUDA {torch.cuda}' if torch.cuda else 'without CUDA'}")
        yield from _gpus(torch)
    yield ok("models in the package", ", ".join(SHIPPED))
    yield from _cache()


def _gpus(torch: _Torch) -> Iterator[Finding]:
    if not torch.gpus:
        yield _without_gpu(torch)
    for gpu in torch.gpus:
        memory = f"{gpu.name}, {gpu.free / 1e9:.0f} of {gpu.total / 1e9:.0f} GB free"
        fitting = [_short(released.name) for released in RELEASED if released.memory_gb * 1e9 <= gpu.free]
        fit = f"{memory}; fits {', '.join(fitting)}" if fitting else memory
        if gpu.capability < _BFLOAT16:
            yield warning(
                "GPU", f"{fit}; it is too old for fast bfloat16", "use one of compute capability 8.0 or newer"
            )
        elif fitting:
            yield ok("GPU", fit)
        else:
            least = min(RELEASED, key=lambda released: released.memory_gb)
            need = f"{_short(least.name)} needs {least.memory_gb} GB"
            yield warning(
                "GPU",
                f"{fit}; {need}",
                f"stop other programs that use it, spread the model (--device {_every(torch)}), or use "
                "--model handeye-tiny",
            )
    if len(torch.gpus) > 1:
        free = sum(gpu.free for gpu in torch.gpus)
        fitting = [_short(each.name) for each in RELEASED if each.memory_gb * 1e9 <= free]
        if fitting:
            yield ok(
                "GPUs together",
                f"{free / 1e9:.0f} GB free; spread over all, as --device auto does, fits {', '.join(fitting)}",
            )
    if torch.gpus:
        yield package("triton", "gpu", "it provides faster kernels", optional=True)


def _every(torch: _Torch) -> str:
    """Return the list of all GPUs and the CPU, as --device takes it."""
    return ",".join((*(f"cuda:{index}" for index in range(len(torch.gpus))), "cpu"))


def _without_gpu(torch: _Torch) -> Finding:
    if torch.mps:
        return ok("GPU", "Apple GPU: use --device mps")
    tool = shutil.which("nvidia-smi")
    there = said([tool, "--query-gpu=name", "--format=csv,noheader"]) if tool is not None else None
    slow = "released models take minutes per step on the CPU; handeye-tiny runs well on it"
    if there and torch.cuda is None:
        name = there.splitlines()[0]
        return warning(
            "GPU", f"{name} is present, but this PyTorch was built without CUDA: {slow}", "pip install torch"
        )
    if there:
        return warning("GPU", f"{there.splitlines()[0]} is present, but PyTorch cannot use it: {slow}", "nvidia-smi")
    return warning("GPU", f"none: {slow}", "an NVIDIA GPU with bfloat16 and 10 GB or more")


def _cache() -> Iterator[Finding]:
    """Check which released checkpoints have been downloaded, and whether there is disk space for more."""
    folder = _cache_folder()
    there = [released for released in RELEASED if _is_downloaded(folder, released.name)]
    names = ", ".join(_short(released.name) for released in there) or "no released model yet"
    free = shutil.disk_usage(_existing(folder)).free
    detail = f"{names}; {free / 1e9:.0f} GB free in {folder}"
    least = min(released.weights_gb for released in RELEASED)
    if not there and free < least * 1e9:
        yield warning(
            "checkpoints", f"{detail}, the smallest is {least:.1f} GB", "set HF_HOME to a folder on a larger disk"
        )
    else:
        yield ok("checkpoints", detail)


def _cache_folder() -> Path:
    """Return the download cache of the Hugging Face hub, resolved by the hub's own rules."""
    chosen = os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE")
    if chosen:
        return Path(chosen).expanduser()
    home = os.environ.get("HF_HOME")
    caches = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return (Path(home) if home else Path(caches) / "huggingface").expanduser() / "hub"


def _is_downloaded(folder: Path, name: str) -> bool:
    """Tell whether a snapshot has all of its weights: a download may have been interrupted."""
    snapshots = folder / f"models--{name.replace('/', '--')}" / "snapshots"
    return any(_is_complete(snapshot) for snapshot in snapshots.glob("*"))


def _is_complete(snapshot: Path) -> bool:
    index = snapshot / "model.safetensors.index.json"
    try:
        shards = set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
    except FileNotFoundError:
        return any(snapshot.glob("*.safetensors"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False
    return all(isinstance(shard, str) and (snapshot / shard).is_file() for shard in shards)


def _existing(folder: Path) -> Path:
    """Return the folder, or its nearest parent that exists."""
    return next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())


def _short(name: str) -> str:
    return name.rpartition("/")[2].removesuffix("-Instruct")
