"""Replies to conversations: whole, or as a stream of events."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from fastapi import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from handeye.model.serve.answers import Completion, Finish
from handeye.model.serve.calls import Call, CallReader
from handeye.model.serve.errors import Refused, refused
from handeye.model.serve.job import Job
from handeye.model.serve.logprobs import Taken
from handeye.model.serve.metrics import Metrics
from handeye.model.serve.render import Renderer, usage_of
from handeye.model.serve.schemas import ChatRequest
from handeye.model.serve.service import Service
from handeye.model.serve.structure import Grammars

Result = TypeVar("Result")

_PREPARED = 4
"""Requests whose images are decoded at the same time: each may need half a gigabyte for it."""
_GONE = 499
"""nginx's status of a request whose client did not wait; nobody receives it."""
LOG = logging.getLogger("handeye.serve")


class Part(NamedTuple):
    """A text or a call, and the tokens that it ends with."""

    content: str | Call
    taken: tuple[Taken, ...]


class EventStream(StreamingResponse):
    """A stream that ends its job, however it ends itself."""

    media_type = "text/event-stream"

    def __init__(self, events: AsyncIterator[str], job: Job) -> None:
        super().__init__(events, headers={"Cache-Control": "no-cache"})
        self._job = job

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the events, until the client is gone."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._job.cancel()


class Chat:
    """Answers the conversations that are sent to a service."""

    def __init__(self, service: Service, name: str, folder: Path | None, metrics: Metrics) -> None:
        """name: of the model. folder: holds the files that requests may name."""
        self._service = service
        self._name = name
        self._folder = folder
        self._grammars = Grammars(service.checkpoint)
        self._metrics = metrics
        self._preparers = ThreadPoolExecutor(_PREPARED, "prepare")

    async def answer(self, asked: ChatRequest, request: Request) -> Completion | Response:
        """Return the reply, or a stream once it has begun; a client that is gone gets none.

        Raises `Refused`, and what goes wrong in the model.
        """
        job = Job(self._service, asked, self._grammars, self._metrics)
        try:
            return await while_connected(request, self._answer(asked, job))
        except BaseException:
            job.cancel()
            raise

    async def _answer(self, asked: ChatRequest, job: Job) -> Completion | Response:
        await asyncio.get_running_loop().run_in_executor(self._preparers, job.prepare, self._folder)
        job.submit()
        renderer = Renderer(self._name, self._service.checkpoint.tokenizer, logprobs=bool(asked.logprobs))
        parts = _parts(job, asked)
        if not asked.stream:
            return await self._whole(job, renderer, parts)
        first = await anext(parts, None)  # what fails before the first token has a status of its own
        return EventStream(self._events(asked, job, renderer, first, parts), job)

    @staticmethod
    async def _whole(job: Job, renderer: Renderer, parts: AsyncIterator[Part]) -> Completion:
        text, calls, taken = "", list[Call](), list[Taken]()
        async for content, tokens in parts:
            taken += tokens
            if isinstance(content, str):
                text += content
            else:
                calls.append(content)
        return renderer.completion(text, calls, taken, _finish(job, len(calls)), usage_of(job.pending))

    async def _events(
        self, asked: ChatRequest, job: Job, renderer: Renderer, first: Part | None, parts: AsyncIterator[Part]
    ) -> AsyncIterator[str]:
        yield renderer.opening()
        calls = 0
        try:
            part = first
            while part is not None:
                if isinstance(part.content, str):
                    yield renderer.text(part.content, part.taken)
                else:
                    yield renderer.call(calls, part.content, part.taken)
                    calls += 1
                part = await anext(parts, None)
            yield renderer.closing(_finish(job, calls))
            if asked.usage_wanted:
                yield renderer.usage(usage_of(job.pending))
        except Exception as error:
            refusal = refused(error)
            if refusal.status == 500:
                LOG.exception("a reply failed")
            yield f"data: {json.dumps(refusal.body)}\n\n"
        yield "data: [DONE]\n\n"


async def _parts(job: Job, asked: ChatRequest) -> AsyncIterator[Part]:
    """Yield the texts and the calls of a reply; of one without functions, only texts."""
    reader = CallReader() if asked.calls else None
    single = asked.parallel_tool_calls is False
    waiting: tuple[Taken, ...] = ()
    async for text, taken in job.pieces():
        waiting += taken
        if reader is None:
            found: list[str | Call] = [text] if text else []
        elif single and reader.calls:
            continue  # until the engine has ended it
        else:
            found = reader.push(text)
        for number, content in enumerate(found):
            yield Part(content, waiting if number == 0 else ())
            waiting = ()
            if single and isinstance(content, Call):
                job.cancel()
                break
    rest = reader.close() if reader is not None and not (single and reader.calls) else ""
    if rest or waiting:
        yield Part(rest, waiting)


def _finish(job: Job, calls: int) -> Finish:
    if job.pending.request.finish == "length":
        return "length"
    return "tool_calls" if calls else "stop"


async def while_connected(request: Request, work: Coroutine[Any, Any, Result]) -> Result:
    """Return what `work` returns; if the client goes before, end it and raise `Refused`."""
    task, gone = asyncio.ensure_future(work), asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait({task, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise Refused(_GONE, "the client is gone")
        return task.result()
    finally:
        task.cancel()
        gone.cancel()


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
