"""The words of the phone's shell: quotes, variables, and the output of other commands."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Final

from handeye.actions.errors import HandeyeError
from handeye.environments.simulated_phone.shell.script import (
    Arithmetic,
    Part,
    Script,
    Substitution,
    Text,
    Variable,
    Word,
)


class ShellSyntaxError(HandeyeError, ValueError):
    """The shell cannot parse its input."""


BLANK: Final = " \t"
SPECIAL: Final = frozenset(" \t\n;&|<>()")
NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
UNCLOSED: Final = "no closing quote"

_REPLACED = "\\$`"
_SPECIAL_NAMES = "?$#@*!-0123456789"
_DEFAULTED = re.compile(rf"\$\{{({NAME.pattern}):?-([^{{}}$`]*)\}}")


class WordReader(ABC):
    """Reads words at a place in a text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    @property
    def at_end(self) -> bool:
        """Whether nothing is left."""
        return self._at >= len(self._text)

    def unexpected(self) -> ShellSyntaxError:
        """Return the error that something else was expected here."""
        found = "EOF" if self.at_end else f"'{self._text[self._at]}'".replace("\n", "newline")
        return ShellSyntaxError(f"syntax error: unexpected {found}")

    @abstractmethod
    def script(self) -> Script:
        """Parse steps up to the end, or to what closes the enclosing group."""

    @abstractmethod
    def inner(self, text: str) -> "WordReader":
        """Return a reader of a text within this one."""

    def _word(self) -> Word:
        parts: list[Part] = []
        while not self.at_end and (character := self._text[self._at]) not in SPECIAL:
            if character == "'":
                parts.append(Text(self._single_quoted(), quoted=True))
            elif character == '"':
                self._at += 1
                parts.append(Text("", quoted=True))
                parts += self._parts(lambda: self._peek('"'), quoted=True)
                if not self._take('"'):
                    raise ShellSyntaxError(UNCLOSED)
            else:
                before = self._at
                parts += self._parts(self._ends_bare_text, quoted=False)
                if self._at == before:
                    raise self.unexpected()
        return tuple(parts)

    def _ends_bare_text(self) -> bool:
        return self._text[self._at] in SPECIAL or self._text[self._at] in "'\""

    def _parts(self, ended: Callable[[], bool], quoted: bool) -> list[Part]:
        """Parse text and its substitutions until `ended`."""
        parts: list[Part] = []
        while not self.at_end and not ended():
            character = self._text[self._at]
            if character == "\\":
                parts += self._escaped(quoted)
            elif character == "$":
                parts.append(self._dollar(quoted))
            elif character == "`":
                parts.append(self._backquoted(quoted))
            else:
                start = self._at
                while not self.at_end and not ended() and self._text[self._at] not in _REPLACED:
                    self._at += 1
                parts.append(Text(self._text[start : self._at], quoted))
        return parts

    def _single_quoted(self) -> str:
        end = self._text.find("'", self._at + 1)
        if end < 0:
            raise ShellSyntaxError(UNCLOSED)
        text = self._text[self._at + 1 : end]
        self._at = end + 1
        return text

    def _escaped(self, quoted: bool) -> list[Part]:
        following = self._text[self._at + 1 : self._at + 2]
        self._at += 2
        if following == "\n":
            return []
        if quoted and following not in '$`"\\':
            return [Text("\\" + following, quoted=True)]
        return [Text(following or "\\", quoted=True)]

    def _backquoted(self, quoted: bool) -> Part:
        match = re.compile(r"`((?:[^`\\]|\\.)*)`", re.DOTALL).match(self._text, self._at)
        if match is None:
            raise ShellSyntaxError(UNCLOSED)
        self._at = match.end()
        reader = self.inner(re.sub(r"\\([`\\$])", r"\1", match[1]))
        script = reader.script()
        if not reader.at_end:
            raise reader.unexpected()
        return Substitution(script, quoted)

    def _arithmetic(self, quoted: bool) -> Part:
        start = self._at = self._at + len("$((")
        depth = 0
        while not self.at_end and (depth or not self._peek("))")):
            depth += {"(": 1, ")": -1}.get(self._text[self._at], 0)
            self._at += 1
        if self.at_end:
            raise self.unexpected()
        reader = self.inner(self._text[start : self._at])
        self._at += len("))")
        return Arithmetic(tuple(reader._parts(lambda: False, quoted=True)), quoted)

    def _dollar(self, quoted: bool) -> Part:
        if self._peek("$(("):
            return self._arithmetic(quoted)
        if self._take("$("):
            script = self.script()
            if not self._take(")"):
                raise self.unexpected()
            return Substitution(script, quoted)
        default = _DEFAULTED.match(self._text, self._at)
        if default is not None:
            self._at = default.end()
            return Variable(default[1], quoted, default[2])
        if self._peek("${"):
            end = self._text.find("}", self._at)
            name = self._text[self._at + 2 : end]
            if end < 0 or not (NAME.fullmatch(name) or (len(name) == 1 and name in _SPECIAL_NAMES)):
                raise ShellSyntaxError("bad substitution")
            self._at = end + 1
            return Variable(name, quoted)
        following = self._text[self._at + 1 : self._at + 2]
        if following and following in _SPECIAL_NAMES:
            self._at += 2
            return Variable(following, quoted)
        match = NAME.match(self._text, self._at + 1)
        if match is None:
            self._at += 1
            return Text("$", quoted)
        self._at = match.end()
        return Variable(match[0], quoted)

    def _skip(self, newlines: bool = False) -> None:
        """Skip blanks and comments."""
        while not self.at_end:
            if self._text[self._at] in BLANK or (newlines and self._text[self._at] == "\n"):
                self._at += 1
            elif self._peek("\\\n"):
                self._at += 2
            elif self._peek("#"):
                end = self._text.find("\n", self._at)
                self._at = len(self._text) if end < 0 else end
            else:
                return

    def _peek(self, text: str) -> bool:
        return self._text.startswith(text, self._at)

    def _take(self, text: str) -> bool:
        found = self._peek(text)
        if found:
            self._at += len(text)
        return found
