"""Typing a text into what has the focus, so that it arrives whole or is known to have arrived in part."""

import asyncio
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from handeye.actions.schema import Type
from handeye.environments.browser.arrival import Arrival, Field, arrival, holds_lines, read_fields
from handeye.environments.browser.focus import Focus, call, call_all, find_focus
from handeye.environments.browser.input import Keyboard
from handeye.environments.browser.picker import picker_hint
from handeye.environments.errors import ActionPartial, ActionRejected
from handeye.environments.hand import KEY_SECONDS, SHORT_TEXT, Pace
from handeye.environments.secrets import Secrets

if TYPE_CHECKING:
    from playwright.async_api import Page

LONGEST_KEYED = 500
"""Characters up to which a text is typed key by key into a field; longer ones are entered at once, as if pasted."""
SECONDS_PER_CHARACTER = KEY_SECONDS + 0.06
"""At most, of a text that is typed key by key; the second part is for the browser."""
_LONGEST_QUOTE = 100
_NUMBER = re.compile(r"[0-9+.,eE\s-]*")
_FOLLOW_SECONDS = 0.5
"""How long the focus may be nowhere while it moves on."""
_POLL_SECONDS = 0.04
_READ_SECONDS, _REWRITE_SECONDS = 0.4, 0.1
"""How long a page is given to write what was typed, and to write it otherwise."""
_MOST_DELETIONS = 40
"""An editor of long texts has only a part of them in the page, and deletes no more at a time."""
_KEYS = {"\n": "enter", "\t": "tab"}
_KEYS_NOTICE = "No text field has the focus: the text went to the page as keys, which does not say what became of it."


