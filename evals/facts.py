"""What a manifest says of the model and the machine, so that others can measure the same."""

import hashlib
import os
import platform
import re
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from pydantic import JsonValue

from handeye.agent.policies.engine import Engine
from handeye.agent.policies.local import LocalSettings
from handeye.agent.policies.prompted import PromptedPolicy
from handeye.agent.policy import Policy
from handeye.model.files.adapter import CONFIG
from handeye.model.files.ranks import FILE as RANKS
from handeye.model.gguf.pair import find_pair

_PACKAGES: Final = ("handeye", "torch", "tokenizers", "pillow", "numpy", "playwright", "miniwob")
_READ: Final = {".json", ".safetensors"}
_SAMPLE: Final = 1 << 20
"""Bytes at each end of a file that its digest covers."""


def revision_of(model: str, local: LocalSettings) -> str:
    """Return what tells a checkpoint from others of its name: the hub's commit, or a hash of its files.

    That of an adapter is followed by that of its model. A checkpoint of the hub is downloaded, if this machine has the
    memory for it. Raises what loading it raises.
    """
    from handeye.model.adapters.find import base_of, locate_base
    from handeye.model.hardware.device import choose_dtype  # imports torch
    from handeye.model.hardware.devices import choose_devices
    from handeye.model.hardware.room import require_room
    from handeye.model.locate import locate

    devices = choose_devices(local.device)
    first, *others = devices.all
    number = choose_dtype(local.dtype, devices.main)
    require_room(model, first, number, others)
    folder = locate(model, any_architecture=local.backend is not Engine.HANDEYE)
    if not (folder / CONFIG).is_file():
        return _revision(folder)
    base = base_of(folder, model)
    require_room(base, first, number, others)
    return f"{_revision(folder)}+{_revision(locate_base(base, model))}"


def adapters_of(local: LocalSettings) -> list[JsonValue]:
    """Return the adapters of a model, each with its weight and what tells it from others of its name.

    One of the hub is downloaded. Raises what loading it raises.
    """
    if not local.adapters:
        return []
    from handeye.model.adapters.find import find_adapter  # imports torch

    return [
        {"name": str(each.name), "weight": each.weight, "revision": _revision(find_adapter(each.name))}
        for each in local.parsed()
    ]


def _revision(folder: Path) -> str:
    is_snapshot = folder.parent.name == "snapshots" and re.fullmatch("[0-9a-f]{40}", folder.name)
    return folder.name if is_snapshot else checkpoint_digest(folder)


def checkpoint_digest(path: Path) -> str:
    """Return a short hash of the names and sizes of a checkpoint's files, and of a megabyte at each of their ends."""
    pair = find_pair(path)
    if pair is None:
        files = [file for file in path.iterdir() if file.suffix in _READ or file.name == RANKS]
    else:
        files = [*pair.language, pair.vision]
    found = hashlib.sha256()
    for file in sorted(files):
        size = file.stat().st_size
        found.update(f"{file.name} {size}\n".encode())
        with file.open("rb") as opened:
            found.update(opened.read(_SAMPLE))
            opened.seek(max(0, size - _SAMPLE))
            found.update(opened.read(_SAMPLE))
    return found.hexdigest()[:16]


def policy_facts(policy: Policy | None) -> dict[str, JsonValue]:
    """Return how a policy is run; nothing of an oracle."""
    if not isinstance(policy, PromptedPolicy):
        return {}
    sampling = policy.profile.sampling
    return {
        **backend_facts(policy.backend),
        "profile": policy.profile.name,
        "profile_hash": policy.profile_id.hash,
        "decoding": {
            "temperature": policy.temperature,
            "top_p": sampling.top_p,
            "frequency_penalty": sampling.frequency_penalty,
            "repetition_penalty": sampling.repetition_penalty,
            "max_tokens": policy.max_new_tokens,
            "stop": list(policy.profile.stop),
        },
    }


def backend_facts(backend: object) -> dict[str, JsonValue]:
    """Return what is known of a loaded model, or of one behind a server: its limits of images, its device and dtype."""
    facts: dict[str, JsonValue] = {}
    if isinstance(limits := getattr(backend, "pixel_limits", None), tuple):
        facts["pixels"] = {"min": int(limits[0]), "max": int(limits[1])}
    for name in ("device", "dtype"):
        value = getattr(backend, name, None)
        facts[name] = None if value is None else str(value)
    if isinstance(placement := getattr(backend, "placement", None), str):  # all devices, not only the first
        facts["device"] = placement
    if facts["device"] is not None:  # on this machine
        facts["resize"] = "Pillow, as the checkpoint's preprocessor_config.json says"
        facts["gpus"] = _gpus()
    return facts


def machine_facts() -> dict[str, JsonValue]:
    """Return the versions of what runs here, and the hardware. Nothing of it names the machine or its user."""
    return {"versions": {"python": platform.python_version(), **_versions()}, "hardware": _hardware()}


def _versions() -> Mapping[str, str]:
    found = {}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _hardware() -> dict[str, JsonValue]:
    return {"system": platform.system(), "processor": _processor(), "cores": os.cpu_count()}


def _processor() -> str:
    try:
        said = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return platform.processor() or platform.machine()
    named = re.search(r"^model name\s*:\s*(.+)$", said, re.MULTILINE)
    return named[1].strip() if named else platform.machine()


def _gpus() -> list[JsonValue]:
    """Return the names of the GPUs."""
    import torch

    return [torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count())]
