"""The grammar of the phone's shell: the part of mksh that computers use over adb.

script    steps separated by `;`, newline, `&&` and `||`
pipeline  commands joined by `|`, perhaps negated by `!`
command   words with redirections and assignments, or a script in `( )` or `{ }`
word      text, '...', "...", \\x, $NAME, ${NAME}, $?, $(script)

Loops, conditions, functions, here-documents and background commands are not supported: they are syntax errors.
"""

import re
from collections.abc import Callable
from typing import Final, Literal

from handeye.actions.errors import HandeyeError
from handeye.environments.simulated_phone.shell.script import (
    Group,
    Part,
    Pipeline,
    Redirect,
    Script,
    Simple,
    Step,
    Substitution,
    Text,
    Variable,
    Word,
)


class ShellSyntaxError(HandeyeError, ValueError):
    """The shell cannot parse its input."""


_BLANK = " \t"
_SPECIAL = frozenset(" \t\n;&|<>()")
_RESERVED = frozenset("if then else elif fi for while until do done case esac function select".split())
_REPLACED = "\\$`"
_SPECIAL_NAMES = "?$#@*!-0123456789"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ASSIGNED = re.compile(rf"({_NAME.pattern})=")
UNCLOSED: Final = "no closing quote"
_MORE: Final = "syntax error: unexpected EOF"
_DEEPEST = 50
"""The maximum nesting of scripts; nobody needs more, and each level takes stack space."""


def parse(text: str) -> Script:
    """Parse a script; raise `ShellSyntaxError` if this shell cannot run it."""
    reader = _Reader(text)
    script = reader.script()
    if not reader.at_end:
        raise reader.unexpected()
    return script


