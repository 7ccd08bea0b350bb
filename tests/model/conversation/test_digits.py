"""Which characters of a reply are digits that were measured."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import AddedToken, Regex, decoders, models, pre_tokenizers, trainers
from tokenizers import Tokenizer as Library

from handeye.model.conversation.digits import placed
from handeye.model.conversation.tokenizer import TextStream, Tokenizer
from tests.model.random_checkpoint import build_tokenizer


def with_words() -> Tokenizer:
    """Return a vocabulary with words that hold digits, written and not, as the shipped checkpoint has them."""
    library = build_tokenizer()
    library.add_tokens([AddedToken(word, normalized=False) for word in ("1st", " 2nd", "Screen 168x224:\n")])
    library.add_special_tokens([AddedToken("<|3|>", special=True, normalized=False)])
    return Tokenizer(library)


WORDS = with_words()


def grouped(split: str) -> Tokenizer:
    """Return a vocabulary with tokens of several digits."""
    library = Library(models.BPE())
    library.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(split), "isolated"), pre_tokenizers.ByteLevel(False, use_regex=False)]
    )
    library.decoder = decoders.ByteLevel()
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(vocab_size=270, initial_alphabet=alphabet, show_progress=False)
    library.train_from_iterator(["12 12 345 345 345"] * 4, trainer)
    return Tokenizer(library)


def test_the_digits_of_a_vocabulary() -> None:
    shipped = Tokenizer.from_folder(Path("model/checkpoints/handeye-tiny"))
    for tokenizer in (WORDS, shipped):
        assert [tokenizer.decode([token]) for token in tokenizer.digits] == list("0123456789")


@pytest.mark.parametrize("split", [r"\d{1,3}", r" ?\d+"])
def test_a_vocabulary_with_tokens_of_several_digits_has_none(split: str) -> None:
    tokenizer = grouped(split)
    assert len(tokenizer.encode("345")) < 3
    assert tokenizer.digits == ()


@given(st.lists(st.integers(0, WORDS.size - 1), max_size=40), st.integers(0, 60))
def test_each_digit_is_found_in_any_text(tokens: list[int], end: int) -> None:
    """Also between pieces of characters, words with digits and control tokens, and where the text was cut off."""
    prefix = "9 of "
    stream = TextStream(WORDS)
    text = (prefix + "".join(map(stream.push, tokens)) + stream.close())[: len(prefix) + end]
    measured = {index: (float(index),) for index, token in enumerate(tokens) if token in WORDS.digits}
    found = placed(text, len(prefix), tokens, WORDS.digit_counts, measured)
    for digit in found:
        assert text[digit.place] == str(WORDS.digits.index(tokens[digit.index]))
        assert digit.probabilities == measured[digit.index]
    assert [digit.place for digit in found] == sorted({digit.place for digit in found})
    written = sum(character in "0123456789" for character in text[len(prefix) :])
    wordy = sum(WORDS.digit_counts.get(token, 0) for token in tokens if token not in WORDS.digits)
    assert written - wordy <= len(found) <= written


def test_only_what_was_measured_is_returned() -> None:
    tokens = WORDS.encode("[12, 3]")
    two = tokens.index(WORDS.digits[2])
    (digit,) = placed("[12, 3]", 0, tokens, WORDS.digit_counts, {two: (0.5,)})
    assert (digit.index, digit.place, digit.probabilities) == (two, 2, (0.5,))
