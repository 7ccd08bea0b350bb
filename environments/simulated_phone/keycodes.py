"""Android's keys: their numbers and names, and their equivalents on a browser's keyboard.

Source: android.view.KeyEvent.
"""

from typing import Final

# A number, then Android's name without `KEYCODE_`, then Playwright's name if the focused element receives the key.
_TABLE = """
1 SOFT_LEFT
2 SOFT_RIGHT
3 HOME
4 BACK
5 CALL
6 ENDCALL
17 STAR *
18 POUND #
19 DPAD_UP ArrowUp
20 DPAD_DOWN ArrowDown
21 DPAD_LEFT ArrowLeft
22 DPAD_RIGHT ArrowRight
23 DPAD_CENTER Enter
24 VOLUME_UP
25 VOLUME_DOWN
26 POWER
27 CAMERA
28 CLEAR
55 COMMA ,
56 PERIOD .
57 ALT_LEFT Alt
58 ALT_RIGHT Alt
59 SHIFT_LEFT Shift
60 SHIFT_RIGHT Shift
61 TAB Tab
62 SPACE Space
64 EXPLORER
65 ENVELOPE
66 ENTER Enter
67 DEL Backspace
68 GRAVE `
69 MINUS -
70 EQUALS =
71 LEFT_BRACKET [
72 RIGHT_BRACKET ]
73 BACKSLASH \\
74 SEMICOLON ;
75 APOSTROPHE '
76 SLASH /
77 AT @
79 HEADSETHOOK
80 FOCUS
81 PLUS +
82 MENU
83 NOTIFICATION
84 SEARCH
85 MEDIA_PLAY_PAUSE
86 MEDIA_STOP
87 MEDIA_NEXT
88 MEDIA_PREVIOUS
91 MUTE
92 PAGE_UP PageUp
93 PAGE_DOWN PageDown
111 ESCAPE Escape
112 FORWARD_DEL Delete
113 CTRL_LEFT Control
114 CTRL_RIGHT Control
115 CAPS_LOCK CapsLock
116 SCROLL_LOCK ScrollLock
117 META_LEFT Meta
118 META_RIGHT Meta
119 FUNCTION
120 SYSRQ PrintScreen
121 BREAK Pause
122 MOVE_HOME Home
123 MOVE_END End
124 INSERT Insert
125 FORWARD
126 MEDIA_PLAY
127 MEDIA_PAUSE
143 NUM_LOCK NumLock
160 NUMPAD_ENTER Enter
164 VOLUME_MUTE
176 SETTINGS
187 APP_SWITCH
207 CONTACTS
208 CALENDAR
209 MUSIC
210 CALCULATOR
219 ASSIST
220 BRIGHTNESS_DOWN
221 BRIGHTNESS_UP
223 SLEEP
224 WAKEUP
231 VOICE_ASSIST
276 SOFT_SLEEP
277 CUT Control+x
278 COPY Control+c
279 PASTE Control+v
"""
_ROWS = [line.split() for line in _TABLE.strip().splitlines()]
_NAMES = {int(row[0]): row[1] for row in _ROWS}
_NAMES |= {7 + digit: str(digit) for digit in range(10)}
_NAMES |= {29 + index: letter for index, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ")}
_NAMES |= {131 + index: f"F{index + 1}" for index in range(12)}
_NAMES |= {144 + digit: f"NUMPAD_{digit}" for digit in range(10)}
_NUMBERS = {name: number for number, name in _NAMES.items()}
_LAST = 316
"""The highest key number in Android 14."""

_PLAYWRIGHT = {row[1]: row[2] for row in _ROWS if len(row) == 3}
_PLAYWRIGHT |= {letter: letter.lower() for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
_PLAYWRIGHT |= {str(digit): str(digit) for digit in range(10)}
_PLAYWRIGHT |= {f"NUMPAD_{digit}": str(digit) for digit in range(10)}
_PLAYWRIGHT |= {f"F{number}": f"F{number}" for number in range(1, 13)}

UNKNOWN: Final = "UNKNOWN"
MODIFIERS: Final = frozenset(("Alt", "Control", "Meta", "Shift"))


def key_name(word: str) -> str:
    """Return Android's name for a key given by number or name, in any case; `UNKNOWN` if there is none."""
    if word.isascii() and word.isdecimal():
        number = int(word)
        return _NAMES.get(number, f"{number}" if 0 < number <= _LAST else UNKNOWN)
    name = word.upper().removeprefix("KEYCODE_")
    return name if name in _NUMBERS else UNKNOWN


def browser_key(name: str) -> str | None:
    """Return Playwright's name for the key, or None if pages have no such key."""
    return _PLAYWRIGHT.get(name)
