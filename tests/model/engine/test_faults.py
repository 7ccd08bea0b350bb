"""What goes wrong for one request, or ends it early, leaves the others and the slots as they were."""

from collections.abc import Callable, Sequence

import pytest
import torch

from handeye.model.checkpoint import Checkpoint
from handeye.model.engine.engine import Engine
from handeye.model.engine.request import Request
from handeye.model.engine.runner import Runner, Turn
from handeye.model.engine.sample import Sampling
from handeye.model.errors import NonFiniteOutput, OutOfMemory
from handeye.model.messages import Message
from handeye.model.prompt import Prompt
from tests.model.engine.logits import REPLY, close, logits_of, make_engine, submit


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
