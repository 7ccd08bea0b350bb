"""The probabilities of digits: exact, and the same in batches, with guesses, penalties and any temperature."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
import torch

from handeye.model.checkpoint import Checkpoint
from handeye.model.conversation.messages import Message
from handeye.model.conversation.prompt import assemble
from handeye.model.engine.engine import Engine
from handeye.model.engine.request import Request
from handeye.model.engine.sampling.digits import DigitPlace, DigitProbabilities
from handeye.model.errors import NonFiniteOutput
from handeye.model.runtime import Model
from tests.model.engine.logits import submit


def ask(engine: Engine, checkpoint: Checkpoint, text: str, reply: Sequence[int]) -> tuple[Request, list[torch.Tensor]]:
    messages = [Message("user", (text,))]
    prompt = assemble(messages, checkpoint.tokenizer, checkpoint.preprocessor, checkpoint.config)
    return submit(engine, checkpoint, prompt, reply)


def run(engine: Engine) -> None:
    while engine.step():
        pass


def shares(logits: torch.Tensor, ids: Sequence[int]) -> list[float]:
    found: list[float] = torch.softmax(logits.double(), dim=0)[list(ids)].tolist()
    return found


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_they_are_those_of_the_whole_vocabulary(checkpoint: Checkpoint, dtype: torch.dtype) -> None:
    engine = Engine(checkpoint.network, checkpoint.tokenizer.size)
    first, second = (ask(engine, checkpoint, "x", [])[0] for _ in range(2))
    ids = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
    logits = torch.full((3, 16), -torch.inf)
    logits[0, 3] = 1.0
    logits[2, 0], logits[2, 2], logits[2, 11] = 3.0, 2.0, 0.0
    DigitProbabilities(ids).keep(logits.to(dtype), [DigitPlace(first, 4, 2), DigitPlace(second, 0, 0)])
    whole = sum(torch.tensor([3.0, 2.0, 0.0]).exp().tolist())
    assert list(first.digits) == [4]
    assert first.digits[4] == pytest.approx([2.718281828**2 / whole, *[0.0] * 8, 1 / whole], rel=1e-6)
    assert second.digits[0] == pytest.approx([0.0, 1.0, *[0.0] * 8])


def test_nothing_is_kept_of_other_tokens_or_without_digits(checkpoint: Checkpoint) -> None:
    ids = checkpoint.tokenizer.digits
    for digits, expected in ((ids, [1, 2, 4]), ((), [])):
        engine = Engine(checkpoint.network, checkpoint.tokenizer.size, digits=digits)
        request, _ = ask(engine, checkpoint, "x", [7, ids[3], ids[9], 80, ids[0]])
        run(engine)
        assert [number for number in request.digits if number < 5] == expected


def test_many_at_once_and_guesses_are_as_one_at_a_time(checkpoint: Checkpoint) -> None:
    """Two replies that say again what the prompt says, so numbers are guessed, and one that does not."""
    tokenizer = checkpoint.tokenizer
    text = "click the red button at 40 30 then type hello there and click the red button at 97 31"
    told, other = tokenizer.encode(text), tokenizer.encode("[12, 345] or 6")
    engine = Engine(checkpoint.network, tokenizer.size, digits=tokenizer.digits)
    asked = [ask(engine, checkpoint, text, each) for each in (told, told[3:], other)]
    run(engine)
    assert asked[0][0].guessed > 10
    for request, seen in asked:
        reply = request.tokens[:-1]
        wanted = {number for number, token in enumerate(reply) if token in tokenizer.digits}
        assert wanted and wanted == {number for number in request.digits if number < len(reply)}
        for number in wanted:
            assert request.digits[number] == pytest.approx(shares(seen[number], tokenizer.digits), rel=1e-4)


@pytest.mark.parametrize(
    "options",
    [{}, {"temperature": 3.0}, {"temperature": 0.7, "top_p": 0.1}, {"frequency_penalty": 2.0, "temperature": 2.0}],
    ids=lambda options: "-".join(options) or "plain",
)
def test_they_are_the_networks_own_whatever_is_sampled(
    checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any]
) -> None:
    """The logits are taken from the network before anything is chosen from them."""
    ids = checkpoint.tokenizer.digits
    favoured = torch.zeros(checkpoint.tokenizer.size)
    favoured[list(ids)] = 12.0
    forward = checkpoint.network.logits
    rows: list[torch.Tensor] = []

    def favour(hidden: torch.Tensor) -> torch.Tensor:
        logits = forward(hidden)
        logits[:, : len(favoured)] += favoured
        rows.append(logits[0, : len(favoured)].clone())
        return logits

    monkeypatch.setattr(checkpoint.network, "logits", favour)
    hook = checkpoint.network.model.norm.register_forward_hook(lambda module, given, y: None)  # the modules run
    open_ended = replace(checkpoint, closing=frozenset())
    engine = Engine(checkpoint.network, checkpoint.tokenizer.size, guess=False, digits=ids)
    try:
        reply = Model(open_ended, engine).generate([Message("user", ("x",))], max_new_tokens=24, seed=5, **options)
    finally:
        hook.remove()
    assert len(rows) == 24
    assert [digit.index for digit in reply.digits] == [
        index for index, token in enumerate(reply.token_ids) if token in ids
    ]
    assert len(reply.digits) > 2
    for digit in reply.digits:
        assert reply.text[digit.place] == str(ids.index(reply.token_ids[digit.index]))
        assert digit.probabilities == pytest.approx(shares(rows[digit.index], ids), rel=1e-4)


def test_numbers_that_are_no_numbers_are_still_an_error(checkpoint: Checkpoint) -> None:
    ids = checkpoint.tokenizer.digits
    engine = Engine(checkpoint.network, checkpoint.tokenizer.size, digits=ids)
    good, _ = ask(engine, checkpoint, "one", [ids[1]])
    bad, _ = ask(engine, checkpoint, "another", [ids[1], ids[2]])
    engine.step()
    assert bad.table is not None
    place = bad.table.slots(0, 1)[0].start
    with torch.inference_mode():
        engine._runner.pages._values[0][:, :, place] = float("nan")
    run(engine)
    assert isinstance(bad.error, NonFiniteOutput)
    assert good.finish == "length" and 0 in good.digits


def test_without_memory_for_them_the_reply_is_the_same(checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*given: object) -> None:
        raise torch.OutOfMemoryError("no")

    monkeypatch.setattr(DigitProbabilities, "keep", refuse)
    ids = checkpoint.tokenizer.digits
    engine = Engine(checkpoint.network, checkpoint.tokenizer.size, digits=ids)
    request, _ = ask(engine, checkpoint, "x", [ids[4], 80])
    run(engine)
    assert (request.error, request.finish, request.digits) == (None, "length", {})
    assert request.tokens[:-1] == [ids[4], 80]
