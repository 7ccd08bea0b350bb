"""Loading a checkpoint of any architecture that transformers knows.

Code of a checkpoint never runs: `trust_remote_code` stays off, and weights are read from safetensors files alone.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, get_args

import torch

from handeye.actions.errors import MissingDependency
from handeye.model.errors import InvalidCheckpoint, InvalidPlacement, UnsupportedAttention
from handeye.model.files.fields import read_object
from handeye.model.files.origins import folder_origins
from handeye.model.hardware.device import choose_device, choose_dtype, compute_dtype
from handeye.model.hardware.memory import is_out_of_memory, keeping_nothing, needing
from handeye.model.hardware.room import require_memory, require_room
from handeye.model.locate import locate
from handeye.model.others.model import Loaded, TransformersModel
from handeye.model.others.prompts import Prompts
from handeye.model.others.shards import count_parameters
from handeye.model.others.squares import image_rule

Attention = Literal["sdpa", "flash"]
"""PyTorch's own, where the architecture has it; or that of the package flash-attn."""


@keeping_nothing
def load_transformers(
    name: str | Path, *, device: str = "auto", dtype: str = "auto", attention: Attention = "sdpa"
) -> TransformersModel:
    """Load an image-text model of any architecture with transformers.

    Args:
        name: A folder, or an id on the Hugging Face hub ("Qwen/Qwen3-VL-4B-Instruct").
        device: "auto" takes a GPU if there is one. It is always a single one.
        dtype: "auto" is bfloat16; on a CPU it is float32 for a model of less than a billion parameters, or if the CPU
            has no instructions for bfloat16.
        attention: "sdpa", or "flash" for flash-attn: on a GPU, in bfloat16.

    Raises:
        MissingDependency: transformers is not installed.
        UnknownModel: there is no such checkpoint, or the hub cannot be reached.
        InvalidCheckpoint: its files are damaged, transformers does not know its architecture, or it needs code of its
            own.
        UnknownDevice: this machine has no such device.
        InvalidPlacement: several devices were given.
        UnsupportedDtype: the number format gives wrong results.
        UnsupportedAttention: flash-attn is not installed, or does not run so.
        OutOfMemory: the weights do not fit on the device.
    """
    try:
        import transformers
    except ImportError:
        raise MissingDependency("transformers", "transformers") from None
    if "," in device or "=" in device:
        raise InvalidPlacement(
            f"with transformers a model runs on one device, not on {device!r}: give one; handeye's own network, for "
            "Qwen2.5-VL, can be spread (leave out --backend)"
        )
    place = choose_device(device)
    number = choose_dtype(dtype, place)  # until its size is known, as for a large model
    implementation = _implementation(attention, place, number)
    require_room(str(name), place, number)  # before a download, which takes long
    folder = locate(name, any_architecture=True)
    fields = read_object(folder / "config.json")
    kind = fields.get("model_type")
    if not isinstance(kind, str) or kind not in transformers.models.auto.configuration_auto.CONFIG_MAPPING:
        raise InvalidCheckpoint(_unknown(name, kind, "auto_map" in fields))
    parameters = count_parameters(folder)
    if dtype == "auto":
        number = compute_dtype(choose_dtype(dtype, place, parameters), place)
    require_memory(str(folder), parameters, place, number)
    with _quiet(), _explained(name):
        config = transformers.AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        if type(config) not in transformers.MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING:
            raise InvalidCheckpoint(f"{name} is of type {kind}, which does not answer images with text")
        processor = _processor(folder, kind)
        network = _network(folder, config, place, number, implementation)
    return TransformersModel(
        Loaded(
            network=network,
            prompts=Prompts(str(name), processor, image_rule(processor.image_processor), {}),
            kind=kind,
            origins=folder_origins(folder),
            closing=_closing(network, processor.tokenizer),
            context=getattr(config.get_text_config(), "max_position_embeddings", None),
        )
    )


def _implementation(attention: Attention, device: torch.device, dtype: torch.dtype) -> str | None:
    """Return what transformers calls the attention; None lets it take SDPA where the architecture has it."""
    if attention not in get_args(Attention):
        raise ValueError(f"attention must be sdpa or flash, not {attention!r}")
    if attention == "sdpa":
        return None
    from transformers.utils import is_flash_attn_2_available

    if device.type != "cuda" or dtype is not torch.bfloat16:
        raise UnsupportedAttention("flash-attn runs on a GPU in bfloat16 alone: leave it out, which takes SDPA")
    if not is_flash_attn_2_available():
        raise UnsupportedAttention(
            "flash-attn is not installed: pip install flash-attn --no-build-isolation, or leave it out, which takes "
            "SDPA"
        )
    return "flash_attention_2"


