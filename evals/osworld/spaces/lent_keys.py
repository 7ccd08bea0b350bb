"""Typing what a US keyboard lacks: a function that is sent to the machine with the text.

pyautogui drops such characters without a word. Upstream's own agents paste them with pyperclip instead: xclip, which
that starts, keeps the pipes open through which the benchmark's server reads what a command has written, so that the
command seems to hang until upstream gives up after 90 s; and terminals take another shortcut. So the characters are put
on keys that have no meaning, over the connection that pyautogui has to the X server, as many at a time as there are.
"""

from collections.abc import Iterator
from typing import Final

FUNCTION: Final = """\
def enter(text):
    from Xlib import X
    from Xlib.ext.xtest import fake_input
    from pyautogui._pyautogui_x11 import _display as server
    first = server.display.info.min_keycode
    meanings = server.get_keyboard_mapping(first, server.display.info.max_keycode - first + 1)
    free = [first + place for place, signs in enumerate(meanings) if not any(signs)]
    if not free:
        raise RuntimeError('this keyboard has no key to spare')
    def lend(keys, signs):
        for key, sign in zip(keys, signs):
            server.change_keyboard_mapping(key, [(sign, sign)])
        server.sync()
        time.sleep(0.3)
    while text:
        lent = {}
        for count, letter in enumerate(text):
            if letter > '~' and letter not in lent:
                if len(lent) == len(free):
                    break
                lent[letter] = free[len(lent)]
        else:
            count = len(text)
        lend(lent.values(), [ord(letter) | (0x1000000 if ord(letter) > 255 else 0) for letter in lent])
        for letter in text[:count]:
            if letter in lent:
                fake_input(server, X.KeyPress, lent[letter])
                fake_input(server, X.KeyRelease, lent[letter])
                server.sync()
            elif letter == '<':
                pyautogui.hotkey('shift', ',', _pause=False)
            else:
                pyautogui.write(letter, _pause=False)
            time.sleep(0.02)
        time.sleep(0.3)
        lend(lent.values(), [0] * len(lent))
        text = text[count:]
"""
_FEW: Final = 15
"""Keys that are free on any Ubuntu keyboard; there are 19 and more."""
_SECONDS_PER_CHARACTER: Final = 0.03
_SECONDS_PER_LOAN: Final = 1.0


def seconds_to_enter(text: str) -> float:
    """Return about how long `enter` takes."""
    return len(text) * _SECONDS_PER_CHARACTER + sum(_SECONDS_PER_LOAN for _ in _loans(text))


def _loans(text: str) -> Iterator[set[str]]:
    """Yield the characters of each loan."""
    lent: set[str] = set()
    for letter in text:
        if letter > "~":
            if letter not in lent and len(lent) == _FEW:
                yield lent
                lent = set()
            lent.add(letter)
    yield lent
