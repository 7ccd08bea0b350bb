"""`input text` that does not arrive as it was sent, without a word."""

from collections.abc import Mapping
from typing import ClassVar

from handeye.environments.simulated_phone.quirks.quirk import Change, Quirk, with_words
from handeye.environments.simulated_phone.shell.call import Call, Command

_LOST = 2


class _Arrival(Quirk):
    def changes(self) -> Mapping[str, Change]:
        """Change `input`."""
        return {"input": self._input}

    async def _input(self, call: Call, usual: Command) -> int:
        if call.words[:1] != ("text",) or len(call.words) != 2:
            return await usual(call)
        text = self.arrives(call.words[1])
        return await with_words(call, usual, "text", text) if text else 0

    name: ClassVar[str]

    def arrives(self, text: str) -> str:
        """Return what arrives of a text."""
        raise NotImplementedError


class TextSwallowed(_Arrival):
    """A keyboard that composes keeps the text to itself, or the field does not take keys."""

    name = "swallowed-text"
    does = "`input text` types nothing and says nothing"
    reports = ("appium#13618", "Maestro#3510")

    def arrives(self, text: str) -> str:
        """Return nothing."""
        return ""


class TextShortened(_Arrival):
    """The first keys come before the field listens."""

    name = "lost-first-keys"
    does = "the first two characters of each `input text` are lost"
    reports = ("appium#13618", "Maestro#3510")

    def arrives(self, text: str) -> str:
        """Return all but the beginning."""
        return text[_LOST:]


class TextDoubled(_Arrival):
    """A keyboard that echoes the keys of a hardware keyboard."""

    name = "doubled-text"
    does = "each `input text` arrives twice"
    reports = ("scrcpy#1305", "tt9#809")

    def arrives(self, text: str) -> str:
        """Return it twice."""
        return text * 2
