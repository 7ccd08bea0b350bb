"""Whatever happens meanwhile: a text arrives whole, or is refused beforehand, or it is said how much of it arrived."""

from collections.abc import Callable
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from handeye.actions.schema import Type
from handeye.environments.android.environment import AndroidEnvironment
from handeye.environments.errors import ActionPartial, ActionRejected
from handeye.environments.simulated_phone.commands import table
from handeye.environments.simulated_phone.commands.input import press_key
from handeye.environments.simulated_phone.phone import SimulatedPhone
from handeye.environments.simulated_phone.shell.call import Call, Command

Note = Callable[..., None]

_TEXTS = st.one_of(
    st.text(st.sampled_from("abc %s'&"), min_size=1, max_size=30),
    st.text(st.sampled_from("aé中😀 "), min_size=1, max_size=30),
    st.integers(2, 4).map(lambda times: "".join(f"{number:>4}" for number in range(50 * times))),
    st.text(st.sampled_from("ab\n"), min_size=1, max_size=20),
)
_HELD = """() => phone.tasks.running.flatMap((task) =>
  [...task.frame.contentDocument.querySelectorAll("input, textarea")].map((each) => each.value))"""
_EVENTS = {
    "nothing": None,
    "home": "() => phone.key('home')",
    "another field": "() => phone.tasks.window.document.querySelector('input').focus()",
    "no field": "() => phone.tasks.window.document.activeElement.blur()",
}


class Meanwhile(NamedTuple):
    """What happens at which of the commands that type."""

    event: str
    at: int
    before: bool


_MEANWHILE = st.builds(Meanwhile, st.sampled_from(sorted(_EVENTS)), st.integers(0, 3), st.booleans())


def _typing(phone: SimulatedPhone, usual: Command, happens: Meanwhile) -> Command:
    count = 0

    async def typing(call: Call) -> int:
        nonlocal count
        if call.words[:1] not in (("text",), ("broadcast",)):
            return await usual(call)
        due, count = count == happens.at, count + 1
        if due and happens.before:
            await _do(call, happens.event)
        status = await usual(call)
        if due and not happens.before:
            await _do(call, happens.event)
        return status

    return typing


async def _do(call: Call, event: str) -> None:
    if event == "home":
        await press_key(call.device, "HOME")
    elif (script := _EVENTS[event]) is not None:
        await call.device.ask(script)


@pytest.mark.slow
@settings(max_examples=30, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=_TEXTS, happens=_MEANWHILE, clear=st.booleans(), submit=st.booleans())
def test_it_is_never_said_to_have_arrived_if_it_has_not(
    phone: SimulatedPhone,
    android: AndroidEnvironment,
    note: Note,
    text: str,
    happens: Meanwhile,
    clear: bool,
    submit: bool,
) -> None:
    _check(phone, android, note, Type(text=text, clear=clear, submit=submit), happens)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "happens"),
    [
        ("some words", Meanwhile("another field", 0, True)),
        ("some words", Meanwhile("home", 0, False)),
        ("中文", Meanwhile("no field", 0, True)),
    ],
)
def test_some_of_the_same(
    phone: SimulatedPhone, android: AndroidEnvironment, note: Note, text: str, happens: Meanwhile
) -> None:
    _check(phone, android, note, Type(text=text, submit=True), happens)


def _check(phone: SimulatedPhone, android: AndroidEnvironment, note: Note, action: Type, happens: Meanwhile) -> None:
    old = "was there "
    note(old)
    start, text = "" if action.clear else old, action.text or ""
    commands: dict[str, Command] = table.COMMANDS  # type: ignore[assignment]
    usual = {name: commands[name] for name in ("input", "am")}
    try:
        commands |= {name: _typing(phone, command, happens) for name, command in usual.items()}
        seen = android.execute(action)
    except ActionRejected:
        assert sorted(_held(phone)) == ["", old]
        return
    except ActionPartial as part:
        if isinstance(part.done, Type):
            assert start + (part.done.text or "") in _held(phone)
        return
    finally:
        commands |= usual
    held, done = _held(phone), None if seen.shortfall is None else seen.shortfall.done
    if isinstance(done, Type):
        assert start + (done.text or "") in held
    if seen.shortfall is not None:
        assert any(notice == str(seen.shortfall) for notice in seen.notices)
        assert not any(field.endswith("\n") for field in held) or "\n" in text
    elif not any("led elsewhere" in notice for notice in seen.notices):
        assert start + text + ("\n" if action.submit else "") in held


def _held(phone: SimulatedPhone) -> list[str]:
    """Return what the fields of the note hold, whether it is in front or not."""
    return phone.evaluate(_HELD)  # type: ignore[return-value]
