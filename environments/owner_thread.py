"""A thread that owns an asyncio loop, so that blocking code can use objects that live on the loop."""

import asyncio
import concurrent.futures
import threading
import time
from collections.abc import Coroutine
from typing import Any, TypeVar

from handeye.environments.errors import EnvironmentLost

T = TypeVar("T")

_MARGIN = 5.0
"""Seconds beyond a call's own limit after which the loop itself counts as stuck."""

_SLICE = 0.5
"""Seconds between wake-ups of a waiting thread: Ctrl-C does not always wake it."""


class OwnerThread:
    """Runs coroutines on its own loop and waits for them. May be called from any thread, and inside other loops.

    The thread is a daemon: it never keeps the interpreter from exiting.
    """

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def call(self, coroutine: Coroutine[Any, Any, T], seconds: float) -> T:
        """Return what the coroutine returns, within `seconds`; raise `EnvironmentLost` if it takes longer.

        If the wait is interrupted (Ctrl-C), the coroutine is cancelled.
        """
        if not self._thread.is_alive():
            coroutine.close()
            raise EnvironmentLost("the environment is closed")
        future = asyncio.run_coroutine_threadsafe(asyncio.wait_for(coroutine, seconds), self._loop)
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
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        if tasks:
            self._loop.run_until_complete(asyncio.wait(tasks, timeout=1.0))
        self._loop.close()
