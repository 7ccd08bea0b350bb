"""Vocabularies in the format of tiktoken: tiktoken.model with the ranks, tokenizer_config.json with the control tokens.

Each line of tiktoken.model is a sequence of bytes in base64 and its rank, which is its id. The tokenizers library wants
merges instead: two tokens that become a third. Those of a token are the last two parts that are left of its bytes when
they are merged by lower ranks only; the order of the ranks is that of the merges. Text is cut as Qwen2.5 cuts it, and,
unlike there, not normalised.

Source: the tokenizer that comes with OpenCUA (TikTokenV3), which is that of Kimi with Qwen2.5's vocabulary.
"""

import base64
import binascii
import itertools
import re
from collections.abc import Mapping
from pathlib import Path

import tokenizers
from tokenizers import AddedToken

from handeye.model.errors import InvalidCheckpoint
from handeye.model.files.byte_pairs import build, byte_alphabet
from handeye.model.files.fields import Section, read_object
from handeye.model.files.hub import unfinished

FILE = "tiktoken.model"
_CONTROL = "tokenizer_config.json"
_ID = re.compile(r"[0-9]{1,9}")
_LONGEST = 1024
"""Bytes of the longest token that is read; Qwen2.5's has 128."""


def has_ranks(folder: Path) -> bool:
    """Tell whether a checkpoint's vocabulary is in the format of tiktoken."""
    return (folder / FILE).is_file() and not (folder / "tokenizer.json").is_file()


def read_ranks(folder: Path) -> tokenizers.Tokenizer:
    """Build the tokenizer of a checkpoint's tiktoken.model.

    Raises:
        InvalidCheckpoint: a file is missing or broken, or they contradict each other.
    """
    ranks = _ranks(folder / FILE)
    control = _control(folder / _CONTROL, len(ranks))
    shown = byte_alphabet()
    names = {token: "".join(shown[byte] for byte in token) for token in ranks}
    vocabulary = {names[token]: rank for token, rank in ranks.items()}
    if known := next((name for name in control if name in vocabulary), None):
        raise InvalidCheckpoint(f"{folder / _CONTROL} has an invalid value: {known!r} is a token of {FILE} too")
    merges = [(names[left], names[right]) for left, right in _merges(ranks)]
    library = build({**vocabulary, **control}, merges)
    library.add_special_tokens([AddedToken(name, special=True, normalized=False) for name in control])
    return library


def _ranks(path: Path) -> dict[bytes, int]:
    """Return the id of each sequence of bytes, in the order of ids: all bytes, and longer ones, from 0 on."""
    ranks: dict[bytes, int] = {}
    try:
        for line in path.read_bytes().splitlines():
            if line:
                token, rank = line.split()
                ranks[base64.b64decode(token, validate=True)] = int(rank)
    except (OSError, ValueError, binascii.Error) as error:
        raise InvalidCheckpoint(f"{path} is not a file of ranks: {error}; download it again") from error
    ordered = dict(sorted(ranks.items(), key=lambda item: item[1]))
    if [*ordered.values()] != [*range(len(ordered))] or not all(bytes([byte]) in ordered for byte in range(256)):
        raise InvalidCheckpoint(f"{path} is not a file of ranks: it must give each byte a rank, from 0 on without gaps")
    if longest := next((token for token in ordered if not 0 < len(token) <= _LONGEST), None):
        raise InvalidCheckpoint(f"{path} is not a file of ranks: a token has {len(longest):,} bytes")
    return ordered


def _control(path: Path, begin: int) -> dict[str, int]:
    """Return the ids of the control tokens, which follow those of the ranks."""
    if not path.is_file():
        raise InvalidCheckpoint(f"{path} is missing: {unfinished(path.parent) or f'{FILE} needs it'}")
    listed = Section(read_object(path), path.name).get("added_tokens_decoder")
    found: dict[str, int] = {}
    for index, token in listed.items() if isinstance(listed, Mapping) else ():
        name = token.get("content") if isinstance(token, Mapping) else None
        if (
            not isinstance(name, str)
            or not name
            or not _ID.fullmatch(index)
            or not begin <= int(index) < 2 * begin + 4096
        ):
            raise InvalidCheckpoint(
                f"{path.name} has an invalid value: added_tokens_decoder has no token of its own for {index[:20]!r}"
            )
        found[name] = int(index)
    if not found:
        raise InvalidCheckpoint(f"{path.name} has no added_tokens_decoder: {FILE} needs the control tokens of it")
    return found


def _merges(ranks: Mapping[bytes, int]) -> list[tuple[bytes, bytes]]:
    """Return the two tokens that each longer token is merged from, in the order of ranks."""
    merges = []
    for token, rank in ranks.items():
        if len(token) > 1:
            parts = _parts(token, ranks, rank)
            if len(parts) == 2:  # a token that no merge reaches is never written
                merges.append((parts[0], parts[1]))
    return merges


def _parts(token: bytes, ranks: Mapping[bytes, int], below: int) -> list[bytes]:
    """Merge a token's bytes by the ranks that are lower than its own, the lowest first."""
    parts = [token[index : index + 1] for index in range(len(token))]
    while len(parts) > 2:
        pairs = [ranks.get(left + right, below) for left, right in itertools.pairwise(parts)]
        lowest = min(pairs)
        if lowest >= below:
            break
        place = pairs.index(lowest)
        parts[place : place + 2] = [parts[place] + parts[place + 1]]
    return parts
