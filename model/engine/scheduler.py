"""Which requests run, and what each does in the next forward pass."""

from collections import deque

from handeye.model.engine.blocks import SIZE, Blocks
from handeye.model.engine.pages import Pages
from handeye.model.engine.request import Request
from handeye.model.engine.runner import Turn
from handeye.model.errors import OutOfMemory


class Scheduler:
    """Gives slots to requests in the order in which they came, and takes them back when they end.

    A request starts only when there are slots for its prompt and its longest reply, so none ever has to stop for
    another one.
    """

    def __init__(self, pages: Pages, *, most_tokens: int | None, most_requests: int | None, chunk: int | None) -> None:
        """None sets no limit.

        most_tokens: slots of all requests together, those kept for later requests included.
        most_requests: requests that run at the same time.
        chunk: tokens that are read in one forward pass, so that long prompts do not hold up the replies of others.
        """
        self._pages = pages
        self._blocks = Blocks()
        self._most_tokens = most_tokens
        self._most_requests = most_requests
        self._chunk = chunk
        self._waiting: deque[Request] = deque()
        self._running: list[Request] = []
        self._blocked: Request | None = None
        """The request that there is no room for, while nothing has changed that could make room."""

    @property
    def waiting(self) -> int:
        """The number of requests that have no slots yet."""
        return len(self._waiting)

    @property
    def running(self) -> int:
        """The number of requests that have slots."""
        return len(self._running)

    @property
    def idle(self) -> bool:
        """Whether no request runs or waits."""
        return not self._running and not self._waiting

    @property
    def used_tokens(self) -> int:
        """The number of slots of the requests that run."""
        return self._blocks.used * SIZE

    def add(self, request: Request) -> None:
        """Let a request wait for its turn."""
        self._waiting.append(request)

    def next(self) -> Request | None:
        """Return the first request that waits, if another one may run, and if there may be room for it.

        Those behind it wait too: otherwise short ones could keep a long one waiting for ever.
        """
        if not self._waiting or len(self._running) == self._most_requests:
            return None
        return None if self._waiting[0] is self._blocked else self._waiting[0]

    def admit(self, request: Request) -> bool:
        """Give a request that waits its slots; return False if there is no room until others end.

        Raises:
            OutOfMemory: there will never be room for it.
        """
        keys = request.contents
        lacking = self._blocks.lacking(keys, request.room)
        if lacking and self._most_tokens is not None and self._blocks.tokens + lacking * SIZE > self._most_tokens:
            if self._running:
                self._blocked = request
                return False
            raise OutOfMemory(
                f"the prompt and its reply may have {len(keys) + request.room:,} tokens, and there is room for "
                f"{self._most_tokens:,}: give fewer or smaller images (max_pixels), or ask for a shorter reply"
            )
        if lacking:
            self._pages.reserve(self._blocks.tokens + lacking * SIZE)
            self._blocks.grow(lacking)
        request.table, copy = self._blocks.open(keys, request.room)
        self._waiting.remove(request)
        self._running.append(request)
        request.cached = request.table.length
        if copy is not None:
            self._pages.copy(copy.source, copy.start)
        return True

    def turns(self) -> list[Turn]:
        """Return what is done in the next forward pass: each reply gets a token, and prompts get on in order."""
        replies = [self._reply(request) for request in self._running if request.rest is None]
        left = None if self._chunk is None else max(1, self._chunk - sum(turn.new for turn in replies))
        prompts = []
        for request in self._running:
            if request.rest is not None and left != 0:
                count = request.rest.shape[1] if left is None else min(request.rest.shape[1], left)
                left = None if left is None else left - count
                prompts.append(Turn(request, count))
        return [*prompts, *replies]

    @staticmethod
    def _reply(request: Request) -> Turn:
        guesses = request.draft.guess(request.room - len(request.tokens) - 1) if request.draft is not None else []
        return Turn(request, 1 + len(guesses), guesses)

    def keep(self, request: Request) -> None:
        """Let later requests use what was read for a request."""
        if request.table is not None:
            self._blocked = None  # which may begin like it
            self._blocks.record(request.table, request.contents[: request.table.length])

    def remove(self, request: Request, *, forget: bool = False) -> None:
        """Take back the slots of a request, or its place in the queue.

        What it has read can be used again, unless it is to be forgotten.
        """
        self._blocked = None
        if request.table is not None:
            self._running.remove(request)
            self._blocks.close(request.table, () if forget else request.contents[: request.table.length])
            request.table = request.rest = request.turns = None
        elif request in self._waiting:
            self._waiting.remove(request)

    def forget(self) -> None:
        """Use nothing again that was read before. If no request runs, the memory is freed."""
        self._blocks.forget()
        if not self._running:
            self._blocks.clear()
            self._pages.clear()
