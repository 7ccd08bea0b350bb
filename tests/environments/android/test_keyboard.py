"""The phone's own keyboard, the one for computers, and phones that have none."""

from collections.abc import Callable

import pytest

from handeye.environments.android.environment import AndroidEnvironment
from handeye.environments.android.keyboard import broadcast_result
from handeye.environments.errors import ActionRejected, EnvironmentLost, InvalidOption
from handeye.environments.observation import Observation
from handeye.environments.simulated_phone.phone import SimulatedPhone

Act = Callable[..., Observation]
Find = Callable[[str], tuple[int, int]]

_OWN = "com.android.inputmethod.latin/.LatinIME"


def _keyboard(android: AndroidEnvironment) -> str:
    return android.shell(["settings", "get", "secure", "default_input_method"]).strip()


@pytest.mark.slow
def test_the_keyboard_that_covers_the_screen_is_told(phone: SimulatedPhone, act: Act, find: Find) -> None:
    act("open_app", name="Notes")
    act("click", point=find("New note"))
    seen = act("click", point=find("Note"))
    height = phone.evaluate("() => document.getElementById('keyboard').offsetHeight")
    assert f"The keyboard covers the screen from y = {1600 - 2 * height} to 1600: press esc or go back to hide it." in (
        seen.notices
    )


def test_without_a_field_nothing_is_lost_silently(android: AndroidEnvironment, act: Act) -> None:
    act("home")
    for text in ("abc", "中"):
        with pytest.raises(ActionRejected, match="no text field has the focus"):
            act("type", text=text)
    assert _keyboard(android) == _OWN


@pytest.mark.slow
def test_a_phone_without_a_keyboard_for_it_refuses_other_characters(
    android: AndroidEnvironment, act: Act, find: Find
) -> None:
    act("open_app", name="Notes")
    act("click", point=find("New note"))
    act("click", point=find("Note"))
    android.shell(["pm", "uninstall", "com.github.uiautomator"])
    with pytest.raises(ActionRejected, match="install_keyboard"):
        act("type", text="é")
    assert _keyboard(android) == _OWN


@pytest.mark.slow
def test_another_keyboard_chosen_meanwhile_is_no_hindrance(android: AndroidEnvironment, act: Act, find: Find) -> None:
    act("open_app", name="Notes")
    act("click", point=find("New note"))
    act("click", point=find("Note"))
    act("type", text="é")
    android.shell(["ime", "set", _OWN])
    act("type", text="中")
    assert "é中" in {element.text for element in android.elements()}


@pytest.mark.slow
def test_a_phone_that_was_lost_gets_its_keyboard_back(
    phone: SimulatedPhone, android: AndroidEnvironment, act: Act, find: Find
) -> None:
    act("open_app", name="Notes")
    act("click", point=find("New note"))
    act("click", point=find("Note"))
    act("type", text="é")
    phone.cut()
    with pytest.raises(EnvironmentLost):
        android.observe()
    phone.plug()
    android.reset()
    assert _keyboard(android) == _OWN


def test_installing_needs_the_package_that_holds_the_keyboard() -> None:
    with pytest.raises(InvalidOption, match="pip install uiautomator2"):
        AndroidEnvironment("127.0.0.1:1", install_keyboard=True)


@pytest.mark.parametrize(
    ("said", "result"),
    [
        ('Broadcasting: Intent { act=X }\nBroadcast completed: result=-1, data="success"\n', (-1, "success")),
        ("Broadcasting: Intent { act=X }\nBroadcast completed: result=0\n", (0, "")),
        ('Broadcast completed: result=0, data="a "null" object"', (0, 'a "null" object')),
        ("", (0, "")),
    ],
)
def test_what_a_broadcast_comes_back_with(said: str, result: tuple[int, str]) -> None:
    assert broadcast_result(said) == result
