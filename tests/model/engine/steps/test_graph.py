"""Recording of work, on a CPU and on a simulated GPU that records as PyTorch does."""

import warnings
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import torch
from torch import Tensor

from handeye.model.engine.steps.graph import Recorder

FIRST, SECOND = torch.device("cuda:0"), torch.device("cuda:1")
Work = Callable[[], None]


class Stream:
    """A queue of work on a device."""

    def __init__(self, device: torch.device) -> None:
        self.device = device
        self.after: list[Stream] = []

    def wait_stream(self, other: "Stream") -> None:
        """Begin later."""
        self.after.append(other)


class Graph:
    """What was recorded."""

    def __init__(self) -> None:
        self.works: list[Work] = []
        self.pool: object = None

    def replay(self) -> None:
        """Do it again."""
        for work in self.works:
            work()


class Gpus:
    """Two GPUs, of which the first is the current one."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.own = {FIRST: Stream(FIRST), SECOND: Stream(SECOND)}
        self.current = self.own[FIRST]
        self.streams: list[Stream] = []
        self.graphs: list[Graph] = []
        self.recording: Graph | None = None
        self.pools = 0
        self.waits: list[torch.device] = []
        patch.setattr(torch.cuda, "Stream", self._made)
        patch.setattr(torch.cuda, "CUDAGraph", self._graph)
        patch.setattr(torch.cuda, "current_stream", lambda device: self.own[device])
        patch.setattr(torch.cuda, "stream", self._within)
        patch.setattr(torch.cuda, "graph", self._recorded)
        patch.setattr(torch.cuda, "graph_pool_handle", self._pool)
        patch.setattr(torch.cuda, "synchronize", self.waits.append)

    def launch(self, device: torch.device, work: Work) -> None:
        """Do work on a device, or record it, if it is in the stream that is recorded."""
        if self.recording is not None and self.current.device == device:
            self.recording.works.append(work)
        else:
            work()

    def _made(self, device: torch.device = FIRST) -> Stream:
        self.streams.append(Stream(device))
        return self.streams[-1]

    def _graph(self) -> Graph:
        self.graphs.append(Graph())
        return self.graphs[-1]

    def _pool(self) -> int:
        self.pools += 1
        return self.pools

    @contextmanager
    def _within(self, stream: Stream) -> Iterator[None]:
        before, self.current = self.current, stream
        try:
            yield
        finally:
            self.current = before

    @contextmanager
    def _recorded(
        self, graph: Graph, pool: object, stream: Stream | None = None, capture_error_mode: str = "global"
    ) -> Iterator[None]:
        before, self.current = self.current, stream or Stream(FIRST)
        self.recording, graph.pool = graph, pool
        try:
            yield
        except torch.OutOfMemoryError:  # no kernel has failed
            self.recording, self.current = None, before
            raise
        except RuntimeError:  # PyTorch leaves the stream as it is
            self.recording = None
            raise RuntimeError("operation failed due to a previous error during capture") from None
        self.recording, self.current = None, before


@pytest.fixture
def gpus(monkeypatch: pytest.MonkeyPatch) -> Gpus:
    """Have two of them."""
    return Gpus(monkeypatch)


def test_the_work_is_done_each_time_on_a_cpu() -> None:
    done: list[int] = []
    again = Recorder(torch.device("cpu"), "it").record(lambda: done.append(1))
    assert done == [1]
    again()
    assert done == [1, 1]


@pytest.mark.parametrize("device", [FIRST, SECOND])
def test_the_work_is_recorded_on_the_device_of_the_recorder(gpus: Gpus, device: torch.device) -> None:
    done: list[Stream] = []

    def work() -> None:
        gpus.launch(device, lambda: done.append(gpus.current))

    again = Recorder(device, "it").record(work)
    [stream], [graph] = gpus.streams, gpus.graphs
    assert stream.device == device and len(graph.works) == 1
    assert done[:-1] == [stream, stream]  # before it is recorded, in the same stream
    assert len(done) == 3
    assert stream.after == [gpus.own[device]] and gpus.own[device].after == [stream]
    again()
    assert len(done) == 4


def test_recordings_share_a_stream_and_memory_until_they_are_gone(gpus: Gpus) -> None:
    recorder = Recorder(SECOND, "it")
    for _ in range(3):
        recorder.record(lambda: None)
    recorder.renew()
    recorder.record(lambda: None)
    assert len(gpus.streams) == 1
    first, second, third, fourth = (graph.pool for graph in gpus.graphs)
    assert first == second == third != fourth


def test_what_cannot_be_recorded_is_done_without_a_trace(gpus: Gpus) -> None:
    """The stream is as it was, and the tensors of the attempt are gone before the work is done again."""
    made: list[weakref.ref[Tensor]] = []
    left: list[bool] = []

    def work() -> None:
        left.append(any(each() is not None for each in made))
        tensor = torch.zeros(3)
        made.append(weakref.ref(tensor))
        if gpus.recording is not None:
            raise RuntimeError("this kernel\ncannot be recorded")

    before = gpus.current
    with pytest.warns(UserWarning, match="^it runs without a CUDA graph.*: this kernel cannot be recorded$"):
        again = Recorder(SECOND, "it").record(work)
    assert again is not None
    assert gpus.current is before and gpus.waits == [SECOND]
    assert left == [False] * 4
    with warnings.catch_warnings(action="error"):
        again()
    assert len(left) == 5


def test_nothing_is_recorded_after_that(gpus: Gpus) -> None:
    """A recording that broke off may break the next ones."""
    recorder = Recorder(SECOND, "it")

    def refuse() -> None:
        if gpus.recording is not None:
            raise RuntimeError("no")

    with pytest.warns(UserWarning, match="^it runs without a CUDA graph"):
        recorder.record(refuse)
    graphs, done = len(gpus.graphs), []
    with warnings.catch_warnings(action="error"):
        again = recorder.record(lambda: done.append(1))
        assert again is not None
        again()
    assert done == [1, 1] and len(gpus.graphs) == graphs


def test_too_little_memory_may_pass(gpus: Gpus) -> None:
    recorder = Recorder(SECOND, "it")
    full, done = [True], []

    def work() -> None:
        if gpus.recording is not None and full[0]:
            raise torch.OutOfMemoryError("CUDA out of memory")
        gpus.launch(SECOND, lambda: done.append(1))

    with warnings.catch_warnings(action="error"):
        assert recorder.record(work) is None
    assert len(done) == 3
    pool = gpus.pools
    full[0] = False
    again = recorder.record(work)
    assert again is not None and gpus.graphs[-1].pool == pool
    again()
    assert len(done) == 7


def test_it_is_not_tried_for_ever(gpus: Gpus) -> None:
    recorder = Recorder(SECOND, "it")

    def work() -> None:
        if gpus.recording is not None:
            raise torch.OutOfMemoryError("CUDA out of memory")

    for _ in range(2):
        assert recorder.record(work) is None
    with pytest.warns(UserWarning, match="^it runs without a CUDA graph.*CUDA out of memory$"):
        assert recorder.record(work) is work
    assert recorder.record(work) is work and len(gpus.graphs) == 3
