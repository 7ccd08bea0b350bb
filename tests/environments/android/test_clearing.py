"""A field is cleared by whichever way the phone obeys, and seen to be, or nothing is typed into it."""

from collections.abc import Callable

import pytest

from handeye.environments.android.clearing import _is_empty
from handeye.environments.errors import ActionPartial
from handeye.environments.observation import Observation
from handeye.environments.simulated_phone.commands import table
from handeye.environments.simulated_phone.shell.call import Call

Act = Callable[..., Observation]
Note = Callable[..., None]
Read = Callable[[], str]


@pytest.mark.slow
@pytest.mark.parametrize("quirk", ["samsung-clear", "huawei-clear", "no-key-combination", "hint-fields"])
def test_by_keys_where_the_chord_does_nothing(note: Note, act: Act, read: Read, quirk: str) -> None:
    note("previous words", quirk)
    seen = act("type", text="next", clear=True, submit=True)
    assert read() == "next\n"
    assert seen.shortfall is None


@pytest.mark.slow
def test_by_the_keyboard_where_nothing_can_be_read(note: Note, act: Act, read: Read) -> None:
    note("previous words", "samsung-clear", "busy-screen")
    seen = act("type", text="next", clear=True)
    assert read() == "next"
    assert any("could not be read" in notice for notice in seen.notices)


@pytest.mark.slow
def test_without_that_keyboard_enter_is_left_to_the_policy(note: Note, act: Act, read: Read) -> None:
    note("previous words", "samsung-clear", "busy-screen", keyboard=False)
    seen = act("type", text="next", clear=True, submit=True)
    assert "\n" not in read()
    assert seen.shortfall is not None
    assert str(seen.shortfall).endswith("Enter was not pressed.")


@pytest.mark.slow
def test_a_field_that_keeps_its_text_is_not_typed_into(
    note: Note, act: Act, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = table.COMMANDS["input"]

    async def stubborn(call: Call) -> int:
        """Delete one character for each command, however many keys it has."""
        if "DEL" not in call.words:
            return 0 if call.words[0] == "keycombination" else await usual(call)
        return await usual(Call(**{name: getattr(call, name) for name in call.__slots__} | {"words": _ONE}))

    note("previous words", keyboard=False)
    monkeypatch.setitem(table.COMMANDS, "input", stubborn)  # type: ignore[arg-type]
    with pytest.raises(ActionPartial, match="could not be cleared, so nothing was typed"):
        act("type", text="next", clear=True, submit=True)
    assert read() == "previous w"  # one for the chord, and one for each round


_ONE = ("keyevent", "DEL")


@pytest.mark.parametrize(
    ("before", "now", "empty"),
    [
        ("words", "", True),
        ("words", "Note", True),
        ("words", "word", False),
        ("words", "wordsa", False),
        ("words", "ords", False),
        ("Not", "Note", False),  # may be a hint: deleting tells
    ],
)
def test_what_a_field_reads_when_it_is_empty(before: str, now: str, empty: bool) -> None:
    assert _is_empty(before, now) is empty
