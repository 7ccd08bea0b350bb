"""Choosing the tokens of many replies at once: each gets the one that it gets alone, and the device is waited for once.

Shapes: V tokens of the vocabulary, R rows of logits.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.overrides import TorchFunctionMode

from handeye.actions.grammar import Character, Repeat, choice
from handeye.model.checkpoint import Checkpoint
from handeye.model.conversation.prompt import Prompt
from handeye.model.engine.request import Request
from handeye.model.engine.sampling import likely
from handeye.model.engine.sampling.choices import Choices
from handeye.model.engine.sampling.chooser import Chooser
from handeye.model.engine.sampling.likely import Changed
from handeye.model.engine.sampling.masked import Masked
from handeye.model.engine.sampling.sample import Sampling
from handeye.model.errors import NonFiniteOutput
from handeye.model.grammar.compiled import Compiled
from handeye.model.grammar.matcher import Matcher
from handeye.model.grammar.vocabulary import Vocabulary
from tests.model.engine.choosing import Told, alone
from tests.model.engine.logits import make_engine
from tests.model.simulated_gpus import OnGpu, simulated_gpus

WORDS = Vocabulary([*(bytes([letter]) for letter in range(97, 122)), b"bcd", b"cdef", b""], frozenset({27}))
LETTERS = Compiled(Repeat(Character("bcdefg"), 1, 40), WORDS)
V = len(WORDS.texts)
GPU = torch.device("cuda:0")

samplings = st.builds(
    Sampling,
    temperature=st.sampled_from([0.0, 0.3, 1.0, 8.0]),
    top_p=st.sampled_from([0.4, 0.95, 1.0]),
    seed=st.integers(0, 99),
    frequency_penalty=st.sampled_from([0.0, 0.0, 0.7]),
    repetition_penalty=st.sampled_from([1.0, 1.0, 1.4]),
)
rooms = st.sampled_from([None, 8, 50])
"""The most tokens of a reply that is kept to letters; None if it is free."""


def make(sampling: Sampling, room: int | None) -> Chooser:
    chooser = sampling.chooser([1, 2, 3])
    return chooser if room is None else Masked(chooser, Matcher(LETTERS), room)


def random_logits(rows: int, seed: int) -> Tensor:
    """Return logits (R, V), of which some are equal."""
    return (torch.randn(rows, V, generator=torch.Generator().manual_seed(seed)) * 3).round(decimals=1)


@contextmanager
def few(count: int) -> Iterator[None]:
    """Look among so many tokens first."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(likely, "_FEW", count)
        yield


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(samplings, rooms, st.integers(1, 3)), min_size=1, max_size=6), st.integers(0, 2**20))
def test_each_row_gets_the_token_that_it_gets_alone(replies: list[tuple[Sampling, int | None, int]], seed: int) -> None:
    """Over some steps, in which a reply may have several rows; with little room, and with draws of unlikely tokens."""
    together = [make(sampling, room) for sampling, room, _ in replies]
    apart = [alone(make(sampling, room)) for sampling, room, _ in replies]
    counts = [count for _, _, count in replies]
    owners = [number for number, count in enumerate(counts) for _ in range(count)]
    with few(8):
        for step in range(2):
            logits = random_logits(len(owners), seed + step)
            choices = Choices(logits, {row: together[owner] for row, owner in enumerate(owners)})
            tokens = [choices.take(row) for row in range(len(owners))]
            assert tokens == [apart[owner](logits[row]) for row, owner in enumerate(owners)]


def test_rows_are_chosen_by_their_own_rules() -> None:
    logits = torch.tensor([[0.1, 3.0, 2.0], [2.0, 1.5, 1.0], [0.0, 1.0, 2.0]])
    drawn = Sampling(temperature=1.0, seed=1).chooser()
    found = [Choices(logits, {0: Sampling().chooser(), 1: drawn, 2: Sampling().chooser()}) for _ in range(200)]
    assert {(choices.take(0), choices.take(2)) for choices in found} == {(1, 2)}
    assert {choices.take(1) for choices in found} == {0, 1, 2}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("room", [None, 8])