def is_unfinished(text: str) -> bool:
    """Return whether more lines could complete the script: a quote or a group is still open."""
    try:
        parse(text)
    except ShellSyntaxError as error:
        return str(error) in (UNCLOSED, _MORE)
    return False


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0

    @property
    def at_end(self) -> bool:
        return self._at >= len(self._text)

    def unexpected(self) -> ShellSyntaxError:
        found = "EOF" if self.at_end else f"'{self._text[self._at]}'".replace("\n", "newline")
        return ShellSyntaxError(f"syntax error: unexpected {found}")

    def script(self) -> Script:
        """Parse steps up to the end, or to the `)` or `}` that closes the enclosing group."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ShellSyntaxError("syntax error: scripts are nested too deeply")
        steps = self._steps()
        self._depth -= 1
        return steps

    def _steps(self) -> Script:
        steps: list[Step] = []
        connector: Literal[";", "&&", "||"] = ";"
        while True:
            self._skip(newlines=True)
            if self.at_end or self._peek(")") or self._closing_brace():
                if connector != ";":
                    raise self.unexpected()
                return tuple(steps)
            steps.append(Step(connector, self._pipeline()))
            self._skip()
            if self._take("&&"):
                connector = "&&"
            elif self._take("||"):
                connector = "||"
            elif self._take(";") or self._take("\n"):
                connector = ";"
            elif self._peek("&"):
                raise ShellSyntaxError("syntax error: this shell does not support background commands")
            else:
                return tuple(steps)

    def _pipeline(self) -> Pipeline:
        negated = False
        while self._peek("! "):
            self._at += 2
            negated = not negated
            self._skip()
        commands = [self._command()]
        self._skip()
        while self._peek("|") and not self._peek("||"):
            self._at += 1
            self._skip(newlines=True)
            commands.append(self._command())
            self._skip()
        return Pipeline(tuple(commands), negated)

    def _command(self) -> Simple | Group:
        self._skip()
        if self._take("("):
            return self._group(")", subshell=True)
        if self._peek("{ ") or self._peek("{\n"):
            self._at += 1
            return self._group("}", subshell=False)
        assignments: list[tuple[str, Word]] = []
        words: list[Word] = []
        redirects: list[Redirect] = []
        while True:
            self._skip()
            redirect = self._redirect()
            if redirect is not None:
                redirects.append(redirect)
                continue
            if self.at_end or self._text[self._at] in _SPECIAL:
                break
            name = None if words else self._assigned_name()
            if name is not None:
                assignments.append((name, self._word()))
                continue
            start = self._at
            words.append(self._word())
            if len(words) == 1 and self._text[start : self._at] in _RESERVED:
                raise ShellSyntaxError(f"syntax error: this shell does not support '{self._text[start : self._at]}'")
        if not (assignments or words or redirects):
            raise self.unexpected()
        return Simple(tuple(assignments), tuple(words), tuple(redirects))

    def _group(self, closing: str, subshell: bool) -> Group:
        script = self.script()
        self._skip(newlines=True)
        if not script or not self._take(closing):
            raise self.unexpected()
        redirects: list[Redirect] = []
        while (redirect := self._redirect()) is not None:
            redirects.append(redirect)
        return Group(script, tuple(redirects), subshell)

    def _closing_brace(self) -> bool:
        following = self._text[self._at + 1 : self._at + 2]
        return self._peek("}") and (not following or following in _SPECIAL)

    def _redirect(self) -> Redirect | None:
        self._skip()
        at = self._at
        digit = self._text[at : at + 1]
        descriptor = int(digit) if digit in ("0", "1", "2") and self._text[at + 1 : at + 2] in ("<", ">") else None
        if descriptor is not None:
            self._at += 1
        kind: Literal["<", ">", ">>", ">&"]
        if self._take(">>"):
            kind = ">>"
        elif self._take(">&"):
            kind = ">&"
        elif self._take(">"):
            self._take("|")
            kind = ">"
        elif self._peek("<") and not self._peek("<<"):
            self._at += 1
            kind = "<"
        else:
            self._at = at
            return None
        self._skip()
        if self.at_end or self._text[self._at] in _SPECIAL:
            raise self.unexpected()
        default = 0 if kind == "<" else 1
        return Redirect(default if descriptor is None else descriptor, kind, self._word())

    def _assigned_name(self) -> str | None:
        """Consume `NAME=` and return the name, if it comes next."""
        match = _ASSIGNED.match(self._text, self._at)
        if match is None:
            return None
        self._at = match.end()
        return match[1]

    def _word(self) -> Word:
        parts: list[Part] = []
        while not self.at_end and (character := self._text[self._at]) not in _SPECIAL:
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
        return self._text[self._at] in _SPECIAL or self._text[self._at] in "'\""

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
                raise ShellSyntaxError("syntax error: this shell does not support backquotes: use $(...)")
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

    def _dollar(self, quoted: bool) -> Part:
        if self._peek("$(("):
            raise ShellSyntaxError("syntax error: this shell does not support arithmetic")
        if self._take("$("):
            script = self.script()
            if not self._take(")"):
                raise self.unexpected()
            return Substitution(script, quoted)
        if self._peek("${"):
            end = self._text.find("}", self._at)
            name = self._text[self._at + 2 : end]
            if end < 0 or not (_NAME.fullmatch(name) or (len(name) == 1 and name in _SPECIAL_NAMES)):
                raise ShellSyntaxError("bad substitution")
            self._at = end + 1
            return Variable(name, quoted)
        following = self._text[self._at + 1 : self._at + 2]
        if following and following in _SPECIAL_NAMES:
            self._at += 2
            return Variable(following, quoted)
        match = _NAME.match(self._text, self._at + 1)
        if match is None:
            self._at += 1
            return Text("$", quoted)
        self._at = match.end()
        return Variable(match[0], quoted)

    def _skip(self, newlines: bool = False) -> None:
        """Skip blanks and comments."""
        while not self.at_end:
            if self._text[self._at] in _BLANK or (newlines and self._text[self._at] == "\n"):
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
