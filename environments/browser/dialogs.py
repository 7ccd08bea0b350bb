"""Dialogs that a page opens (alert, confirm, prompt, leave?): told to the policy and answered by its actions.

While one is open the page stands still: it paints nothing, takes no input and answers nothing.
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
    """A dialog that waits for its answer."""

    def __init__(self, dialog: "Dialog", secrets: Secrets) -> None:
        self.page: Page | None = dialog.page
        self.kind = dialog.type
        self._dialog = dialog
        self._secrets = secrets
        self._draft = dialog.default_value
        self._touched = False

    @property
    def closed(self) -> bool:
        """Whether it went away with its page."""
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
        """What it says, as far as there is room for it, without secrets."""
        if self.kind == "beforeunload":
            return "Changes may not be saved."
        return self._secrets.redact(self._dialog.message)[:_LONGEST_TEXT]

    @property
    def draft(self) -> str:
        """What the field of a prompt holds, without secrets."""
        return self._secrets.redact(self._draft)

    def notice(self) -> str:
        """Tell the policy of it."""
        kind = "leave-page" if self.kind == "beforeunload" else self.kind
        field = f" Its field holds {self.draft!r}." if self.kind == "prompt" else ""
        return f"The page has opened the {kind} dialog {self.text!r}.{field} Nothing else can be done. {self.hint}"

    async def answer(self, action: Action) -> bool:
        """Do what the action says; return whether the dialog is answered. Raises `ActionRejected`."""
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
        """Fill the field: the first text replaces what is in it, as it is selected then; further ones are added."""
        text = self._secrets.reveal(action.secret) if action.secret is not None else action.text or ""
        submit = action.submit or text.endswith("\n")
        text = text.removesuffix("\n")
        if "\n" in text:
            raise ActionRejected("the answer to a prompt is one line")
        self._draft = text if action.clear or not self._touched else self._draft + text
        self._touched = True
        if submit:
            await self._accept()
        return submit

    async def _accept(self) -> None:
        await (self._dialog.accept(self._draft) if self.kind == "prompt" else self._dialog.accept())


class Dialogs:
    """The dialogs that are open. They are answered in the order in which they opened."""

    def __init__(self, secrets: Secrets) -> None:
        """`secrets` may be typed into prompts, and are told of by their names alone."""
        self.opened = asyncio.Event()
        """Set while one is open."""
        self._secrets = secrets
        self._waiting: deque[OpenDialog] = deque()

    @property
    def current(self) -> OpenDialog | None:
        """The one that must be answered next."""
        while self._waiting and self._waiting[0].closed:
            self.remove(self._waiting[0])
        return self._waiting[0] if self._waiting else None

    def add(self, dialog: "Dialog") -> None:
        """Take up a dialog that has opened."""
        self._waiting.append(OpenDialog(dialog, self._secrets))
        self.opened.set()

    def remove(self, dialog: OpenDialog) -> None:
        """Drop one that was answered or went away."""
        self._waiting.remove(dialog)
        if not self._waiting:
            self.opened.clear()
