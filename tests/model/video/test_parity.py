"""Videos against the reference implementation, on the same random weights, in fp32.

By the rule "hf5" everything is compared with transformers. By the rule of the released checkpoints, which transformers
5 does not compute, its network is given the positions of the released formula.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import PIL.Image
import pytest
import torch

from handeye.model.architecture.positions import token_positions
from handeye.model.architecture.windows import Grid
from handeye.model.checkpoint import Checkpoint
from handeye.model.conversation.messages import Message
from handeye.model.conversation.prompt import Prompt, assemble
from handeye.model.images.preprocess import Picture, Preprocessor
from handeye.model.runtime import Model
from handeye.model.video.clip import Clip
from handeye.model.video.source import Choice, Video
from handeye.model.video.stills import Stills

if TYPE_CHECKING:
    from transformers import Qwen2_5_VLForConditionalGeneration

MakeImage = Callable[..., PIL.Image.Image]
MakeVideo = Callable[..., Stills]
Positions = Callable[..., torch.Tensor]

LEAST, MOST = 128 * 784, 768 * 784
"""The limits of a frame, in pixels."""
PENALTY = 1.2
"""For repeated tokens: without it random weights say the same few again and again, whatever their positions."""


def assert_close(ours: torch.Tensor, theirs: torch.Tensor) -> None:
    assert ours.shape == theirs.shape
    assert (ours - theirs).abs().max() <= 1e-5 * theirs.abs().max()


def pair_patches(frames: Sequence[PIL.Image.Image]) -> torch.Tensor:
    """Return the patches of frames, two by two, as the reference's image processor makes those of each frame."""
    from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

    processor = Qwen2VLImageProcessorPil(size={"shortest_edge": LEAST, "longest_edge": MOST})
    stills = [
        processor(images=[frame], return_tensors="pt")["pixel_values"].view(-1, 3, 2, 196)[:, :, 0] for frame in frames
    ]
    pairs = [torch.stack(pair, dim=2) for pair in zip(stills[::2], stills[1::2], strict=True)]
    return torch.cat(pairs).flatten(1)  # (t*h*w, 3*2*196)


def pieces(preprocessor: Preprocessor, visual: Picture | Clip) -> Iterator[tuple[torch.Tensor, Grid]]:
    """Yield the patches of a video in parts, or of an image with its frame repeated, as the reference takes them."""
    if isinstance(visual, Clip):
        yield from preprocessor.pieces(visual)
    else:
        still = preprocessor.patches(visual)
        yield still.view(len(still), 3, 1, -1).expand(-1, -1, 2, -1).flatten(1), visual.grid


class Asked(NamedTuple):
    """A conversation, as ours and as the reference's inputs."""

    prompt: Prompt
    ids: torch.Tensor
    inputs: dict[str, Any]

    @property
    def grids(self) -> list[tuple[int, int, int]]:
        return [picture.grid for picture in self.prompt.pictures]

    @property
    def seconds(self) -> list[Sequence[float]]:
        return [clip.seconds for clip in self.prompt.clips]


@pytest.fixture
def ask(checkpoint: Checkpoint) -> Callable[..., Asked]:
    """Build a conversation of one turn for a checkpoint whose videos are placed by a rule."""

    def build(*content: str | PIL.Image.Image | Video, intervals: Sequence[float] = ()) -> Asked:
        config, preprocessor = checkpoint.config, checkpoint.preprocessor
        prompt = assemble([Message("user", content)], checkpoint.tokenizer, preprocessor, config)
        ids = torch.tensor([prompt.ids(config.image_token_id, config.video_token_id)])
        kinds = (ids == config.image_token_id) + 2 * (ids == config.video_token_id)
        inputs: dict[str, Any] = {
            "input_ids": ids,
            "attention_mask": torch.ones_like(ids),
            "mm_token_type_ids": kinds.long(),
        }
        for name, pixels, kind in (("image", "pixel_values", False), ("video", "pixel_values_videos", True)):
            chosen = [picture for picture in prompt.pictures if isinstance(picture, Clip) is kind]
            if chosen:
                parts = [patches for picture in chosen for patches, _ in pieces(preprocessor, picture)]
                inputs[pixels] = preprocessor.normalise(torch.cat(parts), torch.float32)
                inputs[f"{name}_grid_thw"] = torch.tensor([picture.grid for picture in chosen])
        if prompt.clips:
            inputs["second_per_grid_ts"] = list(intervals or [clip.seconds_per_grid for clip in prompt.clips])
        return Asked(prompt, ids, inputs)

    return build


