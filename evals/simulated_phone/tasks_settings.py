"""Tasks that change a setting."""

from collections.abc import Callable, Iterator
from random import Random

from handeye.evals.simulated_phone.challenge import Challenge, State
from handeye.evals.simulated_phone.reader import PhoneReader
from handeye.evals.simulated_phone.words import DEVICES
from handeye.evals.task import Move

_TIMEOUTS = {"15 seconds": "15000", "30 seconds": "30000", "5 minutes": "300000", "10 minutes": "600000"}
_SIZES = {"Small": "0.85", "Large": "1.15", "Largest": "1.3"}
_LANGUAGES = {
    "Deutsch (Deutschland)": "de-DE",
    "Français (France)": "fr-FR",
    "日本語 (日本)": "ja-JP",
    "中文 (中国)": "zh-CN",
}
_VOLUMES = {
    "Media volume": ("volume_music", 15),
    "Ring volume": ("volume_ring", 7),
    "Alarm volume": ("volume_alarm", 7),
}


def airplane_mode(random: Random) -> Challenge:
    """Turn airplane mode on or off."""
    return _switch(random, "airplane mode", "global", "airplane_mode_on", ("Network & internet", "Airplane mode"))


def bluetooth(random: Random) -> Challenge:
    """Turn Bluetooth on or off."""
    return _switch(random, "Bluetooth", "global", "bluetooth_on", ("Connected devices", "Bluetooth"))


def adaptive_brightness(random: Random) -> Challenge:
    """Turn adaptive brightness on or off."""
    path = ("Display", "Adaptive brightness")
    return _switch(random, "adaptive brightness", "system", "screen_brightness_mode", path)


def clock_format(random: Random) -> Challenge:
    """Show times on a 24-hour or a 12-hour clock."""
    path = ("Date & time", "Use 24-hour format")
    return _switch(random, "the 24-hour clock format", "system", "time_12_24", path, ("12", "24"))


def quick_settings(random: Random) -> Challenge:
    """Flip one of the quick settings, reached by a swipe from the top edge."""
    label, namespace, key, values = random.choice(
        (
            ("Wi-Fi", "global", "wifi_on", ("0", "1")),
            ("Do Not Disturb", "global", "zen_mode", ("0", "1")),
            ("Auto-rotate", "system", "accelerometer_rotation", ("0", "1")),
            ("Dark theme", "secure", "ui_night_mode", ("1", "2")),
        )
    )
    on = random.random() < 0.5

    def change(state: State) -> None:
        state["settings"][namespace][key] = values[on]

    def moves(phone: PhoneReader) -> Iterator[Move]:
        yield phone.pull_down()
        yield phone.tap(label)
        yield phone.done()

    goal = f"Turn {label} {'on' if on else 'off'} in the quick settings."
    return Challenge(goal, change, moves, {"settings": {namespace: {key: values[not on]}}})


def join_wifi(random: Random) -> Challenge:
    """Join a network that asks for a password."""
    name, password = random.choice(
        (("Office-5G", "letmein2026"), ("Neighbour", "not yours"), ("Gästenetz", "pass&wörd"))
    )
    network = {"ssid": name, "secured": True, "saved": False, "password": password}
    others = [
        {"ssid": "Home", "secured": True, "saved": True, "password": "correct horse"},
        {"ssid": "Café Lumière", "secured": False, "saved": False, "password": ""},
    ]

    def change(state: State) -> None:
        state["wifi"]["connected"] = name
        state["wifi"]["networks"][-1]["saved"] = True

    def moves(phone: PhoneReader) -> Iterator[Move]:
        yield phone.open("Settings")
        for text in ("Network & internet", "Internet", name):
            yield phone.tap(text)
        yield phone.type(password)
        yield phone.tap("Connect")
        yield phone.done()

    goal = f"Connect to the Wi-Fi network {name}. Its password is: {password}"
    return Challenge(goal, change, moves, {"wifi": {"connected": "Home", "networks": [*others, network]}})


def brightness(random: Random) -> Challenge:
    """Make the screen as bright or as dark as it can be."""
    brightest = random.random() < 0.5

    def change(state: State) -> None:
        state["settings"]["system"]["screen_brightness"] = "255" if brightest else "1"

    def moves(phone: PhoneReader) -> Iterator[Move]:
        yield phone.open("Settings")
        yield phone.tap("Display")
        yield phone.slide("Brightness level", float(brightest))
        yield phone.done()

    return Challenge(f"Set the brightness of the screen to its {'maximum' if brightest else 'minimum'}.", change, moves)


def volume(random: Random) -> Challenge:
    """Turn one of the volumes all the way up or down."""
    label, (key, most) = random.choice(tuple(_VOLUMES.items()))
    loudest = random.random() < 0.5

    def change(state: State) -> None:
        state["settings"]["system"][key] = str(most if loudest else 0)

    def moves(phone: PhoneReader) -> Iterator[Move]:
        yield phone.open("Settings")
        yield phone.tap("Sound")
        yield phone.slide(label, float(loudest))
        yield phone.done()

    goal = f"Turn the {label.lower()} {'all the way up' if loudest else 'down to zero'}."
    return Challenge(goal, change, moves)


def font_size(random: Random) -> Challenge:
    """Choose the size of the text."""
    size, value = random.choice(tuple(_SIZES.items()))
    path = ("Display", "Font size", size)
    return _choice(f"Set the font size to {size.lower()}.", "system", "font_scale", value, path)


def screen_timeout(random: Random) -> Challenge:
    """Choose after how long the screen turns off."""
    text, value = random.choice(tuple(_TIMEOUTS.items()))
    goal = f"Let the screen turn off after {text} without use."
    return _choice(goal, "system", "screen_off_timeout", value, ("Display", "Screen timeout", text))


def language(random: Random) -> Challenge:
    """Choose the language of the phone."""
    name, code = random.choice(tuple(_LANGUAGES.items()))
    return _choice(f"Set the language of the phone to {name}.", "system", "system_locales", code, ("Languages", name))


def device_name(random: Random) -> Challenge:
    """Give the phone a name."""
    name = random.choice(DEVICES)

    def change(state: State) -> None:
        state["settings"]["global"]["device_name"] = name

    def moves(phone: PhoneReader) -> Iterator[Move]:
        yield phone.open("Settings")
        yield from phone.reach("About phone")
        yield phone.tap("Device name")
        yield from phone.fill_field(0, name)
        yield phone.tap("OK")
        yield phone.done()

    return Challenge(f"Name this phone: {name}", change, moves)


def _switch(
    random: Random, what: str, namespace: str, key: str, path: tuple[str, ...], values: tuple[str, str] = ("0", "1")
) -> Challenge:
    on = random.random() < 0.5

    def change(state: State) -> None:
        state["settings"][namespace][key] = values[on]

    start = {"settings": {namespace: {key: values[not on]}}}
    return Challenge(f"Turn {what} {'on' if on else 'off'}.", change, _walk(path), start)


def _choice(goal: str, namespace: str, key: str, value: str, path: tuple[str, ...]) -> Challenge:
    def change(state: State) -> None:
        state["settings"][namespace][key] = value

    return Challenge(goal, change, _walk(path))


def _walk(path: tuple[str, ...]) -> Callable[[PhoneReader], Iterator[Move]]:
    """Return the moves that open the settings and tap the texts in `path`, one after the other."""

    def moves(phone: PhoneReader) -> Iterator[Move]:
        yield phone.open("Settings")
        for text in path:
            yield from phone.reach(text)
        yield phone.done()

    return moves
