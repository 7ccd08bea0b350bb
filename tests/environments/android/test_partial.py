"""What was done of an action that ended early is said: nothing, a part, or that it is not known."""

from collections.abc import Callable

import pytest

from handeye.actions.schema import Click, Scroll, Type
from handeye.environments.android.environment import AndroidEnvironment
from handeye.environments.errors import ActionPartial, ActionRejected, EnvironmentLost
from handeye.environments.observation import Observation
from handeye.environments.simulated_phone.commands import table
from handeye.environments.simulated_phone.phone import SimulatedPhone
from handeye.environments.simulated_phone.shell.call import Call

Act = Callable[..., Observation]
Note = Callable[..., None]
Read = Callable[[], str]
Fail = Callable[..., None]


@pytest.fixture
def fail(monkeypatch: pytest.MonkeyPatch) -> Fail:
    """Lets commands of `input` fail from one on, counted from 0 among those of a kind."""
    usual = table.COMMANDS["input"]

    def fail(verb: str, after: int, said: str = "Error: no\n", status: int = 255) -> None:
        count = 0

        async def input_(call: Call) -> int:
            nonlocal count
            if call.words[0] != verb:
                return await usual(call)
            count += 1
            if count <= after:
                return await usual(call)
            await call.complain(said)
            return status

        monkeypatch.setitem(table.COMMANDS, "input", input_)  # type: ignore[arg-type]

    return fail


def test_taps(act: Act, fail: Fail) -> None:
    fail("swipe", 1)
    with pytest.raises(
        ActionPartial, match="only 1 of 3 taps were done: the phone rejected the input: Error: no"
    ) as two:
        act("click", point=[300, 800], count=3)
    assert two.value.done == Click(point=(300, 800), count=1)  # type: ignore[arg-type]
    fail("swipe", 0)
    with pytest.raises(ActionRejected, match="Error: no"):
        act("click", point=[300, 800], count=3)
    fail("swipe", 0, "Killed\n", 137)
    with pytest.raises(
        ActionPartial, match="not known whether it was done: the phone rejected the input: Killed"
    ) as odd:
        act("click", point=[300, 800])
    assert odd.value.done is None


@pytest.mark.slow
def test_a_scroll(android: AndroidEnvironment, act: Act, fail: Fail) -> None:
    act("open_app", name="Settings")
    fail("motionevent", 15)  # a stroke takes eleven
    with pytest.raises(ActionPartial, match=r"interrupted: .*scroll again to continue") as stopped:
        act("scroll", point=[360, 800], dy=3000)
    assert isinstance(stopped.value.done, Scroll)
    assert 300 < stopped.value.done.dy < 1600


def test_a_drag_lifts_its_finger(phone: SimulatedPhone, act: Act, fail: Fail) -> None:
    phone.evaluate("() => addEventListener('touchend', () => { window.lifted = true; }, true)")
    fail("motionevent", 4)
    with pytest.raises(ActionPartial, match="ended before its last point"):
        act("drag", path=[[100, 800], [100, 800], [600, 800]])


@pytest.mark.slow
def test_text_by_keys(note: Note, act: Act, read: Read, fail: Fail) -> None:
    note("so: ", keyboard=False)
    text = "x" * 200 + "y" * 200 + "%s"
    fail("text", 1)
    with pytest.raises(ActionPartial, match=r"only the first 200 characters were typed: .*Error: no") as part:
        act("type", text=text, submit=True)
    assert part.value.done == Type(text="x" * 200)
    assert read() == "so: " + "x" * 200


@pytest.mark.slow
def test_text_of_which_nothing_was_typed(note: Note, act: Act, read: Read, fail: Fail) -> None:
    note("so: ")
    fail("text", 0)
    with pytest.raises(ActionRejected, match="Error: no"):
        act("type", text="lost", submit=True)
    assert read() == "so: "
    with pytest.raises(ActionPartial, match="the field was cleared, and nothing was typed: ") as part:
        act("type", text="lost", clear=True, submit=True)
    assert part.value.done == Type(text="", clear=True)
    assert read() == ""


@pytest.mark.slow
def test_a_secret_is_not_what_was_done(note: Note, act: Act, fail: Fail) -> None:
    note()
    fail("text", 0, "Killed: 4711%s&$x\n", 137)
    with pytest.raises(ActionPartial, match="not known how much of the text was typed") as part:
        act("type", secret="pin")
    assert part.value.done is None
    assert "4711" not in str(part.value)


@pytest.mark.slow
def test_enter_that_is_refused(note: Note, act: Act, read: Read, fail: Fail) -> None:
    note()
    fail("keyevent", 0)
    with pytest.raises(ActionPartial, match="the text was typed, and enter was not pressed: ") as part:
        act("type", text="word", submit=True)
    assert part.value.done == Type(text="word")
    assert read() == "word"


@pytest.mark.slow
def test_what_the_field_shows_to_be_missing_is_a_shortfall(note: Note, act: Act, read: Read) -> None:
    note("rain ", "lost-first-keys")
    seen = act("type", text="rain", submit=True)
    assert "\n" not in read()
    assert seen.shortfall is not None
    assert str(seen.shortfall) in seen.notices
    assert "does not contain what was typed; it reads 'rain " in str(seen.shortfall)


@pytest.mark.slow
def test_a_hint_is_no_proof(note: Note, act: Act, read: Read) -> None:
    note("", "swallowed-text")
    for text, said in (("Note", "read the same text before"), ("Other", "does not contain")):
        seen = act("type", text=text, submit=True)
        assert said in str(seen.shortfall)
        assert read() == ""
    assert seen.shortfall is not None and seen.shortfall.done is None


@pytest.mark.slow
def test_a_window_in_the_middle_of_a_long_text_ends_it(
    phone: SimulatedPhone, note: Note, act: Act, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    note(keyboard=False)
    usual = table.COMMANDS["input"]
    typed = 0

    async def input_(call: Call) -> int:
        nonlocal typed
        status = await usual(call)
        typed += call.words[0] == "text"
        if typed == 1:
            await usual(
                Call(**{name: getattr(call, name) for name in call.__slots__} | {"words": ("keyevent", "HOME")})
            )
        return status

    monkeypatch.setitem(table.COMMANDS, "input", input_)  # type: ignore[arg-type]
    with pytest.raises(ActionPartial, match="not known how much of the text was typed: the focus has moved") as part:
        act("type", text="ab" * 250, submit=True)
    assert part.value.done is None
    assert typed == 1


@pytest.mark.slow
def test_a_phone_that_is_lost_in_the_middle_is_lost(
    phone: SimulatedPhone, note: Note, act: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    note()

    async def input_(call: Call) -> int:
        raise ConnectionError("the cable is out")

    monkeypatch.setattr("handeye.environments.android.phone.CALL_SECONDS", 0.5)
    monkeypatch.setitem(table.COMMANDS, "input", input_)  # type: ignore[arg-type]
    phone.cut()
    with pytest.raises(EnvironmentLost):
        act("type", text="words")
