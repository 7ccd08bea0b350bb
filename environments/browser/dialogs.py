"""Dialogs that a page opens (alert, confirm, prompt, leave?): reported to the policy and answered by its actions.

While one is open the page is blocked: it paints nothing, accepts no input and does not respond.
"""

import asyncio
from collections import deque
from typing import TYPE_CHECKING

from handeye.actions.schema import Action, Press, Type
from handeye.environments.errors import ActionRejected
from handeye.environments.secrets import Secrets

if TYPE_CHECKING:
    from playwright.async_api import Dialog, Page

_LONGEST_TEXT = 1000


class OpenDialog:
    """A dialog waiting for an answer."""

    def __init__(self, dialog: "Dialog", secrets: Secrets) -> None:
        self.page: Page | None = dialog.page
        self.kind = dialog.type
        self._dialog = dialog
        self._secrets = secrets
        self._draft = self._told = dialog.default_value
        self._touched = False

    @property
    def closed(self) -> bool:
        """Whether it was closed together with its page."""
        return self.page is not None and self.page.is_closed()

    @property
    def hint(self) -> str:
        """How to answer it."""
        match self.kind:
            case "alert":
                return "Press enter to close it."
            case "prompt":
                return "Type the answer and press enter, or press esc to cancel."
            case "beforeunload":
                return "Press enter to leave the page, or esc to stay."
            case _:
                return "Press enter for OK, or esc to cancel."

    @property
    def text(self) -> str:
        """Its text, shortened if necessary, without secrets."""
        if self.kind == "beforeunload":
            return "Changes may not be saved."
        return self._secrets.redact(self._dialog.message)[:_LONGEST_TEXT]

    @property
    def draft(self) -> str:
        """The contents of a prompt's field, without secrets."""
        return self._secrets.redact(self._told)

    def notice(self) -> str:
        """Return a notice about it for the policy."""
        kind = "leave-page" if self.kind == "beforeunload" else self.kind
        field = f" Its field contains {self.draft!r}." if self.kind == "prompt" else ""
        return f"The page has opened the {kind} dialog {self.text!r}.{field} It must be answered first. {self.hint}"

    async def answer(self, action: Action) -> bool:
        """Apply the action to the dialog; return whether it is answered. Raises `ActionRejected`."""
        match action:
            case Press(keys=("enter",)):
                await self._accept()
            case Press(keys=("esc",)):
                await self._dialog.dismiss()
            case Type() if self.kind == "prompt":
                return await self._type(action)
            case _:
                raise ActionRejected(f"the {self.kind} dialog {self.text!r} is open: {self.hint}")
        return True

    async def _type(self, action: Type) -> bool:
        """Fill the field: the first text replaces its contents, which are selected; further text is appended."""
        text = self._secrets.reveal(action.secret) if action.secret is not None else action.text or ""
        submit = action.submit or text.endswith("\n")
        text = text.removesuffix("\n")
        if "\n" in text:
            raise ActionRejected("the answer to a prompt must be one line")
        told = text if action.secret is None else f"<{action.secret}>"  # also where only a part of a word is secret
        if action.clear or not self._touched:
            self._draft = self._told = ""
        self._draft, self._told = self._draft + text, self._told + told
        self._touched = True
        if submit:
            await self._accept()
        return submit

    async def _accept(self) -> None:
        await (self._dialog.accept(self._draft) if self.kind == "prompt" else self._dialog.accept())


class Dialogs:
    """The open dialogs. They are answered in the order in which they opened."""

    def __init__(self, secrets: Secrets) -> None:
        """`secrets` may be typed into prompts, and are reported only by name."""
        self.opened = asyncio.Event()
        """Set while one is open."""
        self._secrets = secrets
        self._waiting: deque[OpenDialog] = deque()

    @property
    def current(self) -> OpenDialog | None:
        """The dialog to answer next."""
        while self._waiting and self._waiting[0].closed:
            self.remove(self._waiting[0])
        return self._waiting[0] if self._waiting else None

    def add(self, dialog: "Dialog") -> None:
        """Add a dialog that has opened."""
        self._waiting.append(OpenDialog(dialog, self._secrets))
        self.opened.set()

    def remove(self, dialog: OpenDialog) -> None:
        """Remove a dialog that was answered or closed."""
        self._waiting.remove(dialog)
        if not self._waiting:
            self.opened.clear()
