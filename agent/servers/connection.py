"""Requests to a server: sent again after what may pass, within a total time, and with an error for everything else."""

import json
import random
import re
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from email.utils import parsedate_to_datetime

import httpx2
from pydantic import JsonValue

from handeye.actions.errors import HandeyeError
from handeye.agent.servers.address import Address
from handeye.agent.servers.errors import (
    ImagesRefused,
    KeyRefused,
    NotAChatServer,
    RequestRefused,
    ServerFailed,
    ServerNotFound,
    ServerTimeout,
    UnknownServerModel,
)
from handeye.agent.servers.key import Key
from handeye.agent.servers.said import looks_like_html, said
from handeye.model.errors import ContextTooLong

_CONNECT = 10.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0
"""Seconds before the second attempt, doubled for each further one."""
_MOST_OF_AN_ERROR = 2**20
"""Bytes."""
_PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
_NO_IMAGES = re.compile(
    r"image input is not supported|mmproj|not a multimodal model|at most 0 image|only .{0,3}text.{0,3} content"
    r"|(?:does not|doesn't|do not) (?:support|accept) (?:images?|image inputs?|vision|multimodal)"
    r"|(?:images?|image_url|vision)\b.{0,40}(?:not supported|unsupported|not enabled)",
    re.IGNORECASE,
)
_TOO_LONG = re.compile(
    r"context (?:length|size|window)|maximum model length|max_model_len|exceed_context|longer than the max"
    r"|prompt is too long|input is too long|tokens, but .{1,200} reads at most",
    re.IGNORECASE,
)
_NO_MODEL = re.compile(
    r"model\b.{0,200}\b(?:not found|does not exist|doesn't exist|not exist|not available|not loaded)"
    r"|(?:unknown|invalid|no such) model|model_not_found|pinned to",
    re.IGNORECASE,
)


