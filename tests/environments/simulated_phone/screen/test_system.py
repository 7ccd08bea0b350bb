"""The system around the apps: buttons, shade, recents, lock screen, rotation."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Screen

LAUNCHER = "com.android.launcher3"
SYSTEM = "com.android.systemui"


def test_a_new_phone_shows_its_apps(screen: "Screen") -> None:
    focus = screen.ask("phone.focus()")
    assert focus["package"] == LAUNCHER
    assert focus["screen"] == "on"
    assert not focus["locked"]
    apps = screen.ask("phone.packages()")
    assert {app["label"] for app in apps if not app["hidden"]} <= screen.said()
    assert not {app["label"] for app in apps if app["hidden"]} & screen.said()


@pytest.mark.slow
def test_an_app_opens_by_its_icon_and_goes_by_back_and_home(screen: "Screen") -> None:
    screen.tap("Settings")
    screen.until("phone.focus().package === 'com.android.settings'")
    screen.tap("Display")
    assert "Dark theme" in screen.said()
    screen.ask("phone.back()")
    assert "About phone" in screen.said()
    screen.ask("phone.back()")
    assert screen.ask("phone.focus().package") == LAUNCHER
    screen.ask("phone.open('com.android.settings')")
    screen.ask("phone.home()")
    assert screen.ask("phone.focus().package") == LAUNCHER


def test_the_navigation_bar_does_the_same(screen: "Screen") -> None:
    screen.open("com.android.settings", action="android.settings.DISPLAY_SETTINGS")
    for label, expected in (("Back", "About phone"), ("Overview", "Clear all"), ("Home", "Search apps")):
        screen.page.get_by_role("button", name=label, exact=True).tap()
        assert expected in screen.said()


def test_a_swipe_up_shows_all_apps_and_a_tap_follows_at_once(screen: "Screen") -> None:
    screen.touch((180, 400), (180, 150))
    assert screen.find("Search apps", "EditText")
    screen.tap("Notes")
    screen.until("phone.focus().package === 'org.handeye.notes'")


def test_the_shade_switches_settings(screen: "Screen") -> None:
    screen.touch((180, 8), (180, 300))
    assert screen.ask("phone.focus().package") == SYSTEM
    screen.tap("Airplane mode", "Switch")
    assert screen.ask("phone.getSetting('global', 'airplane_mode_on')") == "1"
    assert screen.find("Airplane mode", "Switch")[0]["checked"]
    screen.ask("phone.back()")
    assert screen.ask("phone.focus().package") == LAUNCHER


def test_a_notification_opens_its_app(screen: "Screen") -> None:
    screen.ask("phone.notify({title: 'Hello', text: 'there', package: 'com.android.messaging'})")
    screen.ask("phone.notifications()")
    screen.tap("Hello")
    screen.until("phone.focus().package === 'com.android.messaging'")
    assert screen.ask("phone.state().notifications") == []


def test_recent_apps_are_resumed_and_ended(screen: "Screen") -> None:
    screen.open("com.android.deskclock")
    screen.open("org.handeye.notes")
    screen.ask("phone.recents()")
    cards = [node["contentDesc"] for node in screen.nodes() if node["class"].endswith("Button") and node["contentDesc"]]
    assert cards == ["Notes", "Clock"]
    screen.touch(screen.middle("Notes"), (180, 100))
    assert "Notes" not in screen.said()
    screen.tap("Clock")
    assert screen.ask("phone.focus().package") == "com.android.deskclock"


def test_power_locks_and_a_swipe_unlocks(screen: "Screen") -> None:
    assert screen.ask("phone.key('power')")
    assert screen.ask("phone.focus().screen") == "off"
    screen.ask("phone.home()")
    assert screen.ask("phone.key('wakeup')")
    focus = screen.ask("phone.focus()")
    assert (focus["screen"], focus["locked"], focus["package"]) == ("on", True, SYSTEM)
    assert "Swipe up to unlock" in screen.said()
    screen.touch((180, 700), (180, 200))
    assert not screen.ask("phone.focus().locked")


@pytest.mark.parametrize("key", ["enter", "del", "a", "tab", "no_such_key"])
def test_keys_of_the_field_are_left_to_it(screen: "Screen", key: str) -> None:
    assert not screen.ask("key => phone.key(key)", key)


def test_volume_keys_have_limits(screen: "Screen") -> None:
    for _ in range(20):
        screen.ask("phone.key('volume_down')")
    assert screen.ask("phone.getSetting('system', 'volume_music')") == "0"


def test_it_turns(screen: "Screen") -> None:
    screen.open("com.android.settings")
    screen.page.set_viewport_size({"width": 800, "height": 360})
    screen.ask("phone.rotate(1)")
    screen.tap("Display")
    assert "Dark theme" in screen.said()
    screen.ask("phone.recents()")
    screen.tap("Settings")
    assert "Dark theme" in screen.said()


def test_the_bank_is_secure_and_keeps_its_pin_to_itself(screen: "Screen") -> None:
    screen.open("org.handeye.bank")
    assert screen.ask("phone.focus().secure")
    screen.tap("PIN")
    screen.ask("phone.insertText('2468')")
    field = screen.find("••••", "EditText")[0]
    assert field["password"]
    screen.tap("Unlock")
    assert "€ 1,284.50" in screen.said()
    screen.ask("phone.home()")
    assert not screen.ask("phone.focus().secure")


def test_an_app_is_started_once_however_often_it_is_tapped(screen: "Screen") -> None:
    screen.ask("Promise.all([1, 2, 3].map(() => phone.open('org.handeye.notes')))")
    screen.ask("phone.recents()")
    assert len(screen.find("Notes", "Button")) == 1


def test_loading_a_state_ends_an_app_that_is_starting(screen: "Screen") -> None:
    assert (
        screen.ask("(() => { const opened = phone.open('org.handeye.notes'); phone.reset(); return opened; })()")
        is False
    )
    assert screen.ask("phone.focus().package") == LAUNCHER
