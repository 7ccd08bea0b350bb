r"""Calls as in Python, such as `click(start_box='(10, 20)')`: their names and literal arguments.

Only names of a given list count, and only plain values as arguments. A call that is valid Python is parsed by `ast`,
which evaluates nothing; any other is read leniently: quotes and line feeds within strings, full-width brackets, commas
and equals signs, words and marked points without quotes, and brackets that are missing at the end of the text, before a
tag or before the next call. A string that is cut off is rejected, since the rest of it is unknown.

Each character is read a bounded number of times for any text.
"""

import ast
import re
from collections.abc import Collection
from dataclasses import dataclass, field

from handeye.actions.replies.lenient_json import whole_characters

Object = dict[str, object]

MAX_DEPTH = 24
"""The deepest nesting of lists."""
_MOST_CALLS = 200
_LONGEST_CALL = 100_000
_LONGEST_REPEATED = 20

_OPENING, _CLOSING = "(\uff08", ")\uff09"
_NAME = re.compile(rf"(?<![\w.])(?P<name>[A-Za-z_][\w.]*)(?P<space>[ \t]*)[{_OPENING}]")
# What may precede a statement on its line.
_BEFORE_STATEMENT = re.compile(r"(?:^|[\n;`>:\uff1a])[ \t\-*]*\Z")
_BEFORE_STATEMENT_WITHIN = 40
_TOKEN = re.compile(
    r"(?P<string>'''(?:[^\\]|\\.)*?'''|\"\"\"(?:[^\\]|\\.)*?\"\"\"|'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\")"
    r"|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<other>[^'\"()\[\]{}]+)",
    re.DOTALL,
)
# Python warns of these while it parses: an unknown escape, and a number that runs into a word.
_WARNED = re.compile(r"\\[^\n\\'\"abfnrtvxuUN0-7]|[0-9](?:and|else|for|if|in|is|or)\b")
_RAW = re.compile(r"\b[rR](?:'[^'\n]*'|\"[^\"\n]*\")")
_SPACE = re.compile(r"\s*")
_ENDS = r"\Z|```|</?(?:action|answer|code|conclusion|operation|think|thought|tool_call|output)|<\|(?!/?box_)"
_END = re.compile(_ENDS, re.IGNORECASE)
_NEXT_CALL = re.compile(rf"[ \t]*\n\s*[A-Za-z_][\w.]*[{_OPENING}]")
_KEYWORD = re.compile(r"([A-Za-z_]\w*)\s*[=:\uff1d\uff1a](?!=)\s*")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?(?!\w)")
_WORD = re.compile(r"[A-Za-z_][\w-]*")
_MARKED = re.compile(r"<\|?(?:box_start|bbox|point)\|?>[^<>'\"]{0,80}<\|?/?(?:box_end|bbox|point)\|?>")
_QUOTES = {"'": "'", '"': '"', "\u2018": "\u2019", "\u201c": "\u201d"}
_SPECIAL = {opening: re.compile(rf"[\\{closing}]") for opening, closing in _QUOTES.items()}
_AFTER_BRACKETS = rf"\s*(?:[\n;,#`)\]{_CLOSING}\uff0c]|{_ENDS})"
# What follows the last quote of a string: the next argument or item, or brackets with which the call seems to end.
_STRING_ENDS = re.compile(
    rf"\s*(?:[,\uff0c]\s*(?:[A-Za-z_]\w*\s*[=\uff1d]|['\"\u2018\u201c\[(<0-9-]|[)\]{_CLOSING}])"
    rf"|[)\]{_CLOSING}]{_AFTER_BRACKETS}|\Z|{_ENDS})",
    re.IGNORECASE,
)
_STRING_MAY_END = re.compile(rf"\s*[)\]{_CLOSING}]")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", '"': '"', "\n": ""}
_CONSTANTS: dict[str, object] = {"True": True, "true": True, "False": False, "false": False, "None": None, "null": None}
_LONGEST_INTEGER = 30


class Unreadable(ValueError):
    """A call cannot be read. The message says in one line why."""


@dataclass(frozen=True, slots=True)
class PythonCall:
    """One call."""

    name: str
    positional: tuple[object, ...] = ()
    named: Object = field(default_factory=dict)

    def bound(self, *parameters: str) -> Object:
        """Return the arguments by name, the positional ones under the names of the parameters; raise `Unreadable`."""
        if len(self.positional) > len(parameters):
            raise Unreadable(f"{self.name} takes at most {len(parameters)} arguments without a name")
        given = dict(zip(parameters, self.positional, strict=False))
        if twice := given.keys() & self.named.keys():
            raise Unreadable(f"{self.name} is given {min(twice)} twice")
        return given | self.named


@dataclass(frozen=True, slots=True)
class Calls:
    """The calls of a text. Without a `failure` there is at least one."""

    before: str
    """The text before the first call."""
    calls: tuple[PythonCall, ...]
    rest: str
    """The text between and after the calls, each of which is a line feed in it."""
    notes: tuple[str, ...]
    failure: str | None
    """Why they cannot be used: there are none, or one cannot be read or has a name that is not on the list."""