@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_a_broken_row_leaves_the_others_as_they_are(value: float, room: int | None, temperature: float) -> None:
    asked = [Sampling(temperature=temperature, seed=seed, frequency_penalty=0.5 * (seed % 2)) for seed in range(4)]
    logits = random_logits(4, 0)
    wanted = [alone(make(sampling, room))(row) for sampling, row in zip(asked, logits, strict=True)]
    logits[2] = value
    choices = Choices(logits, {row: make(sampling, room) for row, sampling in enumerate(asked)})
    assert [choices.take(row) for row in (0, 1, 3)] == [wanted[row] for row in (0, 1, 3)]
    with pytest.raises(NonFiniteOutput, match="the greatest logit is"):
        choices.take(2)


def test_rows_without_an_allowed_number_are_an_error() -> None:
    logits = random_logits(2, 0)
    logits[0, 1:7] = -torch.inf  # of the letters
    logits[0, 25:] = -torch.inf
    choices = Choices(logits, {row: make(Sampling(), 8) for row in range(2)})
    with pytest.raises(NonFiniteOutput, match="the greatest logit is -inf"):
        choices.take(0)
    assert choices.take(1) == alone(make(Sampling(), 8))(logits[1])


class Unable(Told):
    """Cannot change logits."""

    def change(self, logits: Tensor) -> Changed:
        raise LookupError("no mask")


def test_an_error_of_a_change_is_of_its_request_alone(checkpoint: Checkpoint, build: Callable[..., Prompt]) -> None:
    engine = make_engine(checkpoint)
    sampling = Sampling(temperature=1.0, seed=3, repetition_penalty=1.2)
    replies = []
    for other in (False, True):
        good, bad = (
            Request(build(text), checkpoint.preprocessor, 6, sampling, lambda token: False) for text in ("one", "two")
        )
        bad.chooser = Unable(lambda logits: 0)
        for request in (good, bad)[: 1 + other]:
            engine.submit(request)
        while engine.step():
            pass
        assert good.finish == "length"
        assert isinstance(bad.error, LookupError) is other
        replies.append(good.tokens)
    assert replies[0] == replies[1]


