"""Converts text to token ids and back with the vocabulary of a checkpoint."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import Protocol

import tokenizers
from tokenizers import decoders

from handeye.model.errors import InvalidCheckpoint
from handeye.model.files.byte_pairs import byte_alphabet
from handeye.model.files.hub import unfinished
from handeye.model.files.ranks import has_ranks, read_ranks

_BYTES = {character: byte for byte, character in enumerate(byte_alphabet())}
"""The byte that each character of a token's name stands for."""
_TEXTS = 256
"""Texts whose ids are kept: those of a conversation's earlier turns are asked for again in every step."""
_LONG = 32_000
"""Characters of a text beyond which its ids are not kept."""
_DIGIT = re.compile("[0-9]")
_DIGITS = re.compile("[ \u0120]?[0-9]{2,}")
"""The name of a token of several digits, in which U+0120 is a space."""
_BYTES_OF_ORDINALS = {ord(character): byte for character, byte in _BYTES.items()}
_NAME = re.compile(f"[{re.escape(''.join(byte_alphabet()))}]*")
"""The name of a token of bytes."""
_PLACES = re.compile(r"(<\|(?:box|quad|object_ref)_(?:start|end)\|>)")


class Tokenizer:
    """A checkpoint's vocabulary.

    Text never becomes a control token: a page that shows `<|im_end|>` cannot end a turn. Control tokens enter a prompt
    by `id`. The tokens around places, such as `<|box_start|>`, control nothing, and text does become them: the prompts
    of UI-TARS hold them.
    """

    def __init__(self, tokenizer: tokenizers.Tokenizer) -> None:
        tokenizer.encode_special_tokens = True
        self._tokenizer = tokenizer
        self._kept = lru_cache(_TEXTS)(partial(_encode, tokenizer))
        added = tokenizer.get_added_tokens_decoder()
        self._added = frozenset(added)
        names = tokenizer.get_vocab(with_added_tokens=True)
        self.size = max(names.values()) + 1
        """Number of ids. Further rows of the embedding are padding."""
        self.digits = _digits(names)
        """The ids of the digits 0 to 9, in this order, if numbers are written with them one by one; otherwise none."""
        silent = {each.content for each in added.values() if each.special}
        self.digit_counts = {
            id: len(found) for name, id in names.items() if (found := _DIGIT.findall(name)) and name not in silent
        }
        """How many digits there are in the text of a token, by the ids of those that have any."""

    @classmethod
    def from_folder(cls, folder: Path) -> "Tokenizer":
        """Read a checkpoint's tokenizer.json, or its tiktoken.model if there is none.

        Raises:
            InvalidCheckpoint: both are missing, or one cannot be read.
        """
        path = folder / "tokenizer.json"
        if has_ranks(folder):
            return cls(read_ranks(folder))
        try:
            data = path.read_bytes()
        except OSError as error:
            advice = unfinished(folder) or "a checkpoint needs it"
            raise InvalidCheckpoint(f"{path} cannot be read: {error.strerror}; {advice}") from error
        try:
            return cls(tokenizers.Tokenizer.from_buffer(data))
        except ValueError as error:
            reason = " ".join(str(error).split())
            raise InvalidCheckpoint(f"{path} is not a tokenizer: {reason}") from error

    def id(self, token: str) -> int:
        """Return the id of one token, such as `<|im_end|>`.

        Raises:
            InvalidCheckpoint: the vocabulary lacks it.
        """
        found: int | None = self._tokenizer.token_to_id(token)
        if found is None:
            raise InvalidCheckpoint(f"the tokenizer lacks the token {token}, which its prompts need")
        return found

    def encode(self, text: str) -> list[int]:
        """Return the ids of plain text. A lone surrogate, which pages can hold, becomes a question mark."""
        return [*(self._kept(text) if len(text) <= _LONG else _encode(self._tokenizer, text))]

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of ids, without control tokens; bytes that are not UTF-8 become U+FFFD."""
        text: str = self._tokenizer.decode(list(ids), skip_special_tokens=True)
        return text

    def bytes_of(self, token: int) -> bytes:
        """Return the bytes of one token, which may be a part of a character; of a control token, its name."""
        name: str = self._tokenizer.id_to_token(token) or ""
        if token in self._added:
            return name.encode()
        return b"".join(_BYTES[each].to_bytes() if each in _BYTES else each.encode() for each in name)

    def written(self) -> list[bytes]:
        """Return what `decode` writes for each id before it reads UTF-8; nothing for control tokens and unused ids.

        Raises:
            InvalidCheckpoint: the tokens are not written as bytes.
        """
        library = self._tokenizer
        if not isinstance(library.decoder, decoders.ByteLevel):
            raise InvalidCheckpoint("the tokenizer is not one of bytes, so no grammar can be followed with it")
        texts = [b""] * self.size
        for name, token in library.get_vocab(with_added_tokens=False).items():
            texts[token] = _bytes_named(name)
        for token, added in library.get_added_tokens_decoder().items():
            texts[token] = b"" if added.special else _bytes_named(added.content)
        return texts

    def to_json(self) -> str:
        """Return the vocabulary as a tokenizer.json holds it."""
        text: str = self._tokenizer.to_str()
        return text


def _encode(tokenizer: tokenizers.Tokenizer, text: str) -> tuple[int, ...]:
    ids: list[int] = []
    for part in _PLACES.split(text.encode("utf-8", errors="replace").decode("utf-8")):
        place = tokenizer.token_to_id(part) if _PLACES.fullmatch(part) else None
        ids += tokenizer.encode(part, add_special_tokens=False).ids if place is None else (place,)
    return tuple(ids)


def _digits(names: Mapping[str, int]) -> tuple[int, ...]:
    """Return the ids of the ten digits; none if one is missing, or if there are tokens of several."""
    ids = [names[digit] for digit in "0123456789" if digit in names]
    return () if len(ids) < 10 or any(map(_DIGITS.fullmatch, names)) else tuple(ids)


def _bytes_named(name: str) -> bytes:
    """Return the bytes of a token's name; one that holds anything but characters for bytes is a text itself."""
    if _NAME.fullmatch(name):
        return name.translate(_BYTES_OF_ORDINALS).encode("latin-1")
    return name.encode()


class Decoder(Protocol):
    """Any tokenizer that turns ids into text."""

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of ids, without control tokens; bytes that are not UTF-8 become U+FFFD."""


class TextStream:
    """Decodes ids one by one and never splits a character: a token may hold only some of its bytes.

    Each id is decoded after those before it, because in some vocabularies the first one loses the space before it.
    """

    def __init__(self, tokenizer: Decoder) -> None:
        self._tokenizer = tokenizer
        self._ids: list[int] = []
        """Those whose text was returned last, then those whose text is incomplete."""
        self._known = 0
        """The number of the former."""

    def push(self, token: int) -> str:
        """Add one id and return the text that it completes: often none, or that of several tokens."""
        self._ids.append(token)
        text = self._new()
        if text.endswith("\ufffd"):  # the last character may still be incomplete
            return ""
        if text:
            self._ids = self._ids[self._known :]
        self._known = len(self._ids)
        return text

    def close(self) -> str:
        """Return the rest: incomplete characters, as U+FFFD."""
        text = self._new()
        self._ids, self._known = [], 0
        return text

    def _new(self) -> str:
        return self._tokenizer.decode(self._ids)[len(self._tokenizer.decode(self._ids[: self._known])) :]
