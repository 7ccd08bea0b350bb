"""Why a request gets no reply: the status of HTTP, and OpenAI's error object."""

from collections.abc import Sequence
from typing import Any

from starlette.responses import JSONResponse

from handeye.actions.errors import HandeyeError, MissingDependency
from handeye.model.errors import (
    ContextTooLong,
    InvalidImage,
    InvalidVideo,
    NonFiniteOutput,
    OutOfMemory,
    TemplateRefused,
)

_LONGEST = 300
"""Characters of what a client sent that are told back."""


class Refused(HandeyeError):
    """A request that gets no reply."""

    def __init__(self, status: int, message: str, *, code: str | None = None, param: str | None = None) -> None:
        """status: of HTTP. param: the field that is to blame, such as "messages"."""
        super().__init__(message)
        self.status = status
        self.code = code
        self.param = param

    @property
    def body(self) -> dict[str, dict[str, str | None]]:
        """OpenAI's error object."""
        kind = "server_error" if self.status >= 500 else "invalid_request_error"
        error = {"message": str(self), "type": kind, "param": self.param, "code": self.code}
        # half a character, which a client may have sent, cannot be sent back
        return {"error": {name: text and text.encode(errors="replace").decode() for name, text in error.items()}}

    @property
    def response(self) -> JSONResponse:
        """The answer of the server."""
        headers = {401: {"WWW-Authenticate": "Bearer"}, 429: {"Retry-After": "1"}, 503: {"Retry-After": "5"}}
        return JSONResponse(self.body, self.status, headers.get(self.status))


def stopping() -> Refused:
    """Return the refusal of a server that ends."""
    return Refused(503, "the server is stopping: ask again when it is back", code="stopping")


def too_large(most_bytes: int) -> Refused:
    """Return the refusal of a body of more than so many bytes."""
    return Refused(
        413, f"the request has more than {most_bytes:,} bytes: send fewer or smaller images", code="request_too_large"
    )


def broken_down(error: str) -> Refused:
    """Return the refusal of a server whose engine has ended, because of an error of that name."""
    return Refused(
        503,
        f"the engine has ended with an error ({error}): start the server again; its log says more",
        code="engine_ended",
    )


def refused(error: Exception) -> Refused:
    """Return what a request is told about an error."""
    match error:
        case Refused():
            return error
        case ContextTooLong():
            return Refused(400, str(error), code="context_length_exceeded", param="messages")
        case InvalidImage():
            return Refused(400, str(error), code="invalid_image", param="messages")
        case InvalidVideo() | MissingDependency():
            return Refused(400, str(error), code="invalid_video", param="messages")
        case TemplateRefused():
            return Refused(400, str(error), param="messages")
        case OutOfMemory():
            return Refused(503, str(error), code="out_of_memory")
        case NonFiniteOutput():
            return Refused(500, str(error), code="non_finite_output")
        case HandeyeError():
            return Refused(500, str(error))
    return Refused(500, f"the server failed: {type(error).__name__}; its log says more")


def invalid(errors: Sequence[Any]) -> Refused:
    """Return the refusal of a request whose fields are wrong, as pydantic lists them."""
    first = max(errors, key=lambda each: len(each["loc"]))  # of alternatives, the one that came furthest
    if first["type"] == "json_invalid":
        return Refused(400, f"the body is not JSON: {first['ctx']['error']} at character {first['loc'][-1] + 1}")
    if first["loc"] == ("body",) and first["type"] in ("model_attributes_type", "missing"):
        return Refused(400, "the body is not a JSON object: send one, and the header Content-Type: application/json")
    place = ".".join(str(part) for part in first["loc"] if part != "body") or None
    said = " ".join(str(first["msg"]).removeprefix("Value error, ").split())
    if first["type"] == "extra_forbidden":
        said = "this server knows no such field: leave it out"
    return Refused(400, f"{place or 'the request'}: {said}"[:_LONGEST], param=place)
