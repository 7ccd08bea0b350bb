"""The grammar of the phone's shell: the part of mksh that computers use over adb.

script    steps separated by `;`, newline, `&&` and `||`
pipeline  commands joined by `|`, perhaps negated by `!`
command   words with redirections and assignments; a script in `( )` or `{ }`; `if`, `while`, `until`, `for`, `case`
word      text, '...', "...", \\x, $NAME, ${NAME}, ${NAME:-text}, $?, $(script), `script`, $((number))

Functions, here-documents and background commands are not supported: they are syntax errors.
"""

import re
from typing import Final, Literal

from handeye.environments.simulated_phone.shell.quoting import (
    NAME,
    SPECIAL,
    UNCLOSED,
    ShellSyntaxError,
    WordReader,
)
from handeye.environments.simulated_phone.shell.script import (
    Case,
    Compound,
    Each,
    Group,
    If,
    Loop,
    Pipeline,
    Redirect,
    Script,
    Simple,
    Step,
    Word,
)

_CLOSING = ("then", "elif", "else", "fi", "do", "done", "esac", "}")
"""Words that end the script before them."""
_UNSUPPORTED = frozenset(("function", "select"))
_ASSIGNED = re.compile(rf"({NAME.pattern})=")
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


class _Reader(WordReader):
    def __init__(self, text: str, depth: int = 0) -> None:
        super().__init__(text)
        self._depth = depth

    def inner(self, text: str) -> "_Reader":
        return _Reader(text, self._depth)

    def script(self) -> Script:
        """Parse steps up to the end, or to the `)`, `}` or reserved word that closes the enclosing group."""
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
            if self.at_end or self._peek(")") or self._peek(";;") or any(map(self._peek_word, _CLOSING)):
                if connector != ";":
                    raise self.unexpected()
                return tuple(steps)
            steps.append(Step(connector, self._pipeline()))
            self._skip()
            if self._take("&&"):
                connector = "&&"
            elif self._take("||"):
                connector = "||"
            elif not self._peek(";;") and (self._take(";") or self._take("\n")):
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

    def _command(self) -> Compound:
        self._skip()
        if self._take("("):
            return self._group(")", subshell=True)
        if self._peek("{ ") or self._peek("{\n"):
            self._at += 1
            return self._group("}", subshell=False)
        if self._take_word("if"):
            return self._if()
        for word in ("while", "until"):
            if self._take_word(word):
                return self._loop(word == "until")
        if self._take_word("for"):
            return self._each()
        if self._take_word("case"):
            return self._case()
        return self._simple()

    def _simple(self) -> Simple:
        assignments: list[tuple[str, Word]] = []
        words: list[Word] = []
        redirects: list[Redirect] = []
        while True:
            self._skip()
            redirect = self._redirect()
            if redirect is not None:
                redirects.append(redirect)
                continue
            if self.at_end or self._text[self._at] in SPECIAL:
                break
            name = None if words else self._assigned_name()
            if name is not None:
                assignments.append((name, self._word()))
                continue
            start = self._at
            words.append(self._word())
            if len(words) == 1 and self._text[start : self._at] in _UNSUPPORTED:
                raise ShellSyntaxError(f"syntax error: this shell does not support '{self._text[start : self._at]}'")
        if not (assignments or words or redirects):
            raise self.unexpected()
        return Simple(tuple(assignments), tuple(words), tuple(redirects))

    def _group(self, closing: str, subshell: bool) -> Group:
        script = self.script()
        self._skip(newlines=True)
        if not script or not self._take(closing):
            raise self.unexpected()
        return Group(script, self._redirects(), subshell)

    def _if(self) -> If:
        branches: list[tuple[Script, Script]] = []
        while True:
            condition = self._body("then")
            branches.append((condition, self._body()))
            if self._take_word("elif"):
                continue
            otherwise = self._body() if self._take_word("else") else ()
            self._require_word("fi")
            return If(tuple(branches), otherwise, self._redirects())

    def _loop(self, until: bool) -> Loop:
        condition = self._body("do")
        body = self._body("done")
        return Loop(condition, until, body, self._redirects())

    def _each(self) -> Each:
        self._skip()
        match = NAME.match(self._text, self._at)
        if match is None:
            raise self.unexpected()
        self._at = match.end()
        self._skip()
        words: list[Word] = []
        if self._take_word("in"):
            self._skip()
            while not self.at_end and self._text[self._at] not in SPECIAL:
                words.append(self._word())
                self._skip()
        self._take(";")
        self._skip(newlines=True)
        self._require_word("do")
        body = self._body("done")
        return Each(match[0], tuple(words), body, self._redirects())

    def _case(self) -> Case:
        self._skip()
        word = self._word()
        self._skip(newlines=True)
        self._require_word("in")
        arms: list[tuple[tuple[Word, ...], Script]] = []
        while True:
            self._skip(newlines=True)
            if self._take_word("esac"):
                return Case(word, tuple(arms), self._redirects())
            self._take("(")
            patterns = [self._pattern()]
            while self._take("|"):
                patterns.append(self._pattern())
            if not self._take(")"):
                raise self.unexpected()
            arms.append((tuple(patterns), self.script()))
            self._skip(newlines=True)
            if not self._take(";;") and not self._peek_word("esac"):
                raise self.unexpected()

    def _pattern(self) -> Word:
        self._skip()
        word = self._word()
        if not word:
            raise self.unexpected()
        self._skip()
        return word

    def _body(self, closing: str | None = None) -> Script:
        """Parse a script that is not empty, and the word that closes it."""
        script = self.script()
        self._skip(newlines=True)
        if not script:
            raise self.unexpected()
        if closing is not None:
            self._require_word(closing)
        return script

    def _redirects(self) -> tuple[Redirect, ...]:
        redirects: list[Redirect] = []
        while (redirect := self._redirect()) is not None:
            redirects.append(redirect)
        return tuple(redirects)

    def _peek_word(self, word: str) -> bool:
        """Return whether a reserved word comes next."""
        following = self._text[self._at + len(word) : self._at + len(word) + 1]
        return self._peek(word) and (not following or following in SPECIAL)

    def _take_word(self, word: str) -> bool:
        found = self._peek_word(word)
        if found:
            self._at += len(word)
        return found

    def _require_word(self, word: str) -> None:
        if not self._take_word(word):
            raise self.unexpected()

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
        if self.at_end or self._text[self._at] in SPECIAL:
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
