"""Qwen2.5-VL in plain PyTorch: loading, prompts, generation, grounding.

The public names. Each is imported on first use: importing the package does not import torch.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from handeye.model.image import open_image
    from handeye.model.messages import Message
    from handeye.model.runtime import Generation, Model, Timings, load_model

__all__ = ["Generation", "Message", "Model", "Timings", "load_model", "open_image"]


def __getattr__(name: str) -> object:
    from importlib import import_module

    match name:
        case "Generation" | "Model" | "Timings" | "load_model":
            module = "runtime"
        case "Message":
            module = "messages"
        case "open_image":
            module = "image"
        case _:
            raise AttributeError(f"module 'handeye.model' has no attribute {name!r}")
    value: object = getattr(import_module(f"handeye.model.{module}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*globals(), *__all__]
