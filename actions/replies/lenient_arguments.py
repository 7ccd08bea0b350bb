"""The arguments of a call as models write them, where they are not quite Python.

It accepts quotes and line feeds within strings, typographic quotes, full-width brackets, commas and equals signs, words
and marked points without quotes, and brackets that are missing at the end of the text, before a tag or before the next
call. It evaluates nothing.
"""

import re

from handeye.actions.replies.lenient_json import whole_characters

Object = dict[str, object]

MAX_DEPTH = 24
"""The deepest nesting of lists."""
OPENING = "(\uff08"
"""The brackets with which arguments begin."""
_CLOSING = ")\uff09"
_SPACE = re.compile(r"\s*")
_ENDS = r"\Z|```|</?(?:action|answer|code|conclusion|operation|think|thought|tool_call|output)|<\|(?!/?box_)"
_END = re.compile(_ENDS, re.IGNORECASE)
_NEXT_CALL = re.compile(rf"[ \t]*\n\s*[A-Za-z_][\w.]*[{OPENING}]")
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


class Arguments:
    """Reads arguments leniently, from behind the opening bracket."""

    def __init__(self, text: str, position: int, budget: int) -> None:
        """`budget` is how many characters may be read ahead in vain; what is left of it stays in the attribute."""
        self.text = text
        self.position = position
        self.budget = budget
        self.repairs: list[str] = []

    def read(self) -> tuple[tuple[object, ...], Object]:
        """Return the arguments without and with a name, and move behind them; raise `Unreadable`."""
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
            if self._peek() and self._peek() in f"{OPENING}.\"'":
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
