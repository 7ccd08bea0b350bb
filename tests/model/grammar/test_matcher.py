"""Rules for whole vocabularies: what may come next, and that every reply fits and ends in time."""

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from handeye.actions.grammar import Character, Choice, Literal, Repeat, Rule, Without, choice, sequence
from handeye.model.checkpoint import Checkpoint
from handeye.model.conversation.tokenizer import Tokenizer
from handeye.model.engine.sampling.masked import Masked
from handeye.model.engine.sampling.sample import Choices, Sampling
from handeye.model.errors import InvalidCheckpoint
from handeye.model.grammar.compiled import Compiled
from handeye.model.grammar.compiler import Compiler
from handeye.model.grammar.matcher import Matcher
from handeye.model.grammar.vocabulary import Vocabulary
from tests.actions.rule_texts import matches
from tests.model.grammar.rules import CALL, CLICK, NAMED, STEP, rules

CPU = torch.device("cpu")
TINY = Path(__file__).resolve().parents[3] / "model/checkpoints/handeye-tiny"
WORDS = [
    *(bytes([byte]) for byte in range(256)),
    *(word.encode() for word in ("ab", "aab", "abb", "b\n", "\na", "ß", "aß", "ßb", "€", "🙂a", "ba", "bab", "ab")),
    *("ß".encode()[1:] + b"a", b"a" + "€".encode()[:2], "🙂".encode()[:3], b"", b""),
]
"""Texts of tokens, of which some are alike, some hold parts of characters, and some are none."""
END = len(WORDS) - 1


@pytest.fixture(scope="module")
def tiny() -> Tokenizer:
    """The vocabulary of handeye-tiny, whose tokens are long texts."""
    return Tokenizer.from_folder(TINY)


@pytest.fixture(scope="module", params=["all bytes", "few bytes"])
def words(request: pytest.FixtureRequest) -> Vocabulary:
    """A vocabulary; of the second one, some characters can only be written within longer tokens."""
    few = request.param == "few bytes"
    return Vocabulary(
        [b"" if few and len(text) == 1 and text not in b"a\n" else text for text in WORDS], frozenset({END})
    )


def closing_of(tokenizer: Tokenizer) -> frozenset[int]:
    return frozenset({tokenizer.id("<|im_end|>"), tokenizer.id("<|endoftext|>")})


def replies(compiled: Compiled, size: int, prefix: str, room: int, seed: int) -> Iterator[list[int]]:
    """Yield replies of random tokens without end."""
    generator = torch.Generator().manual_seed(seed)
    for number in range(10**9):
        matcher = Matcher(compiled, prefix)
        choose = Masked(Sampling(temperature=5.0, seed=number).chooser(), matcher, room)
        tokens: list[int] = []
        while not tokens or tokens[-1] not in compiled._vocabulary.closing:
            assert len(tokens) < room, "it was cut off"
            logits = 4 * torch.randn(size, generator=generator)
            tokens.append(choose(logits))
        yield tokens


@settings(deadline=None, max_examples=40)
@given(rules, st.integers(0, 2**32))
def test_a_mask_is_what_each_token_alone_gives(words: Vocabulary, rule: Rule, seed: int) -> None:
    try:
        compiled = Compiled(rule, words)
    except ValueError as error:
        assert str(error) == "no text fits the grammar"
        return
    chance, matcher, state = random.Random(seed), Matcher(compiled), compiled.start
    for _ in range(6):
        for room in (matcher.least, matcher.least + 1, 1000):
            blocked = matcher.blocked(room, CPU).tolist()
            assert len(blocked) == len(WORDS)
            assert not all(blocked)
            for token, text in enumerate(words.texts):
                after = compiled.after(state, text)
                wanted = compiled.least(state) == 1 if token == END else text and compiled.least(after) + 1 <= room
                assert blocked[token] is not bool(wanted)
                assert matcher.allows(token, room, CPU) is bool(wanted)
        token = chance.choice([token for token, not_allowed in enumerate(blocked) if not not_allowed])
        if token == END:
            break
        matcher.consume(token)
        state = compiled.after(state, WORDS[token])


@settings(deadline=None, max_examples=30)
@given(rules, st.integers(0, 2), st.integers(0, 2**32))
def test_random_replies_fit_and_none_is_cut_off(words: Vocabulary, rule: Rule, more: int, seed: int) -> None:
    try:
        compiled = Compiled(rule, words)
    except ValueError:
        return
    found = replies(compiled, len(WORDS), "", compiled.least(compiled.start) + more, seed)
    for _ in range(3):
        text = b"".join(WORDS[token] for token in next(found)[:-1])
        assert matches(rule, text.decode())


