"""The thread that runs the engine. Requests come from other threads, and end with a call on this one."""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from queue import Empty, SimpleQueue

import torch

from handeye.model.checkpoint import Checkpoint
from handeye.model.engine.engine import Engine
from handeye.model.engine.request import Request
from handeye.model.serve.errors import Refused, broken_down, stopping
from handeye.model.serve.limits import Limits

Ended = Callable[[], None]
LOG = logging.getLogger("handeye.serve")


class Service:
    """Answers requests on one network, from `start` to `stop`."""

    def __init__(self, checkpoint: Checkpoint, limits: Limits | None = None) -> None:
        limits = limits or Limits()
        self.checkpoint = checkpoint
        self.limits = limits
        slots = limits.slots(checkpoint)
        self.context = min(slots, checkpoint.config.text.max_position_embeddings)
        """The most tokens of one prompt and its reply."""
        self.engine = Engine(
            checkpoint.network,
            checkpoint.tokenizer.size,
            most_tokens=slots,
            most_requests=limits.running,
            chunk=limits.chunk,
        )
        self._orders: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._under_way: dict[Request, Ended] = {}
        self._closed: Callable[[], Refused] | None = None
        # Reentrant, because a signal may stop the service while the thread that it interrupts submits a request.
        self._lock = threading.RLock()
        self._thread = threading.Thread(target=self._work, name="engine", daemon=True)

    @property
    def refusal(self) -> Refused | None:
        """Why it takes no more requests; None while it does."""
        return None if self._closed is None else self._closed()  # another each time: an error holds where it was

    @property
    def idle(self) -> bool:
        """Whether no request is under way."""
        return not self._under_way and self._orders.empty()

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def stop(self) -> None:
        """Let the requests that are under way fail, and take no further ones. Returns at once; may be called twice."""
        self._close(stopping)

    def join(self) -> None:
        """Wait until the thread has ended, after `stop`."""
        self._thread.join()

    def submit(self, request: Request, ended: Ended) -> None:
        """Let the engine answer a request. `ended` is called on the thread of the engine when it is done.

        Raises `Refused` if the service was stopped, or its thread has ended with an error.
        """
        with self._lock:
            if self._closed is not None:
                raise self._closed()
            self._orders.put(lambda: self._begin(request, ended))

    def cancel(self, request: Request) -> None:
        """End a request soon, if it has not ended; `ended` is called all the same."""
        with self._lock:
            if self._closed is None:  # otherwise all requests end soon
                self._orders.put(lambda: self.engine.cancel(request))

    def _close(self, refusal: Callable[[], Refused]) -> None:
        with self._lock:
            self._closed = self._closed or refusal
            self._orders.put(lambda: None)  # wakes the thread

    def _work(self) -> None:
        """Answer requests until the service is stopped. Whatever ends the thread, whoever waits is told."""
        try:
            while self._closed is None:
                self._obey(wait=not self._under_way)
                self._step()
                self._require_devices()
                self._tell()
        except BaseException as error:
            LOG.exception("the engine has ended")
            self._close(partial(broken_down, type(error).__name__))
        self._end()

    def _obey(self, *, wait: bool) -> None:
        """Follow the orders that have come; wait for one if there is nothing else to do."""
        try:
            order = self._orders.get(block=wait)
            while True:
                self._follow(order)
                order = self._orders.get_nowait()
        except Empty:
            pass

    def _follow(self, order: Callable[[], None]) -> None:
        try:
            order()
        except Exception as error:
            LOG.exception("an order failed")
            self._fail(error)

    def _begin(self, request: Request, ended: Ended) -> None:
        self._under_way[request] = ended
        try:
            self.engine.submit(request)
        except Exception as error:  # noqa: BLE001 (it is for whoever waits for this reply)
            request.error = error

    def _step(self) -> None:
        try:
            self.engine.step()
        except Exception as error:  # noqa: BLE001 (whoever waits has to be told, and the others to be served)
            self._fail(error)

    def _require_devices(self) -> None:
        """Raise what a device raises that has failed for good: every further request would fail too."""
        if any(isinstance(request.error, torch.AcceleratorError) for request in self._under_way):
            for device in self.checkpoint.network.placement.devices:
                torch.zeros(1, device=device).item()

    def _fail(self, error: Exception) -> None:
        """Let all requests fail, and have the engine begin anew."""
        for request in self._under_way:
            if not request.done:
                try:
                    self.engine.cancel(request)
                finally:
                    request.error = error
        self.engine.forget()

    def _tell(self) -> None:
        for request in [request for request in self._under_way if request.done]:
            try:
                self._under_way.pop(request)()
            except Exception:
                LOG.exception("the end of a reply could not be passed on")

    def _end(self) -> None:
        """Let the requests fail that are under way, and those that came last; the engine may be broken."""
        while not self._orders.empty():
            self._try(self._orders.get())
        for request in self._under_way:
            if not request.done:
                self._try(partial(self.engine.cancel, request))
                request.error = self.refusal
        self._try(self.engine.forget)
        self._tell()

    @staticmethod
    def _try(work: Callable[[], None]) -> None:
        with suppress(Exception):  # the log has it already
            work()