def with_rule(checkpoint: Checkpoint, rule: str) -> Checkpoint:
    changed = replace(checkpoint.config, mrope=rule)
    network = type(checkpoint.network)(changed)
    network.load_state_dict(checkpoint.network.state_dict(), assign=True)
    return replace(checkpoint, config=changed, network=network.requires_grad_(requires_grad=False).eval())


def logits(checkpoint: Checkpoint, asked: Asked) -> torch.Tensor:
    """Return the logits of every token, (1, L, V), in one pass without a cache."""
    network, preprocessor = checkpoint.network, checkpoint.preprocessor
    with torch.inference_mode():
        cells = torch.cat(
            [
                network.visual(preprocessor.normalise(patches, torch.float32), [grid])
                for picture in asked.prompt.pictures
                for patches, grid in pieces(preprocessor, picture)
            ]
        )
        embeddings = network.fill(asked.ids, network.embed(asked.ids), cells)
        positions = token_positions(asked.ids[0], asked.grids, checkpoint.config, seconds=asked.seconds).index
        return network.logits(network.model(embeddings, positions[:, None]))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("count", "size"),
    [(4, (448, 336)), (2, (333, 217)), (6, (1280, 720)), (5, (100, 90)), (1, (448, 336)), (4, (3000, 30))],
)
def test_patches_are_bit_equal_to_the_reference(
    count: int, size: tuple[int, int], checkpoint: Checkpoint, noise: MakeImage
) -> None:
    images = [noise(*size, seed) for seed in range(count)]
    clip = checkpoint.preprocessor.clip(Stills(images), 128_000)
    patches = torch.cat([part for part, _ in checkpoint.preprocessor.pieces(clip)])
    ours = checkpoint.preprocessor.normalise(patches, torch.float32)
    assert torch.equal(ours, pair_patches(images + images[-1:] * (count % 2)))
    assert clip.grid.t == (count + 1) // 2 and clip.grid.patches == len(ours)


@pytest.mark.parametrize(("count", "size"), [(4, (448, 336)), (7, (224, 448)), (10, (1280, 720)), (30, (650, 370))])
def test_the_video_processor_of_the_reference(
    count: int, size: tuple[int, int], checkpoint: Checkpoint, noise: MakeImage
) -> None:
    """It needs torchvision, whose bicubic filter differs from Pillow's by up to two levels of 255."""
    pytest.importorskip("torchvision")
    from transformers import Qwen2VLVideoProcessor

    images = [noise(*size, seed) for seed in range(count)]
    frames = torch.from_numpy(np.stack([np.asarray(image) for image in images])).permute(0, 3, 1, 2)
    theirs = Qwen2VLVideoProcessor(cap_pixels_per_frame=True)(videos=[frames], return_tensors="pt")
    clip = checkpoint.preprocessor.clip(Stills(images), 128_000)
    assert theirs["video_grid_thw"].tolist() == [list(clip.grid)]
    patches = torch.cat([part for part, _ in checkpoint.preprocessor.pieces(clip)])
    ours = checkpoint.preprocessor.normalise(patches, torch.float32)
    apart = (ours - theirs["pixel_values_videos"]).abs().max()
    if clip.frames.shape[1:3] == size[::-1]:
        assert apart < 1e-5  # it multiplies by what we divide by
    else:
        assert apart < 2.01 / 255 / 0.26


CONTENTS = {
    "one video": [(6, 200, 150)],
    "several": [(4, 448, 224), (2, 333, 217), (8, 120, 500)],
}


@pytest.mark.slow
@pytest.mark.parametrize("sizes", CONTENTS.values(), ids=CONTENTS.keys())
@pytest.mark.parametrize("intervals", [1.0, 0.7, 4.0], ids=["1 s", "0.7 s", "4 s"])
def test_logits_are_the_references(
    sizes: list[tuple[int, int, int]],
    intervals: float,
    checkpoint: Checkpoint,
    reference: "Qwen2_5_VLForConditionalGeneration",
    ask: Callable[..., Asked],
    noise: MakeImage,
    noise_video: MakeVideo,
    released_positions: Positions,
) -> None:
    videos = [noise_video(*size, seed, rate=2 / intervals) for seed, size in enumerate(sizes)]
    content = ["before", videos[0], "click", noise(112, 84), *videos[1:], noise(61, 97, 1), "after"]
    asked = ask(*content, intervals=[intervals] * len(videos))
    with torch.inference_mode():
        theirs = reference(**asked.inputs).logits
    assert_close(logits(with_rule(checkpoint, "hf5"), asked), theirs)
    config = checkpoint.config
    positions = released_positions(asked.ids[0], asked.grids, [intervals] * len(videos), config)
    with torch.inference_mode():
        placed = reference(**asked.inputs, position_ids=positions[:, None]).logits
    assert_close(logits(checkpoint, asked), placed)


