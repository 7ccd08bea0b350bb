"""Rules for Qwen's own vocabulary, where it is."""

from pathlib import Path

import numpy as np
import pytest
import torch
from huggingface_hub import try_to_load_from_cache

from handeye.model.conversation.tokenizer import Tokenizer
from handeye.model.engine.sampling.masked import Masked
from handeye.model.engine.sampling.sample import Sampling
from handeye.model.grammar.compiler import Compiler
from handeye.model.grammar.matcher import Matcher
from tests.actions.rule_texts import matches
from tests.model.grammar.rules import CALL, NAMED

CPU = torch.device("cpu")
RELEASED = "Qwen/Qwen2.5-VL-3B-Instruct"


@pytest.fixture(scope="module")
def released() -> Tokenizer:
    """The vocabulary of Qwen2.5-VL, from the cache of the hub."""
    found = try_to_load_from_cache(RELEASED, "tokenizer.json")
    if not isinstance(found, str):
        pytest.skip(
            f"needs the tokenizer.json of {RELEASED} in the cache of the hub: hf download {RELEASED} tokenizer.json"
        )
    return Tokenizer.from_folder(Path(found).parent)


@pytest.fixture(scope="module")
def compiler() -> Compiler:
    return Compiler()


def closing_of(tokenizer: Tokenizer) -> frozenset[int]:
    return frozenset({tokenizer.id("<|im_end|>"), tokenizer.id("<|endoftext|>")})


@pytest.mark.slow
def test_the_bytes_of_all_its_tokens_are_those_that_are_decoded(released: Tokenizer) -> None:
    texts = released.written()
    assert [text.decode("utf-8", "replace") for text in texts] == [
        released.decode([token]) for token in range(released.size)
    ]


@pytest.mark.slow
def test_a_mask_is_what_each_token_alone_gives(released: Tokenizer, compiler: Compiler) -> None:
    closing, texts = closing_of(released), released.written()
    compiled = compiler.compile(CALL, released, closing)
    matcher, state = Matcher(compiled), compiled.start
    for token in released.encode('Look <tool_call>\n{"type": "click", "point": [842, 611]}\n</tool_call>'):
        allowed = ~matcher.blocked(60, CPU).numpy()
        drawn = [*np.random.default_rng(token).integers(0, released.size, 2000).tolist(), *np.flatnonzero(allowed)[:99]]
        for each in drawn:
            text = b"" if each in closing else texts[each]
            assert allowed[each] == bool(text and compiled.least(compiled.after(state, text)) + 1 <= 60)
        assert allowed[token]
        matcher.consume(token)
        state = compiled.after(state, texts[token])
    assert set(np.flatnonzero(~matcher.blocked(60, CPU).numpy()).tolist()) == closing


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMED)
def test_replies_fit(released: Tokenizer, compiler: Compiler, name: str) -> None:
    compiled = compiler.compile(NAMED[name], released, closing_of(released))
    least = Matcher(compiled).least
    generator = torch.Generator().manual_seed(0)
    for room in (least, least + 5, least + 30):
        matcher = Matcher(compiled)
        choose = Masked(Sampling().chooser(), matcher, room)
        tokens: list[int] = []
        while not tokens or tokens[-1] not in closing_of(released):
            assert len(tokens) < room
            tokens.append(choose(torch.randn(released.size, generator=generator)))
        assert matches(NAMED[name], released.decode(tokens))
