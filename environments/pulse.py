"""Waiting for a condition that events change."""

import asyncio
from collections.abc import Callable


class Pulse:
    """Wakes waiters whenever something happens that may have changed their condition."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def beat(self) -> None:
        """Signal that something happened."""
        self._event.set()

    async def until(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Wait until the condition holds, at most `seconds`; return whether it does."""
        deadline = asyncio.get_running_loop().time() + seconds
        while not condition():
            self._event.clear()
            left = deadline - asyncio.get_running_loop().time()
            try:
                await asyncio.wait_for(self._event.wait(), left)
            except TimeoutError:
                return condition()
        return True
