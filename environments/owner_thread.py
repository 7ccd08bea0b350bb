"""A thread that owns an asyncio loop, so that blocking code can use objects that live on the loop."""

import _thread
import asyncio
import concurrent.futures
import sys
import threading
import time
import weakref
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from handeye.environments.errors import EnvironmentLost

T = TypeVar("T")

_MARGIN = 5.0
"""Seconds beyond a call's own limit after which the loop itself counts as stuck."""

_SLICE = 0.5
"""Seconds between wake-ups of a waiting thread: Ctrl-C does not always wake it."""

_here = threading.local()
"""`_here.owner` is set on the threads of this module."""


class OwnerThread:
    """Runs coroutines on its own loop and waits for them. May be called from any thread, and inside other loops.

    The thread is a daemon: it never keeps the interpreter from exiting.
    """

    def __init__(self, name: str) -> None:
        self._loop = _new_loop()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def call(self, coroutine: Coroutine[Any, Any, T], seconds: float) -> T:
        """Return what the coroutine returns, within `seconds`; raise `EnvironmentLost` if it takes longer.

        If the wait is interrupted (Ctrl-C), the coroutine is cancelled.
        """
        if not self._thread.is_alive():
            coroutine.close()
            raise EnvironmentLost("the environment is closed")
        if threading.current_thread() is self._thread:
            coroutine.close()
            raise EnvironmentLost("the environment was used from its own thread, which would wait for itself")
        future = asyncio.run_coroutine_threadsafe(_limited(coroutine, seconds), self._loop)
        deadline = time.monotonic() + seconds + _MARGIN
        try:
            while not future.done() and time.monotonic() < deadline:
                concurrent.futures.wait([future], timeout=_SLICE)
            return future.result(0)
        except TimeoutError:
            raise EnvironmentLost(f"no answer within {seconds:g} s: reset() starts over") from None
        except concurrent.futures.CancelledError:
            raise EnvironmentLost("the environment was closed during the call") from None
        finally:
            future.cancel()

    def stop(self) -> None:
        """Cancel running coroutines and end the thread. Stopping twice is harmless."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(_MARGIN)

    def _run(self) -> None:
        _here.owner = True
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.add_done_callback(_read)
            task.cancel()
        if tasks:
            self._loop.run_until_complete(asyncio.wait(tasks, timeout=1.0))
        self._loop.close()


def _new_loop() -> asyncio.AbstractEventLoop:
    """Return a loop that can start processes. On Windows, programs often set a policy whose loops cannot."""
    if sys.platform == "win32":
        return asyncio.ProactorEventLoop()
    return asyncio.new_event_loop()


def finalizer(owner: object, close: Callable[..., object], *arguments: object) -> "weakref.finalize[..., Any]":
    """Return a `weakref.finalize` whose `close` may wait for an owner thread.

    Garbage is collected on whichever thread happens to allocate, which may be the one that `close` waits for. On an
    owner thread, `close` therefore runs on a thread of its own, and nothing waits for it.
    """
    return weakref.finalize(owner, _off_owners, close, *arguments)


def _off_owners(close: Callable[..., object], *arguments: object) -> None:
    if getattr(_here, "owner", False):
        # Not threading.Thread: its start takes a lock, which the interrupted code may hold, and waits.
        _thread.start_new_thread(close, arguments)
    else:
        close(*arguments)


async def _limited(coroutine: Coroutine[Any, Any, T], seconds: float) -> T:
    task = asyncio.current_task()
    assert task is not None
    # What a coroutine raises after its caller has stopped waiting is nobody's: asyncio would print it.
    task.add_done_callback(_read)
    async with asyncio.timeout(seconds):
        return await coroutine


def _read(task: asyncio.Task[Any]) -> None:
    """Read the task's error, so that asyncio does not report it as never retrieved."""
    if not task.cancelled():
        task.exception()
