"""Run `transformers serve`, also where there is no torchvision, which its processor of videos needs.

torchvision from the Python Package Index needs the PyTorch that is built for CUDA. Images are processed here with the
implementation for Pillow, which is the one that transformers takes itself without torchvision.

Usage: transformers_serve.py FOLDER --port PORT ...
"""

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from transformers import AutoTokenizer, Qwen2_5_VLProcessor
from transformers.cli.serving.model_manager import ModelManager
from transformers.cli.transformers import main
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil


class WithoutVideos(Qwen2_5_VLProcessor):  # type: ignore[misc, no-untyped-call]
    """The processor of texts and images."""

    @classmethod
    def get_attributes(cls) -> list[str]:
        return ["image_processor", "tokenizer"]

    def check_argument_for_proper_class(self, argument_name: str, argument: Any) -> Any:
        return type(argument)


def load(manager: ModelManager, name: str, gguf_file: str | None = None) -> WithoutVideos:
    """Load the processor of a folder."""
    folder = name.rpartition("@")[0]
    template = (Path(folder) / "chat_template.jinja").read_text("utf-8")
    images, tokenizer = Qwen2VLImageProcessorPil.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    return WithoutVideos(images, tokenizer, chat_template=template)


if __name__ == "__main__":
    if find_spec("torchvision") is None:
        ModelManager._load_processor = load
    sys.argv = ["transformers", "serve", *sys.argv[1:]]
    main()
