"""Choosing tokens."""

import pytest
import torch

from handeye.model.engine.sampling import sample
from handeye.model.engine.sampling.sample import Choices, Sampling
from handeye.model.errors import NonFiniteOutput


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


def test_rows_are_chosen_by_their_own_rules() -> None:
    logits = torch.tensor([[0.1, 3.0, 2.0], [2.0, 1.5, 1.0], [1.0, float("nan"), 0.0], [0.0, 1.0, 2.0]])
    choices = Choices(logits)
    drawn = Sampling(temperature=1.0, seed=1).chooser()
    assert [choices.take(row, Sampling().chooser()) for row in (0, 1, 3)] == [1, 0, 2]
    assert {choices.take(1, drawn) for _ in range(200)} == {0, 1, 2}
    for chooser in (Sampling().chooser(), drawn):
        with pytest.raises(NonFiniteOutput, match="the greatest logit is nan"):
            choices.take(2, chooser)


def sorted_draw(logits: torch.Tensor, sampling: Sampling, generator: torch.Generator) -> int:
    """Draw a token as the definition says, with all tokens in order."""
    probabilities = torch.softmax(logits.double() / sampling.temperature, 0)
    ordered, ids = probabilities.sort(descending=True, stable=True)
    ordered[ordered.cumsum(0) - ordered >= sampling.top_p] = 0
    place = torch.rand((), generator=generator, dtype=torch.float64) * ordered.sum()
    return int(ids[int((place < ordered.cumsum(0)).nonzero()[0])])


@pytest.mark.parametrize("top_p", [0.3, 0.95, 0.9999, 1.0])
@pytest.mark.parametrize("temperature", [0.2, 1.0, 4.0])
def test_looking_at_few_tokens_changes_no_draw(
    monkeypatch: pytest.MonkeyPatch, temperature: float, top_p: float
) -> None:
    monkeypatch.setattr(sample, "_FEW", 16)
    sampling = Sampling(temperature=temperature, top_p=top_p, seed=3)
    choose, generator = sampling.chooser(), torch.Generator().manual_seed(3)
    random = torch.Generator().manual_seed(0)
    for _ in range(60):
        logits = (torch.randn(400, generator=random) * 3).round(decimals=1)  # many are equal
        assert choose(logits) == sorted_draw(logits, sampling, generator)


@pytest.mark.parametrize("equal", [16, 17, 200, 400])
def test_equal_tokens_that_are_more_than_the_few_are_all_drawn(monkeypatch: pytest.MonkeyPatch, equal: int) -> None:
    monkeypatch.setattr(sample, "_FEW", 16)
    sampling = Sampling(temperature=1.0, seed=3)
    choose, generator = sampling.chooser(), torch.Generator().manual_seed(3)
    logits = torch.zeros(400)
    logits[::2][:equal] = 4.0
    logits[1::2][: equal - 200 if equal > 200 else 0] = 4.0
    for _ in range(200):
        assert choose(logits) == sorted_draw(logits, sampling, generator)
