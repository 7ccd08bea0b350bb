"""One model of one server: which, of what kind its server is, and what it refuses to take."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx2
from pydantic import JsonValue, ValidationError

from handeye.actions.errors import HandeyeError
from handeye.agent.servers.chunk import Chunk, ListedModel, ModelList
from handeye.agent.servers.connection import Connection
from handeye.agent.servers.errors import (
    BrokenReply,
    NotAChatServer,
    ReplyRefused,
    RequestRefused,
    ServerFailed,
    UnknownServerModel,
)
from handeye.agent.servers.events import events
from handeye.agent.servers.kind import Kind, kind_of
from handeye.agent.servers.reply import ReplyBuilder, ServerReply

_NO_CHAT = "text-embedding-"
"""How the names of models begin that LM Studio lists beside those that chat."""
_SHOWN = 20
"""How many models a message lists."""
_OPTIONAL = (
    "stream_options",
    "repetition_penalty",
    "repeat_penalty",
    "repeat_last_n",
    "top_k",
    "min_p",
    "frequency_penalty",
    "top_p",
    "seed",
)
"""Fields that a request can do without, if a server refuses them by name."""
_NEUTRAL: dict[str, JsonValue] = {
    "repetition_penalty": 1.0,
    "repeat_penalty": 1.0,
    "frequency_penalty": 0.0,
    "top_p": 1.0,
}
"""Their values that change nothing."""
_SILENT = frozenset({"stream_options", "top_k", "min_p", "repeat_penalty", "repeat_last_n"})
"""Fields that are left out without a notice: `repeat_penalty` is another name of `repetition_penalty`."""


class Endpoint:
    """A model behind a server; remembers what it learns of it."""

    def __init__(self, connection: Connection, model: str | None) -> None:
        """`model` is its name; None is the only one that the server has."""
        self.connection = connection
        self._wanted = model
        self._listed: tuple[ListedModel, ...] | None = None
        self._kind: Kind | None = None
        self._without: set[str] = set()
        self._limit = "max_tokens"
        self.notices: list[str] = []
        """What the user should know, each once."""

    @property
    def model(self) -> str:
        """The name of the model. Raises `UnknownServerModel` if none was given and the server has none or several."""
        if self._wanted is None:
            names = [model.id for model in self.models() if not model.id.startswith(_NO_CHAT)]
            if len(names) != 1:
                has = f"has several models: name one of {_listing(names)}" if names else "has no model: load one"
                raise UnknownServerModel(f"the server at {self.connection.address.label} {has}")
            self._wanted = names[0]
        return self._wanted

    @property
    def kind(self) -> Kind:
        """Which program the server is."""
        if self._kind is None:
            try:
                self._kind = kind_of(model.owned_by or "" for model in self.models())
            except (NotAChatServer, ServerFailed):
                self._kind = Kind.OTHER  # some answer chats and cannot list models
        return self._kind

    @property
    def most_pixels(self) -> int | None:
        """The greatest area at which the model sees an image; None if the server does not say, or was not asked yet."""
        for listed in self._listed or ():
            if listed.id == self.model and kind_of([listed.owned_by or ""]) is Kind.HANDEYE:
                return listed.max_pixels if isinstance(listed.max_pixels, int) and listed.max_pixels > 0 else None
        return None

    def models(self) -> tuple[ListedModel, ...]:
        """Return the models that the server has. Raises `NotAChatServer` or `ServerFailed` if it does not say."""
        if self._listed is None:
            with self.connection.answer("GET", "/models") as response:
                body = response.read()
            try:
                self._listed = ModelList.model_validate_json(body).data
            except ValidationError:
                raise NotAChatServer(
                    f"{self.connection.address.base} is not the address of a chat server: it lists no models; give the "
                    "address that ends in /v1"
                ) from None
        return self._listed

    def require(self) -> None:
        """Ask the server for its models; raise what is wrong with it, and notice a model that it does not list."""
        try:
            names = [model.id for model in self.models()]
        except (NotAChatServer, ServerFailed):
            if self._wanted is None:
                raise
            return
        if self.model not in names:
            # transformers serve lists what was downloaded, and llama.cpp answers to any name: only a reply tells.
            self.notice(
                f"the server at {self.connection.address.label} does not list {self.model}; it lists {_listing(names)}"
            )

    def notice(self, text: str) -> None:
        """Add something that the user should know."""
        if text not in self.notices:
            self.notices.append(text)

    def complete(
        self, fields: dict[str, JsonValue], limit: int, prefix: str, on_text: Callable[[str], None] | None
    ) -> ServerReply:
        """Return the reply to a request of these fields, of at most `limit` tokens.

        A field that the server refuses by name is left out from then on, where a request can do without it.
        """
        while True:
            kept = {name: value for name, value in fields.items() if name not in self._without}
            body: JsonValue = {"model": self.model, **kept, self._limit: limit, "stream": True}
            try:
                with self._answered(body) as response:
                    reply = self._received(response, ReplyBuilder(prefix, on_text))
                if reply.prompt_tokens is None or reply.generated_tokens is None:
                    where = self.connection.address.label
                    self.notice(f"the server at {where} counts no tokens: a limit of tokens has no effect")
                return reply
            except RequestRefused as refusal:
                if not self._adapted(refusal, kept):
                    raise

    @contextmanager
    def _answered(self, body: JsonValue) -> Iterator[httpx2.Response]:
        try:
            with self.connection.answer("POST", "/chat/completions", body) as response:
                yield response
        except UnknownServerModel as error:
            raise self._unknown(str(error)) from None

    def _adapted(self, refusal: RequestRefused, fields: dict[str, JsonValue]) -> bool:
        """Leave out what the server refused, and return whether there was anything to leave out."""
        if self._limit == "max_tokens" and "max_completion_tokens" in refusal.said:
            self._limit = "max_completion_tokens"
            return True
        refused = [name for name in _OPTIONAL if name in fields and re.search(rf"\b{name}\b", refusal.said)]
        for name in refused:
            if name not in _SILENT and fields[name] != _NEUTRAL.get(name):
                where = self.connection.address.label
                self.notice(f"the server at {where} does not take {name}: replies may differ from the makers' own runs")
        self._without.update(refused)
        return bool(refused)

    def _received(self, response: httpx2.Response, reply: ReplyBuilder) -> ServerReply:
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == "text/html":
            raise NotAChatServer("the address of the server answers with a web page: give the one that ends in /v1")
        if kind == "application/json":  # not every server streams
            return self._built(iter([response.read().decode("utf-8", "replace"), "[DONE]"]), reply)
        return self._built(events(response.iter_bytes()), reply)

    def _built(self, received: Iterator[str], reply: ReplyBuilder) -> ServerReply:
        for data in received:
            if data.strip() == "[DONE]":
                return self._finished(reply, done=True)
            try:
                chunk = Chunk.read(data)
            except (ValueError, RecursionError):
                what = repr(self.connection.quoted(data))
                raise BrokenReply(f"the reply of the server is damaged: it holds {what}") from None
            if chunk.failed:
                raise BrokenReply(f"the server failed in the middle of its reply: {self.connection.quoted(data)}")
            reply.add(chunk)
        return self._finished(reply, done=False)

    def _finished(self, reply: ReplyBuilder, done: bool) -> ServerReply:
        if reply.refusal:
            where = self.connection.address.label
            raise ReplyRefused(f"the server at {where} refused to answer: {self.connection.quoted(reply.refusal)}")
        return reply.finished(done=done)

    def _unknown(self, message: str) -> HandeyeError:
        try:
            names = [model.id for model in self.models()]
        except HandeyeError:
            names = []
        listed = f"; it lists {_listing(names)}" if names else ""
        where = self.connection.address.label
        return UnknownServerModel(f"the server at {where} has no model {self.model!r} (it says: {message}){listed}")


def _listing(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} others" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more if names else "none"
