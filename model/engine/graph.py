"""Doing the same work on a device many times: the seam to CUDA graphs.

A token step of a large network is a thousand small kernels. Launching them one by one takes a CPU longer than a fast
GPU takes to run them; a graph launches all of them at once. What is recorded reads and writes the same tensors each
time.
"""

import warnings
from collections.abc import Callable

import torch

Work = Callable[[], None]
_WARM_UP = 2
"""Runs before a recording: libraries choose their kernels and allocate their memory in the first ones."""


class Recorder:
    """Records work on one device. On a GPU the recordings share their working memory: run one at a time."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._pool = torch.cuda.graph_pool_handle() if device.type == "cuda" else None

    def record(self, work: Work) -> Work:
        """Return what does the work again. It is done meanwhile, so that its results may be read.

        On other devices than CUDA, and if a kernel cannot be recorded, that is the work itself.
        """
        if self._pool is None:
            work()
            return work
        try:
            return self._recorded(work)
        except RuntimeError as error:
            warnings.warn(
                f"the token step runs without a CUDA graph, and so more slowly, because it could not be recorded: "
                f"{' '.join(str(error).split())[:200]}",
                stacklevel=2,
            )
            torch.cuda.synchronize(self._device)
            work()
            return work

    def _recorded(self, work: Work) -> Work:
        stream = torch.cuda.Stream(self._device)  # type: ignore[no-untyped-call]
        stream.wait_stream(torch.cuda.current_stream(self._device))
        with torch.cuda.stream(stream):
            for _ in range(_WARM_UP):
                work()
        torch.cuda.current_stream(self._device).wait_stream(stream)
        graph = torch.cuda.CUDAGraph()
        # other threads may use the GPU meanwhile
        with torch.cuda.graph(graph, pool=self._pool, capture_error_mode="thread_local"):
            work()
        graph.replay()
        return graph.replay
