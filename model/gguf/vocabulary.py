"""The tokenizer in a GGUF file, made the one that the released tokenizer.json describes."""

from collections.abc import Mapping
from typing import TypeVar

import tokenizers
from tokenizers import AddedToken, normalizers

from handeye.model.conversation.tokenizer import Tokenizer
from handeye.model.errors import InvalidCheckpoint
from handeye.model.files.byte_pairs import build
from handeye.model.gguf.container import Container

_T = TypeVar("_T", str, int)
_NORMAL, _CONTROL, _USER_DEFINED, _UNUSED = 1, 3, 4, 5
_TEXT = frozenset(
    ("<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>", "<|fim_pad|>", "<|repo_name|>", "<|file_sep|>")
)
"""Added tokens that are text in the released tokenizer.json, and that the converter calls control tokens."""


def read_tokenizer(file: Container) -> Tokenizer:
    """Build the tokenizer of a language model.

    Raises:
        InvalidCheckpoint: it is none of Qwen2's making, or its parts do not fit together.
    """
    for key, wanted in (("tokenizer.ggml.model", "gpt2"), ("tokenizer.ggml.pre", "qwen2")):
        if file.metadata.get(key) != wanted:
            raise _invalid(file, f"{key} is {file.metadata.get(key)!r}, and only {wanted!r} is supported")
    words = _list(file, "tokenizer.ggml.tokens", str)
    kinds = _list(file, "tokenizer.ggml.token_type", int)
    if len(words) != len(kinds):
        raise _invalid(file, f"it has {len(words):,} tokens, and the types of {len(kinds):,}")
    vocabulary = {word: index for index, (word, kind) in enumerate(zip(words, kinds, strict=True)) if kind == _NORMAL}
    added = [
        AddedToken(word, special=kind == _CONTROL and word not in _TEXT, normalized=False)
        for word, kind in zip(words, kinds, strict=True)
        if kind in (_CONTROL, _USER_DEFINED)
    ]
    if len(vocabulary) + len(added) + kinds.count(_UNUSED) != len(words):
        raise _invalid(file, "a token is there twice, or has a type that Qwen2 does not have")
    places = [index for index, kind in enumerate(kinds) if kind in (_CONTROL, _USER_DEFINED)]
    if [*vocabulary.values(), *places] != [*range(len(vocabulary) + len(places))]:
        raise _invalid(file, "the tokens that text becomes are not all before the others")
    return Tokenizer(_assembled(file, vocabulary, added))


def _assembled(file: Container, vocabulary: Mapping[str, int], added: list[AddedToken]) -> tokenizers.Tokenizer:
    merges = []
    for merge in _list(file, "tokenizer.ggml.merges", str):
        first, _, second = merge.partition(" ")
        if not {first, second, first + second} <= vocabulary.keys():
            raise _invalid(file, f"the merge {merge!r} is not of two tokens to one")
        merges.append((first, second))
    built = build(vocabulary, merges)
    built.normalizer = normalizers.NFC()
    built.add_tokens(added)
    return built


def _list(file: Container, key: str, kind: type[_T]) -> list[_T]:
    found = file.metadata.get(key)
    if not isinstance(found, list):
        raise _invalid(file, f"it has no list {key}")
    values = [value for value in found if isinstance(value, kind)]
    if len(values) < len(found):
        raise _invalid(file, f"{key} holds other values than it should")
    return values


def _invalid(file: Container, reason: str) -> InvalidCheckpoint:
    return InvalidCheckpoint(f"the tokenizer in {file.path} cannot be used: {reason}")
