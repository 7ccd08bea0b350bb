"""Qwen2.5-VL in plain PyTorch: loading, prompts, videos, generation, grounding; other models through transformers.

The public names. Each is imported on first use: importing the package does not import torch.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from handeye.model.adapters.adapter import Adapter
    from handeye.model.conversation.messages import Message
    from handeye.model.images.image import open_image
    from handeye.model.others.load import load_transformers
    from handeye.model.others.model import TransformersModel
    from handeye.model.runtime import Generation, Model, Timings, load_model
    from handeye.model.video.open import open_video
    from handeye.model.video.source import Video
    from handeye.model.video.spans import TimeSpan
    from handeye.model.video.stills import Stills

__all__ = [
    "Adapter",
    "Generation",
    "Message",
    "Model",
    "Stills",
    "TimeSpan",
    "Timings",
    "TransformersModel",
    "Video",
    "load_model",
    "load_transformers",
    "open_image",
    "open_video",
]


def __getattr__(name: str) -> object:
    from importlib import import_module

    match name:
        case "Adapter":
            module = "adapters.adapter"
        case "Generation" | "Model" | "Timings" | "load_model":
            module = "runtime"
        case "Message":
            module = "conversation.messages"
        case "load_transformers":
            module = "others.load"
        case "TransformersModel":
            module = "others.model"
        case "open_image":
            module = "images.image"
        case "open_video":
            module = "video.open"
        case "Video":
            module = "video.source"
        case "TimeSpan":
            module = "video.spans"
        case "Stills":
            module = "video.stills"
        case _:
            raise AttributeError(f"module 'handeye.model' has no attribute {name!r}")
    value: object = getattr(import_module(f"handeye.model.{module}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*globals(), *__all__]
