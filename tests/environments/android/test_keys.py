"""ASCII text becomes commands that type exactly this text, as Android's own code reads them."""

import shlex

from hypothesis import given
from hypothesis import strategies as st

from handeye.environments.android.keys import ascii_commands, is_ascii

_ASCII = st.text(st.sampled_from([chr(code) for code in range(0x20, 0x7F)] + ["%", "s", " "]))


def _sent(argument: str) -> str:
    """What InputShellCommand.sendText makes of its argument, loop by loop."""
    buffer = list(argument)
    escaped = False
    index = 0
    while index < len(buffer):
        if escaped:
            escaped = False
            if buffer[index] == "s":
                buffer[index] = " "
                index -= 1
                del buffer[index]
        if buffer[index] == "%":
            escaped = True
        index += 1
    return "".join(buffer)


def _typed(commands: tuple[tuple[str, str], ...]) -> str:
    text = ""
    for line, piece in commands:
        verb, kind, argument = shlex.split(line)
        assert (verb, kind) == ("input", "text")
        assert _sent(argument) == piece != ""
        text += piece
    return text


@given(_ASCII)
def test_what_is_typed_is_what_was_asked(text: str) -> None:
    assert is_ascii(text)
    assert _typed(ascii_commands(text)) == text


def test_the_characters_that_trap_others() -> None:
    for text in ("%s", "100%s", "%%s", "% s", "50% off", "a&b|c;d<e>'f\"g$(h)`i`\\n", "-n", " ", "x" * 5000, "%" * 900):
        assert _typed(ascii_commands(text)) == text


def test_other_characters_are_not_ascii() -> None:
    for character in ("é", "中", "😀", "\x7f", "\u00a0", "\x1b"):
        assert not is_ascii(character)
