"""Text arrives as it is, whatever its characters, and nothing else of the phone is changed by it."""

from collections.abc import Callable

import pytest

from handeye.actions.schema import Type
from handeye.environments.android.adb_server import AdbServer
from handeye.environments.android.environment import AndroidEnvironment
from handeye.environments.errors import ActionRejected
from handeye.environments.observation import Observation
from handeye.environments.settle import Settle
from handeye.environments.simulated_phone.phone import SimulatedPhone

Act = Callable[..., Observation]
Read = Callable[[], str]

_OWN = "com.android.inputmethod.latin/.LatinIME"
_ASCII = "".join(map(chr, range(0x20, 0x7F)))
_FIELD = """
  let page = document;
  while (page.activeElement.tagName === "IFRAME") page = page.activeElement.contentDocument;
  const field = page.activeElement;
"""
_VALUE = f"() => {{ {_FIELD} return field.value }}"
_LIMIT = f"most => {{ {_FIELD} most < 0 ? field.removeAttribute('maxlength') : field.maxLength = most }}"


def _keyboard(android: AndroidEnvironment) -> str:
    return android.shell(["settings", "get", "secure", "default_input_method"]).strip()


@pytest.fixture(scope="module")
def opened(shared_phone: SimulatedPhone, shared_android: AndroidEnvironment, open_note: Callable[[], None]) -> None:
    """An open note with the focus in its text."""
    shared_phone.plug()
    shared_phone.reset([])
    shared_android.reset()
    open_note()


@pytest.fixture
def android(opened: None, shared_phone: SimulatedPhone, shared_android: AndroidEnvironment) -> AndroidEnvironment:
    """The phone with an empty note, for all tests of this file."""
    shared_phone.evaluate("() => phone.clearText()")
    return shared_android


@pytest.fixture
def read(shared_phone: SimulatedPhone) -> Read:
    """Reads the note."""
    return lambda: str(shared_phone.evaluate(_VALUE))


def test_every_key_of_ascii(act: Act, read: Read) -> None:
    assert not [notice for notice in act("type", text=_ASCII).notices if "typed" in notice]
    assert read() == _ASCII


def test_what_trips_shells_and_input(act: Act, read: Read) -> None:
    text = "100%s %%s; $(reboot) `id` && a | b > c < d 'e' \"f\" \\n ~ * ! # end "
    act("type", text=text)
    assert read() == text


@pytest.mark.slow
def test_lines_clear_and_keys(act: Act, read: Read) -> None:
    act("type", text="one\ntwo")
    assert read() == "one\ntwo"
    act("press", keys=["backspace"])
    assert read() == "one\ntw"
    act("press", keys=["A"])
    act("press", keys=["!"])
    assert read() == "one\ntwA!"
    act("type", text="", clear=True)
    assert read() == ""
    act("type", text="again", clear=True)
    act("press", keys=["ctrl", "a"])
    act("press", keys=["delete"])
    assert read() == ""


@pytest.mark.slow
def test_any_script_by_a_keyboard_that_is_given_back(
    shared_phone: SimulatedPhone, adb: AdbServer, android: AndroidEnvironment, act: Act, read: Read
) -> None:
    text = "第一行 Grüße 😀\n한국어 👩‍👩‍👧 & Ωmega '%s'"
    with AndroidEnvironment(shared_phone.address, adb_port=adb.port, settle=Settle(0.05, 0.05, 2)) as other:
        other.reset()
        seen = other.execute(Type(text=text))
        assert read() == text
        assert not [notice for notice in seen.notices if "typed" in notice]
        assert _keyboard(other) == "com.github.uiautomator/.AdbKeyboard"
        other.execute(Type(text="ascii now", clear=True))
        assert read() == "ascii now"
    assert _keyboard(android) == _OWN


@pytest.mark.slow
def test_a_long_text(act: Act, read: Read) -> None:
    text = "".join(chr(0x4E00 + index % 2000) for index in range(5000))
    act("type", text=text)
    assert read() == text


def test_a_field_that_changes_what_is_typed_is_told_and_not_submitted(
    shared_phone: SimulatedPhone, act: Act, read: Read
) -> None:
    shared_phone.evaluate(_LIMIT, 3)
    seen = act("type", text="12345", submit=True)
    shared_phone.evaluate(_LIMIT, -1)
    assert read() == "123"
    assert any("it reads '123'" in notice and "Enter was not pressed" in notice for notice in seen.notices)


def test_a_secret_is_typed_and_never_told(act: Act, read: Read) -> None:
    seen = act("type", secret="pin")
    assert read() == "4711 &$x"
    assert not [notice for notice in seen.notices if "4711" in notice]
    with pytest.raises(ActionRejected, match="there is no secret 'other'"):
        act("type", secret="other")
