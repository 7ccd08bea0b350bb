import asyncio
import gc
import threading

import pytest

from handeye.environments.errors import ActionRejected, EnvironmentLost
from handeye.environments.owner_thread import OwnerThread, finalizer


async def where() -> str:
    return threading.current_thread().name


def test_coroutines_run_on_the_thread() -> None:
    thread = OwnerThread("owner")
    assert thread.call(where(), 60) == "owner"
    thread.stop()


def test_errors_come_through() -> None:
    async def reject() -> None:
        raise ActionRejected("no")

    thread = OwnerThread("owner")
    with pytest.raises(ActionRejected, match="no"):
        thread.call(reject(), 60)
    thread.stop()


def test_what_takes_too_long_is_cancelled() -> None:
    cancelled = threading.Event()

    async def forever() -> None:
        try:
            await asyncio.sleep(600)
        finally:
            cancelled.set()

    thread = OwnerThread("owner")
    with pytest.raises(EnvironmentLost, match=r"no answer within 0\.1 s"):
        thread.call(forever(), 0.1)
    assert cancelled.wait(60)
    thread.stop()


def test_it_works_inside_another_loop() -> None:
    thread = OwnerThread("owner")

    async def inside() -> str:
        return thread.call(where(), 60)

    assert asyncio.run(inside()) == "owner"
    thread.stop()


def test_stopping_ends_what_runs_and_later_calls() -> None:
    thread = OwnerThread("owner")
    errors: list[Exception] = []
    begun = threading.Event()

    async def last() -> None:
        begun.set()
        await asyncio.sleep(600)

    def call() -> None:
        try:
            thread.call(last(), 600)
        except EnvironmentLost as error:
            errors.append(error)

    caller = threading.Thread(target=call)
    caller.start()
    assert begun.wait(60)
    thread.stop()
    thread.stop()
    caller.join(60)
    assert not caller.is_alive() and len(errors) == 1
    with pytest.raises(EnvironmentLost, match="closed"):
        thread.call(where(), 60)


def test_a_call_from_the_thread_itself_is_an_error_and_does_not_wait() -> None:
    thread = OwnerThread("owner")

    async def again() -> str:
        return thread.call(where(), 60)

    with pytest.raises(EnvironmentLost, match="from its own thread"):
        thread.call(again(), 600)
    thread.stop()


class Held:
    """An object that only the garbage collector frees, and that closes a thread then."""

    def __init__(self, thread: OwnerThread, closed: threading.Event) -> None:
        self.cycle = self
        self.finalizer = finalizer(self, close, thread, closed)


def close(thread: OwnerThread, closed: threading.Event) -> None:
    assert thread.call(where(), 600) == "owner"
    thread.stop()
    closed.set()


async def collect() -> None:
    gc.collect()


def test_a_finalizer_that_runs_on_the_thread_it_waits_for_closes_it() -> None:
    thread, closed = OwnerThread("owner"), threading.Event()
    Held(thread, closed)
    thread.call(collect(), 60)
    assert closed.wait(60)
    with pytest.raises(EnvironmentLost, match="closed"):
        thread.call(where(), 60)


def test_a_finalizer_that_runs_on_another_thread_is_waited_for() -> None:
    thread, closed = OwnerThread("owner"), threading.Event()
    Held(thread, closed)
    gc.collect()
    assert closed.is_set()


async def fail_late(begun: threading.Event, ended: threading.Event) -> None:
    begun.set()
    try:
        await asyncio.sleep(600)
    finally:
        ended.set()
        raise ActionRejected("too late")


def test_what_a_stopped_thread_raises_is_not_reported(caplog: pytest.LogCaptureFixture) -> None:
    thread, begun, ended = OwnerThread("owner"), threading.Event(), threading.Event()

    async def start() -> None:
        tasks.append(asyncio.get_running_loop().create_task(fail_late(begun, ended)))

    tasks: list[asyncio.Task[None]] = []
    thread.call(start(), 60)
    assert begun.wait(60)
    thread.stop()
    assert ended.is_set()
    tasks.clear()
    gc.collect()
    assert caplog.records == []


def test_what_is_raised_after_ctrl_c_is_not_reported(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    thread, begun, ended = OwnerThread("owner"), threading.Event(), threading.Event()

    def interrupted(*arguments: object, **options: object) -> None:
        assert begun.wait(60)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("concurrent.futures.wait", interrupted)
        thread.call(fail_late(begun, ended), 600)
    assert ended.wait(60)
    thread.stop()
    gc.collect()
    assert caplog.records == []
