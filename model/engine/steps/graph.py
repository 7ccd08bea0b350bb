"""Doing the same work on a device many times: the seam to CUDA graphs.

A token step of a large network is a thousand small kernels, and so is a small screenshot. Launching them one by one
takes a CPU longer than a fast GPU takes to run them; a graph launches all of them at once. What is recorded reads and
writes the same tensors each time.
"""

import warnings
from collections.abc import Callable

import torch

from handeye.model.hardware.memory import is_out_of_memory, release

Work = Callable[[], None]
_WARM_UP = 2
"""Runs before a recording: libraries choose their kernels and allocate their memory in the first ones."""
_TRIES = 3
"""How often there may be too little memory to record."""


class Recorder:
    """Records work on one device. On a GPU the recordings share their working memory: run one at a time."""

    def __init__(self, device: torch.device, name: str) -> None:
        """name: of the work, for who reads that it could not be recorded."""
        self._name = name
        self._device = device
        # One for all: the libraries of a GPU keep memory for each stream that they have seen.
        self._stream = torch.cuda.Stream(device) if device.type == "cuda" else None  # type: ignore[no-untyped-call]
        self._tries = _TRIES
        self.renew()

    def renew(self) -> None:
        """Take other working memory, after the recordings are gone: that of the old ones cannot be used again."""
        self._pool = None if self._stream is None else torch.cuda.graph_pool_handle()

    def record(self, work: Work) -> Work | None:
        """Return what does the work again. It is done meanwhile, so that its results may be read.

        On other devices than CUDA that is the work itself, and also after a kernel could not be recorded: then nothing
        is recorded any more. None if there was too little memory to record it this time.
        """
        if self._stream is None or not self._tries:
            work()
            return work
        try:
            return self._recorded(work, self._stream)
        except RuntimeError as error:
            cause = error.__context__ or error  # the end of a recording says only that something went wrong in it
            full, reason = is_out_of_memory(error), " ".join(str(cause).split())[:200]
            release(error)  # its frames hold the tensors of the attempt
        self._tries = self._tries - 1 if full else 0
        if not self._tries:
            warnings.warn(
                f"{self._name} runs without a CUDA graph, and so more slowly, because it could not be recorded: "
                f"{reason}",
                stacklevel=2,
            )
        torch.cuda.synchronize(self._device)
        self.renew()  # to PyTorch, the attempt may still be under way in the old memory
        work()
        return None if self._tries else work

    def _recorded(self, work: Work, stream: torch.cuda.Stream) -> Work:
        before = torch.cuda.current_stream(self._device)
        graph = torch.cuda.CUDAGraph()
        stream.wait_stream(before)
        with torch.cuda.stream(stream):  # makes the stream's device the current one too, which `graph` waits for
            for _ in range(_WARM_UP):
                work()
            # other threads may use the GPU meanwhile
            with torch.cuda.graph(graph, pool=self._pool, stream=stream, capture_error_mode="thread_local"):
                work()
        before.wait_stream(stream)
        graph.replay()
        return graph.replay
