"""What two prompts have in common."""

from collections.abc import Callable
from dataclasses import replace

import PIL.Image
import pytest

from handeye.model.checkpoint import Checkpoint
from handeye.model.conversation.messages import Message
from handeye.model.conversation.prompt import Prompt, assemble
from handeye.model.errors import InvalidVideo
from handeye.model.video.stills import Stills

MakeImage = Callable[..., PIL.Image.Image]


@pytest.fixture
def build(checkpoint: Checkpoint) -> Callable[..., Prompt]:
    def prompt(*content: str | PIL.Image.Image) -> Prompt:
        messages = [Message("user", content)]
        return assemble(messages, checkpoint.tokenizer, checkpoint.preprocessor, checkpoint.config)

    return prompt


def test_images_take_their_tokens(build: Callable[..., Prompt], noise: MakeImage, checkpoint: Checkpoint) -> None:
    prompt = build("a", noise(112, 56), "b", noise(56, 56, 1))
    assert [prompt.keys.count(key) for key in (-1, -2)] == [8, 4]
    ids = prompt.ids(checkpoint.config.image_token_id)
    assert ids.count(checkpoint.config.image_token_id) == 12
    assert len(ids) == len(prompt)


def test_videos_take_their_tokens(build: Callable[..., Prompt], noise: MakeImage, checkpoint: Checkpoint) -> None:
    image_id, video_id = checkpoint.config.image_token_id, checkpoint.config.video_token_id
    video = Stills([noise(448, 336, seed) for seed in range(4)])
    prompt = build("a", noise(112, 56), video, "b", video)
    ids = prompt.ids(image_id, video_id)
    assert (ids.count(image_id), ids.count(video_id), prompt.visual_tokens) == (8, 2 * 2 * 192, 8 + 2 * 2 * 192)
    assert [len(clip.seconds) for clip in prompt.clips] == [2, 2]
    with pytest.raises(ValueError, match="the id of video tokens"):
        prompt.ids(image_id)


def test_another_video_is_not_shared(build: Callable[..., Prompt], noise: MakeImage) -> None:
    frames = [noise(448, 336, seed) for seed in range(4)]
    first = build("see", Stills(frames), "end")
    assert build("see", Stills(frames), "end").contents == first.contents
    for other in (Stills(frames[::-1]), Stills(frames, rate=0.5), Stills(frames, [0, 1, 2, 9])):
        assert shared(first, build("see", other, "end")) == first.keys.index(-1)


def test_a_checkpoint_without_a_token_for_videos_says_so(checkpoint: Checkpoint, noise: MakeImage) -> None:
    config = replace(checkpoint.config, video_token_id=checkpoint.config.text.vocab_size)
    messages = [Message("user", (Stills([noise(56, 56)]), "what?"))]
    with pytest.raises(InvalidVideo, match="no token for videos"):
        assemble(messages, checkpoint.tokenizer, checkpoint.preprocessor, config)


def test_the_tokens_of_images_are_counted(build: Callable[..., Prompt], noise: MakeImage) -> None:
    assert build("a", noise(112, 56), "b", noise(56, 56, 1)).visual_tokens == 12
    assert build("a").visual_tokens == 0


def shared(one: Prompt, other: Prompt) -> int:
    """How many tokens are the same from the beginning on."""
    pairs = zip(one.contents, other.contents, strict=False)
    return next((number for number, (mine, theirs) in enumerate(pairs) if mine != theirs), len(one))


def test_the_same_beginning_is_shared(build: Callable[..., Prompt], noise: MakeImage) -> None:
    first = build("step 1", noise(112, 56), "end")
    assert build("step 1", noise(112, 56), "end").contents == first.contents
    assert shared(first, build("step 1", noise(112, 56), "other")) > first.keys.index(-1) + 8
    assert shared(first, build("stop", noise(112, 56), "end")) < first.keys.index(-1)


def test_another_image_of_the_same_size_is_not_shared(build: Callable[..., Prompt], noise: MakeImage) -> None:
    first = build("step", noise(112, 56), noise(56, 56), "end")
    assert shared(first, build("step", noise(112, 56, 1), noise(56, 56), "end")) == first.keys.index(-1)
    assert shared(first, build("step", noise(112, 56), noise(56, 56, 1), "end")) == first.keys.index(-2)
    assert shared(first, build("step", noise(56, 112), noise(56, 56), "end")) == first.keys.index(-1)


def test_the_same_pixels_in_another_shape_are_another_image(build: Callable[..., Prompt]) -> None:
    plain = [build(PIL.Image.new("RGB", size, "white"), "end") for size in ((112, 56), (56, 112))]
    assert len(plain[0]) == len(plain[1])
    assert shared(*plain) == plain[0].keys.index(-1)


def test_what_is_beyond_the_first_tokens(build: Callable[..., Prompt], noise: MakeImage) -> None:
    prompt = build("a", noise(112, 56), "b", noise(56, 56, 1), "c")
    first, second = prompt.pictures
    at, then = prompt.keys.index(-1), prompt.keys.index(-2)
    assert prompt.beyond(0) == prompt.beyond(at) == ((first, second), 0)
    assert prompt.beyond(at + 3) == ((first, second), 3)
    assert prompt.beyond(at + 8) == prompt.beyond(then) == ((second,), 0)
    assert prompt.beyond(then + 1) == ((second,), 1)
    assert prompt.beyond(then + 4) == prompt.beyond(len(prompt)) == ((), 0)
