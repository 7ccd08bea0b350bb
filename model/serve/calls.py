"""Takes the calls of functions out of a reply while it is written."""

import json
from dataclasses import dataclass

from handeye.model.serve.tools import CLOSE, OPEN


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a function."""

    name: str
    arguments: str
    """An object in JSON."""


class CallReader:
    """Splits a reply into text and calls, as far as each is known.

    A call is an object in JSON between `<tool_call>` and `</tool_call>`, which is complete when the latter is. The
    white space before a call and between calls is part of neither. What is no call, because it is not such an object,
    or never closed, is text.
    """

    def __init__(self) -> None:
        self._held = ""
        """What may be white space before a call, the beginning of a tag, or a call that is not complete."""
        self.calls = 0
        """The number of calls so far."""

    def push(self, text: str) -> list[str | Call]:
        """Add a piece of the reply, and return what it completes."""
        self._held += text
        found: list[str | Call] = []
        while (start := self._held.find(OPEN)) >= 0:
            end = self._held.find(CLOSE, start)
            if end < 0:
                break
            call = _call(self._held[start + len(OPEN) : end])
            before, whole = self._held[:start], self._held[: end + len(CLOSE)]
            self._held = self._held[len(whole) :]
            found += [whole] if call is None else [before.rstrip(), call]
            self.calls += call is not None
        open_from = self._held.find(OPEN)
        kept = open_from if open_from >= 0 else len(self._held) - _begun(self._held)
        kept = len(self._held[:kept].rstrip())
        found.append(self._held[:kept])
        self._held = self._held[kept:]
        return [part for part in found if part]

    def close(self) -> str:
        """Return the rest of the text."""
        rest, self._held = self._held, ""
        return "" if self.calls and not rest.strip() else rest


def _begun(text: str) -> int:
    """Return the length of the longest ending that the tag begins with."""
    return next((length for length in range(len(OPEN) - 1, 0, -1) if text.endswith(OPEN[:length])), 0)


def _call(text: str) -> Call | None:
    try:
        value = json.loads(text, parse_constant=_refused)
        if not isinstance(value, dict) or not isinstance(value.get("name"), str):
            return None
        arguments = value.get("arguments", {})
        call = Call(value["name"], json.dumps(arguments, ensure_ascii=False))
        f"{call.name}{call.arguments}".encode()  # half a surrogate cannot be sent
    except (ValueError, RecursionError):
        return None
    return call if isinstance(arguments, dict) else None


def _refused(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
