"""JSON as models write it: a reader for one object at a time that tolerates harmless mistakes.

Every valid JSON object is read as `json.loads` reads it, except that duplicate keys are rejected. It also accepts
single and typographic quotes, unescaped quotes in a string, raw line feeds in strings, keys and words without quotes,
Python's constants, round brackets for lists, missing commas, trailing commas, and closing brackets that are missing at
the end of the text, before a tag, or before a code fence. It rejects text that is cut off in the middle of a string or
number, since the rest is unknown. It never evaluates anything.

Each character is read a bounded number of times for any text.
"""

import re
from dataclasses import dataclass

MAX_DEPTH = 24
"""The deepest nesting of objects and lists."""

_QUOTES = {'"': '"', "'": "'", "\u201c": "\u201d", "\u2018": "\u2019"}
_SPECIAL = {opening: re.compile(rf"[\\{closing}]") for opening, closing in _QUOTES.items()}
_SPACE = re.compile(r"\s*")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_WORD = re.compile(r"[-+]?[A-Za-z_][\w-]*")
# Where a reply may end with open brackets: the end of the text, a code fence, a tag of the chat or of a tool call.
_STOP = r"\Z|```|<\||</?(?:tool|action|answer|step|function|think|conclusion)|\u2697|\U0001f4d0"
_ENDS = re.compile(_STOP)
# What may follow a string that is the value of a member, and one that is an item of a list.
_NEXT_NAME = r"[\"'\u201c\u2018]\w{1,32}[\"'\u201d\u2019]\s*:"  # after a missing comma
_AFTER_MEMBER = re.compile(rf"\}}|,\s*(?:[\"'\u201c\u2018}}]|\w{{1,32}}\s*:|\Z)|{_NEXT_NAME}|{_STOP}")
_AFTER_ITEM = re.compile(rf"[\]}})]|,\s*(?:[\"'\u201c\u2018{{\[()\]}}0-9.+-]|[A-Za-z]|\Z)|{_STOP}")
_HEX = re.compile(r"[0-9a-fA-F]{4}")
_ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "'": "'"}
_CONSTANTS = {"true": True, "True": True, "false": False, "False": False, "null": None, "None": None}
_NOT_FINITE = ("nan", "inf", "+inf", "-inf", "infinity", "+infinity", "-infinity")
_LONGEST_INTEGER = 30


class Unreadable(ValueError):
    """The text is not a JSON object, even for a lenient reader. `position` is where reading stopped."""

    def __init__(self, reason: str, position: int) -> None:
        super().__init__(reason)
        self.position = position


@dataclass(frozen=True, slots=True)
class Found:
    """An object in a text."""

    value: dict[str, object]
    start: int
    """The position of its opening bracket."""
    end: int
    """The position after its closing bracket."""
    repairs: tuple[str, ...]
    """What was repaired, such as "added a missing bracket"."""


def read_object(text: str, start: int) -> Found:
    """Read the object whose `{` is at `start`; raise `Unreadable` if it is not an object."""
    reader = _Reader(text, start)
    value = reader.members(depth=0)
    return Found(value, start, reader.position, tuple(dict.fromkeys(reader.repairs)))