class Waits(TorchFunctionMode):
    """Counts how often the program waits for a GPU: its numbers are read, or others are sent to it in its time."""

    count = 0

    def __torch_function__(
        self, func: Any, types: Sequence[type], args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        name, there = getattr(func, "__name__", ""), any(isinstance(each, OnGpu) for each in args)
        indexed = name in ("__getitem__", "__setitem__") and isinstance(args[1], OnGpu) and args[1].dtype is torch.bool
        read = there and name in ("cpu", "tolist", "item", "__bool__", "__int__", "__float__", "__index__", "nonzero")
        moved = name == "to" and any(isinstance(each, torch.device) for each in (*args, *kwargs.values()))
        sent = func is torch.tensor and kwargs.get("device") not in (None, torch.device("cpu"))
        result = func(*args, **kwargs)
        moved = moved and isinstance(result, OnGpu) is not there and not kwargs.get("non_blocking")
        self.count += indexed or read or moved or sent
        return result


def waits(logits: Tensor, choosers: Sequence[Chooser]) -> tuple[list[int], list[int]]:
    """Return the tokens of two steps on a GPU, and how often it is waited for in each."""
    tokens, counts = [], []
    with simulated_gpus(1):
        held = logits.to(GPU)
        for _ in range(2):
            with Waits() as found:
                choices = Choices(held, dict(enumerate(choosers)))
                tokens += [choices.take(row) for row in range(len(choosers))]
            counts.append(found.count)
    return tokens, counts


@pytest.mark.parametrize("room", [None, 9, 60])
@pytest.mark.parametrize("temperature", [0.0, 0.7])
@pytest.mark.parametrize("penalty", [1.0, 1.1])
def test_a_gpu_is_waited_for_once(temperature: float, penalty: float, room: int | None) -> None:
    """Whatever is asked, with much room and with little."""
    logits = random_logits(8, 1)
    logits[:, 1] = 9.0  # allowed
    asked = [Sampling(temperature, 0.9, seed, repetition_penalty=penalty) for seed in range(8)]
    tokens, counts = waits(logits, [make(sampling, room) for sampling in asked])
    assert counts == [1, 1]
    apart = [alone(make(sampling, room)) for sampling in asked]
    assert tokens == [choose(row) for _ in range(2) for choose, row in zip(apart, logits, strict=True)]


def test_replies_whose_likeliest_token_is_not_allowed_wait_once_more_together() -> None:
    logits = random_logits(8, 1)
    logits[:, 0] = 9.0  # not allowed
    choosers = [make(Sampling(), 60 if row % 2 else None) for row in range(8)]
    assert waits(logits, choosers)[1] == [2, 2]


def test_an_unlikely_draw_waits_once_more() -> None:
    with few(8):
        tokens, counts = waits(torch.zeros(4, V), [make(Sampling(1.0, seed=seed), None) for seed in range(4)])
    assert counts == [5, 5]
    assert len(set(tokens)) > 2


class WithoutFp64(TorchFunctionMode):
    """Refuses fp64 on a GPU, as an Apple GPU does."""

    def __torch_function__(
        self, func: Any, types: Sequence[type], args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        result = func(*args, **kwargs or {})
        if isinstance(result, OnGpu) and result.dtype is torch.float64:
            raise TypeError("Cannot convert a MPS Tensor to float64")
        return result


@pytest.mark.parametrize("together", [True, False])
def test_a_device_without_fp64_draws_the_same_tokens(monkeypatch: pytest.MonkeyPatch, together: bool) -> None:
    logits = random_logits(4, 1)
    asked = [Sampling(0.7, 0.9, seed, frequency_penalty=0.2 * seed) for seed in range(4)]
    expected = [alone(make(sampling, 20))(row) for sampling, row in zip(asked, logits, strict=True)]
    monkeypatch.setattr(likely, "_EXACT", ("cpu",))
    with simulated_gpus(1):
        held = logits.to(GPU)
        with WithoutFp64():
            choices = Choices(held, {row: make(each, 20) for row, each in enumerate(asked)}, together=together)
            assert [choices.take(row) for row in range(4)] == expected


@pytest.mark.parametrize(("device", "drawn"), [("cpu", [1, 1, 1]), ("cuda:0", [4])])
def test_what_may_be_in_vain_is_not_computed_on_a_cpu(
    monkeypatch: pytest.MonkeyPatch, device: str, drawn: list[int]
) -> None:
    """Guesses are often wrong, and a CPU is not waited for: of four rows of a reply only those taken are looked at."""
    computed: list[int] = []
    heads = likely._heads
    monkeypatch.setattr(likely, "_heads", lambda rows: computed.append(len(rows)) or heads(rows))
    with simulated_gpus(1):
        logits = random_logits(4, 1).to(torch.device(device))
        chooser = Sampling(1.0, seed=0).chooser()
        choices = Choices(logits, dict.fromkeys(range(4), chooser))
        for row in range(3):
            choices.take(row)
    assert computed == drawn


@pytest.mark.parametrize("temperature", [0.0, 1.0])
@pytest.mark.parametrize(("likeliest", "hurried"), [(0, False), (1, True), (2, False)])
def test_a_reply_is_hurried_if_there_is_no_room_for_what_is_likeliest(
    temperature: float, likeliest: int, hurried: bool
) -> None:
    compiled = Compiled(choice(["a", "bcde"]), WORDS)
    masked = Masked(Sampling(temperature, seed=0).chooser(), Matcher(compiled), 2)
    logits = torch.zeros(V)
    logits[likeliest] = 1.0  # of a, of b, or of c, which is not allowed in any case
    assert not masked.hurried
    assert [alone(masked)(logits) for _ in range(2)] == [0, 27]
    assert masked.hurried is hurried