def read_calls(text: str, names: Collection[str], missing: str) -> Calls:
    """Return the calls of the functions with these names; `missing` is the failure if there are none.

    A call of another function where a statement begins is a failure; among prose it is prose. Accepts any text.
    """
    scan = _Scan(text, names)
    scan.run()
    return scan.calls_or(missing)


def literal(value: object) -> str:
    """Return a text, a number or a list of them as a Python literal with single quotes, on one line."""
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\t", "\\t")
        return f"'{escaped}'"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(literal, value))}]"
    return repr(value)


@dataclass(slots=True)
class _Scan:
    text: str
    names: Collection[str]
    position: int = 0
    calls: list[PythonCall] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    """The text outside calls."""
    repairs: list[str] = field(default_factory=list)
    failure: str | None = None
    budget: int = 0
    """How many characters may still be read ahead in vain."""

    def run(self) -> None:
        self.budget = 4 * len(self.text) + 1000
        kept = 0
        while found := _NAME.search(self.text, self.position):
            self.position = found.end()
            name = found["name"]
            if name not in self.names:
                if not found["space"] and self._begins_a_statement(found.start()):
                    self.failure = f"there is no function {name[:40]!r}"
                    return
                continue
            self.pieces.append(self.text[kept : found.start()])
            try:
                self.calls.append(self._call(name, found.end() - 1))
            except Unreadable as error:
                self.failure = f"the call of {name} {error}"
                return
            kept = self.position
            if len(self.calls) >= _MOST_CALLS:
                break
        self.pieces.append(self.text[kept:])

    def calls_or(self, missing: str) -> Calls:
        failure = self.failure if self.failure is not None else None if self.calls else missing
        before, *rest = self.pieces or [self.text]
        notes = tuple(f"repaired a call: {repair}" for repair in dict.fromkeys(self.repairs))
        return Calls(before, tuple(self.calls), "\n".join(rest), notes, failure)

    def _begins_a_statement(self, start: int) -> bool:
        before = self.text[max(0, start - _BEFORE_STATEMENT_WITHIN) : start]
        return _BEFORE_STATEMENT.search(before) is not None

    def _call(self, name: str, opening: int) -> PythonCall:
        """Read the call whose bracket is at `opening`, and move behind it."""
        end = self._extent(opening)
        source = self.text[opening:end]
        if end and not _WARNED.search(_RAW.sub("", source)):
            try:
                parsed = ast.parse(f"f{source}", mode="eval").body
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                pass  # not Python: read leniently
            else:
                self.position = end
                return self._parsed(name, parsed)
        reader = _Arguments(self.text, opening + 1, self.budget)
        call = PythonCall(name, *reader.read())
        self.position, self.budget = reader.position, reader.budget
        self.repairs += reader.repairs
        return call

    def _extent(self, opening: int) -> int:
        """Return where the bracket at `opening` is closed by Python's rules; 0 if it is not."""
        position, depth = opening, 0
        while found := _TOKEN.match(self.text, position):
            position = found.end()
            if position - opening > _LONGEST_CALL:
                break
            if found["open"]:
                depth += 1
                if depth > MAX_DEPTH:
                    break
            elif found["close"]:
                depth -= 1
                if depth == 0:
                    return position
        self.budget -= position - opening
        if self.budget < 0:
            raise Unreadable("is broken, as are too many before it")
        return 0

    def _parsed(self, name: str, node: ast.expr) -> PythonCall:
        if not isinstance(node, ast.Call):
            raise Unreadable("is not a call")
        named: Object = {}
        for keyword in node.keywords:
            if keyword.arg is None:
                raise Unreadable("must have plain values as arguments")
            named[keyword.arg] = self._plain(keyword.value)
        return PythonCall(name, tuple(self._plain(argument) for argument in node.args), named)

    def _plain(self, node: ast.expr) -> object:
        match node:
            case ast.Constant(value=str(text)):
                return whole_characters(text)
            case ast.Constant(value=(bool() | int() | float() | None) as value):
                return value
            case ast.Name(id=word):
                self.repairs.append("put quotes around a word")
                return word
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=(int() | float()) as number)):
                return -number
            case ast.UnaryOp(op=ast.UAdd(), operand=ast.Constant(value=(int() | float()) as number)):
                return number
            case ast.List(elts=items) | ast.Tuple(elts=items):
                return [self._plain(item) for item in items]
            case ast.BinOp(left=ast.List(elts=items), op=ast.Mult(), right=ast.Constant(value=int(times))) if (
                0 <= times * len(items) <= _LONGEST_REPEATED
            ):
                return [self._plain(item) for item in items] * times
            case _:
                raise Unreadable("must have plain values as arguments")


