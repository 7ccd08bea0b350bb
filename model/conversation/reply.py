"""The text of a reply while it is generated: streamed, and ended by stop strings."""

from collections.abc import Callable, Sequence

from handeye.model.conversation.stops import Stops
from handeye.model.conversation.tokenizer import Decoder, TextStream


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
        self._stops = Stops(stop)
        self._on_text = on_text
        self._sent = 0
        self.prefix = prefix
        self.text = prefix

    def push(self, token: int) -> bool:
        """Add a token and return whether a stop string has ended the reply."""
        written = self._stream.push(token)
        self.text += written
        found = self._stops.push(written)
        if found is None:
            self._send(len(self.text) - self._stops.begun)
            return False
        start = len(self.prefix) + found.start
        self.text = self.text[:start]
        self._stream.close()  # the incomplete text is after the stop string
        self._send(start)
        return True

    def close(self) -> None:
        """Complete the text after the last token and pass on the rest."""
        self.text += self._stream.close()
        self._send(len(self.text))

    def _send(self, end: int) -> None:
        if self._on_text is not None and end > self._sent:
            self._on_text(self.text[self._sent : end])
            self._sent = end
