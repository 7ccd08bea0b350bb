"""A server at an address, until it is told to stop."""

import socket
import warnings
from collections.abc import Callable
from types import FrameType

import uvicorn
from PIL.Image import DecompressionBombWarning

from handeye.model.serve.app import Options, make_app
from handeye.model.serve.endpoint import Endpoint
from handeye.model.serve.service import Service

_PATIENCE = 10
"""Seconds that a client gets to receive the error of a request that ended with the server."""


class Listener(uvicorn.Server):
    """Serves a service over HTTP. A signal lets the requests that are under way fail, and then ends it."""

    def __init__(self, service: Service, options: Options, endpoint: Endpoint) -> None:
        """Nothing is answered until `answer`."""
        self._service = service
        self.endpoint = endpoint
        app = make_app(service, options, endpoint.key)
        config = uvicorn.Config(
            app, http="h11", log_level="warning", access_log=False, ws="none", timeout_graceful_shutdown=_PATIENCE
        )
        super().__init__(config)
        self._on_ready: Callable[[], None] = lambda: None

    def answer(self, on_ready: Callable[[], None] = lambda: None) -> None:
        """Answer requests until a signal comes, or `leave` is called; `on_ready` is called when it begins.

        Raises `CannotListen` if another program has taken the address.
        """
        self.endpoint.open()
        self._on_ready = on_ready
        self._service.start()
        try:
            with warnings.catch_warnings():
                # Whoever opens an image switches it off and on again, for all threads: here it stays off.
                warnings.simplefilter("ignore", DecompressionBombWarning)
                self.run(sockets=[self.endpoint.socket])
        finally:
            self._service.stop()
            self._service.join()
            self.endpoint.close()

    def leave(self) -> None:
        """End soon. May be called from any thread."""
        self._service.stop()
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer."""
        await super().startup(sockets)
        self._on_ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End because of a signal."""
        self._service.stop()
        super().handle_exit(sig, frame)
