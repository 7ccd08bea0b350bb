"""Text arrives as it is, whatever its characters, and nothing else of the phone is changed by it."""

from collections.abc import Callable

import pytest

from handeye.actions.schema import Type
from handeye.environments.adb_server import AdbServer
from handeye.environments.android import AndroidEnvironment
from handeye.environments.errors import ActionRejected, InvalidOption
from handeye.environments.observation import Observation
from handeye.environments.settle import Settle
from handeye.environments.simulated_phone.phone import SimulatedPhone

Act = Callable[..., Observation]
Find = Callable[[str], tuple[int, int]]
Read = Callable[[], str]

_OWN = "com.android.inputmethod.latin/.LatinIME"
_ASCII = "".join(map(chr, range(0x20, 0x7F)))
_VALUE = """() => {
  let page = document;
  while (page.activeElement.tagName === "IFRAME") page = page.activeElement.contentDocument;
  return page.activeElement.value;
}"""


def _keyboard(android: AndroidEnvironment) -> str:
    return android.shell(["settings", "get", "secure", "default_input_method"]).strip()


@pytest.fixture
def read(phone: SimulatedPhone, act: Act, find: Find) -> Read:
    """Opens a note with the focus in its text; returns what reads it."""
    act("open_app", name="Notes")
    act("click", point=find("New note"))
    act("click", point=find("Note"))
    return lambda: str(phone.evaluate(_VALUE))


def test_the_keyboard_that_covers_the_screen_is_told(act: Act, find: Find) -> None:
    act("open_app", name="Notes")
    act("click", point=find("New note"))
    seen = act("click", point=find("Note"))
    assert any(notice.startswith("The keyboard covers") for notice in seen.notices)


def test_every_key_of_ascii(act: Act, read: Read) -> None:
    assert not [notice for notice in act("type", text=_ASCII).notices if "typed" in notice]
    assert read() == _ASCII


def test_what_trips_shells_and_input(act: Act, read: Read) -> None:
    text = "100%s %%s; $(reboot) `id` && a | b > c < d 'e' \"f\" \\n ~ * ! # end "
    act("type", text=text)
    assert read() == text


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


def test_any_script_by_a_keyboard_that_is_given_back(
    phone: SimulatedPhone, adb: AdbServer, android: AndroidEnvironment, act: Act, read: Read
) -> None:
    text = "第一行 Grüße 😀\n한국어 👩‍👩‍👧 & Ωmega '%s'"
    with AndroidEnvironment(phone.address, adb_port=adb.port, settle=Settle(0.05, 0.05, 2)) as other:
        other.reset()
        seen = other.execute(Type(text=text))
        assert read() == text
        assert not [notice for notice in seen.notices if "typed" in notice]
        assert _keyboard(other) == "com.github.uiautomator/.AdbKeyboard"
        other.execute(Type(text="ascii now", clear=True))
        assert read() == "ascii now"
    assert _keyboard(android) == _OWN


def test_a_long_text(act: Act, read: Read) -> None:
    text = "".join(chr(0x4E00 + index % 2000) for index in range(5000))
    act("type", text=text)
    assert read() == text


def test_without_a_field_nothing_is_lost_silently(android: AndroidEnvironment, act: Act) -> None:
    act("home")
    assert any("No text field has the focus" in notice for notice in act("type", text="abc").notices)
    with pytest.raises(ActionRejected, match="no text field has the focus"):
        act("type", text="中")
    assert _keyboard(android) == _OWN


def test_a_field_that_changes_what_is_typed_is_told_and_not_submitted(
    phone: SimulatedPhone, act: Act, read: Read
) -> None:
    phone.evaluate(
        """() => { let page = document;
          while (page.activeElement.tagName === "IFRAME") page = page.activeElement.contentDocument;
          page.activeElement.maxLength = 3; }"""
    )
    seen = act("type", text="12345", submit=True)
    assert read() == "123"
    assert any("it reads '123'" in notice and "Enter was not pressed" in notice for notice in seen.notices)


def test_a_secret_is_typed_and_never_told(act: Act, read: Read) -> None:
    seen = act("type", secret="pin")
    assert read() == "4711 &$x"
    assert not [notice for notice in seen.notices if "4711" in notice]
    with pytest.raises(ActionRejected, match="there is no secret 'other'"):
        act("type", secret="other")


def test_a_phone_without_a_keyboard_for_it_refuses_other_characters(
    android: AndroidEnvironment, act: Act, read: Read
) -> None:
    android.shell(["pm", "uninstall", "com.github.uiautomator"])
    with pytest.raises(ActionRejected, match="install_keyboard"):
        act("type", text="é")
    assert read() == ""
    assert _keyboard(android) == _OWN


def test_installing_needs_the_package_that_holds_the_keyboard() -> None:
    with pytest.raises(InvalidOption, match="pip install uiautomator2"):
        AndroidEnvironment("127.0.0.1:1", install_keyboard=True)
