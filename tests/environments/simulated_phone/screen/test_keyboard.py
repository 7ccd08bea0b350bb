"""The soft keyboard: when it is there, what its keys type, and who else may type."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Screen

FOREIGN = "com.android.adbkeyboard/.AdbIME"


def write_note(screen: "Screen") -> None:
    screen.open("org.handeye.notes")
    screen.tap("New note")
    screen.tap("Note", "EditText")


def note(screen: "Screen") -> str:
    text: str = screen.ask("phone.state().notes[0].text")
    return text


def test_it_comes_with_a_field_and_covers_the_lower_part(screen: "Screen") -> None:
    screen.open("org.handeye.notes")
    assert not screen.ask("phone.focus().keyboard")
    screen.tap("New note")
    screen.tap("Note", "EditText")
    focus = screen.ask("phone.focus()")
    assert focus["keyboard"]
    assert focus["editable"]
    top = screen.page.locator("#keyboard").bounding_box()["y"]  # type: ignore[index]
    assert 400 < top < 560
    assert all(node["bounds"][3] <= top for node in screen.nodes())


def test_its_keys_type(screen: "Screen") -> None:
    write_note(screen)
    for key in ("H", "i", "Space", "?123", "7", "=\\<", "€", "ABC", "Shift", "Q", "x", "Delete", "Enter", "O", "k"):
        screen.key(key)
    assert note(screen) == "Hi 7€Q\nOk"


def test_caps_lock(screen: "Screen") -> None:
    write_note(screen)
    screen.key("A")
    screen.key("Shift")
    screen.key("Shift")
    for key in ("B", "C"):
        screen.key(key)
    screen.key("Caps lock")
    screen.key("d")
    assert note(screen) == "ABCd"


def test_back_hides_it_and_a_tap_brings_it_again(screen: "Screen") -> None:
    write_note(screen)
    screen.ask("phone.back()")
    focus = screen.ask("phone.focus()")
    assert (focus["keyboard"], focus["editable"]) == (False, True)
    screen.tap("Note", "EditText")
    assert screen.ask("phone.focus().keyboard")


def test_a_foreign_keyboard_hides_it_and_types(screen: "Screen") -> None:
    write_note(screen)
    screen.ask("id => phone.setIme(id)", FOREIGN)
    focus = screen.ask("phone.focus()")
    assert (focus["keyboard"], focus["editable"]) == (False, True)
    assert screen.ask("phone.insertText('Grüße 世界 😀\\nzwei')")
    assert note(screen) == "Grüße 世界 😀\nzwei"
    assert screen.ask("phone.clearText()")
    assert note(screen) == ""
    screen.ask("phone.setIme('com.android.inputmethod.latin/.LatinIME')")
    assert screen.ask("phone.focus().keyboard")


def test_text_without_a_field_is_refused(screen: "Screen") -> None:
    assert screen.ask("phone.insertText('lost')") is False
    assert screen.ask("phone.clearText()") is False


def test_a_button_taps_true_while_it_is_shown(screen: "Screen") -> None:
    screen.open("com.android.documentsui")
    screen.tap("New folder")
    screen.ask("phone.insertText('Été')")
    assert screen.ask("phone.focus().keyboard")
    screen.tap("Create")
    assert "/sdcard/Été" in screen.ask("phone.files()")
    assert not screen.ask("phone.focus().keyboard")


def test_numbers_get_digits(screen: "Screen") -> None:
    screen.open("com.android.deskclock")
    screen.tap("Add alarm")
    screen.tap("8", "EditText")
    assert screen.ask("phone.focus().inputType") == 2
    for key in ("1", "1"):
        screen.key(key)
    screen.tap("Save")
    assert [alarm["hour"] for alarm in screen.ask("phone.state().alarms")] == [7, 9, 11]


def test_it_fits_a_screen_on_its_side(screen: "Screen") -> None:
    screen.page.set_viewport_size({"width": 800, "height": 360})
    screen.ask("phone.rotate(1)")
    screen.open("com.android.messaging")
    screen.tap("Ada Lovelace")
    screen.tap("Text message")
    screen.key("W")
    assert screen.find("W", "EditText")


def test_each_field_gets_its_own_keys(screen: "Screen") -> None:
    screen.open("com.android.contacts", action="android.intent.action.INSERT")
    screen.tap("Name", "EditText")
    screen.key("Z")
    screen.key("o")
    screen.tap("Phone", "EditText")
    screen.key("7")
    screen.tap("Email", "EditText")
    screen.key("a")
    assert screen.said() >= {"Zo", "7", "a"}


def test_a_search_field_keeps_the_focus_when_the_keyboard_is_exchanged(screen: "Screen") -> None:
    screen.open("com.android.contacts")
    screen.tap("Search contacts", "EditText")
    screen.key("l")
    screen.ask("id => phone.setIme(id)", FOREIGN)
    assert screen.ask("phone.insertText('i Wei')")
    assert "Li Wei" in screen.said()
    assert "Ada Lovelace" not in screen.said()
    assert screen.find("li Wei", "EditText")[0]["focused"]