def test_greedy_tokens_are_the_references(
    checkpoint: Checkpoint,
    reference: "Qwen2_5_VLForConditionalGeneration",
    ask: Callable[..., Asked],
    noise: MakeImage,
    noise_video: MakeVideo,
) -> None:
    content = ["first", noise_video(6, 200, 150, rate=0.5), "then", noise(120, 90), "click the button"]
    asked = ask(*content, intervals=[4.0])
    padding = list(range(checkpoint.tokenizer.size, checkpoint.config.text.vocab_size))
    theirs = reference.generate(
        **asked.inputs,
        max_new_tokens=64,
        do_sample=False,
        repetition_penalty=PENALTY,
        suppress_tokens=padding,
        eos_token_id=[10**6],
        pad_token_id=0,
    )
    model = Model(replace(with_rule(checkpoint, "hf5"), closing=frozenset()))
    ours = model.generate([Message("user", tuple(content))], max_new_tokens=64, repetition_penalty=PENALTY)
    assert len(set(ours.token_ids)) > 8
    assert list(ours.token_ids) == theirs[0, asked.ids.shape[1] :].tolist()


def test_greedy_tokens_by_the_released_rule(
    checkpoint: Checkpoint,
    reference: "Qwen2_5_VLForConditionalGeneration",
    ask: Callable[..., Asked],
    noise_video: MakeVideo,
    released_positions: Positions,
) -> None:
    """The reference's network reads the whole sequence anew for each token, at the positions of the formula."""
    content = ["first", noise_video(6, 200, 150, rate=0.5), "click the button"]
    asked = ask(*content, intervals=[4.0])
    inputs, config = dict(asked.inputs), checkpoint.config
    size = checkpoint.tokenizer.size
    theirs: list[int] = []
    with torch.inference_mode():
        cells = reference.model.visual(inputs["pixel_values_videos"], grid_thw=inputs["video_grid_thw"]).pooler_output
        ids = asked.ids
        for _ in range(64):
            embeddings = reference.model.get_input_embeddings()(ids)
            slots = (ids == config.video_token_id)[..., None]
            positions = released_positions(ids[0], asked.grids, [4.0], config)
            hidden = reference.model.language_model(
                inputs_embeds=embeddings.masked_scatter(slots, cells), position_ids=positions[:, None], use_cache=False
            ).last_hidden_state
            scores = reference.lm_head(hidden[0, -1])[:size]
            seen = ids[0].unique()
            scores[seen] = torch.where(scores[seen] < 0, scores[seen] * PENALTY, scores[seen] / PENALTY)
            theirs.append(int(scores.argmax()))
            ids = torch.cat([ids, torch.tensor([theirs[-1:]])], dim=1)
    model = Model(replace(checkpoint, closing=frozenset()))
    ours = model.generate([Message("user", tuple(content))], max_new_tokens=64, repetition_penalty=PENALTY)
    assert list(ours.token_ids) == theirs
    assert len(set(theirs)) > 8


def test_parts_of_a_video_encode_as_the_whole(
    checkpoint: Checkpoint, noise_video: MakeVideo, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = checkpoint.preprocessor.clip(noise_video(10, 200, 150), 128_000)
    network, preprocessor = checkpoint.network, checkpoint.preprocessor

    def encoded() -> torch.Tensor:
        parts = list(preprocessor.pieces(clip))
        assert sum(grid.patches for _, grid in parts) == clip.grid.patches
        with torch.inference_mode():
            return torch.cat([network.visual(preprocessor.normalise(p, torch.float32), [grid]) for p, grid in parts])

    whole = encoded()
    monkeypatch.setattr("handeye.model.video.clip.TOGETHER", 2 * clip.grid.h * clip.grid.w + 1)
    assert len(list(preprocessor.pieces(clip))) == 3
    assert_close(encoded(), whole)


def test_what_was_read_of_a_video_is_not_read_again(checkpoint: Checkpoint, noise_video: MakeVideo) -> None:
    model, fresh = (Model(replace(checkpoint, closing=frozenset())) for _ in range(2))
    video = noise_video(4, 200, 150, choice=Choice())
    model.generate([Message("user", (video, "first"))], max_new_tokens=2)
    again = model.generate([Message("user", (video, "second"))], max_new_tokens=8)
    assert again.cached_tokens > again.visual_tokens > 0
    alone = fresh.generate([Message("user", (video, "second"))], max_new_tokens=8)
    assert (alone.cached_tokens, alone.token_ids) == (0, again.token_ids)
    slower = noise_video(4, 200, 150, rate=0.25)  # the same frames at other times are another video
    other = model.generate([Message("user", (slower, "second"))], max_new_tokens=8)
    assert other.cached_tokens < other.visual_tokens