@pytest.mark.parametrize("name", NAMED)
def test_replies_in_real_forms_fit(checkpoint: Checkpoint, tiny: Tokenizer, name: str) -> None:
    """Of two vocabularies, with much room and with as little as there can be."""
    check_replies(checkpoint.tokenizer, name, 2)
    check_replies(tiny, name, 2)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMED)
def test_ten_thousand_replies_fit(tiny: Tokenizer, name: str) -> None:
    check_replies(tiny, name, 667)


def check_replies(tokenizer: Tokenizer, name: str, times: int) -> None:
    compiled = Compiler().compile(NAMED[name], tokenizer, closing_of(tokenizer))
    least = Matcher(compiled).least
    for room in (least, least + 7, 2 * least + 40):
        found = replies(compiled, tokenizer.size, "", room, room)
        for _ in range(times):
            tokens = next(found)
            assert matches(NAMED[name], tokenizer.decode(tokens)), tokenizer.decode(tokens)


def test_a_reply_goes_on_from_its_prefix(tiny: Tokenizer) -> None:
    compiled = Compiler().compile(CLICK, tiny, closing_of(tiny))
    prefix = '{"type": "click", "point": [19'
    for tokens, _ in zip(
        replies(compiled, tiny.size, prefix, Matcher(compiled, prefix).least, 0), range(20), strict=False
    ):
        assert matches(CLICK, prefix + tiny.decode(tokens))
    for wrong in ("{}", prefix + "20", "é", "\ud800"):
        with pytest.raises(ValueError, match="begins with the prefix"):
            Matcher(compiled, wrong)


def test_a_grammar_that_ends_lets_only_a_closing_token_follow(tiny: Tokenizer) -> None:
    matcher = Matcher(Compiler().compile(Literal("click"), tiny, closing_of(tiny)))
    for token in tiny.encode("click"):
        matcher.consume(token)
    allowed = np.flatnonzero(~matcher.blocked(9, CPU).numpy()).tolist()
    assert set(allowed) == closing_of(tiny)
    assert matcher.forced() == (tiny.id("<|im_end|>"),)


def test_control_tokens_never_come_and_tokens_of_text_do(checkpoint: Checkpoint) -> None:
    """A rule of the name of a control token is written with letters."""
    tokenizer = checkpoint.tokenizer
    matcher = Matcher(Compiler().compile(Repeat(Character()), tokenizer, checkpoint.closing))
    allowed = set(np.flatnonzero(~matcher.blocked(9, CPU).numpy()).tolist())
    controls = {tokenizer.id(name) for name in ("<|im_start|>", "<|image_pad|>", "<|box_start|>")}
    texts = {tokenizer.id(name) for name in ("<tool_call>", "</tool_call>", "<|fim_pad|>")}
    assert not controls & allowed
    assert texts | checkpoint.closing <= allowed
    named = Matcher(Compiler().compile(Literal("<|im_end|>"), tokenizer, checkpoint.closing))
    assert not {*checkpoint.closing} & set(np.flatnonzero(~named.blocked(99, CPU).numpy()).tolist())


def test_the_bytes_of_tokens_are_those_that_are_decoded(checkpoint: Checkpoint, tiny: Tokenizer) -> None:
    for tokenizer in (checkpoint.tokenizer, tiny):
        texts = tokenizer.written()
        assert len(texts) == tokenizer.size
        assert [text.decode("utf-8", "replace") for text in texts] == [
            tokenizer.decode([token]) for token in range(tokenizer.size)
        ]


def test_added_tokens_are_read_as_the_library_writes_them() -> None:
    from tokenizers import AddedToken, decoders, models, pre_tokenizers
    from tokenizers import Tokenizer as Library

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    library = Library(models.BPE(vocab={byte: index for index, byte in enumerate(alphabet)}, merges=[]))
    library.decoder = decoders.ByteLevel()
    names = ["Ã©", " é", "\x7fa", "a\n", "Ġa", "日", "<|e|>"]
    library.add_tokens([AddedToken(name, special=name == "<|e|>", normalized=False) for name in names])
    tokenizer = Tokenizer(library)
    texts = tokenizer.written()[256:]
    assert texts == ["é".encode(), " é".encode(), b"\x7fa", b"a\n", b" a", "日".encode(), b""]
    assert [text.decode() for text in texts] == [tokenizer.decode([256 + index]) for index in range(7)]
    library.decoder = decoders.WordPiece()
    with pytest.raises(InvalidCheckpoint, match="not one of bytes"):
        Compiler().compile(CLICK, Tokenizer(library), frozenset({262}))