def _unknown(name: str | Path, kind: object, has_code: bool) -> str:
    """Return the message about an architecture that transformers has no class for."""
    if has_code:
        return (
            f"{name} needs code of its own ({kind!r}), which handeye never runs: serve it with a server that does, and "
            "give --server"
        )
    return f"{name} is of type {kind!r}, which this version of transformers does not know: pip install -U transformers"


def _processor(folder: Path, kind: str) -> Any:
    """Return the checkpoint's processor; where torchvision is missing, one that takes images and no videos."""
    import transformers
    from transformers.models.auto.processing_auto import PROCESSOR_MAPPING_NAMES, processor_class_from_name
    from transformers.utils import is_torchvision_available

    options = {"local_files_only": True, "trust_remote_code": False}
    found = processor_class_from_name(PROCESSOR_MAPPING_NAMES.get(kind) or "")
    parts = set() if found is None else set(found.get_attributes())
    # Only what prepares videos needs torchvision.
    if is_torchvision_available() or parts != {"image_processor", "tokenizer", "video_processor"}:
        processor = transformers.AutoProcessor.from_pretrained(folder, **options)
    else:
        stills = type(
            found.__name__, (found,), {"get_attributes": classmethod(lambda _: ["image_processor", "tokenizer"])}
        )
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder, **options)
        images = transformers.AutoImageProcessor.from_pretrained(folder, **options)
        processor = stills(images, tokenizer, chat_template=_template(folder) or tokenizer.chat_template)
    if not hasattr(processor, "image_processor") or not hasattr(processor, "tokenizer"):
        raise InvalidCheckpoint(f"{folder} has no preprocessor_config.json for images: download the checkpoint again")
    return processor


def _template(folder: Path) -> str | None:
    """Return the chat template of a file that only older versions of transformers wrote; None if there is none."""
    path = folder / "chat_template.json"
    template = read_object(path).get("chat_template") if path.is_file() else None
    return template if isinstance(template, str) else None


def _network(folder: Path, config: Any, device: torch.device, dtype: torch.dtype, implementation: str | None) -> Any:
    """Return the network with every one of its weights from the files."""
    import transformers

    with needing(f"the weights in {folder} need more memory than {device} has free: use a smaller model"):
        network, told = transformers.AutoModelForImageTextToText.from_pretrained(
            folder,
            config=config,
            dtype=dtype,
            attn_implementation=implementation,
            use_safetensors=True,
            local_files_only=True,
            trust_remote_code=False,
            output_loading_info=True,
        )
        if missing := sorted(told["missing_keys"]):
            raise InvalidCheckpoint(
                f"the weights in {folder} do not match its config.json: {len(missing)} are missing, such as "
                f"{missing[0]}"
            )
        return network.to(device).eval().requires_grad_(False)


def _closing(network: Any, tokenizer: Any) -> frozenset[int]:
    """Return the ids that end a reply: those of the configurations, and the end of a turn."""
    import transformers

    named = (network.generation_config.eos_token_id, tokenizer.eos_token_id)
    # What the checkpoint says of sampling would be added to what a caller asks for.
    network.generation_config = transformers.GenerationConfig()
    ids = [each for one in named for each in (one if isinstance(one, list) else [one])]
    return frozenset(each for each in ids if isinstance(each, int))


@contextmanager
def _explained(name: str | Path) -> Iterator[None]:
    """Turn what transformers raises for files that it cannot read into `InvalidCheckpoint`, in one line."""
    try:
        yield
    except ImportError as error:
        raise InvalidCheckpoint(f"{name} needs a package that is not installed: {_line(error)}") from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError) as error:
        if is_out_of_memory(error):
            raise
        raise InvalidCheckpoint(f"{name} cannot be loaded with transformers: {_line(error)}") from error


def _line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep transformers from printing what it reads."""
    from transformers.utils import logging

    level, bar = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if bar:
            logging.enable_progress_bar()
