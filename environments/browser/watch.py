"""Waiting for work on a page, which a dialog may block and a crash may end."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from handeye.actions.errors import HandeyeError
from handeye.environments.browser.dialogs import Dialogs
from handeye.environments.errors import DialogOpened, EnvironmentLost
from handeye.environments.secrets import Secrets

T = TypeVar("T")

CLOSED = "page, context or browser has been closed"
CRASHED = ("Target crashed", "Page crashed")
LOSS_SIGNS = (CLOSED, *CRASHED)
"""What Playwright's errors say when the page, context or browser is gone."""

_LOSS_SECONDS = 0.3
"""How long after a failed call the event that explains the failure arrives."""


class TabClosed(HandeyeError):
    """The tab closed during an action, which counts as the action's completion."""


class Watch:
    """Watches one browser context for dialogs and for its loss while work is done on its pages."""

    def __init__(self, dialogs: Dialogs, secrets: Secrets) -> None:
        self.dialogs = dialogs
        self._secrets = secrets
        self._reason = ""
        self._lost = asyncio.Event()
        self._held: asyncio.Task[Any] | None = None
        self._held_seconds = 0.0

    @property
    def lost(self) -> bool:
        """Whether the context is lost."""
        return self._lost.is_set()

    def lose(self, reason: str) -> None:
        """Mark the context as lost; the first reason counts."""
        if not self.lost:
            self._reason = reason
            self._lost.set()

    def require_alive(self) -> None:
        """Raise `EnvironmentLost` if the context is lost."""
        if self.lost:
            raise self.loss()

    def loss(self) -> EnvironmentLost:
        """Return the error that says why the context is lost."""
        return EnvironmentLost(f"{self._reason}: reset() starts over")

    async def attempt(self, work: Coroutine[Any, Any, T], seconds: float, *, keep: bool = False) -> T:
        """Return what `work` returns.

        Raises `DialogOpened` when a dialog opens first, and with `keep` the work then continues behind the dialog;
        `TabClosed`; `EnvironmentLost` when the context is lost or the work takes longer than `seconds`.
        """
        return await self._wait(asyncio.ensure_future(work), seconds, keep)

    async def resume(self) -> None:
        """Wait for the work that a dialog blocked, if any, as `attempt` does and with the same limit."""
        held, self._held = self._held, None
        if held is not None:
            await self._wait(held, self._held_seconds, keep=True)

    async def _wait(self, task: asyncio.Task[T], seconds: float, keep: bool) -> T:
        watchers = [asyncio.ensure_future(event.wait()) for event in (self.dialogs.opened, self._lost)]
        try:
            if not self.lost:
                await asyncio.wait({task, *watchers}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return await self._result(task)
            self.require_alive()
            if not self.dialogs.opened.is_set():
                self.lose(f"the page has not responded for {seconds:g} s")
                self.require_alive()
            if keep:
                self._held, self._held_seconds = task, seconds
                task.add_done_callback(_retrieve)
            raise DialogOpened
        finally:
            for watcher in watchers:
                watcher.cancel()
            if task is not self._held:
                task.cancel()

    async def _result(self, task: asyncio.Task[T]) -> T:
        """Return the task's result; convert Playwright's errors to ours."""
        from playwright.async_api import Error

        try:
            return task.result()
        except TimeoutError:
            self.lose("the page does not respond")
            self.require_alive()
            raise
        except Error as error:
            message = error.message.splitlines()[0]
            closed, crashed = CLOSED in message, any(sign in message for sign in CRASHED)
            if closed or crashed:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._lost.wait(), _LOSS_SECONDS)
            self.require_alive()
            if closed:
                raise TabClosed("the tab has closed") from None
            self.lose("the page has crashed" if crashed else f"the browser failed ({self._secrets.redact(message)})")
            self.require_alive()
            raise


def _retrieve(task: asyncio.Task[Any]) -> None:
    """Retrieve the task's error, so that asyncio does not report it as never retrieved."""
    if not task.cancelled():
        task.exception()
