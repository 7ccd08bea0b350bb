r"""Calls as in Python, such as `click(start_box='(10, 20)')`: their names and literal arguments.

Only names of a given list count, and only plain values as arguments. A call that is valid Python is parsed by `ast`,
which evaluates nothing; any other is read by `lenient_arguments`. A string that is cut off is rejected, since the rest
of it is unknown.

Each character is read a bounded number of times for any text.
"""

import ast
import re
from collections.abc import Collection
from dataclasses import dataclass, field

from handeye.actions.replies.lenient_arguments import MAX_DEPTH, OPENING, Arguments, Object, Unreadable
from handeye.actions.replies.lenient_json import whole_characters

__all__ = ["Calls", "Object", "PythonCall", "Unreadable", "literal", "read_calls"]

_MOST_CALLS = 200
_LONGEST_CALL = 100_000
_LONGEST_REPEATED = 20

_NAME = re.compile(rf"(?<![\w.])(?P<name>[A-Za-z_][\w.]*)(?P<space>[ \t]*)[{OPENING}]")
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
        reader = Arguments(self.text, opening + 1, self.budget)
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
