"""A small checkpoint with random weights, ours and the reference's reading of it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from PIL import Image

from handeye.model.architecture.config import ModelConfig
from handeye.model.architecture.windows import Grid
from handeye.model.checkpoint import Checkpoint, open_checkpoint
from handeye.model.conversation.messages import Message, images
from handeye.model.conversation.prompt import assemble
from handeye.model.runtime import Model
from tests.model.random_checkpoint import build_tokenizer, config_fields, nested, write_checkpoint

if TYPE_CHECKING:
    from transformers import Qwen2_5_VLForConditionalGeneration
    from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil


@pytest.fixture(scope="session")
def noise() -> Callable[..., Image.Image]:
    """Make an image of a size, and a seed, whose every pixel matters."""

    def make(width: int, height: int, seed: int = 0) -> Image.Image:
        return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8))

    return make


@pytest.fixture(scope="session")
def write() -> Callable[..., Path]:
    """Write a checkpoint folder with random weights; see `write_checkpoint`."""
    return write_checkpoint


@pytest.fixture(scope="session")
def fields() -> dict[str, Any]:
    """The small checkpoint's config.json, in the released, flat form."""
    return config_fields(build_tokenizer())


@pytest.fixture(scope="session")
def nested_fields(fields: dict[str, Any]) -> dict[str, Any]:
    """The same in the newer, nested form."""
    return nested(fields)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint in one file, released names, flat config."""
    return write_checkpoint(tmp_path_factory.mktemp("checkpoint"))


@pytest.fixture(scope="session")
def checkpoint(folder: Path) -> Checkpoint:
    """Our reading of the checkpoint."""
    return open_checkpoint(folder, device="cpu")


@pytest.fixture
def model(checkpoint: Checkpoint) -> Model:
    """A model that has read nothing yet."""
    return Model(checkpoint)


@pytest.fixture(scope="session")
def reference(folder: Path) -> "Qwen2_5_VLForConditionalGeneration":
    """The reference implementation's reading of the checkpoint."""
    from transformers import Qwen2_5_VLForConditionalGeneration

    return Qwen2_5_VLForConditionalGeneration.from_pretrained(folder, dtype=torch.float32).eval()


@pytest.fixture(scope="session")
def reference_processor() -> "Qwen2VLImageProcessorPil":
    """The reference implementation's image processor, with the released limits."""
    from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

    return Qwen2VLImageProcessorPil(size={"shortest_edge": 3136, "longest_edge": 12845056})


@pytest.fixture(scope="session")
def reference_inputs(
    checkpoint: Checkpoint, reference_processor: "Qwen2VLImageProcessorPil"
) -> Callable[[Sequence[Message]], dict[str, torch.Tensor]]:
    """Make the reference's inputs of a conversation: our token ids, its own pixels."""

    def make(messages: Sequence[Message]) -> dict[str, torch.Tensor]:
        prompt = assemble(messages, checkpoint.tokenizer, checkpoint.preprocessor, checkpoint.config)
        ids = torch.tensor([prompt.ids(checkpoint.config.image_token_id)])
        inputs = {
            "input_ids": ids,
            "attention_mask": torch.ones_like(ids),
            "mm_token_type_ids": (ids == checkpoint.config.image_token_id).long(),  # without it M-RoPE is dropped
        }
        if pictures := list(images(messages)):
            inputs |= reference_processor(images=pictures, return_tensors="pt")
        return inputs

    return make


@pytest.fixture(scope="session")
def released_positions() -> Callable[..., torch.Tensor]:
    """The positions by which the released checkpoints were trained: `get_rope_index` of transformers 4.49."""

    def positions(
        ids: torch.Tensor, grids: Sequence[Grid], seconds_per_grid: Sequence[float], config: ModelConfig
    ) -> torch.Tensor:
        tokens, merge = ids.tolist(), config.vision.spatial_merge_size
        shown, intervals = iter(grids), iter(seconds_per_grid)
        found: list[torch.Tensor] = []
        cursor = 0
        while cursor < len(tokens):
            start = int(found[-1].max()) + 1 if found else 0
            if tokens[cursor] not in (config.image_token_id, config.video_token_id):
                found.append(torch.full((3, 1), start))
                cursor += 1
                continue
            grid = next(shown)
            seconds = next(intervals) if tokens[cursor] == config.video_token_id else 0.0
            t, h, w = grid.t, grid.h // merge, grid.w // merge
            time = torch.arange(t).view(-1, 1).expand(-1, h * w) * seconds * config.vision.tokens_per_second
            row = torch.arange(h).view(1, -1, 1).expand(t, -1, w).flatten()
            column = torch.arange(w).view(1, 1, -1).expand(t, h, -1).flatten()
            found.append(torch.stack([time.long().flatten(), row, column]) + start)
            cursor += t * h * w
        return torch.cat(found, dim=1)

    return positions