class _Stopped(Exception):
    """Typing ended early. `typed` is how many characters the page has received of the current piece."""

    def __init__(self, reason: str, typed: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.typed = typed


class _State(NamedTuple):
    """What has become of the keys since typing began in a document."""

    passed: int
    """How many were entered where they were meant."""
    missed: int
    """How many were kept from another element."""
    same: bool
    """Whether the focus is still there."""
    reached: int
    """How many came to the expected element, whatever it did then."""
    length: int
    """Of what is in the element; -1 if it does not tell or is full."""


class Typing:
    """Carries out one `Type` action on a page."""

    def __init__(
        self,
        page: "Page",
        action: Type,
        secrets: Secrets,
        notice: Callable[[str], None],
        in_front: Callable[[], bool],
        pace: Pace,
    ) -> None:
        """`in_front` tells whether the page is still the one that is shown."""
        self._page = page
        self._action = action
        self._text = secrets.reveal(action.secret) if action.secret is not None else action.text or ""
        self._secrets = secrets
        self._notice = notice
        self._in_front = in_front
        self._keyboard = Keyboard(page, pace)
        self._pace = pace
        self._focus: Focus | None = None
        self._interrupted = False
        self._cleared = False
        self._done = 0
        """Characters of the text that the page has received for certain."""
        self._sending = 0
        """Characters of the text that are on their way or done, the final enter key as one more."""

    async def run(self) -> None:
        """Type; raise `ActionRejected` before anything is done, `ActionPartial` if only a part has arrived."""
        self._focus = focus = await find_focus(self._page)
        self._require(focus)
        try:
            if focus.open:
                await self._type_into_popup()
                return
            await self._guard(focus)
            if self._action.clear:
                await self._clear(focus)
            await self._type(focus)
            if self._action.submit:
                self._sending += 1
                await self._submit()
        except _Stopped as stopped:
            whole = self._done == len(self._text) and not self._action.submit  # its last key may open another page
            if not self._interrupted and not whole:
                raise self._partial(stopped.reason) from None
        except ActionPartial:
            if not self._interrupted:  # which has been told
                raise
        finally:
            if self._action.secret is not None:
                await call_all(self._page, "veil", f"<{self._action.secret}>")
            await call_all(self._page, "disarm")
            await self._keyboard.close()

    def interrupt(self, reason: str) -> ActionPartial | None:
        """End typing; return the error that says so, unless nothing was left to do."""
        self._interrupted = True
        if self._sending >= len(self._text) + int(self._action.submit):
            return None
        self._done = max(self._done, self._sending)
        error = self._partial(reason)
        return error if isinstance(error, ActionPartial) else ActionPartial(str(error))

    def _require(self, focus: Focus) -> None:
        """Raise `ActionRejected` unless the focus takes the text."""
        text, clear = self._text, self._action.clear
        if focus.frozen and ((text and text[0] not in _KEYS) or clear):
            raise ActionRejected("the field that has the focus is read-only")
        if focus.open and focus.kind == "date":
            raise ActionRejected(f"the {focus.type} popup is open. {picker_hint(focus.type)}")
        if clear and (focus.unseen or not focus.takes_text or focus.kind == "editor"):
            if focus.takes_text:
                raise ActionRejected(
                    "what has the focus is part of an editor or a sheet, which may lose more than a field when it is "
                    "cleared: select what is to be replaced, and type without clearing"
                )
            raise ActionRejected("no text field has the focus, so there is nothing to clear: click into one first")
        if not text or text[0] in _KEYS:
            return  # enter and tab are keys for anything
        if focus.takes_text:
            self._require_fit(focus)
        elif not (focus.kind in {"color", "select"} and (focus.open or focus.kind == "select")) and not focus.heard:
            raise ActionRejected("nothing that takes text has the focus: click into a text field first")

    def _require_fit(self, focus: Focus) -> None:
        if focus.type == "number" and _NUMBER.fullmatch(self._text) is None:
            raise ActionRejected("the field takes only numbers: digits, a sign and a decimal point")
        if focus.kind == "date" and self._text.strip() and not any(map(str.isalnum, self._text)):
            raise ActionRejected(f"the field takes only a {focus.type}, in digits")

    async def _guard(self, focus: Focus) -> None:
        """Let keys reach only what has the focus."""
        await call_all(self._page, "arm", True, but=focus.frame)
        if await call(focus.frame, "arm", False) != focus.known:
            raise ActionRejected("the focus has moved just now: look again")

    async def _clear(self, focus: Focus) -> None:
        """Empty the field that has the focus: by selecting what is in it, never by a key that selects more."""
        frame = focus.frame
        if focus.kind == "date":
            await call(frame, "empty")
            self._cleared = True
            await self._guard(focus)
            return
        before = await call(frame, "content")
        for _ in range(_MOST_DELETIONS):
            if not await call(frame, "select"):
                break
            await asyncio.sleep(self._pace.key)  # an editor learns of the selection by an event
            await self._keyboard.press(("delete",))
            self._cleared = True
            after = await call(frame, "content")
            if after == before or not (after or "").strip() or focus.kind != "rich":
                break
            before = after
        if self._cleared and before and before.strip() and await call(frame, "content") == before:
            raise ActionPartial("the field could not be emptied, and nothing was typed: it keeps its content")
        if focus.kind in {"line", "area"}:
            await call(frame, "select")  # a page may write something into an empty field, such as 0
        await self._guard(focus)

    async def _type(self, focus: Focus) -> None:
        at_once = len(self._text) > LONGEST_KEYED and focus.takes_text
        separators = r"(\n)" if at_once and focus.kind in {"line", "date"} else r"(?!)" if at_once else r"([\n\t])"
        rewritten, hidden = False, focus.kind in {"none", "control", "select"}
        pieces = [piece for piece in re.split(separators, self._text) if piece]
        begin = await self._fields() if len(pieces) > 1 and focus.kind in {"area", "rich"} else ()
        for number, piece in enumerate(pieces):
            if piece == "\n" or (piece == "\t" and not at_once):
                await self._key(piece, last=number == len(pieces) - 1)
                continue
            begun = self._done
            try:
                await (self._insert(piece) if at_once else self._press_each(piece))
            except _Stopped as stopped:
                got = await self._arrived(piece[: stopped.typed])
                self._done = begun + min(stopped.typed, len(got.text))
                raise
            if self._require_focus().kind == "date" and number < len(pieces) - 1:
                continue  # a tab goes to the next part of it
            await self._require_option(piece)
            got = await self._arrived(piece)
            if not got.complete:
                self._done = begun
                text, count = self._text[:begun] + got.text, begun + len(got.text)
                held = await self._held()
                what = "" if held is None else f", it holds {held} now"
                raise self._partial_of(text, f"the field does not hold the others{what}", count)
            rewritten |= not got.exact
        if begin and self._require_focus().known == focus.known:
            rewritten |= not holds_lines(begin, await self._fields(), self._text)
        if hidden and self._text.strip() and not await self._ended_in_field():
            self._notice(_KEYS_NOTICE)
        elif rewritten:
            held = await self._held()
            what = "What it holds now is not shown." if held is None else f"The field holds {held} now."
            self._notice(f"The page has changed what was typed. {what}")

    async def _require_option(self, text: str) -> None:
        """Raise `ActionPartial` if a list has the focus that has not gone to an option that begins with the text."""
        option = await call(self._require_focus().frame, "option")
        meant = " ".join(text.split()).casefold()
        if option is None or option.casefold().startswith(meant):
            return
        at = "" if self._action.secret is not None else f": it is at {self._secrets.quote(option, _LONGEST_QUOTE)}"
        raise ActionPartial(f"the list has gone to no option that begins with what was typed{at}. Look again.")

    async def _type_into_popup(self) -> None:
        """Press keys for the fields of the browser's own popup, in which no page and no script sees them."""
        for character in self._text + "\n" * self._action.submit:
            self._require_in_front(self._done)
            self._sending += 1
            if character in _KEYS:
                await self._keyboard.press((_KEYS[character],))
            else:
                await self._keyboard.character(character, self._pace.press)
            self._done += 1
            await asyncio.sleep(self._pace.key - self._pace.press)

    async def _press_each(self, text: str) -> None:
        """Press the key of each character, slowly as long as the focus moves with them."""
        moved, (passed, missed, _, _, length) = 0, await self._state()
        deaf = self._require_focus().deaf
        for number, character in enumerate(text):
            slow = number - moved < SHORT_TEXT
            self._sending += 1
            while True:
                self._require_in_front(number)
                await self._keyboard.character(character, self._pace.press if slow else 0.0)
                now, kept, same, _, longer = await self._state(number + 1)
                if now > passed or deaf:
                    break
                # A key that has not come by at all went to another document.
                if kept == missed or not await self._followed():
                    self._sending -= 1
                    raise _Stopped("the focus has moved", number)
                moved, missed = number, kept
            if longer >= 0 and longer != length + len(character.encode("utf-16-le")) // 2:
                moved, slow = number, True  # the page writes the field itself, for which it may need a moment
            passed, length = now, longer
            self._done += 1
            if not same and number + 1 == len(text):
                await call(self._require_focus().frame, "follow")  # to know where the text is
            elif not same:
                if not await self._followed():
                    raise _Stopped("the focus has moved", number + 1)
                moved = number + 1
                passed = (await self._state(number + 1)).passed
            if slow:
                await asyncio.sleep(self._pace.key - self._pace.press)

    async def _insert(self, text: str) -> None:
        """Enter a text at once."""
        focus = self._require_focus()
        self._require_in_front(0)
        if not (await self._state()).same:
            raise _Stopped("the focus has moved")
        self._sending += len(text)
        as_paste = focus.unseen or focus.kind in {"rich", "editor"}
        if not (as_paste and await call(focus.frame, "paste", text)):
            await self._keyboard.insert(text)
        self._done += len(text)

    async def _key(self, character: str, last: bool) -> None:
        """Press enter or tab, after which the text may go on elsewhere."""
        focus = self._require_focus()
        self._require_in_front(0)
        await call(focus.frame, "remember")
        before = (await self._state()).reached
        self._sending += 1
        await self._keyboard.press((_KEYS[character],))
        state = await call(focus.frame, "state")
        if state is not None and _State(*state).reached == before and not focus.deaf:
            self._sending -= 1
            raise _Stopped("the focus has moved")
        self._done += 1
        if last and not self._action.submit:
            return
        await asyncio.sleep(self._pace.key)
        found = await find_focus(self._page)
        if state is None or found.frame is not focus.frame or not await call(focus.frame, "after", character == "\t"):
            raise _Stopped("the focus has moved")
        if focus.kind == "date" and found.known != focus.known and not (await self._arrived(self._text)).complete:
            self._done = 0
            raise _Stopped(f"the {focus.type} is not complete")
        following = self._text[self._done : self._done + 1]
        if following and following not in _KEYS:
            if found.frozen:
                raise _Stopped("the field that has the focus is read-only")
            if not found.takes_text and not found.heard and found.kind != "select":
                raise _Stopped("nothing that takes text has the focus")
        self._focus = found
        await self._guard(found)

    async def _submit(self) -> None:
        focus = self._require_focus()
        if self._text:
            await asyncio.sleep(self._pace.key)
        self._require_in_front(0)
        if not (await self._state()).same and not await self._followed():
            raise _Stopped("the focus has moved")
        before = (await self._state()).reached
        await self._keyboard.press(("enter",))
        after = await call(focus.frame, "state")
        if after is not None and _State(*after).reached == before and not focus.deaf:
            raise _Stopped("the focus has moved")

    async def _state(self, typed: int = 0) -> "_State":
        state = await call(self._require_focus().frame, "state")
        if state is None:
            raise _Stopped("the page has changed", typed)
        return _State(*state)

    async def _followed(self) -> bool:
        """Return whether the focus has moved to where the text is meant to go on, giving it a moment to arrive."""
        frame, loop = self._require_focus().frame, asyncio.get_running_loop()
        end = loop.time() + _FOLLOW_SECONDS
        while True:
            found = await call(frame, "follow")
            if found in {"moved", "same"}:
                return True
            if loop.time() >= end or found is None:
                return False
            await asyncio.sleep(_POLL_SECONDS)

    async def _arrived(self, text: str) -> Arrival:
        """Return how much of a text the fields hold, once the page has written it."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        end = begun + _READ_SECONDS
        while True:
            found = arrival(await self._fields(), text)
            if found.exact or loop.time() >= (begun + _REWRITE_SECONDS if found.complete else end):
                return found
            await asyncio.sleep(_POLL_SECONDS)

    async def _fields(self) -> list[Field]:
        return read_fields(await call(self._require_focus().frame, "report") or ())

    async def _ended_in_field(self) -> bool:
        return (await find_focus(self._page)).takes_text

    async def _held(self) -> str | None:
        """Return a quote of what the fields hold; None if it must not be told."""
        fields = [field for field in await self._fields() if field.now is not None]
        if self._action.secret is not None or any(field.secret for field in fields):
            return None
        held = [field.now for field in fields if field.now] or [""]
        return ", ".join(self._secrets.quote(text, _LONGEST_QUOTE) for text in held)

    def _partial(self, reason: str) -> ActionPartial | ActionRejected:
        if self._done == 0 and not self._cleared and self._sending == 0:
            return ActionRejected(f"{reason}: look again")
        return self._partial_of(self._text[: self._done], reason, self._done)

    def _partial_of(self, text: str, reason: str, count: int) -> ActionPartial:
        whole = len(self._text)
        if self._action.secret is not None:
            part = (
                "the whole secret was typed, but not submitted" if count == whole else "a part of the secret was typed"
            )
            return ActionPartial(f"{part}: {reason}. Look again.")
        if count == whole:
            what = "the text was typed, but not submitted"
        else:
            what = f"only {count} of {whole} characters were typed"
        done = self._action.model_copy(update={"text": text, "submit": False}) if text or self._cleared else None
        return ActionPartial(f"{what}: {reason}. Look again.", done)

    def _require_in_front(self, typed: int) -> None:
        if self._interrupted:
            raise _Stopped("it was interrupted", typed)
        if not self._in_front():
            raise _Stopped("another tab has come to the front", typed)

    def _require_focus(self) -> Focus:
        assert self._focus is not None
        return self._focus
