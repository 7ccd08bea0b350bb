"""Choosing tokens, and going on from what was read."""

from collections.abc import Callable
from dataclasses import replace

import PIL.Image
import pytest
import torch

from handeye.model.checkpoint import Checkpoint
from handeye.model.engine.generate import Reader, Sampling
from handeye.model.errors import NonFiniteOutput
from handeye.model.messages import Message
from handeye.model.prompt import Prompt, assemble
from handeye.model.runtime import Model

MakeImage = Callable[..., PIL.Image.Image]


@pytest.fixture
def open_ended(checkpoint: Checkpoint) -> Callable[[], Model]:
    """Make a model that has read nothing and never closes a reply."""
    return lambda: Model(replace(checkpoint, closing=frozenset()))


def conversation(noise: MakeImage, *texts: str) -> list[Message]:
    """Return a conversation that grows by one screenshot for each text."""
    return [Message("user", (text, noise(112 + 28 * turn, 84, turn))) for turn, text in enumerate(texts)]


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


def test_logits_over_a_cached_prefix(checkpoint: Checkpoint, noise: MakeImage) -> None:
    def read(reader: Reader, prompt: Prompt) -> torch.Tensor:
        kept = reader.keep(prompt, 1)
        pictures = prompt.pictures[prompt.images_within(kept) :]
        if not pictures:
            return reader.read(prompt, None)
        patches = torch.cat([checkpoint.preprocessor.patches(picture) for picture in pictures])
        numbers = checkpoint.preprocessor.normalise(patches, torch.float32)
        return reader.read(prompt, checkpoint.network.visual(numbers, [picture.grid for picture in pictures]))

    def build(*texts: str) -> Prompt:
        messages = conversation(noise, *texts)
        return assemble(messages, checkpoint.tokenizer, checkpoint.preprocessor, checkpoint.config)

    long = build("one", "two", "three")
    with torch.inference_mode():
        used = Reader(checkpoint.network, checkpoint.tokenizer.size)
        read(used, build("one", "two"))
        used.step(5)
        ours, fresh = read(used, long), read(Reader(checkpoint.network, checkpoint.tokenizer.size), long)
    assert ours.shape == (checkpoint.tokenizer.size,)
    assert (ours - fresh).abs().max() <= 1e-5 * fresh.abs().max()


def test_a_token_alone_gives_the_logits_of_a_prompt(checkpoint: Checkpoint) -> None:
    """`decode.py` spells out what `text.py` does."""
    tokens = [5, 80, 7, 120]
    prompt = assemble([Message("user", ("x",))], checkpoint.tokenizer, checkpoint.preprocessor, checkpoint.config)
    with torch.inference_mode():
        one_by_one, at_once = (Reader(checkpoint.network, checkpoint.tokenizer.size) for _ in range(2))
        one_by_one.keep(prompt, len(tokens))
        one_by_one.read(prompt, None)
        for count, token in enumerate(tokens, start=1):
            ours = one_by_one.step(token)
            longer = prompt.followed_by(tokens[:count])
            at_once.keep(longer, 0)
            theirs = at_once.read(longer, None)
            assert (ours - theirs).abs().max() <= 1e-5 * theirs.abs().max()


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


def test_a_whole_number_of_any_type_is_a_seed() -> None:
    logits = torch.arange(40.0)
    whole = [Sampling(temperature=30.0, seed=seed).chooser()(logits) for seed in (7, 7.0)]  # type: ignore[arg-type]
    assert whole[0] == whole[1]


def test_draws_follow_the_distribution() -> None:
    logits = torch.tensor([0.0, 1.0, 2.0, -1.0])
    choose = Sampling(temperature=0.7, seed=0).chooser()
    counts = torch.bincount(torch.tensor([choose(logits) for _ in range(4000)]), minlength=4)
    assert torch.allclose(counts / 4000, torch.softmax(logits / 0.7, 0), atol=0.03)


@pytest.mark.parametrize(("top_p", "possible"), [(0.01, {2}), (0.7, {1, 2}), (0.85, {0, 1, 2}), (1.0, {0, 1, 2, 3})])
def test_top_p_keeps_the_likeliest(top_p: float, possible: set[int]) -> None:
    logits = torch.tensor([0.15, 0.25, 0.5, 0.1]).log()
    choose = Sampling(temperature=1.0, top_p=top_p, seed=0).chooser()
    assert {choose(logits) for _ in range(400)} == possible