class _Arguments:
    """Reads arguments leniently, from behind the opening bracket."""

    def __init__(self, text: str, position: int, budget: int) -> None:
        self.text = text
        self.position = position
        self.budget = budget
        self.repairs: list[str] = []

    def read(self) -> tuple[tuple[object, ...], Object]:
        positional: list[object] = []
        named: Object = {}
        while not self._closed(_CLOSING, empty=not positional and not named):
            keyword = _KEYWORD.match(self.text, self.position)
            if keyword is not None:
                if keyword[1] in named:
                    raise Unreadable(f"has {keyword[1][:40]} twice")
                self.position = keyword.end()
                named[keyword[1]] = self._value(0)
            else:
                positional.append(self._value(0))
            self._separator()
        return tuple(positional), named

    def _closed(self, brackets: str, empty: bool) -> bool:
        """Return whether the list ends here, and move behind its bracket."""
        if _NEXT_CALL.match(self.text, self.position) and not empty:
            self.repairs.append("added a missing bracket")
            return True
        self._skip_space()
        if self._peek() and self._peek() in brackets:
            if self._peek() in "\uff09\uff3d":
                self.repairs.append("replaced full-width characters")
            self.position += 1
            return True
        if _END.match(self.text, self.position):
            if empty:
                raise Unreadable("is cut off")
            self.repairs.append("added a missing bracket")
            return True
        return False

    def _separator(self) -> None:
        at = self._after_space()
        if self.text[at : at + 1] in (",", "\uff0c"):
            self.position = at + 1
        elif not (
            self.text[at : at + 1] in (*_CLOSING, "]", "\uff3d")
            or _END.match(self.text, at)
            or _NEXT_CALL.match(self.text, self.position)
        ):
            raise Unreadable(f"has no comma or closing bracket at character {at + 1}")

    def _value(self, depth: int) -> object:
        self._skip_space()
        if depth > MAX_DEPTH:
            raise Unreadable("is nested too deeply")
        character = self._peek()
        if character in _QUOTES and character:
            return self._string(character)
        if character and character in "[(\uff3b\uff08":
            self.position += 1
            items: list[object] = []
            while not self._closed(")]\uff09\uff3d", empty=not items):
                items.append(self._value(depth + 1))
                self._separator()
            return items
        if found := _MARKED.match(self.text, self.position):
            self.position = found.end()
            self.repairs.append("put quotes around a point")
            return found[0]
        if found := _NUMBER.match(self.text, self.position):
            self.position = found.end()
            if self.position == len(self.text):
                raise Unreadable("is cut off within a number")
            digits = found[0]
            return int(digits) if digits.lstrip("+-").isdigit() and len(digits) <= _LONGEST_INTEGER else float(digits)
        if found := _WORD.match(self.text, self.position):
            self.position = found.end()
            if self._peek() and self._peek() in f"{_OPENING}.\"'":
                raise Unreadable("must have plain values as arguments")
            if found[0] in _CONSTANTS:
                return _CONSTANTS[found[0]]
            self.repairs.append("put quotes around a word")
            return found[0]
        raise Unreadable(f"has no value at character {self.position + 1}" if character else "is cut off")

    def _string(self, opening: str) -> str:
        """Read a string: to the first quote after which the call goes on or ends."""
        parts: list[str] = []
        start = self.position + 1
        weak: tuple[int, int] | None = None
        quoted = False
        while found := _SPECIAL[opening].search(self.text, start):
            at = found.start()
            parts.append(self.text[start:at])
            if found[0] == "\\":
                start = self._escape(at, parts)
            elif _STRING_ENDS.match(self.text, at + 1):
                return self._finished(parts, at + 1, quoted)
            else:
                if weak is None and _STRING_MAY_END.match(self.text, at + 1):
                    weak = (at + 1, len(parts))
                quoted = True
                parts.append(found[0])
                start = at + 1
        self.budget -= len(self.text) - self.position
        if self.budget < 0 or weak is None:
            raise Unreadable("is cut off within a string")
        end, count = weak
        return self._finished(parts[:count], end, quoted)

    def _finished(self, parts: list[str], end: int, quoted: bool) -> str:
        if quoted:
            self.repairs.append("escaped quotes in a string")
        if "\n" in self.text[self.position : end]:
            self.repairs.append("escaped line feeds in a string")
        self.position = end
        return whole_characters("".join(parts))

    def _escape(self, at: int, parts: list[str]) -> int:
        """Read an escape; a backslash before any other character is literal, as in a Windows path."""
        found = _ESCAPE.match(self.text, at)
        if found is None:  # the last character of the text
            parts.append("\\")
            return at + 1
        if found[1] or found[2]:
            parts.append(chr(int(found[1] or found[2], 16)))
        else:
            parts.append(_ESCAPES.get(found[3], f"\\{found[3]}"))
        return found.end()

    def _skip_space(self) -> None:
        self.position = self._after_space()

    def _after_space(self) -> int:
        found = _SPACE.match(self.text, self.position)
        return found.end() if found else self.position

    def _peek(self) -> str:
        return self.text[self.position : self.position + 1]
