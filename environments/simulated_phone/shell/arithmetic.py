"""Numbers of the phone's shell: `$((…))`, with 64 bits, as in C."""

import re
from collections.abc import Callable
from typing import Final

from handeye.environments.simulated_phone.shell.call import CommandFailed

_TOKEN = re.compile(r"\s*(\d+|[A-Za-z_]\w*|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%()<>&^|!~])")
_LEVELS: Final = (
    *(("||",), ("&&",), ("|",), ("^",), ("&",), ("==", "!="), ("<", "<=", ">", ">="), ("<<", ">>"), ("+", "-")),
    ("*", "/", "%"),
)
"""The operators between two numbers, the weakest first."""
_BITS: Final = 64
_DEEPEST: Final = 60


def evaluate(text: str, value: Callable[[str], str]) -> int:
    """Return the number that an expression gives; `value` returns a variable's text. Raises `CommandFailed`."""
    tokens, at = [], 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            raise _bad(text)
        tokens.append(match[1])
        at = match.end()
    reader = _Expression(text, tokens, value)
    number = reader.level(0) if tokens else 0
    if reader.tokens:
        raise _bad(text)
    return number


class _Expression:
    def __init__(self, text: str, tokens: list[str], value: Callable[[str], str]) -> None:
        self.tokens = tokens
        self._text = text
        self._value = value
        self._depth = 0

    def level(self, number: int) -> int:
        """Read operands that the operators of a level and of stronger ones join."""
        if number == len(_LEVELS):
            return self._operand()
        left = self.level(number + 1)
        while self.tokens and self.tokens[0] in _LEVELS[number]:
            operator = self.tokens.pop(0)
            left = self._joined(operator, left, self.level(number + 1))
        return left

    def _operand(self) -> int:
        if not self.tokens or self._depth > _DEEPEST:
            raise _bad(self._text)
        token = self.tokens.pop(0)
        if token in ("-", "+", "!", "~"):
            self._depth += 1
            number = self._operand()
            self._depth -= 1
            return _wrapped({"-": -number, "+": number, "!": int(not number), "~": ~number}[token])
        if token == "(":
            self._depth += 1
            number = self.level(0)
            self._depth -= 1
            if not self.tokens or self.tokens.pop(0) != ")":
                raise _bad(self._text)
            return number
        if token.isdecimal():
            return _wrapped(int(token))
        if token[0].isalpha() or token[0] == "_":
            held = self._value(token).strip()
            if not held or not re.fullmatch(r"[-+]?\d{1,19}", held):
                return 0
            return _wrapped(int(held))
        raise _bad(self._text)

    def _joined(self, operator: str, left: int, right: int) -> int:
        if operator in ("/", "%") and right == 0:
            raise CommandFailed(f"{self._text}: divisor 0")
        match operator:
            case "/" | "%":
                whole = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
                return _wrapped(whole if operator == "/" else left - whole * right)
            case "||":
                return int(bool(left) or bool(right))
            case "&&":
                return int(bool(left) and bool(right))
            case "<<" | ">>":
                by = right % _BITS
                return _wrapped(left << by if operator == "<<" else left >> by)
            case "==" | "!=" | "<" | "<=" | ">" | ">=":
                return int(
                    {"==": left == right, "!=": left != right, "<": left < right, "<=": left <= right}.get(
                        operator, left > right if operator == ">" else left >= right
                    )
                )
            case _:
                results = {"+": left + right, "-": left - right, "*": left * right}
                bits = {"|": left | right, "^": left ^ right, "&": left & right}
                return _wrapped((results | bits)[operator])


def _wrapped(number: int) -> int:
    """Return the number as 64 bits hold it."""
    half = 1 << (_BITS - 1)
    return (number + half) % (1 << _BITS) - half


def _bad(text: str) -> CommandFailed:
    return CommandFailed(f"{text}: bad expression")