def whole_characters(text: str) -> str:
    """Return the text with surrogate pairs joined and lone surrogates replaced, so that it can be stored as UTF-8."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class _Reader:
    def __init__(self, text: str, position: int) -> None:
        self.text = text
        self.position = position
        self.repairs: list[str] = []

    def members(self, depth: int) -> dict[str, object]:
        self.position += 1
        members: dict[str, object] = {}
        while True:
            self._skip_space()
            match self._peek():
                case "}":
                    self.position += 1
                    return members
                case ",":
                    self._repair("dropped a comma")
                    self.position += 1
                    continue
                case "":
                    raise self._unreadable("is cut off")
            if members and self._ends_here():
                return members
            key = self._key()
            if key in members:
                raise self._unreadable(f"names {key[:40]!r} twice")
            self._skip_space()
            if self._peek() != ":":
                raise self._unreadable("has no colon")
            self.position += 1
            members[key] = self._value(depth + 1, _AFTER_MEMBER)
            self._skip_space()
            match self._peek():
                case ",":
                    self.position += 1
                case "}":
                    pass
                case character if character in _QUOTES:
                    self._repair("added a missing comma")
                case _ if self._ends_here():
                    return members
                case _:
                    raise self._unreadable("has no comma or a closing bracket")

    def _list(self, depth: int) -> list[object]:
        self.position += 1
        items: list[object] = []
        while True:
            self._skip_space()
            match self._peek():
                case "]" | ")":
                    self.position += 1
                    return items
                case ",":
                    self._repair("dropped a comma")
                    self.position += 1
                    continue
                case "":
                    raise self._unreadable("is cut off")
            if items and self._ends_here():
                return items
            items.append(self._value(depth + 1, _AFTER_ITEM))
            self._skip_space()
            match self._peek():
                case ",":
                    self.position += 1
                case "]" | ")":
                    pass
                case _ if self._ends_here():
                    return items
                case _:
                    raise self._unreadable("has no comma or a closing bracket")

    def _value(self, depth: int, follower: re.Pattern[str]) -> object:
        self._skip_space()
        if depth > MAX_DEPTH:
            raise self._unreadable("is nested too deeply")
        match self._peek():
            case "{":
                return self.members(depth)
            case "[" | "(":
                return self._list(depth)
            case character if character in _QUOTES:
                return self._string(follower)
            case "":
                raise self._unreadable("is cut off")
        if found := _NUMBER.match(self.text, self.position):
            return self._number(found)
        if found := _WORD.match(self.text, self.position):
            self.position = found.end()
            if self.position == len(self.text):
                raise self._unreadable("is cut off within a word")
            word = found[0]
            if word in _CONSTANTS:
                return _CONSTANTS[word]
            if word.lower() in _NOT_FINITE:
                return float(word)
            self._repair("put quotes around a word")
            return word
        raise self._unreadable("has no value")

    def _number(self, found: re.Match[str]) -> int | float:
        self.position = found.end()
        if self.position == len(self.text):
            raise self._unreadable("is cut off within a number")
        if _WORD.match(self.text, self.position):
            raise self._unreadable("has a number with a unit or a letter")
        digits = found[0]
        if digits.lstrip("+-").isdigit() and len(digits) <= _LONGEST_INTEGER:
            return int(digits)
        return float(digits)

    def _key(self) -> str:
        if self._peek() in _QUOTES:
            return self._string(None)
        found = _WORD.match(self.text, self.position)
        if found is None:
            raise self._unreadable("is cut off" if self.position == len(self.text) else "has no name in quotes")
        self._repair("put quotes around a name")
        self.position = found.end()
        return found[0]

    def _string(self, follower: re.Pattern[str] | None) -> str:
        """Read a string. It ends at its first quote or, with a `follower`, at the first quote followed by a match."""
        opening = self.text[self.position]
        if opening != '"':
            self._repair("replaced quotes")
        parts = []
        start = self.position + 1
        while found := _SPECIAL[opening].search(self.text, start):
            self.position = found.start()
            parts.append(self.text[start : self.position])
            if found[0] == "\\":
                parts.append(self._escape())
            elif self._string_ends(follower):
                self.position += 1
                return whole_characters("".join(parts))
            else:
                self._repair("escaped quotes in a string")
                parts.append(found[0])
                self.position += 1
            start = self.position
        self.position = len(self.text)
        raise self._unreadable("is cut off within a string")

    def _string_ends(self, follower: re.Pattern[str] | None) -> bool:
        return follower is None or follower.match(self.text, self._after_space(self.position + 1)) is not None

    def _escape(self) -> str:
        """Read an escape; a backslash before any other character is literal, as in a Windows path."""
        letter = self.text[self.position + 1 : self.position + 2]
        if letter == "u" and (found := _HEX.match(self.text, self.position + 2)):
            self.position = found.end()
            return chr(int(found[0], 16))
        if letter in _ESCAPES:
            self.position += 2
            return _ESCAPES[letter]
        self.position += 1
        return "\\"

    def _ends_here(self) -> bool:
        """Return whether open brackets may be closed here, and record the repair."""
        if self._peek() in ("}", "]", ")") or _ENDS.match(self.text, self.position):
            self._repair("added a missing bracket")
            return True
        return False

    def _skip_space(self) -> None:
        self.position = self._after_space(self.position)

    def _after_space(self, position: int) -> int:
        found = _SPACE.match(self.text, position)
        return found.end() if found else position

    def _peek(self) -> str:
        return self.text[self.position : self.position + 1]

    def _repair(self, what: str) -> None:
        self.repairs.append(what)

    def _unreadable(self, reason: str) -> Unreadable:
        return Unreadable(f"{reason} at character {self.position + 1}", self.position)
