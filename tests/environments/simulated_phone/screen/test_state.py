"""What the phone remembers, and how it is set from outside."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Screen


def test_a_state_comes_back_whole(screen: "Screen") -> None:
    before = screen.ask("phone.state()")
    screen.ask("phone.putSetting('system', 'font_scale', '1.3')")
    screen.ask("phone.deleteFile('/sdcard/Documents')")
    assert screen.ask("phone.state()") != before
    screen.ask("state => phone.load(state)", before)
    assert screen.ask("phone.state()") == before


def test_loading_names_only_what_differs(screen: "Screen") -> None:
    screen.ask("phone.load({contacts: [], settings: {global: {airplane_mode_on: '1'}}})")
    state = screen.ask("phone.state()")
    assert state["contacts"] == []
    assert state["notes"]
    assert state["settings"]["global"]["airplane_mode_on"] == "1"
    assert state["settings"]["global"]["wifi_on"] == "1"


def test_loading_shows_the_home_screen(screen: "Screen") -> None:
    screen.open("org.handeye.notes")
    screen.ask("phone.key('power')")
    screen.ask("phone.reset()")
    focus = screen.ask("phone.focus()")
    assert (focus["package"], focus["screen"], focus["locked"]) == ("com.android.launcher3", "on", False)


def test_settings(screen: "Screen") -> None:
    assert screen.ask("phone.getSetting('system', 'no_such')") is None
    screen.ask("phone.putSetting('global', 'zero', 0)")
    assert screen.ask("phone.getSetting('global', 'zero')") == "0"
    assert screen.ask("phone.listSettings('global').zero") == "0"
    screen.ask("phone.deleteSetting('global', 'zero')")
    assert screen.ask("phone.getSetting('global', 'zero')") is None


def test_an_open_app_follows_a_setting(screen: "Screen") -> None:
    screen.open("com.android.settings", action="android.settings.AIRPLANE_MODE_SETTINGS")
    switch = next(node for node in screen.nodes() if node["class"].endswith("Switch"))
    assert not switch["checked"]
    screen.ask("phone.putSetting('global', 'airplane_mode_on', '1')")
    switch = next(node for node in screen.nodes() if node["class"].endswith("Switch"))
    assert switch["checked"]


def test_the_clock_stands_still_and_follows_its_format(screen: "Screen") -> None:
    screen.ask("phone.load({clock: '2027-12-31T23:05'})")
    assert {"11:05 PM", "Friday, December 31"} <= screen.said()
    screen.ask("phone.putSetting('system', 'time_12_24', '24')")
    screen.ask("phone.putSetting('system', 'system_locales', 'de-DE')")
    assert {"23:05", "Freitag, 31. Dezember"} <= screen.said()


def test_files(screen: "Screen") -> None:
    screen.ask("phone.makeFolder('/sdcard/New')")
    screen.ask("phone.putFile('/sdcard/New/a b.txt', {id: 'x', size: 2, mtime: 5, text: 'hi'})")
    assert screen.ask("phone.files()['/sdcard/New/a b.txt']") == {
        "directory": False,
        "id": "x",
        "size": 2,
        "mtime": 5,
        "text": "hi",
    }
    screen.open("com.android.documentsui")
    screen.tap("New")
    screen.tap("a b.txt")
    assert "hi" in screen.said()
    assert screen.ask("phone.deleteFile('/sdcard/New')")
    assert not [path for path in screen.ask("phone.files()") if path.startswith("/sdcard/New")]
    assert screen.ask("phone.deleteFile('/sdcard/New')") is False


def test_clearing_an_app_makes_it_as_new(screen: "Screen") -> None:
    screen.ask("phone.load({notes: []})")
    screen.open("org.handeye.notes")
    screen.ask("phone.clear('org.handeye.notes')")
    assert screen.ask("phone.focus().package") == "com.android.launcher3"
    assert screen.ask("phone.state().notes.length") == 2


def test_an_app_that_is_not_there(screen: "Screen") -> None:
    assert screen.ask("phone.open('no.such.app')") is False
    assert screen.ask("phone.open(null, {action: 'android.settings.WIFI_SETTINGS'})") is True
    assert screen.ask("phone.focus().package") == "com.android.settings"