class Connection:
    """A server at an address. Redirects are not followed, so that the key stays with the host it is for."""

    def __init__(self, address: Address, key: Key, *, timeout: float, retries: int) -> None:
        """`timeout` is for a whole answer, all attempts included, in seconds."""
        self.address = address
        self._key = key
        self._timeout = timeout
        self._retries = retries
        self._reached = False
        # A proxy of the environment is never meant for a server on this machine.
        self._client = httpx2.Client(headers=key.headers, trust_env=not address.loopback, follow_redirects=False)

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def quoted(self, text: str) -> str:
        """Return what the server says about an error in one short line, without the key."""
        return said(text, self._key)

    @contextmanager
    def answer(self, method: str, path: str, body: JsonValue = None) -> Iterator[httpx2.Response]:
        """Send a request and yield the answer, a success whose content is still to be read.

        Whatever goes wrong while it is read is raised by its own name too, and the connection is closed at the end.
        """
        deadline = time.monotonic() + self._timeout
        response = self._opened(method, path, body, deadline)
        # Each wait for a piece of the answer is limited, but not their sum: at the deadline the connection is cut.
        cut = threading.Timer(max(0.0, deadline - time.monotonic()), _cut, (response,))
        cut.daemon = True
        cut.start()
        try:
            yield response
        except (httpx2.TransportError, httpx2.DecodingError) as error:
            raise self._lost(error, deadline) from None
        except HandeyeError:
            if time.monotonic() >= deadline:  # what was cut looks damaged
                raise self._too_slow() from None
            raise
        finally:
            cut.cancel()
            response.close()

    def _opened(self, method: str, path: str, body: JsonValue, deadline: float) -> httpx2.Response:
        for attempt in range(self._retries + 1):
            last = attempt == self._retries
            try:
                response = self._client.send(self._request(method, path, body, deadline), stream=True)
            except (httpx2.TransportError, httpx2.InvalidURL) as error:
                if last or not self._may_pass(error):
                    raise self._lost(error, deadline) from None
                pause = _pause(attempt, {})
            else:
                self._reached = True
                if response.is_success:
                    return response
                error_text = self._error_text(response)
                named = self._named(response, error_text)
                passing = _PASSING if method == "POST" else _PASSING - {500}  # a list that fails does so again
                if last or response.status_code not in passing or not isinstance(named, ServerFailed):
                    raise named
                pause = _pause(attempt, response.headers)
                if time.monotonic() + pause > deadline:
                    raise named
            time.sleep(min(pause, max(0.0, deadline - time.monotonic())))
        raise AssertionError("the last attempt returns or raises")

    def _request(self, method: str, path: str, body: JsonValue, deadline: float) -> httpx2.Request:
        left = max(0.001, deadline - time.monotonic())
        timeout = httpx2.Timeout(left, connect=min(_CONNECT, left))
        url = f"{self.address.base}{path}"
        if body is None:
            return self._client.build_request(method, url, timeout=timeout)
        # Half a character, which pages can hold, becomes a question mark, as for a local model.
        content = json.dumps(body, ensure_ascii=False).encode(errors="replace")
        headers = {"Content-Type": "application/json"}
        return self._client.build_request(method, url, content=content, headers=headers, timeout=timeout)

    def _may_pass(self, error: Exception) -> bool:
        """Return whether another attempt may succeed: not where nothing has ever answered."""
        if isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout):
            return self._reached
        return isinstance(error, httpx2.ReadError | httpx2.WriteError | httpx2.RemoteProtocolError)

    def _error_text(self, response: httpx2.Response) -> str:
        body = b""
        try:
            for piece in response.iter_bytes():
                body += piece
                if len(body) > _MOST_OF_AN_ERROR:
                    break
        except (httpx2.TransportError, httpx2.DecodingError):
            pass  # the status says enough
        finally:
            response.close()
        return body.decode("utf-8", "replace")

    def _named(self, response: httpx2.Response, body: str) -> HandeyeError:
        """Return the error that an answer stands for."""
        status, message = response.status_code, self.quoted(body)
        where, quoted = self.address.label, f": {message}" if message else ""
        if status in (401, 403):
            need = "refuses the key" if self._key else "asks for a key"
            todo = f"set the environment variable {self._key.variable}"
            return KeyRefused(f"the server at {where} {need}: {todo}{_in_brackets(message)}")
        if response.is_redirect:
            target = httpx2.URL(response.headers["location"]) if "location" in response.headers else None
            place = f" to {target.copy_with(query=None, username=None, password=None, fragment=None)}" if target else ""
            return NotAChatServer(f"the server at {where} redirects{place}: give the address that it redirects to")
        if _NO_IMAGES.search(message):
            return ImagesRefused(
                f"{where} takes no images: serve a vision model, with its projector file where the server needs one "
                f"(--mmproj of llama.cpp){_in_brackets(message)}"
            )
        if _TOO_LONG.search(message):
            return ContextTooLong(
                f"the prompt is too long for the model at {where}: give fewer or smaller screenshots, or start the "
                f"server with a longer context{_in_brackets(message)}"
            )
        if status in (400, 404, 422) and _NO_MODEL.search(message):
            return UnknownServerModel(message)
        if status in (404, 405) or (status < 500 and looks_like_html(body)):
            return NotAChatServer(
                f"{self.address.base} is not the address of a chat server (it answers {status}): give the one that "
                "ends in /v1"
            )
        if status in _PASSING or status >= 500:
            state = "is too busy" if status == 429 else "fails"
            return ServerFailed(
                f"the server at {where} {state} ({status}{quoted}): look into its log, or try again later"
            )
        return RequestRefused(f"the server at {where} refuses the request ({status}{quoted})", message)

    def _lost(self, error: Exception, deadline: float) -> HandeyeError:
        where = self.address.label
        if time.monotonic() >= deadline or isinstance(error, httpx2.ReadTimeout | httpx2.WriteTimeout):
            return self._too_slow()
        reason = self._key.redact(" ".join(str(error).split()))[:200] or type(error).__name__
        if isinstance(error, httpx2.ConnectTimeout):
            return ServerNotFound(
                f"nothing answers at {where} within {_CONNECT:g} s: check the address and the network"
            )
        if "WRONG_VERSION_NUMBER" in reason or "record layer" in reason:
            return ServerNotFound(f"the server at {where} does not encrypt: give its address with http://")
        if isinstance(error, httpx2.ConnectError | httpx2.ProxyError | httpx2.InvalidURL | httpx2.UnsupportedProtocol):
            return ServerNotFound(f"no server answers at {where}: start it, or check the address ({reason})")
        return ServerFailed(f"the connection to the server at {where} was lost ({reason}): look into its log")

    def _too_slow(self) -> ServerTimeout:
        return ServerTimeout(
            f"the server at {self.address.label} did not complete its answer within {self._timeout:g} s: give it more "
            "time (timeout), or fewer or smaller screenshots"
        )


def _cut(response: httpx2.Response) -> None:
    stream = response.extensions.get("network_stream")
    connected = stream.get_extra_info("socket") if stream is not None else None
    if isinstance(connected, socket.socket):
        with suppress(OSError):
            connected.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits for the next piece


def _pause(attempt: int, headers: Mapping[str, str]) -> float:
    """Return how long to wait before the next attempt, in seconds: as the server asks, otherwise longer each time."""
    asked = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,9}(\.\d*)?", asked):
        return float(asked)
    with suppress(ValueError, TypeError):
        return max(0.0, parsedate_to_datetime(asked).timestamp() - time.time())
    return float(min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**attempt) * random.uniform(0.75, 1.25))


def _in_brackets(message: str) -> str:
    return f" (it says: {message})" if message else ""
