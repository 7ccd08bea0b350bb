"""Qwen2.5's way from text to tokens: it is cut into words, and bytes of a word are merged to pairs of tokens."""

from collections.abc import Mapping, Sequence

import tokenizers
from tokenizers import Regex, decoders, models, pre_tokenizers

_CUT = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
"""Where text is cut; llama.cpp calls it `qwen2`."""


def build(vocabulary: Mapping[str, int], merges: Sequence[tuple[str, str]]) -> tokenizers.Tokenizer:
    """Build a tokenizer of plain tokens, whose bytes are written as characters, and of their merges in order."""
    built = tokenizers.Tokenizer(models.BPE(vocab=dict(vocabulary), merges=[*merges]))
    built.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_CUT), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    built.decoder = decoders.ByteLevel()
    return built


def byte_alphabet() -> tuple[str, ...]:
    """Return the character that stands for each byte: itself if it can be seen, else one from 256 on."""
    seen = {*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)}
    hidden = iter(range(256, 512))
    return tuple(chr(byte if byte in seen else next(hidden)) for byte in range(256))
