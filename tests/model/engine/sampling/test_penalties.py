"""Penalties, bit by bit those of the reference."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import PIL.Image
import pytest
import torch

from handeye.model.checkpoint import Checkpoint
from handeye.model.conversation.messages import Message
from handeye.model.engine.sampling.penalties import Penalties
from handeye.model.engine.sampling.sample import Sampling
from handeye.model.runtime import Generation, Model

if TYPE_CHECKING:
    from transformers import Qwen2_5_VLForConditionalGeneration

MakeImage = Callable[..., PIL.Image.Image]
MakeInputs = Callable[[Sequence[Message]], dict[str, torch.Tensor]]
PROMPT = [3, 5, 5, 17, 39, 3]
WRITTEN = [5, 8, 8, 8, 39, 21]


def random_logits(kind: torch.dtype = torch.float32) -> torch.Tensor:
    """Return logits (40,) of both signs."""
    return (torch.randn(40, generator=torch.Generator().manual_seed(4)) * 5).to(kind)


def penalised(frequency: float, repetition: float, logits: torch.Tensor) -> torch.Tensor:
    """Return the logits after a prompt and a reply."""
    penalties = Penalties(frequency, repetition, PROMPT)
    for token in WRITTEN:
        penalties.apply(logits)
        penalties.count(token)
    return penalties.apply(logits)


@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("penalty", [0.5, 1.05, 1.3, 7.0])
def test_the_repetition_penalty_is_the_references(penalty: float, kind: torch.dtype) -> None:
    from transformers import RepetitionPenaltyLogitsProcessor

    logits = random_logits(kind)
    theirs = RepetitionPenaltyLogitsProcessor(penalty)(torch.tensor([PROMPT + WRITTEN]), logits[None].float())[0]
    assert torch.equal(penalised(0.0, penalty, logits), theirs)


@pytest.mark.parametrize("penalty", [-0.5, 0.3, 1.0, 2.0])
def test_the_frequency_penalty_is_that_of_openai(penalty: float) -> None:
    """Their formula: mu[j] -> mu[j] - c[j] * alpha_frequency, for c[j] times that token j was sampled before."""
    logits = random_logits()
    expected = logits - penalty * torch.bincount(torch.tensor(WRITTEN), minlength=40)
    assert torch.equal(penalised(penalty, 1.0, logits), expected)


def test_both_penalties() -> None:
    logits = random_logits()
    expected = penalised(0.0, 1.3, logits) - 0.7 * torch.bincount(torch.tensor(WRITTEN), minlength=40)
    assert torch.equal(penalised(0.7, 1.3, logits), expected)


def test_ids_beyond_the_vocabulary_are_ignored() -> None:
    logits = random_logits()
    assert torch.equal(Penalties(0.0, 1.3, [40, 7, 10**6]).apply(logits), Penalties(0.0, 1.3, [7]).apply(logits))


@pytest.mark.slow
@pytest.mark.parametrize(("frequency", "repetition"), [(0.8, 1.0), (0.0, 1.4), (0.8, 1.4)])
def test_draws_follow_the_references_distribution(frequency: float, repetition: float) -> None:
    from transformers import RepetitionPenaltyLogitsProcessor, TemperatureLogitsWarper, TopPLogitsWarper

    logits = random_logits() / 4
    ids = torch.tensor([PROMPT])
    scores = RepetitionPenaltyLogitsProcessor(repetition)(ids, logits[None].clone())
    scores = TopPLogitsWarper(0.9)(ids, TemperatureLogitsWarper(0.7)(ids, scores))
    expected = torch.softmax(scores[0], dim=0)
    firsts = [Sampling(0.7, 0.9, seed, frequency, repetition).chooser(PROMPT)(logits) for seed in range(3000)]
    shares = torch.bincount(torch.tensor(firsts), minlength=40) / len(firsts)
    assert (shares - expected).abs().max() < 0.03
    assert set(firsts) <= set(expected.nonzero()[:, 0].tolist())


@pytest.fixture
def answers(
    checkpoint: Checkpoint,
    reference: "Qwen2_5_VLForConditionalGeneration",
    reference_inputs: MakeInputs,
    noise: MakeImage,
) -> Callable[..., tuple[Generation, list[int]]]:
    """Answer the same conversation with ours and with the reference, which gets its own options."""

    def answer(ours: dict[str, float], **theirs: object) -> tuple[Generation, list[int]]:
        messages = [Message("user", ("first", noise(333, 217), "click the button"))]
        inputs = reference_inputs(messages)
        padding = list(range(checkpoint.tokenizer.size, checkpoint.config.text.vocab_size))
        tokens = reference.generate(
            **inputs,
            max_new_tokens=48,
            do_sample=False,
            suppress_tokens=padding,
            eos_token_id=[10**6],
            pad_token_id=0,
            **theirs,
        )
        model = Model(replace(checkpoint, closing=frozenset()))
        reply = model.generate(messages, max_new_tokens=48, **ours)  # type: ignore[arg-type]
        return reply, tokens[0, inputs["input_ids"].shape[1] :].tolist()

    return answer


@pytest.mark.slow
@pytest.mark.parametrize("penalty", [0.7, 1.2, 3.0])
def test_greedy_tokens_with_a_repetition_penalty(
    answers: Callable[..., tuple[Generation, list[int]]], penalty: float
) -> None:
    ours, theirs = answers({"repetition_penalty": penalty}, repetition_penalty=penalty)
    assert list(ours.token_ids) == theirs
    assert theirs != answers({})[1]


def test_greedy_tokens_with_a_frequency_penalty(answers: Callable[..., tuple[Generation, list[int]]]) -> None:
    """The reference has no such rule, so it gets OpenAI's formula."""

    lengths: list[int] = []

    def punish(ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        lengths.append(ids.shape[1])
        return scores - 1.5 * torch.bincount(ids[0, lengths[0] :], minlength=scores.shape[1])

    ours, theirs = answers({"frequency_penalty": 1.5}, logits_processor=[punish])
    assert list(ours.token_ids) == theirs
    assert theirs != answers({})[1]


def test_the_placeholder_of_images_counts_as_in_the_reference(checkpoint: Checkpoint, noise: MakeImage) -> None:
    """Its id is in the prompt that the reference penalises, once for all of its copies."""
    heard: list[Sequence[int]] = []

    class Listening(Penalties):
        def __init__(self, frequency: float, repetition: float, prompt: Sequence[int]) -> None:
            heard.append(prompt)
            super().__init__(frequency, repetition, prompt)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("handeye.model.engine.sampling.sample.Penalties", Listening)
        reply = Model(checkpoint).generate(
            [Message("user", (noise(112, 84), "go"))], max_new_tokens=2, repetition_penalty=1.1, prefix="click"
        )
    (prompt,) = heard
    assert len(prompt) == reply.prompt_tokens
    assert prompt.count(checkpoint.config.image_token_id) == reply.visual_tokens == 12
    encoded = checkpoint.tokenizer.encode("assistant\nclick")
    assert list(prompt[-len(encoded) :]) == encoded


def test_the_next_reply_starts_from_zero(checkpoint: Checkpoint) -> None:
    model = Model(replace(checkpoint, closing=frozenset()))
    messages = [Message("user", ("go",))]
    first, second = (model.generate(messages, max_new_tokens=16, frequency_penalty=2.0) for _ in range(2))
    assert first.token_ids == second.token_ids


def test_a_prefix_has_no_frequency(checkpoint: Checkpoint) -> None:
    """It is part of the prompt, as for OpenAI's API."""
    model = Model(replace(checkpoint, closing=frozenset()))
    messages = [Message("user", ("go",))]
    plain, punished = (
        model.generate(messages, max_new_tokens=1, prefix="click click click", frequency_penalty=penalty)
        for penalty in (0.0, 100.0)
    )
    assert plain.token_ids == punished.token_ids
