"""The thread that runs the engine. Requests come from other threads, and end with a call on this one."""

import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue

from handeye.model.checkpoint import Checkpoint
from handeye.model.engine.engine import Engine
from handeye.model.engine.request import Request
from handeye.model.serve.errors import stopping
from handeye.model.serve.limits import Limits

Ended = Callable[[], None]


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
        self._stopped = False
        # Reentrant, because a signal may stop the service while the thread that it interrupts submits a request.
        self._lock = threading.RLock()
        self._thread = threading.Thread(target=self._work, name="engine", daemon=True)

    @property
    def stopped(self) -> bool:
        """Whether it takes no more requests."""
        return self._stopped

    @property
    def idle(self) -> bool:
        """Whether no request is under way."""
        return not self._under_way and self._orders.empty()

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def stop(self) -> None:
        """Let the requests that are under way fail, and take no further ones. Returns at once; may be called twice."""
        with self._lock:
            self._stopped = True
            self._orders.put(lambda: None)  # wakes the thread

    def join(self) -> None:
        """Wait until the thread has ended, after `stop`."""
        self._thread.join()

    def submit(self, request: Request, ended: Ended) -> None:
        """Let the engine answer a request. `ended` is called on the thread of the engine when it is done.

        Raises `Refused` if the service was stopped.
        """
        with self._lock:
            if self._stopped:
                raise stopping()
            self._orders.put(lambda: self._begin(request, ended))

    def cancel(self, request: Request) -> None:
        """End a request soon, if it has not ended; `ended` is called all the same."""
        self._orders.put(lambda: self.engine.cancel(request))

    def _work(self) -> None:
        while not self._stopped:
            self._obey(wait=not self._under_way)
            try:
                self.engine.step()
            except Exception as error:  # noqa: BLE001 (whoever waits has to be told, and the others to be served)
                self._fail(error)
            self._tell()
        self._obey(wait=False)
        self._fail(stopping())
        self._tell()

    def _obey(self, *, wait: bool) -> None:
        """Follow the orders that have come; wait for one if there is nothing else to do."""
        try:
            self._orders.get(block=wait)()
            while True:
                self._orders.get_nowait()()
        except Empty:
            pass

    def _begin(self, request: Request, ended: Ended) -> None:
        self._under_way[request] = ended
        try:
            self.engine.submit(request)
        except Exception as error:  # noqa: BLE001 (it is for whoever waits for this reply)
            request.error = error

    def _fail(self, error: Exception) -> None:
        """Let all requests fail, and have the engine begin anew."""
        for request in self._under_way:
            if not request.done:
                self.engine.cancel(request)
                request.error = error
        self.engine.forget()

    def _tell(self) -> None:
        for request in [request for request in self._under_way if request.done]:
            self._under_way.pop(request)()
