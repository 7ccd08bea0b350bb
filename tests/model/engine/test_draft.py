"""Guesses of the next tokens: what is guessed, and that a reply does not depend on them."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from handeye.model.checkpoint import Checkpoint
from handeye.model.conversation.messages import Message
from handeye.model.conversation.prompt import assemble
from handeye.model.engine.draft import MOST, Draft
from handeye.model.engine.engine import Engine
from handeye.model.engine.runner import Runner, Turn
from handeye.model.runtime import Model
from tests.model.engine.logits import submit


def test_what_followed_the_last_time_is_guessed() -> None:
    draft = Draft([1, 2, 3, 4, 5, 1, 2, 3, 6, 7])
    for token in (1, 2):
        draft.add(token)
        assert draft.guess(9) == []
    draft.add(3)
    assert draft.guess(9) == [6, 7, 1, 2, 3]
    assert draft.guess(2) == [6, 7]
    assert draft.guess(0) == []
    draft.add(8)
    assert draft.guess(9) == []


def test_a_guess_is_limited_and_holds_no_image() -> None:
    assert len(Draft([*range(40), 0, 1, 2]).guess(99)) == MOST
    assert Draft([1, 2, 3, 4, -1, -1, 1, 2, 3]).guess(9) == [4]
    assert Draft([1, -1, -1, -1, -1, 5, -1, -1, -1]).guess(9) == []
    assert Draft([]).guess(9) == Draft([1]).guess(9) == []


@given(st.lists(st.integers(-2, 3), max_size=40), st.integers(0, 40))
def test_a_prompt_and_its_reply_are_one_conversation(tokens: list[int], prompt: int) -> None:
    draft, whole = Draft(tokens[:prompt]), Draft([])
    for token in tokens[prompt:]:
        draft.add(token)
    for token in tokens:
        whole.add(token)
    assert draft._next == whole._next
    assert draft.guess(9) == whole.guess(9)


def test_guesses_that_do_not_pay_end() -> None:
    draft = Draft([*range(40), 0, 1, 2])
    for right in (0, 0, 0, 3):
        assert draft.guess(9)
        draft.judge(right)
    assert draft.guess(9) == []


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The number of tokens that each request reads in each forward pass."""
    counts: list[int] = []
    run = Runner.run

    def count(self: Runner, turns: Sequence[Turn]) -> torch.Tensor:
        counts.extend(turn.new for turn in turns)
        return run(self, turns)

    monkeypatch.setattr(Runner, "run", count)
    return counts


@pytest.mark.parametrize("plain", [False, True])
def test_guesses_change_no_logits(checkpoint: Checkpoint, passes: list[int], plain: bool) -> None:
    """Replies that say again what is in the prompt, in part, two at once; also where the modules read single tokens."""
    text = "click the red button at 40 30 then type hello there and click the red button at 90 30"
    messages = [Message("user", (text,))]
    prompt = assemble(messages, checkpoint.tokenizer, checkpoint.preprocessor, checkpoint.config)
    told = prompt.keys[8:40]
    reply = [*told[:20], 7, 7, *told[4:18], 9]
    hook = checkpoint.network.model.norm.register_forward_hook(lambda module, given, y: None)
    if not plain:
        hook.remove()
    try:
        logits, lengths = [], []
        for guess in (True, False):
            engine = Engine(checkpoint.network, checkpoint.tokenizer.size, guess=guess)
            passes.clear()
            asked = [submit(engine, checkpoint, prompt, each) for each in (reply, reply[3:])]
            while engine.step():
                pass
            assert [request.tokens[:-1] for request, _ in asked] == [reply, reply[3:]]
            assert (asked[0][0].guessed > 10) is guess
            lengths.append(len(passes))
            logits.append(torch.cat([torch.stack(seen) for _, seen in asked]))
    finally:
        hook.remove()
    assert lengths[0] < 0.7 * lengths[1]
    assert (logits[0] - logits[1]).abs().max() <= 1e-5 * logits[1].abs().max()


@pytest.mark.parametrize("temperature", [0.0, 0.6])
@pytest.mark.parametrize("room", [1, 2, 5, 64])
def test_a_reply_is_the_same_with_and_without(checkpoint: Checkpoint, temperature: float, room: int) -> None:
    open_ended = replace(checkpoint, closing=frozenset())
    messages = [Message("user", ("one two three one two three one two three " * 3,))]
    replies = [
        Model(open_ended, Engine(checkpoint.network, checkpoint.tokenizer.size, guess=guess)).generate(
            messages, max_new_tokens=room, temperature=temperature, seed=4, frequency_penalty=0.1
        )
        for guess in (True, False)
    ]
    assert replies[0].token_ids == replies[1].token_ids
    assert len(replies[0].token_ids) == room
    assert (replies[0].text, replies[1].guessed_tokens) == (replies[1].text, 0)
