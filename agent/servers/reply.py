"""The reply of a server, put together from what it sends.

The text is what the model wrote. Some servers take tool calls and thoughts out of it, even if no tools were offered:
transformers serve does so with `<tool_call>` and `<think>` of Qwen's checkpoints, llama.cpp and others with `<think>`.
They are put back, because the dialects read the model's own words.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from handeye.agent.servers.chunk import CalledFunction, CallPiece, Chunk, Delta, Usage
from handeye.agent.servers.errors import BrokenReply

_FILTERED = "content_filter"
"""Why a reply ended that a filter of the server cut off."""


@dataclass(frozen=True, slots=True)
class ServerReply:
    """A reply."""

    text: str
    """With the prefix that it was made to begin with; without the stop string that ended it."""
    prompt_tokens: int | None
    """None if the server does not count."""
    cached_tokens: int
    """Tokens of the prompt that were reused from the server's cache, if it says so."""
    generated_tokens: int | None
    finish: Literal["stop", "length"]
    """"stop": the model ended its turn, or wrote a stop string; "length": it reached the token limit."""


class ReplyBuilder:
    """Collects the pieces of a reply and passes on its text."""

    def __init__(self, prefix: str = "", on_text: Callable[[str], None] | None = None) -> None:
        """`prefix` is what the reply begins with; servers send it again, or only what follows."""
        self._on_text = on_text
        self._text: list[str] = []
        self._prefix, self._held = prefix, ""
        self._thinking = False
        self._half = ""
        self._call: CallPiece | None = None
        self._name, self._arguments, self._argued = "", "", False
        self._usage: Usage | None = None
        self._finish: str | None = None
        self._refusal = ""
        self.begun = False
        """Whether any of the reply has arrived."""
        self._send(prefix)

    def add(self, chunk: Chunk) -> None:
        """Add one object that the server sent."""
        if chunk.usage is not None:
            self._usage = chunk.usage
        for choice in (chunk.choices or ())[:1]:
            self.begun = True
            delta = choice.delta or choice.message
            if delta is not None:
                self._add(delta)
            self._finish = choice.finish_reason or self._finish

    @property
    def refusal(self) -> str:
        """Why the server refused to let the model answer; empty if it did not."""
        return self._refusal or (_FILTERED if self._finish == _FILTERED else "")

    def finished(self, done: bool) -> ServerReply:
        """Return the reply; `done`: the server has said that it is complete. Raises `BrokenReply` if it is not."""
        if not self.begun:
            raise BrokenReply("the server ended its reply before it began: look into its log")
        if self._finish is None and not done:
            raise BrokenReply("the reply of the server was cut off: it stopped, or the connection was lost")
        if self._finish in ("abort", "error"):
            raise BrokenReply("the server gave up in the middle of its reply: look into its log")
        self._close_call()
        self._close_thought()
        self._send(self._held, last=True)
        usage = self._usage or Usage()
        details = usage.prompt_tokens_details
        return ServerReply(
            text="".join(self._text),
            prompt_tokens=usage.prompt_tokens,
            cached_tokens=(details.cached_tokens or 0) if details is not None else 0,
            generated_tokens=usage.completion_tokens,
            finish="length" if self._finish == "length" else "stop",
        )

    def _add(self, delta: Delta) -> None:
        if thought := delta.reasoning_content or delta.reasoning:
            self._close_call()
            self._write(thought if self._thinking else f"<think>{thought}")
            self._thinking = True
        self._refusal += delta.refused
        if text := delta.text:
            self._close_call()
            self._close_thought()
            self._write(text)
        for piece in delta.tool_calls or ():
            self._close_thought()
            self._add_call(piece)

    def _add_call(self, piece: CallPiece) -> None:
        function = piece.function or CalledFunction()
        if self._call is None and not function.name and not function.arguments:
            return
        if self._call is not None and self._is_next(self._call, piece, function.name):
            self._close_call()
        self._call = self._call or piece
        self._name = function.name or self._name
        if function.arguments is not None and function.arguments != "":
            self._argued = True
            self._arguments += (
                function.arguments
                if isinstance(function.arguments, str)
                else json.dumps(function.arguments, ensure_ascii=False)
            )

    def _is_next(self, call: CallPiece, piece: CallPiece, name: str | None) -> bool:
        """Return whether a piece begins another call than the one that is open: many servers number none."""
        if any(given is not None and given != own for given, own in ((piece.index, call.index), (piece.id, call.id))):
            return True
        return bool(name and self._name) and (self._argued or piece.index is None)

    def _close_call(self) -> None:
        if self._call is None:
            return
        named = json.dumps(self._name, ensure_ascii=False)
        call = f'<tool_call>\n{{"name": {named}, "arguments": {self._arguments or "{}"}}}\n</tool_call>'
        self._write(f"\n{call}" if self._text and not self._text[-1].endswith("\n") else call)
        self._call, self._name, self._arguments, self._argued = None, "", "", False

    def _close_thought(self) -> None:
        if self._thinking:
            self._write("</think>")
            self._thinking = False

    def _write(self, text: str) -> None:
        if self._prefix:
            self._held += text
            if len(self._held) < len(self._prefix) and self._prefix.startswith(self._held):
                return  # it may be the prefix once more
            text, self._held = self._held.removeprefix(self._prefix), ""
            self._prefix = ""
        self._send(text)

    def _send(self, text: str, *, last: bool = False) -> None:
        text = self._half + text
        self._half = text[-1] if not last and text and _is_first_half(text[-1]) else ""
        text = text.removesuffix(self._half) if self._half else text
        # Joins halves; what has no other half becomes U+FFFD, since nothing can store or show it.
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        if text:
            self._text.append(text)
            if self._on_text is not None:
                self._on_text(text)


def _is_first_half(character: str) -> bool:
    return "\ud800" <= character <= "\udbff"