def test_greedy_takes_the_likeliest() -> None:
    assert Sampling().chooser()(torch.tensor([0.1, 3.0, 2.0])) == 1


LOGITS = torch.tensor([1.0, 4.0, 3.999, -50.0, float("-inf")])


@pytest.mark.parametrize("temperature", [1e-3 / 10, 1e-6, 1e-38, 1e-40, 1e-45, 1e-300, 5e-324])
@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16])
def test_near_temperature_zero_the_likeliest_is_drawn(temperature: float, kind: torch.dtype) -> None:
    logits = (LOGITS * 8).to(kind)
    choose = Sampling(temperature=temperature, seed=0).chooser()
    likeliest = {1, 2} if logits[1] == logits[2] else {1}
    assert {choose(logits) for _ in range(20)} <= likeliest
    assert Sampling(temperature=temperature, top_p=1e-9).chooser()(logits) in likeliest


@pytest.mark.parametrize("temperature", [1e6, 1e38, 1e300])
def test_at_huge_temperatures_all_tokens_are_drawn(temperature: float) -> None:
    choose = Sampling(temperature=temperature, seed=0).chooser()
    assert {choose(LOGITS) for _ in range(200)} == {0, 1, 2, 3}


def test_top_p_of_one_leaves_out_nothing() -> None:
    logits = torch.full((5000,), 0.0)  # probabilities that do not add up to exactly 1
    choose = Sampling(temperature=1.0, top_p=1.0, seed=0).chooser()
    assert max(choose(logits) for _ in range(2000)) > 4950


@pytest.mark.parametrize("temperature", [0.0, 1e-6, 1.0])
@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_logits_that_are_no_numbers_are_an_error(temperature: float, value: float) -> None:
    logits = torch.tensor([1.0, value, 2.0])
    with pytest.raises(NonFiniteOutput, match="the greatest logit is"):
        Sampling(temperature=temperature, seed=0).chooser()(logits)
    with pytest.raises(NonFiniteOutput):
        Sampling(temperature=temperature).chooser()(torch.full((3,), float("-inf")))


@pytest.mark.parametrize("seed", [2**64, -(2**63) - 1, 1.5])
def test_seeds_beyond_64_bits(seed: int) -> None:
    with pytest.raises(ValueError, match="seed must be a whole number of at most 64 bits"):
        Sampling(temperature=1.0, seed=seed)


@pytest.mark.parametrize(
    "values",
    [
        *({"temperature": -0.1}, {"temperature": float("nan")}, {"top_p": 0.0}, {"top_p": 1.1}),
        *({"frequency_penalty": value} for value in (float("nan"), float("inf"), float("-inf"))),
        *({"repetition_penalty": value} for value in (0.0, -1.0, float("nan"), float("inf"))),
    ],
)
def test_senseless_sampling(values: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=f"{next(iter(values))} must be"):
        Sampling(**values)  # type: ignore[arg-type]


def test_without_a_penalty_nothing_is_counted() -> None:
    assert Sampling().chooser([1, 2]) is Sampling().chooser()


def test_a_penalty_comes_before_the_choice() -> None:
    logits = torch.tensor([4.0, 3.5, 3.0, -1.0])
    choose = Sampling(frequency_penalty=1.0).chooser()
    assert [choose(logits) for _ in range(5)] == [0, 1, 0, 2, 1]
    choose = Sampling(repetition_penalty=2.0).chooser([0, 3])
    assert [choose(logits) for _ in range(4)] == [1, 2, 0, 0]
    choose = Sampling(temperature=1e-9, top_p=0.5, seed=0, frequency_penalty=1.0).chooser()
    assert [choose(logits) for _ in range(3)] == [0, 1, 0]
    assert torch.equal(logits, torch.tensor([4.0, 3.5, 3.0, -1.0]))


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_penalty_hides_no_broken_number(value: float) -> None:
    choose = Sampling(frequency_penalty=0.5, repetition_penalty=1.1).chooser([1])
    with pytest.raises(NonFiniteOutput, match="the greatest logit is"):
        choose(torch.tensor([1.0, value, 2.0]))


@pytest.mark.parametrize("value", [1e-320, 1e-38, 1e38, 1e300])
def test_no_penalty_is_too_large(value: float) -> None:
    logits = torch.tensor([0.0, -2.0, 3.0, 1.0])
    for sign in (1, -1):
        choose = Sampling(frequency_penalty=sign * value, repetition_penalty=value).chooser([0, 1, 2])
        assert {choose(logits) for _ in range(3)} <= {0, 2, 3}
