"""The text of a reply while it is generated: streamed, and ended by stop strings."""

from collections.abc import Callable, Sequence

from handeye.model.tokenizer import Decoder, TextStream


class Reply:
    """Collects the tokens of a reply and passes its text on as soon as it is final.

    A stop string ends the reply and is not part of it, so text that may be the start of one is held back. Of several,
    the one that is complete first ends it; of those that are complete at the same character, the longest. So it does
    not matter into which tokens the model cuts its text.

    The text begins with `prefix`, which is passed on with the first tokens. Stop strings are looked for only after it.
    """

    def __init__(
        self, tokenizer: Decoder, stop: Sequence[str], on_text: Callable[[str], None] | None, prefix: str = ""
    ) -> None:
        if isinstance(stop, str) or not all(isinstance(text, str) for text in stop):
            raise TypeError(f"stop must be a list of strings, such as ['</tool_call>'], not {stop!r:.80}")
        if "" in stop:
            raise ValueError("an empty stop string would end every reply")
        if not isinstance(prefix, str):
            raise TypeError(f"prefix must be a string, not {prefix!r:.80}")
        self._stream = TextStream(tokenizer)
        self._stop = tuple(stop)
        self._on_text = on_text
        self._sent = 0
        self.prefix = prefix
        self.text = prefix

    def push(self, token: int) -> bool:
        """Add a token and return whether a stop string has ended the reply."""
        known = len(self.text)
        self.text += self._stream.push(token)
        found = self._find(known)
        if found is None:
            self._send(len(self.text) - self._held())
            return False
        self.text = self.text[:found]
        self._stream.close()  # the incomplete text is after the stop string
        self._send(found)
        return True

    def close(self) -> None:
        """Complete the text after the last token and pass on the rest."""
        self.text += self._stream.close()
        self._send(len(self.text))

    def _find(self, known: int) -> int | None:
        """Return where the stop string starts that ends first; only the text after `known` characters is new."""
        starts = (
            (self.text.find(stop, max(len(self.prefix), known - len(stop) + 1)), len(stop)) for stop in self._stop
        )
        ends = [(start + length, start) for start, length in starts if start >= 0]
        return min(ends)[1] if ends else None

    def _held(self) -> int:
        """Return the length of the longest suffix, after the prefix, that a stop string begins with."""
        written = len(self.text) - len(self.prefix)
        for length in range(min(written, max(map(len, self._stop), default=1) - 1), 0, -1):
            if any(stop.startswith(self.text[-length:]) for stop in self._stop):
                return length
        return 0

    def _send(self, end: int) -> None:
        if self._on_text is not None and end > self._sent:
            self._on_text(self.text[self._sent : end])
            self._sent = end
