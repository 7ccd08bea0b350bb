"""Building a network whose weights are those of GGUF files, in the formats in which they are stored."""

import math
from collections.abc import Iterator, Mapping, Sequence

import torch
from torch import Tensor, nn

from handeye.model.adapters.apply import Changes, make_ready
from handeye.model.architecture.config import ModelConfig
from handeye.model.architecture.joined import StackedLinear, Where, put, released_layers
from handeye.model.architecture.layers import Embedding, Linear
from handeye.model.architecture.network import Qwen2_5_VL
from handeye.model.architecture.placement import Placement
from handeye.model.errors import InvalidCheckpoint, OutOfMemory
from handeye.model.gguf.container import Container, Stored
from handeye.model.gguf.formats import Format
from handeye.model.gguf.mapped import Tensors
from handeye.model.gguf.names import FRAMES, UNUSED, our_name
from handeye.model.gguf.packed import BlockEmbedding, BlockLinear
from handeye.model.hardware.devices import Devices
from handeye.model.hardware.memory import needing
from handeye.model.hardware.plan import Bytes, place
from handeye.model.hardware.room import spreading, total_memory
from handeye.model.weights.mismatch import Mismatch, Shape
from handeye.model.weights.together import Together

_BYTES = {"F32": 4, "F16": 2, "BF16": 2}
_PATCHES = "visual.patch_embed.proj.weight"


def read_network(
    files: tuple[Container, ...],
    config: ModelConfig,
    devices: Devices,
    dtype: torch.dtype,
    adapters: Sequence[Changes],
) -> Qwen2_5_VL:
    """Build the network of a checkpoint, with adapters merged into it.

    A matrix stays as it is stored, and its layer unpacks it. One in plain numbers that `dtype` stores in no more bytes
    becomes `dtype`. Everything else is small, and in the format of activations. On a CPU the stored
    matrices are those of the mapped files: they are read when they are first used.

    Raises:
        InvalidCheckpoint: a tensor is there twice; or one is missing, unexpected or of the wrong shape, and the message
            names all of them; or an adapter does not fit the network.
        OutOfMemory: the weights do not fit on the devices.
    """
    stored = _named(files)
    bytes = {name: min(each.bytes, math.prod(each.shape) * dtype.itemsize) for name, each in stored.items()}
    need = sum(bytes.values())
    totals = [total_memory(device) for device in devices.all]
    total = sum(each for each in totals if each is not None)
    if None not in totals and need > total:
        raise OutOfMemory(_too_large(files, need, f"and {devices.have} {total / 1e9:.1f} GB", devices))
    size, tied = Bytes.of(bytes, config.text, dtype), config.text.tie_word_embeddings
    placement = place(str(files[0].path), size, devices, dtype, tied=tied)
    with needing(_too_large(files, need, f"more than {devices.have} free", devices)):
        return make_ready(_filled(files, stored, config, placement, dtype), adapters)


def _named(files: tuple[Container, ...]) -> dict[str, Stored]:
    """Return the tensors by their name here."""
    stored: dict[str, Stored] = {}
    for file in files:
        for name, tensor in file.tensors.items():
            if name in UNUSED:
                continue
            known = stored.setdefault(our_name(name), tensor)
            if known is not tensor:
                raise InvalidCheckpoint(
                    f"{tensor.file} holds {name}, which {known.name} in {known.file.name} is too: it was not converted "
                    "correctly"
                )
    return stored


def _filled(
    files: tuple[Container, ...],
    stored: dict[str, Stored],
    config: ModelConfig,
    placement: Placement,
    dtype: torch.dtype,
) -> Qwen2_5_VL:
    with torch.device("meta"):
        network = Qwen2_5_VL(config)
        width = config.vision.hidden_size
        for index in range(config.vision.depth):
            apart = StackedLinear({part: Linear(width, width) for part in "qkv"})
            network.set_submodule(f"visual.blocks.{index}.attn.qkv", apart)
    _unswap(stored, config)
    _require_match(network, stored, files)
    places = released_layers(network).items()
    narrow = {name: where for name, where in places if isinstance(where.layer, Embedding | Linear)}
    packed = {f"{name}.weight" for name in narrow if _stays(stored[f"{name}.weight"], dtype)}
    with torch.device("meta"):
        for name, where in narrow.items():
            if f"{name}.weight" in packed:
                put(network, name, where, _layer(where, stored[f"{name}.weight"].format))
    together = Together(network)
    tensors = Tensors()

    def weight(name: str) -> Tensor:
        device, compute = placement.of(name)
        if name == _PATCHES:
            return torch.stack([tensors.plain(stored[frame], device, compute) for frame in FRAMES], dim=2)
        if name in packed:
            return tensors.packed(stored[name], device)
        number = dtype if name.removesuffix(".weight") in narrow else compute
        plain = tensors.plain(stored[name], device, number)
        return together.part(name, device, number).copy_(plain) if name in together else plain

    network.spread(placement)
    network.load_state_dict({name: weight(name) for name in network.state_dict()}, assign=True)
    return network


def _stays(stored: Stored, dtype: torch.dtype) -> bool:
    """Tell whether a matrix stays as it is stored: in the network's format it would need more memory."""
    return _BYTES.get(stored.format.name, 0) < dtype.itemsize


def _layer(where: Where, form: Format) -> nn.Module:
    """Return an empty layer that keeps its matrix as it is stored, in place of another one."""
    if isinstance(where.layer, Embedding):
        return BlockEmbedding(where.layer.num_embeddings, where.layer.embedding_dim, form)
    assert isinstance(where.layer, Linear)
    return BlockLinear(where.layer.in_features, where.outputs, form, bias=where.layer.bias is not None)


def _unswap(stored: dict[str, Stored], config: ModelConfig) -> None:
    """Give the feed-forward matrices of the vision part their names: older converters swapped two of them."""
    inner = (config.vision.hidden_size, config.vision.intermediate_size)
    for index in range(config.vision.depth):
        up, down = (f"visual.blocks.{index}.mlp.{name}_proj" for name in ("up", "down"))
        found = stored.get(f"{up}.weight")
        if found is not None and found.shape == inner and inner[0] != inner[1]:
            for end in ("weight", "bias"):
                both = {
                    f"{up}.{end}": stored.pop(f"{down}.{end}", None),
                    f"{down}.{end}": stored.pop(f"{up}.{end}", None),
                }
                stored |= {name: tensor for name, tensor in both.items() if tensor is not None}


def _require_match(network: Qwen2_5_VL, stored: Mapping[str, Stored], files: tuple[Container, ...]) -> None:
    wanted = dict(_wanted(network))
    found = {name: tensor.shape for name, tensor in stored.items()}
    if mismatch := Mismatch.between(wanted, found):
        names = ", ".join(file.path.name for file in files)
        raise InvalidCheckpoint(f"the weights in {names} do not match their metadata: {mismatch}")


def _wanted(network: Qwen2_5_VL) -> Iterator[tuple[str, Shape]]:
    for name, tensor in network.state_dict().items():
        if name == _PATCHES:
            yield from ((frame, (*tensor.shape[:2], *tensor.shape[3:])) for frame in FRAMES)
        else:
            yield name, tuple(tensor.shape)


def _too_large(files: tuple[Container, ...], need: int, than: str, devices: Devices) -> str:
    return (
        f"the weights in {files[0].path} and {files[-1].path.name} need {need / 1e9:.1f} GB, {than}: use a file with "
        f"fewer bits, or a smaller model{'' if len(devices.all) > 1 else spreading(devices.first)}"
    )
