"""Entering text: by keys where they suffice, otherwise by the broadcast keyboard; then read back from the field.

Text is entered in portions, and before each the target of the keys is compared with that of the first one: what a
dialog or another field would take is not typed.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from handeye.actions.schema import Type
from handeye.environments.android.clearing import Cleared, Clearer
from handeye.environments.android.elements import DUMP, parse_tree
from handeye.environments.android.field import Field, Fields, fields_of
from handeye.environments.android.keyboard import UnicodeKeyboard
from handeye.environments.android.keys import ENTER, TAB, ascii_commands, is_ascii
from handeye.environments.android.phone import AndroidPhone, InputStopped
from handeye.environments.android.proof import Proof, arrived, proof, proof_in_cleared, squeezed
from handeye.environments.android.shell import command
from handeye.environments.android.status import is_input_shown
from handeye.environments.android.target import TARGET, Target
from handeye.environments.elements import ElementsUnknown
from handeye.environments.errors import ActionPartial, ActionRejected
from handeye.environments.hand import SHORT_TEXT
from handeye.environments.secrets import Secrets

_SECONDS_PER_CHARACTER = 0.2
_PORTION = 200
"""Characters between two looks at where they go."""
_MOST_KEYS = 40
"""ASCII characters typed by keys even if there is another way; a phone takes 10 ms or more for each key."""
_LONGEST_QUOTE = 200
_NO_FIELD = "no text field has the focus: tap one first"
_UNREAD = "The field could not be read, so it is not known whether it holds the text."
_MOVED = "The text was typed, and the focus has moved away from the field."
_NOT_CLEARED = "It is not known whether the field was cleared."
_NOT_ENTERED = " Enter was not pressed."


class _Portion(NamedTuple):
    """A piece of a text that is entered at once."""

    text: str
    commands: tuple[tuple[str, str], ...]
    """The commands with what each of them types; empty if the broadcast keyboard enters it."""


class Doubt(NamedTuple):
    """What may be wrong with a text that was typed."""

    text: str
    """For the policy, without secrets."""
    failed: bool = True
    """Whether the text is not known to have arrived; enter is not pressed then."""
    arrived: str | None = None
    """The beginning of the text that has arrived, if that is known."""


class _Stopped(Exception):
    """Entering ended early."""

    def __init__(self, typed: str, reason: str, known: bool = True) -> None:
        super().__init__(reason)
        self.typed = typed
        self.reason = reason
        self.known = known


class Typist:
    """Types into the focused field of one phone."""

    def __init__(self, phone: AndroidPhone, keyboard: UnicodeKeyboard, verify: bool, secrets: Secrets) -> None:
        self._phone = phone
        self._keyboard = keyboard
        self._verify = verify
        self._secrets = secrets
        self._clearer = Clearer(phone, keyboard, self._again, verify)

    def type(self, action: Type, text: str, locked: bool) -> Doubt | None:
        """Type a text, which is the action's own or that of its secret; return what may be wrong with it.

        locked: whether the phone is: its lock screen takes a PIN without a field.

        Raises `ActionRejected` without having done anything, `ActionPartial` if only part was done.
        """
        body = text.rstrip("\n")
        enters = len(text) - len(body) + action.submit  # the last ones wait until the text has been read back
        before = self._fields() if self._verify else None
        if before is not None and before.focused is None and not locked and self._is_nowhere(before):
            raise ActionRejected(_NO_FIELD)
        field = None if before is None else before.focused
        if action.clear and before is None and not self._verify:
            before = self._fields()
            field = None if before is None else before.focused
        cleared = self._cleared(field) if action.clear else None
        target = self._target()
        try:
            self._enter(body, target, action.secret is not None)
        except _Stopped as stopped:
            raise self._partial(action, field, cleared, stopped) from None
        doubt = None
        if self._verify:
            doubt = self._judged(before, field, cleared, body, action.secret is not None, enters > 0)
        if not enters:
            return doubt
        if doubt is None and target.has_moved_to(self._target()) and not _may_move(body):
            doubt = Doubt(_MOVED, arrived=body)
        if doubt is not None and doubt.failed:
            return doubt._replace(text=f"{doubt.text}{_NOT_ENTERED}")
        try:
            self._phone.input((ENTER,) * enters)
        except (ActionRejected, InputStopped) as error:
            raise ActionPartial(f"the text was typed, and enter was not pressed: {error}", done(action, body)) from None
        return doubt

    def _cleared(self, field: Field | None) -> Cleared:
        try:
            return self._clearer.clear(field)
        except InputStopped as stopped:
            raise ActionPartial(f"the field may be cleared in part, and nothing was typed: {stopped.problem}") from None

    def _enter(self, text: str, target: Target, secret: bool) -> None:
        """Enter a text in portions. Raises `_Stopped`."""
        typed = ""
        for portion in self._portions(text):
            if typed:
                now = self._target()
                if typed[-1] in "\n\t":
                    if target.is_lost_in(now):
                        raise _Stopped(typed, "no text field has the focus any more", known=False)
                    target = now
                elif target.has_moved_to(now):
                    raise _Stopped(typed, "the focus has moved away from the field", known=False)
            if portion.commands:
                self._by_keys(portion, typed, secret)
            else:
                try:
                    self._keyboard.type(portion.text)
                except ActionRejected as error:
                    raise _Stopped(typed, str(error)) from None
            typed += portion.text

    def _by_keys(self, portion: _Portion, typed: str, secret: bool) -> None:
        lines = tuple(line for line, _ in portion.commands)
        try:
            self._phone.input(lines, len(portion.text) * _SECONDS_PER_CHARACTER, secret)
        except InputStopped as stopped:
            some = "".join(piece for _, piece in portion.commands[: stopped.commands])
            raise _Stopped(typed + some, stopped.problem, stopped.known) from None
        except ActionRejected as error:
            raise _Stopped(typed, str(error)) from None

    def _portions(self, text: str) -> Iterator[_Portion]:
        keys = is_ascii(text)
        if keys and (self._keyboard.is_current or (len(text) > _MOST_KEYS and self._keyboard.is_installed)):
            keys = not self._is_selected()  # where no field accepts text, as in a terminal, keys may still work
        elif not keys:
            self._keyboard.select()
        for part in re.split(r"([\n\t])", text):
            if part in ("\n", "\t"):
                yield _Portion(part, ((ENTER if part == "\n" else TAB, part),))
                continue
            for start in range(0, len(part), _PORTION):
                piece = part[start : start + _PORTION]
                yield _Portion(piece, ascii_commands(piece) if keys else ())

    def _is_selected(self) -> bool:
        try:
            self._keyboard.select()
        except ActionRejected:
            return False
        return True

    def _partial(
        self, action: Type, field: Field | None, cleared: Cleared | None, stopped: _Stopped
    ) -> ActionRejected | ActionPartial:
        """Return the error for a text that was not typed to its end, by what the field shows where it can be read."""
        typed, known = stopped.typed, stopped.known
        now = self._again(field) if field is not None and self._verify and action.secret is None else None
        if now is not None and field is not None and not now.password:
            old = field.text if cleared is None else cleared.hint
            seen = arrived(old, now.text, action.text or "")
            typed, known = (typed, known) if seen is None else (seen, True)
        if not typed and known and cleared is None:
            return ActionRejected(stopped.reason)
        what = f"only the first {len(typed)} characters were typed" if typed else "nothing was typed"
        if not known:
            what = "it is not known how much of the text was typed"
        if cleared is not None:
            what = f"the field was cleared, and {what}"
        return ActionPartial(f"{what}: {stopped.reason}", done(action, typed) if known else None)

    def _judged(
        self, before: Fields | None, field: Field | None, cleared: Cleared | None, text: str, secret: bool, submit: bool
    ) -> Doubt | None:
        """Return what may be wrong, by the fields before and now."""
        unknown = Doubt(_NOT_CLEARED) if cleared is not None and not cleared.known else None
        if not text or (before is not None and field is None):
            return unknown  # also if what takes the keys reports no field: a page, a game, the lock screen
        after = self._fields()
        now = None if after is None or field is None else after.again(field)
        if after is None or now is None or field is None:
            gone = after is not None and field is not None
            if gone and (not _may_move(text) or (after is not None and after.focused is None)):
                return Doubt("The field that was typed into has lost the focus, so it is not known what it holds.")
            return unknown or Doubt(_UNREAD, failed=False)
        if now.password:
            return _judged_hidden(field, now, cleared, text)
        verdict = _verdict(field, now, cleared, text)
        lines = _moves(now.text) - (0 if cleared is not None else _moves(field.text)) >= _moves(text)
        if verdict is Proof.ARRIVED and lines:
            stays = not submit or (after.focused is not None and after.focused.key == field.key)
            return None if stays or _may_move(text) else Doubt(_MOVED, arrived=text)
        if before is not None and _is_spread(before, after, text):
            return unknown
        if _may_move(text):
            held = "" if secret else f" It reads {self._secrets.quote(now.text, _LONGEST_QUOTE)}."
            return Doubt(f"The field does not hold the whole text: its enters or tabs have led elsewhere.{held}", False)
        if verdict is Proof.UNKNOWN:
            return Doubt("The field read the same text before, or a hint, so it is not known whether it was typed.")
        if secret:
            return Doubt("The field does not contain what was typed.")
        held = self._secrets.quote(now.text, _LONGEST_QUOTE)
        some = arrived(field.text if cleared is None else cleared.hint, now.text, text)
        return Doubt(f"The field does not contain what was typed; it reads {held}.", arrived=some)

    def _fields(self) -> Fields | None:
        """Return the fields on the screen; None if the phone does not report them."""
        try:
            return fields_of(parse_tree(self._phone.shell(DUMP)))
        except ElementsUnknown:
            return None

    def _again(self, field: Field) -> Field | None:
        now = self._fields()
        return None if now is None else now.again(field)

    def _target(self) -> Target:
        return Target.read(self._phone.shell(TARGET).output)

    def _is_nowhere(self, fields: Fields) -> bool:
        """Return whether text would be lost: nothing that may take it has the focus."""
        if fields.web or fields.other:
            return False
        return not is_input_shown(self._phone.shell(command("dumpsys", "input_method")).output)


def _judged_hidden(field: Field, now: Field, cleared: Cleared | None, text: str) -> Doubt | None:
    """Judge a password, of which a phone reports at most the length."""
    if not now.text and not field.text:
        return None
    old = 0 if cleared is not None or not set(field.text) <= set(now.text) else len(field.text)
    if len(now.text) == old + len(text):
        return None
    return Doubt(f"The field holds {len(now.text)} characters, not the {old + len(text)} that it should.")


def _verdict(field: Field, now: Field, cleared: Cleared | None, text: str) -> Proof:
    if cleared is None:
        return proof(field.text, now.text, text)
    if cleared.known:
        return proof_in_cleared(cleared.hint, now.text, text)
    # Not seen to be empty: what it reads now still tells whether it was.
    return Proof.ARRIVED if squeezed(now.text) == squeezed(text) else Proof.DIFFERS


def _is_spread(before: Fields, after: Fields, text: str) -> bool:
    """Return whether the text went into several fields, such as the digits of a code into one field each."""
    if len(text) > SHORT_TEXT:
        return False
    old = {field.key: field.text for field in before.all}
    changed = [field.text for field in after.all if field.text != old.get(field.key)]
    return len(changed) > 1 and squeezed("".join(changed)) == squeezed(text)


def _may_move(text: str) -> bool:
    return _moves(text) > 0


def _moves(text: str) -> int:
    """Return how many keys of a text move the focus in many fields."""
    return text.count("\n") + text.count("\t")


def done(action: Type, typed: str) -> Type | None:
    """Return the action that describes what was typed; None for a secret, and if nothing was done."""
    if action.secret is not None or not (typed or action.clear):
        return None
    return Type(text=typed, clear=action.clear)
