"""The standard streams where their encoding lacks a character, as in a pipe on Windows."""

import codecs
import sys
from io import TextIOWrapper

_PLAIN = {"✓": "+", "✗": "x", "½": "~", "→": "->", "…": "...", "–": "-", "·": "-", "×": "x", "─": "-", "━": "-"}


def write_anything() -> None:
    """Let output go on where its encoding lacks a character: a plain one, or a question mark, stands for it."""
    codecs.register_error("handeye", _plain)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="handeye")


def _plain(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    missing = error.object[error.start : error.end]
    return "".join(_PLAIN.get(character, "?") for character in missing), error.end
