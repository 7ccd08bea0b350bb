"""The engine: prompts in, tokens out, for one request or many at once.

Shapes: R replies that get their next token, V tokens of the vocabulary.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

import torch
from torch import Tensor

from handeye.model.architecture.network import Qwen2_5_VL
from handeye.model.engine.blame import broken_layer
from handeye.model.engine.draft import Draft
from handeye.model.engine.request import Request
from handeye.model.engine.runner import Runner, Turn
from handeye.model.engine.sampling.choices import Choices
from handeye.model.engine.sampling.digits import DigitPlace, DigitProbabilities
from handeye.model.engine.scheduler import Scheduler
from handeye.model.engine.watch import Watch
from handeye.model.errors import NonFiniteOutput, OutOfMemory
from handeye.model.hardware.devices import have
from handeye.model.hardware.memory import is_out_of_memory, release
from handeye.model.hardware.room import spreading

Result = TypeVar("Result")


class Engine:
    """Runs requests on one network. Use it from one thread at a time.

    All requests that run get a token in each step. A prompt that begins like one that was read before is read from its
    first differing token on, whichever request read it, unless the network has changed since; images that were seen
    before are not encoded again. A request that fails does not affect the others.
    """

    def __init__(
        self,
        network: Qwen2_5_VL,
        vocabulary: int,
        *,
        most_tokens: int | None = None,
        most_requests: int | None = None,
        chunk: int | None = None,
        guess: bool = True,
        digits: Sequence[int] = (),
    ) -> None:
        """See `Scheduler` for the limits.

        vocabulary: the number of tokens; the network's embedding may have more rows.
        guess: whether tokens are guessed from what was said before; see `handeye.model.engine.draft`.
        digits: the ids of the digits 0 to 9, whose probabilities are kept where a reply has one; none keeps none.
        """
        self._guess = guess
        self._chunk = chunk
        self._blamed: str | None = None
        self._digits = DigitProbabilities(digits)
        self._network = network
        self._runner = Runner(network, vocabulary, most_tokens)
        self._scheduler = Scheduler(
            self._runner.pages, most_tokens=most_tokens, most_requests=most_requests, chunk=chunk
        )
        self._watch = Watch()

    @property
    def waiting(self) -> int:
        """The number of requests that have not started yet."""
        return self._scheduler.waiting

    @property
    def running(self) -> int:
        """The number of requests that run."""
        return self._scheduler.running

    @property
    def used_tokens(self) -> int:
        """The number of tokens, read or reserved, of the requests that run."""
        return self._scheduler.used_tokens

    @property
    def capacity(self) -> int:
        """The number of tokens that there is memory for."""
        return self._runner.pages.capacity

    def submit(self, request: Request) -> None:
        """Add a request; it gets on with each `step`."""
        if self._scheduler.idle and self._watch.changed(self._network):
            self.forget()
            self._runner.renew()
        self._scheduler.add(request)

    def step(self) -> bool:
        """Let all requests get on by one forward pass; return whether there was anything to do.

        What goes wrong for a request is in its `error`.
        """
        self._blamed = None
        with torch.inference_mode():
            while self._admit():
                pass
            turns = self._scheduler.turns()
            if turns:
                self._run(turns)
            return bool(turns)

    def cancel(self, request: Request) -> None:
        """End a request now, if it has not ended."""
        if not request.done:
            request.finish = "cancelled"
            self._scheduler.remove(request)

    def forget(self) -> None:
        """Use nothing again that was read or seen before, and free its memory."""
        self._runner.forget()
        self._scheduler.forget()

    def _admit(self) -> bool:
        """Start the first request that waits, if there is room for it; tell whether there may be room for another."""
        request = self._scheduler.next()
        if request is None:
            return False
        started = self._attempt(lambda: self._start(request))
        if isinstance(started, Exception):
            self._fail(request, started)
        return started is not False

    def _start(self, request: Request) -> bool:
        if not self._scheduler.admit(request):
            return False
        self._runner.prepare(request)
        return True

    def _run(self, turns: Sequence[Turn]) -> None:
        logits = self._attempt(lambda: self._runner.run(turns))
        if isinstance(logits, Tensor):
            self._finish(turns, logits)
        elif len(turns) == 1:
            self._fail(turns[0].request, logits)
        else:
            for turn in turns:  # one of them is to blame
                self._run([turn])

    def _finish(self, turns: Sequence[Turn], logits: Tensor) -> None:
        """Give each request whose prompt was read its next token, and those after it that were guessed rightly."""
        read: list[tuple[Turn, int]] = []  # those whose prompt was read, and the first of their rows
        row = 0
        for turn in turns:
            self._runner.advance(turn.request, turn.new - len(turn.guesses))
            if turn.request.rest is None:
                read.append((turn, row))
            row += turn.wanted
        choosers = {first + number: turn.request.chooser for turn, first in read for number in range(turn.wanted)}
        choices = self._attempt(lambda: Choices(logits, choosers))
        if isinstance(choices, Exception):  # one of them may be to blame
            choices = self._attempt(lambda: Choices(logits, choosers, together=False))
        if isinstance(choices, Exception):
            for turn in turns:
                self._fail(turn.request, choices)
            return
        places: list[DigitPlace] = []
        for turn, first in read:
            places += self._choose(turn, choices, first)
        if places:
            # Without memory for it, digits have no probabilities: the replies are right all the same.
            self._attempt(lambda: self._digits.keep(logits, places))

    def _choose(self, turn: Turn, choices: Choices, first: int) -> list[DigitPlace]:
        """Give a request the tokens of its rows, from the first; return which of them are digits."""
        places: list[DigitPlace] = []
        request, guesses = turn.request, turn.guesses
        for number in range(turn.wanted):
            token = self._attempt(partial(choices.take, first + number))
            if isinstance(token, Exception):
                self._fail(request, token)
                return places
            if token in self._digits:
                places.append(DigitPlace(request, len(request.tokens), first + number))
            guessed = number < len(guesses) and token == guesses[number]
            self._give(request, token, guessed=guessed)
            if request.done or not guessed:
                break
            self._runner.advance(request, 1)
        if guesses and request.draft is not None:
            request.draft.judge(number + guessed)
        return places

    def _give(self, request: Request, token: int, *, guessed: bool) -> None:
        if not request.tokens:
            request.mark("read")
            self._scheduler.keep(request)
            request.draft = Draft(request.prompt.keys, request.forced) if self._guess else None
        request.tokens.append(token)
        request.guessed += guessed
        if request.draft is not None:
            request.draft.add(token)
        try:
            ended = request.ends(token)
        except Exception as error:  # noqa: BLE001 (whatever it is, it is for whoever waits for this reply)
            request.error = error
            self._scheduler.remove(request)
            return
        if ended or len(request.tokens) >= request.room:
            request.finish = "stop" if ended else "length"
            request.mark("ended")
            self._scheduler.remove(request)

    def _fail(self, request: Request, error: Exception) -> None:
        """End a request with an error. What it has read may be wrong, so nobody uses it again."""
        if isinstance(error, NonFiniteOutput) and (layer := self._to_blame(request)):
            error = NonFiniteOutput(f"{error}, and the first numbers that are not finite are those of {layer}")
        request.error = error
        self._runner.forget()
        self._scheduler.remove(request, forget=True)
        if self._scheduler.idle:
            self.forget()

    def _to_blame(self, request: Request) -> str:
        """Return the layer in which numbers were first not finite, empty if there is none.

        It is looked for once in a step: the others wait meanwhile, and replies that fail together fail for one reason.
        """
        if self._blamed is None:
            self._blamed = broken_layer(self._network, request, self._chunk) or ""
        return self._blamed

    def _attempt(self, work: Callable[[], Result]) -> Result | Exception:
        """Return what `work` returns, or its error. One that is due to the request holds no tensors of the step."""
        try:
            return work()
        except Exception as error:  # noqa: BLE001 (the others go on)
            kind: type[OutOfMemory | NonFiniteOutput]
            if is_out_of_memory(error):
                kind, text = OutOfMemory, self._too_little()
            elif isinstance(error, OutOfMemory | NonFiniteOutput):
                kind, text = type(error), str(error)
            else:
                return error
            release(error)
        # made only here, because an error that is made in a handler holds the one that was handled
        return kind(text)

    def _too_little(self) -> str:
        devices = self._network.placement.devices
        return (
            f"{have(devices)} too little memory left for this prompt: give fewer or smaller images (max_pixels), or "
            f"use a smaller model{'' if len(devices) > 1 else spreading(self._network.device)}"
        )
