"""Going on from what was read, and many replies at once."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch

from handeye.model.architecture.vision import VisionTransformer
from handeye.model.checkpoint import Checkpoint
from handeye.model.conversation.messages import Message
from handeye.model.conversation.prompt import Prompt
from handeye.model.engine.engine import Engine
from handeye.model.runtime import Model
from tests.model.engine.logits import REPLY, MakeImage, close, conversation, logits_of, make_engine, submit


@pytest.fixture
def open_ended(checkpoint: Checkpoint) -> Callable[[], Model]:
    """Make a model that has read nothing and never closes a reply."""
    return lambda: Model(replace(checkpoint, closing=frozenset()))


def test_going_on_equals_a_fresh_run(open_ended: Callable[[], Model], noise: MakeImage) -> None:
    """Appended turns, another ending, another image, a shorter prompt: each as if nothing had been read before."""
    first = conversation(noise, "step one", "step two")
    other = [*first[:1], Message("user", ("step two", noise(140, 84, 7)))]
    prompts = [first, [*first, Message("user", ("and now?",))], other, first[:1], first, first]
    model = open_ended()
    cached = []
    for messages in prompts:
        fresh, again = open_ended().generate(messages, max_new_tokens=12), model.generate(messages, max_new_tokens=12)
        assert again.token_ids == fresh.token_ids
        assert again.text == fresh.text
        assert fresh.cached_tokens == 0
        cached.append((again.cached_tokens, again.prompt_tokens))
    assert cached[0][0] == 0
    assert all(kept > 0 for kept, _ in cached[1:])
    assert cached[5] == (cached[5][1] - 1, cached[4][1])  # the same prompt again: only its last token is read


def test_a_reply_in_the_next_prompt_is_not_read_again(open_ended: Callable[[], Model], noise: MakeImage) -> None:
    model = open_ended()
    messages = conversation(noise, "step one")
    reply = model.generate(messages, max_new_tokens=4)
    prompt = model.generate([*messages, Message("assistant", (reply.text,)), Message("user", ("go on",))])
    assert prompt.cached_tokens >= reply.prompt_tokens


def test_an_interrupted_reply_does_not_spoil_the_next(open_ended: Callable[[], Model], noise: MakeImage) -> None:
    def interrupt(text: str) -> None:
        raise KeyboardInterrupt

    model = open_ended()
    messages = conversation(noise, "step one", "step two")
    with pytest.raises(KeyboardInterrupt):
        model.generate(messages, on_text=interrupt)
    assert model.generate(messages, max_new_tokens=8).token_ids == (
        open_ended().generate(messages, max_new_tokens=8).token_ids
    )


def test_a_changed_image_object_is_read_again(open_ended: Callable[[], Model], noise: MakeImage) -> None:
    model, image = open_ended(), noise(112, 112)
    messages = [Message("user", (image, "what is it?"))]
    before = model.generate(messages, max_new_tokens=8)
    image.paste((0, 0, 0), (0, 0, 112, 112))
    after = model.generate(messages, max_new_tokens=8)
    assert after.cached_tokens < before.prompt_tokens - 4
    assert after.token_ids == open_ended().generate(messages, max_new_tokens=8).token_ids


def test_padding_rows_are_never_chosen(checkpoint: Checkpoint, open_ended: Callable[[], Model]) -> None:
    reply = open_ended().generate([Message("user", ("x",))], max_new_tokens=64, temperature=50.0, seed=1)
    assert max(reply.token_ids) < checkpoint.tokenizer.size
    assert len(set(reply.token_ids)) > 32


def test_a_seed_repeats_a_reply(open_ended: Callable[[], Model]) -> None:
    def draw(seed: int | None) -> tuple[int, ...]:
        messages = [Message("user", ("x",))]
        return open_ended().generate(messages, max_new_tokens=24, temperature=1.0, seed=seed).token_ids

    assert draw(3) == draw(3)
    assert draw(3) != draw(4)
    assert draw(None) != draw(None)


def test_logits_over_a_known_prefix(checkpoint: Checkpoint, build: Callable[..., Prompt]) -> None:
    used = make_engine(checkpoint)
    logits_of(used, checkpoint, build("one", "two"), REPLY)
    long = build("one", "two", "three")
    ours, fresh = logits_of(used, checkpoint, long), logits_of(make_engine(checkpoint), checkpoint, long)
    assert ours.shape == (1, checkpoint.tokenizer.size)
    assert close(ours, fresh)


def test_a_token_alone_gives_the_logits_of_a_prompt(checkpoint: Checkpoint, build: Callable[..., Prompt]) -> None:
    """`decode.py` spells out what `text.py` does."""
    prompt = build("one")
    one_by_one = logits_of(make_engine(checkpoint), checkpoint, prompt, REPLY)
    for count in range(len(REPLY) + 1):
        longer = Prompt((*prompt.keys, *REPLY[:count]), prompt.pictures)
        assert close(one_by_one[count], logits_of(make_engine(checkpoint), checkpoint, longer)[0])


@pytest.mark.parametrize("chunk", [1, 7, 64, None])
@pytest.mark.parametrize("plain", [False, True])
def test_many_at_once_are_as_one_at_a_time(
    checkpoint: Checkpoint, build: Callable[..., Prompt], chunk: int | None, plain: bool
) -> None:
    """Prompts of different lengths, some that begin alike, that come while others are answered; read in chunks."""
    prompts = [build("one"), build("one", "two"), build("another"), build("one", "two", "three"), build("one")]
    expected = [logits_of(make_engine(checkpoint), checkpoint, prompt, REPLY) for prompt in prompts]
    engine = Engine(checkpoint.network, checkpoint.tokenizer.size, chunk=chunk, most_requests=3)
    hook = checkpoint.network.model.norm.register_forward_hook(lambda module, given, y: None)
    if not plain:
        hook.remove()  # with a hook, the modules run also for single tokens
    try:
        asked = []
        for prompt in prompts:
            asked.append(submit(engine, checkpoint, prompt, REPLY))
            engine.step()
        assert engine.running + engine.waiting > 1
        while engine.step():
            pass
    finally:
        hook.remove()
    for (request, seen), logits in zip(asked, expected, strict=True):
        assert (request.error, request.finish, request.tokens[:-1]) == (None, "length", REPLY)
        assert close(torch.stack(seen), logits)
    assert engine.running == engine.waiting == engine.used_tokens == 0


def test_what_one_request_read_another_uses(checkpoint: Checkpoint, build: Callable[..., Prompt]) -> None:
    """Also while the first one is still answered, whose last block is copied."""
    engine = make_engine(checkpoint)
    first, _ = submit(engine, checkpoint, build("one", "two"), REPLY * 8)
    engine.step()
    prompt = build("one", "two", "three")
    second, seen = submit(engine, checkpoint, prompt, REPLY)
    while engine.step():
        pass
    assert not first.cached
    assert second.cached > len(build("one", "two")) // 16 * 16 - 16
    assert close(torch.stack(seen), logits_of(make_engine(checkpoint), checkpoint, prompt, REPLY))


def test_an_image_is_encoded_once(
    checkpoint: Checkpoint, build: Callable[..., Prompt], noise: MakeImage, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoded = []
    forward = VisionTransformer.forward
    monkeypatch.setattr(
        VisionTransformer,
        "forward",
        lambda self, patches, grids: (encoded.append(len(grids)), forward(self, patches, grids))[1],
    )
    engine = make_engine(checkpoint)
    image, other = noise(112, 84), noise(84, 84, 1)
    prompt = build(Message("user", (image, "a", noise(112, 84), other)))
    ours = logits_of(engine, checkpoint, prompt)
    assert encoded == [2]
    moved = build(Message("user", ("b", other, image)))
    found = logits_of(engine, checkpoint, moved)
    assert encoded == [2]
    assert close(found, logits_of(make_engine(checkpoint), checkpoint, moved))
    assert close(ours, logits_of(make_engine(checkpoint), checkpoint, prompt))


def test_a_prefix_that_ends_in_an_image(checkpoint: Checkpoint, build: Callable[..., Prompt], noise: MakeImage) -> None:
    """Of an image whose other half has been dropped, the cells of that half are put in again."""
    prompt = build(Message("user", ("a", noise(224, 168), "b")))
    engine = make_engine(checkpoint)
    expected = logits_of(engine, checkpoint, prompt)
    blocks = engine._scheduler._blocks
    held = sorted((block for block in blocks._blocks if block.keys), key=lambda block: block.content)
    for block in held[len(held) // 2 :]:
        blocks._drop(block)
    kept = len(held) // 2 * 16
    assert prompt.keys[kept - 1] == prompt.keys[kept] == -1
    request, seen = submit(engine, checkpoint, prompt, ())
    while engine.step():
        pass
    assert request.cached == kept
    assert close(torch.stack(seen), expected)
