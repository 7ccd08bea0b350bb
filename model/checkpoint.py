"""A loaded checkpoint: network, tokenizer and image preprocessing."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch

from handeye.model.adapters.adapter import Adapter
from handeye.model.adapters.apply import Changes, keep, make_ready
from handeye.model.adapters.find import base_of, find_adapter, locate_base
from handeye.model.adapters.kept import Kept
from handeye.model.adapters.read import read_adapter
from handeye.model.adapters.settings import LoraSettings
from handeye.model.architecture.config import ModelConfig, MRope
from handeye.model.architecture.network import Qwen2_5_VL, count_parameters
from handeye.model.conversation.chat import QWEN, Template
from handeye.model.conversation.tokenizer import Tokenizer
from handeye.model.description import describe
from handeye.model.errors import UnsupportedDtype
from handeye.model.files.adapter import CONFIG
from handeye.model.gguf.container import read_container, read_parts
from handeye.model.gguf.description import describe as describe_files
from handeye.model.gguf.fill import read_network
from handeye.model.gguf.pair import find_pair
from handeye.model.grammar.compiler import Compiler
from handeye.model.hardware.device import choose_dtype
from handeye.model.hardware.devices import Devices, choose_devices
from handeye.model.hardware.memory import keeping_nothing, needing
from handeye.model.hardware.plan import Bytes, place
from handeye.model.hardware.room import require_memory, require_room, spreading
from handeye.model.images.preprocess import Preprocessor
from handeye.model.kernels.repack import repack
from handeye.model.locate import locate
from handeye.model.quantised.at_load import AtLoad
from handeye.model.quantised.elements import FLOAT8
from handeye.model.quantised.header import Header
from handeye.model.quantised.pack import pack, packed_tensors
from handeye.model.quantised.scheme import Scheme
from handeye.model.weights.head import stored_head
from handeye.model.weights.read import Stored, find_tensors, load_weights


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Everything that is read from a checkpoint's files."""

    name: str
    config: ModelConfig
    network: Qwen2_5_VL
    tokenizer: Tokenizer
    preprocessor: Preprocessor
    closing: frozenset[int]
    """Ids of the tokens that end a reply."""
    template: Template = QWEN
    kept: Kept = field(default_factory=lambda: Kept(()))
    """The weights of the adapters that are all beside the weights, and may be changed."""
    compiler: Compiler = field(default_factory=Compiler)
    """The grammars that were compiled for it."""


@keeping_nothing
def open_checkpoint(
    name: str | Path,
    *,
    device: str = "auto",
    dtype: str = "auto",
    min_pixels: int | None = None,
    max_pixels: int | None = None,
    mrope: MRope = "reference",
    adapters: Sequence[Adapter] = (),
    merge_adapters: bool = True,
) -> Checkpoint:
    """Find and read a checkpoint. Raises the same errors as `handeye.model.load_model`."""
    devices = choose_devices(device)
    first, *others = devices.all
    number = choose_dtype(dtype, devices.main)  # until its size is known, as for a large model
    require_room(str(name), first, number, others)  # before a download, which takes long
    found = [(adapter, find_adapter(adapter.name)) for adapter in adapters]
    for _, where in found:
        LoraSettings.read(where)  # before that download too
    folder = locate(name)
    changes = [Changes(adapter, read_adapter(where, first)) for adapter, where in found]
    origins: tuple[str, ...] = ()
    if (folder / CONFIG).is_file():  # an adapter in place of its model
        changes.insert(0, Changes(Adapter(name), read_adapter(folder, first)))
        origins = (base_of(folder, name),)
        require_room(origins[0], first, number, others)
        folder = locate_base(origins[0], name)
    pair = find_pair(folder)
    files = None if pair is None else (read_parts(*pair.language), read_container(pair.vision))
    said = describe(folder) if files is None else describe_files(*files)
    config = replace(said.config, mrope=mrope, origins=(*origins, *said.config.origins))
    rule = said.rule.limited(min_pixels, max_pixels, config.vision.factor**2)
    # The matrices of GGUF files stay as they are stored, so that their size says nothing of the activations.
    number = choose_dtype(dtype, devices.main, count_parameters(config) if files is None else 0)
    merged, beside = (changes, ()) if merge_adapters else ((), changes)
    if number in (FLOAT8, torch.int8):
        made = AtLoad("fp8" if number is FLOAT8 else "int8")
        config, number = _made(config, folder, made, stored=files is not None), torch.bfloat16
    # last, because it takes longest
    if files is None:
        network = _network(config, folder, devices, number, merged)
    else:
        network = read_network(files, config, devices, number, merged)
    return Checkpoint(
        name=str(name),
        config=network.config,
        network=network,
        tokenizer=said.tokenizer,
        preprocessor=Preprocessor(rule, config.vision),
        closing=said.closing,
        template=said.template,
        kept=keep(network, beside),
    )


def _network(
    config: ModelConfig, folder: Path, devices: Devices, dtype: torch.dtype, adapters: Sequence[Changes]
) -> Qwen2_5_VL:
    """Build the network on the meta device, then assign the weights, so that they exist only once, in their place."""
    stored = _assigned(find_tensors(folder), config.scheme)
    config = stored_head(config, stored)
    network = _empty(config, stored)
    packed = packed_tensors(network)
    plain = sum(math.prod(tensor.shape) for name, tensor in stored.items() if name not in packed)
    held = sum(math.prod(tensor.shape) * packed[name].itemsize for name, tensor in stored.items() if name in packed)
    first, *others = devices.all
    require_memory(str(folder), plain, first, dtype, packed=held, others=others)
    size = Bytes.of(
        {name: math.prod(each.shape) * packed.get(name, dtype).itemsize for name, each in stored.items()},
        config.text,
        dtype,
    )
    placement = place(str(folder), size, devices, dtype, tied=config.text.tie_word_embeddings)
    network.spread(placement)
    need = (plain * dtype.itemsize + held) / 1e9
    with needing(
        f"the weights in {folder} need {need:.1f} GB, more than {devices.have} free: use a smaller model, or free "
        f"memory{'' if others else spreading(first)}"
    ):
        load_weights(network, folder, stored, placement, dtype)
        repack(network)
        return make_ready(network, adapters)


def _empty(config: ModelConfig, stored: Mapping[str, Stored]) -> Qwen2_5_VL:
    with torch.device("meta"):
        network = Qwen2_5_VL(config)
        if config.scheme is not None:
            pack(network, config.scheme, {name: Header(each.shape, each.dtype) for name, each in stored.items()})
    return network


def _assigned(stored: Mapping[str, Stored], scheme: Scheme | None) -> dict[str, Stored]:
    """Return the tensors by the name under which they are assigned, without those that are not needed."""
    if scheme is None:
        return dict(stored)
    named = ((scheme.name(name), tensor) for name, tensor in stored.items())
    return {name: tensor for name, tensor in named if name is not None}


def _made(config: ModelConfig, folder: Path, made: AtLoad, *, stored: bool) -> ModelConfig:
    if stored:
        raise UnsupportedDtype(f"{folder} has its own number formats: leave out dtype {made.method}")
    if config.scheme is not None:
        raise UnsupportedDtype(
            f"{folder} is quantized already, with {config.scheme.method}: leave out dtype {made.method}"
        )
    return replace(config, scheme=made)
