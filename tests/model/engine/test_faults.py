"""What goes wrong for one request, or ends it early, leaves the others and the slots as they were."""

import gc
from collections.abc import Callable, Iterator, Sequence

import pytest
import torch

from handeye.model.checkpoint import Checkpoint
from handeye.model.conversation.messages import Message
from handeye.model.conversation.prompt import Prompt
from handeye.model.engine.engine import Engine
from handeye.model.engine.request import Request
from handeye.model.engine.runner import Runner, Turn
from handeye.model.engine.sampling.sample import Choices, Sampling
from handeye.model.errors import NonFiniteOutput, OutOfMemory
from tests.model.engine.logits import REPLY, close, logits_of, make_engine, submit

STAGES: dict[str, Callable[[Request], bool]] = {
    "before it was looked at": lambda request: True,
    "waiting": lambda request: request.table is None,
    "in the middle of its prompt": lambda request: request.rest is not None and request.table is not None,
    "with its first token": lambda request: len(request.tokens) == 1,
    "in the middle of its reply": lambda request: len(request.tokens) > 3,
    "between guesses": lambda request: request.guessed > 1,
}


@pytest.mark.parametrize("stage", STAGES)
def test_a_request_is_cancelled_at_every_stage(
    checkpoint: Checkpoint, build: Callable[..., Prompt], stage: str
) -> None:
    engine = Engine(checkpoint.network, checkpoint.tokenizer.size, chunk=40, most_requests=2)
    others = [submit(engine, checkpoint, build(text), REPLY) for text in ("one", "six")]
    mine, _ = submit(engine, checkpoint, build("mine", "two", "six"), REPLY * 8)
    if stage != "before it was looked at":
        engine.step()
    while not STAGES[stage](mine):
        assert engine.step() and not mine.done
    last, seen = submit(engine, checkpoint, build("three"), REPLY)
    engine.cancel(mine)
    engine.cancel(mine)
    assert (mine.finish, mine.done, mine.table, mine.rest) == ("cancelled", True, None, None)
    while engine.step():
        pass
    for text, (other, logits) in zip(("one", "six", "three"), (*others, (last, seen)), strict=True):
        assert other.finish == "length"
        assert close(torch.stack(logits), logits_of(make_engine(checkpoint), checkpoint, build(text), REPLY))
    assert (engine.running, engine.waiting, engine.used_tokens) == (0, 0, 0)
    assert close(
        logits_of(engine, checkpoint, build("mine", "two", "six"), REPLY),
        logits_of(make_engine(checkpoint), checkpoint, build("mine", "two", "six"), REPLY),
    )


def no_memory(*values: object) -> None:
    raise torch.OutOfMemoryError("no")


def refused(*values: object) -> int:
    raise LookupError("enough")


FAULTS: dict[str, Callable[[Engine, Request, pytest.MonkeyPatch], object]] = {
    "cancelled": lambda engine, request, patch: (engine.step(), engine.cancel(request)),
    "no memory for its images": lambda engine, request, patch: patch.setattr(Runner, "prepare", no_memory),
    "no memory for its tokens": lambda engine, request, patch: patch.setattr(Runner, "run", no_memory),
    "no memory for its logits": lambda engine, request, patch: patch.setattr(Choices, "__init__", no_memory),
    "an error of its choice": lambda engine, request, patch: setattr(request, "choose", refused),
    "an error of whoever listens": lambda engine, request, patch: setattr(request, "ends", refused),
}


@pytest.fixture
def apart() -> Iterator[None]:
    """Let the collector look only at what comes from now on, which is quick."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("apart")
@pytest.mark.parametrize("fault", FAULTS)
def test_the_memory_is_back_where_it_was(
    checkpoint: Checkpoint, build: Callable[..., Prompt], monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    """Of every tensor; whoever keeps an error of too little memory keeps nothing of the step."""
    engine = make_engine(checkpoint)
    kept: list[Exception] = []

    def alive() -> int:
        gc.collect()
        return sum(each.nbytes for each in gc.get_objects() if type(each) is torch.Tensor)

    def fail() -> int:
        request, seen = submit(engine, checkpoint, build("one", "two"), REPLY)
        with monkeypatch.context() as patch:
            FAULTS[fault](engine, request, patch)
            while engine.step():
                pass
        seen.clear()
        kept.extend([request.error] if isinstance(request.error, OutOfMemory) else [])
        assert request.error is not None or request.finish == "cancelled"
        assert engine.used_tokens == 0
        engine.forget()
        del request
        return alive()

    first = fail()
    assert [fail() for _ in range(3)] == [first] * 3
    assert logits_of(engine, checkpoint, build("one"), REPLY).isfinite().all()


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