@pytest.mark.parametrize("rule", [Choice(()), sequence("a", Choice(())), Without(("",)), Literal("\ud800")])
def test_a_rule_that_cannot_be_kept_to(words: Vocabulary, rule: Rule) -> None:
    with pytest.raises(ValueError, match="grammar"):
        Compiled(rule, words)


def test_a_vocabulary_that_cannot_write_or_end_it(tiny: Tokenizer) -> None:
    with pytest.raises(ValueError, match="no text fits the grammar"):
        Compiled(Literal("ab"), Vocabulary([b"a", b"abc", b""], frozenset({2})))
    few = Compiled(choice(["ab", "ba", "abc"]), Vocabulary([b"a", b"b", b"abc", b"bc", b""], frozenset({4})))
    assert Matcher(few).least == 2
    assert Matcher(few).blocked(9, CPU).tolist() == [False, False, False, True, True]
    assert Matcher(few).blocked(2, CPU).tolist() == [True, True, False, True, True]
    with pytest.raises(ValueError, match="no token that ends a reply"):
        Compiler().compile(CLICK, tiny, frozenset())


def test_what_must_follow_is_written_as_usual(checkpoint: Checkpoint) -> None:
    tokenizer = checkpoint.tokenizer
    matcher = Matcher(Compiler().compile(CALL, tokenizer, checkpoint.closing))
    assert matcher.forced() == ()
    for token in tokenizer.encode("Let me <tool_call>"):
        matcher.consume(token)
    assert tokenizer.decode(matcher.forced()) == '\n{"type": "'
    for token in tokenizer.encode('\n{"type": "cl'):
        matcher.consume(token)
    assert matcher.forced() == tuple(tokenizer.encode('ick", "point": ['))
    for token in tokenizer.encode('ick", "point": [1919, 1079'):
        matcher.consume(token)
    assert matcher.forced() == (*tokenizer.encode("]}\n</tool_call>"), max(checkpoint.closing))


def test_half_a_character_is_not_guessed(checkpoint: Checkpoint) -> None:
    matcher = Matcher(Compiler().compile(choice(["aß", "aà"]), checkpoint.tokenizer, checkpoint.closing))
    matcher.consume(checkpoint.tokenizer.encode("a")[0])
    assert matcher.forced() == ()  # both begin with the same byte


def test_compiled_rules_are_kept_by_what_they_say(tiny: Tokenizer) -> None:
    compiler, closing = Compiler(), closing_of(tiny)
    first = compiler.compile(sequence("a", Character("bc")), tiny, closing)
    assert compiler.compile(sequence("a", Character("bc")), tiny, closing) is first
    assert compiler.compile(sequence("a", Character("bc")), tiny, frozenset({0})) is not first
    for number in range(16):
        compiler.compile(Literal(str(number)), tiny, closing)
    assert compiler.compile(sequence("a", Character("bc")), tiny, closing) is not first


def test_masks_are_kept_until_there_are_many(words: Vocabulary, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handeye.model.grammar.compiled._MEMORY", 0)
    compiled = Compiled(Literal("a" * 40), words)
    first = compiled.mask(compiled.start, CPU)
    assert compiled.mask(compiled.start, CPU) is first
    for length in range(1, 30):
        compiled.mask(compiled.after(compiled.start, b"a" * length), CPU)
    assert len(compiled._masks) == 8
    again = compiled.mask(compiled.start, CPU)
    assert again is not first
    assert again.blocked.equal(first.blocked)


def test_the_likeliest_token_is_taken_without_a_mask_if_it_is_allowed(tiny: Tokenizer) -> None:
    """The same as with one."""
    compiled = Compiler().compile(STEP, tiny, closing_of(tiny))
    generator = torch.Generator().manual_seed(0)
    greedy = Sampling().chooser()
    one, other = (Masked(greedy, Matcher(compiled), 400) for _ in range(2))
    for _ in range(60):
        logits = torch.randn(1, tiny.size, generator=generator)
        token = one(logits[0])
        assert Choices(logits).take(0, other) == token
        if token in closing_of(tiny):
            break
