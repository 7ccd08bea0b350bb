"""The application: what can be asked under which address."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, PlainTextResponse, Response

from handeye.actions.errors import HandeyeError
from handeye.model.serve import answers
from handeye.model.serve.chat import Chat
from handeye.model.serve.errors import Refused, invalid, refused
from handeye.model.serve.guard import COUNTED, Guard
from handeye.model.serve.metrics import Metrics
from handeye.model.serve.schemas import ChatRequest
from handeye.model.serve.service import Service

MEGABYTE = 1_000_000
_ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": answers.Error, "description": meaning}
    for status, meaning in (
        (400, "the request cannot be answered, and the message says why"),
        (401, "the key is missing or wrong"),
        (403, "another machine is asked for, and there is no key"),
        (404, "there is no such model"),
        (408, "the request was not complete in time"),
        (413, "the request is too large"),
        (429, "too many requests, or too many bytes of them, are there already"),
        (503, "the server is stopping or broken, or has too little memory at the moment"),
    )
}


@dataclass(frozen=True, slots=True)
class Options:
    """How a service is shown to clients."""

    name: str | None = None
    """What the model is called; None is the name that it was loaded by."""
    media: Path | None = None
    """The folder whose files requests may name; None is no file."""
    most_bytes: int = 64 * MEGABYTE
    """The largest request."""


def make_app(service: Service, options: Options | None = None, key: str | None = None) -> FastAPI:
    """Return the application, for any server of ASGI; the service is started and stopped by its caller.

    key: what clients have to send; None lets in those that ask for this machine.
    """
    options = options or Options()
    name = service.checkpoint.name if options.name is None else options.name
    metrics = Metrics(service)
    chat = Chat(service, name, options.media, metrics)
    model = answers.ServedModel(
        id=name,
        created=int(time.time()),
        max_model_len=service.context,
        max_pixels=service.checkpoint.preprocessor.rule.max_pixels,
    )
    app = FastAPI(title="handeye", docs_url=None, redoc_url=None)
    app.add_middleware(
        Guard,
        key=key,
        most_bytes=options.most_bytes,
        most_requests=service.limits.requests,
        metrics=metrics,
    )

    @app.post(COUNTED, response_model=answers.Completion, responses=_ERRORS)
    async def completions(asked: ChatRequest, request: Request) -> Any:
        """Answer a conversation."""
        _require_model(asked.model, name)
        return await chat.answer(asked, request)

    @app.get("/v1/models", response_model=answers.ModelList)
    async def models() -> Any:
        """List the models."""
        return answers.ModelList(data=[model])

    @app.get("/v1/models/{wanted:path}", response_model=answers.ServedModel, responses={404: _ERRORS[404]})
    async def one_model(wanted: str) -> Any:
        """Describe a model."""
        _require_model(wanted, name)
        return model

    @app.get("/health")
    async def health() -> dict[str, str]:
        """Say whether requests are answered."""
        refusal = service.refusal
        if refusal is not None:
            raise refusal
        return {"status": "ok"}

    @app.get("/metrics", response_class=PlainTextResponse)
    async def numbers() -> Response:
        """Tell what the server has done, for Prometheus."""
        return Response(metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    def answered(refusal: Refused) -> JSONResponse:
        metrics.refuse(refusal.status)
        return refusal.response

    @app.exception_handler(RequestValidationError)
    async def wrong_fields(request: Request, error: RequestValidationError) -> JSONResponse:
        return answered(invalid(error.errors()))

    @app.exception_handler(HTTPException)
    async def wrong_request(request: Request, error: HTTPException) -> JSONResponse:
        return answered(Refused(error.status_code, str(error.detail)))

    @app.exception_handler(HandeyeError)
    @app.exception_handler(Exception)
    async def failed(request: Request, error: Exception) -> JSONResponse:
        return answered(refused(error))

    return app


def _require_model(wanted: str, name: str) -> None:
    if wanted != name:
        raise Refused(
            404,
            f"the model {wanted!r:.200} does not exist: this server has {name!r}",
            code="model_not_found",
            param="model",
        )
