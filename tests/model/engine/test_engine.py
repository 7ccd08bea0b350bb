"""Going on from what was read, and many replies at once."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import PIL.Image
import pytest
import torch

from handeye.model.checkpoint import Checkpoint
from handeye.model.engine.engine import Engine
from handeye.model.engine.request import Request
from handeye.model.engine.runner import Runner, Turn
from handeye.model.engine.sample import Sampling
from handeye.model.errors import NonFiniteOutput, OutOfMemory
from handeye.model.messages import Message
from handeye.model.prompt import Prompt, assemble
from handeye.model.runtime import Model
from handeye.model.vision import VisionTransformer
from tests.model.engine.logits import logits_of, make_engine, submit

MakeImage = Callable[..., PIL.Image.Image]


@pytest.fixture
def open_ended(checkpoint: Checkpoint) -> Callable[[], Model]:
    """Make a model that has read nothing and never closes a reply."""
    return lambda: Model(replace(checkpoint, closing=frozenset()))


def conversation(noise: MakeImage, *texts: str) -> list[Message]:
    """Return a conversation that grows by one screenshot for each text."""
    return [Message("user", (text, noise(112 + 28 * turn, 84, turn))) for turn, text in enumerate(texts)]


@pytest.fixture
def build(checkpoint: Checkpoint, noise: MakeImage) -> Callable[..., Prompt]:
    """Build the prompt of a conversation, as `conversation` makes it, or as given."""

    def prompt(*texts: str | Message) -> Prompt:
        given = [text for text in texts if isinstance(text, Message)]
        messages = given or conversation(noise, *(text for text in texts if isinstance(text, str)))
        return assemble(messages, checkpoint.tokenizer, checkpoint.preprocessor, checkpoint.config)

    return prompt


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


REPLY = [5, 80, 7, 120, 9]


def close(ours: torch.Tensor, theirs: torch.Tensor) -> bool:
    return bool((ours - theirs).abs().max() <= 1e-5 * theirs.abs().max())


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


def test_a_request_waits_for_room(checkpoint: Checkpoint, build: Callable[..., Prompt]) -> None:
    prompt = build("one")
    engine = Engine(checkpoint.network, checkpoint.tokenizer.size, most_tokens=2 * len(prompt))
    texts = ("one", "two", "six")
    asked = [submit(engine, checkpoint, build(text), REPLY) for text in texts]
    engine.step()
    assert (engine.running, engine.waiting) == (1, 2)
    assert len(prompt) <= engine.used_tokens <= engine.capacity <= 2 * len(prompt)
    while engine.step():
        pass
    for (request, seen), text in zip(asked, texts, strict=True):
        assert request.finish == "length"
        assert close(torch.stack(seen), logits_of(make_engine(checkpoint), checkpoint, build(text), REPLY))


def test_a_request_that_will_never_fit_says_so(checkpoint: Checkpoint, build: Callable[..., Prompt]) -> None:
    engine = Engine(checkpoint.network, checkpoint.tokenizer.size, most_tokens=64)
    small, _ = submit(engine, checkpoint, build(Message("user", ("x",))), REPLY)
    large, _ = submit(engine, checkpoint, build("one", "two"), REPLY)
    after, _ = submit(engine, checkpoint, build(Message("user", ("y",))), REPLY)
    while engine.step():
        pass
    assert isinstance(large.error, OutOfMemory)
    assert "there is room for 64" in str(large.error)
    assert small.finish == after.finish == "length"


@pytest.mark.parametrize("after", [0, 1, 3])
def test_a_request_is_cancelled_at_every_stage(
    checkpoint: Checkpoint, build: Callable[..., Prompt], after: int
) -> None:
    engine = Engine(checkpoint.network, checkpoint.tokenizer.size, chunk=40)
    first, seen = submit(engine, checkpoint, build("one"), REPLY)
    other, _ = submit(engine, checkpoint, build("one", "two"), REPLY)
    for _ in range(after):
        engine.step()
    engine.cancel(other)
    engine.cancel(other)
    assert (other.finish, other.done, other.table, other.rest) == ("cancelled", True, None, None)
    while engine.step():
        pass
    assert close(torch.stack(seen), logits_of(make_engine(checkpoint), checkpoint, build("one"), REPLY))
    assert first.finish == "length"
    assert engine.used_tokens == 0
    assert close(
        logits_of(engine, checkpoint, build("one", "two"), REPLY),
        logits_of(make_engine(checkpoint), checkpoint, build("one", "two"), REPLY),
    )


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (torch.OutOfMemoryError("no"), OutOfMemory, "too little memory left for this prompt"),
        (RuntimeError("a kernel broke"), RuntimeError, "a kernel broke"),
    ],
)
def test_what_fails_for_one_request_does_not_stop_the_others(
    checkpoint: Checkpoint,
    build: Callable[..., Prompt],
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    kind: type[Exception],
    words: str,
) -> None:
    expected = logits_of(make_engine(checkpoint), checkpoint, build("one"), REPLY)
    run = Runner.run
    blamed: list[Request] = []

    def fail(self: Runner, turns: Sequence[Turn]) -> torch.Tensor:
        if any(turn.request in blamed and turn.request.tokens for turn in turns):
            raise error
        return run(self, turns)

    monkeypatch.setattr(Runner, "run", fail)
    engine = make_engine(checkpoint)
    good, seen = submit(engine, checkpoint, build("one"), REPLY)
    bad, _ = submit(engine, checkpoint, build("one", "two", "three"), REPLY)
    blamed.append(bad)
    while engine.step():
        pass
    assert type(bad.error) is kind
    assert words in str(bad.error)
    assert (good.error, bad.table, engine.used_tokens) == (None, None, 0)
    assert close(torch.stack(seen), expected)


def test_a_broken_number_is_an_error_of_its_request_alone(checkpoint: Checkpoint, build: Callable[..., Prompt]) -> None:
    engine = make_engine(checkpoint)
    good, seen = submit(engine, checkpoint, build("one"), REPLY)
    bad, _ = submit(engine, checkpoint, build(Message("user", ("x",))), REPLY)
    engine.step()
    assert bad.table is not None
    place = bad.table.slots(0, 1)[0].start
    with torch.inference_mode():
        engine._runner.pages._values[0][:, :, place] = float("nan")
    while engine.step():
        pass
    assert isinstance(bad.error, NonFiniteOutput)
    assert good.finish == "length"
    assert close(torch.stack(seen), logits_of(make_engine(checkpoint), checkpoint, build("one"), REPLY))
    again, _ = submit(engine, checkpoint, build(Message("user", ("x",))), REPLY)
    while engine.step():
        pass
    assert again.finish == "length"


def test_an_error_of_whoever_listens_ends_only_that_reply(checkpoint: Checkpoint, build: Callable[..., Prompt]) -> None:
    def refuse(token: int) -> bool:
        raise LookupError("enough")

    engine = make_engine(checkpoint)
    good, _ = submit(engine, checkpoint, build("one"), REPLY)
    bad = Request(build("another"), checkpoint.preprocessor, 8, Sampling(), refuse)
    engine.submit(bad)
    while engine.step():
        pass
    assert isinstance(bad.error, LookupError)
    assert good.finish == "length"


@pytest.mark.parametrize("error", [ValueError("odd"), torch.OutOfMemoryError("no")])
def test_an_error_of_a_choice_is_of_its_request_alone(
    checkpoint: Checkpoint, build: Callable[..., Prompt], error: Exception
) -> None:
    def choose(logits: torch.Tensor) -> int:
        raise error

    engine = make_engine(checkpoint)
    good, seen = submit(engine, checkpoint, build("one"), REPLY)
    bad, _ = submit(engine, checkpoint, build("another"), REPLY)
    bad.choose = choose
    while engine.step():
        pass
    assert isinstance(bad.error, OutOfMemory if isinstance(error, torch.OutOfMemoryError) else ValueError)
    assert good.finish == "length"
    assert close(torch.stack(seen), logits_of(make_engine(checkpoint), checkpoint, build("one"), REPLY))
