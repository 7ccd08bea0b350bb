"""Names of keys: one canonical name each, and the many aliases that models write.

Canonical names are lower case, as pyautogui spells most of them: the modifiers `ctrl alt shift meta`, the other named
keys in `NAMED_KEYS`, and every printable character as itself (`a`, `A`, `/`, `é`). Environments map canonical names to
the names of their device; `canonical_keys` maps any name that a model writes (Playwright, pyautogui, xdotool, `Ctrl+C`,
`KEYCODE_ENTER`) to canonical ones.
"""

import re
from collections.abc import Iterable
from difflib import get_close_matches

from handeye.actions.errors import HandeyeError
from handeye.actions.keys_adb import key_of_keyevent

MODIFIERS = ("ctrl", "alt", "shift", "meta")
"""Held for a chord or a click, in this order. `meta` is the Windows, Command or Super key."""

NAMED_KEYS = frozenset(
    (
        *MODIFIERS,
        *("enter", "esc", "tab", "space", "backspace", "delete", "insert"),
        *("up", "down", "left", "right", "home", "end", "pageup", "pagedown"),
        *("capslock", "numlock", "scrolllock", "printscreen", "pause", "menu"),
        *(f"f{number}" for number in range(1, 25)),
        *("volumeup", "volumedown", "volumemute", "playpause", "nexttrack", "prevtrack", "stop"),
        *("power", "sleep", "wakeup", "camera", "call", "endcall", "search", "clear"),
    )
)
"""Every canonical name that is not a character. `menu` is the context menu key, and Android's menu key."""

# One line for each canonical name, followed by its aliases without spaces, hyphens and underscores, which `_squeeze`
# removes before the lookup.
_TABLE = """
ctrl control ctl ctrlleft ctrlright controlleft controlright controll controlr ctrll ctrlr controlormeta
alt option opt altleft altright altl altr optionleft optionright
shift shiftleft shiftright shiftl shiftr ⇧
meta cmd command win windows super metaleft metaright winleft winright superl superr metal metar windowskey winkey ⌘
meta commandleft commandright cmdleft cmdright
enter return enterkey kpenter numpadenter linefeed newline ↵ ⏎
esc escape esckey
tab tabkey ⇥
space spacebar spacekey
backspace bksp backspacekey ⌫
delete del forwarddel forwarddelete deletekey kpdelete ⌦
insert ins insertkey
up arrowup uparrow dpadup kpup ↑
down arrowdown downarrow dpaddown kpdown ↓
left arrowleft leftarrow dpadleft kpleft ←
right arrowright rightarrow dpadright kpright →
home homekey kphome movehome
end endkey kpend moveend
pageup pgup pageupkey prior kpprior kppageup
pagedown pgdn pgdown pagedn pagedownkey next kpnext kppagedown
capslock caps capital
printscreen print prtsc prtscr prntscrn prtscn sysrq snapshot
pause break pausebreak
menu contextmenu apps
volumeup audiovolumeup xf86audioraisevolume volup
volumedown audiovolumedown xf86audiolowervolume voldown
volumemute audiovolumemute xf86audiomute mute
playpause mediaplaypause xf86audioplay
nexttrack mediatracknext medianext xf86audionext
prevtrack mediatrackprevious mediaprevious xf86audioprev
stop mediastop xf86audiostop
+ plus add kpadd
- minus hyphen subtract kpsubtract
* multiply asterisk kpmultiply
/ divide slash kpdivide
= equal equals
, comma
. period dot decimal
\\ backslash
; semicolon
: colon
' apostrophe quote
` grave backquote backtick
[ bracketleft leftbracket
] bracketright rightbracket
? question questionmark
! exclam exclamation
@ at
# numbersign hash pound
$ dollar
% percent
& ampersand
"""
_ALIASES = {
    **{alias: line.split()[0] for line in _TABLE.strip().splitlines() for alias in line.split()[1:]},
    **{f"{prefix}{digit}": str(digit) for prefix in ("num", "numpad", "kp", "digit") for digit in range(10)},
    **{f"key{letter}": letter for letter in "abcdefghijklmnopqrstuvwxyz"},
}
_CHARACTERS = {" ": "space", "\n": "enter", "\r": "enter", "\t": "tab", "\b": "backspace", "\x1b": "esc"}
_SQUEEZED = re.compile(r"[\s_-]+")
_CHORD = re.compile(r"(?<=[^+])\+|\s+")
_HYPHENATED = re.compile(r"(?:ctrl|control|alt|option|shift|meta|cmd|command|win|super)-", re.IGNORECASE)
_LONGEST_NAME = 64


class UnknownKey(HandeyeError, ValueError):
    """An unknown key name. The message suggests similar names."""

    def __init__(self, name: str) -> None:
        shown = name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"
        near = get_close_matches(_squeeze(name[:_LONGEST_NAME]), (*NAMED_KEYS, *_ALIASES), n=3)
        names = dict.fromkeys(_ALIASES.get(match, match) for match in near)
        hint = f"did you mean {' or '.join(names)}?" if names else "name one key, such as enter, pagedown or a"
        super().__init__(f"there is no key {shown!r}: {hint}")
        self.name = name


def canonical_key(name: str) -> str:
    """Return the canonical name of one key; raise `UnknownKey` if it has none."""
    if name in _CHARACTERS:
        return _CHARACTERS[name]
    if len(name) == 1:
        if name in _ALIASES:
            return _ALIASES[name]
        if name.isprintable():
            return name
        raise UnknownKey(name)
    stripped = name.strip()
    if len(stripped) == 1:
        return canonical_key(stripped)
    if len(stripped) > _LONGEST_NAME:
        raise UnknownKey(name)
    if stripped[:8].upper() == "KEYCODE_":
        key = key_of_keyevent(stripped)
        if key is None:
            raise UnknownKey(name)
        return key
    squeezed = _squeeze(stripped)
    if squeezed in NAMED_KEYS:
        return squeezed
    if squeezed in _ALIASES:
        return _ALIASES[squeezed]
    raise UnknownKey(name)


def canonical_keys(names: Iterable[str]) -> tuple[str, ...]:
    """Return the canonical names of keys that are held together, in the order in which they are pressed.

    A name may itself be a chord (`ctrl+c`, `ctrl-c`, `ctrl c`). In a chord of several keys, letters become lower case:
    `ctrl+C` means ctrl and c, and shift is only held if it is named. Raises `UnknownKey`.
    """
    keys = [canonical_key(part) for name in names for part in _parts(name)]
    if len(keys) > 1:
        keys = [key.lower() if len(key) == 1 and len(key.lower()) == 1 else key for key in keys]
    return tuple(keys)


def _parts(name: str) -> list[str]:
    """Split a chord into the names of its keys; a single key is returned unchanged."""
    words = name.split()
    # "ctrl l" is a chord, though "ctrl_l" is a key.
    if len(words) > 1 and "+" not in words and all(map(_is_key, words)) and canonical_key(words[0]) in MODIFIERS:
        return words
    try:
        canonical_key(name)
    except UnknownKey:
        hyphenated = _HYPHENATED.match(name.strip()) is not None
        separated = name.strip().replace("-", "+") if hyphenated else name.strip()
        parts = [part for part in _CHORD.split(separated) if part]
        if len(parts) < 2:
            raise
        return parts
    return [name]


def _is_key(name: str) -> bool:
    try:
        canonical_key(name)
    except UnknownKey:
        return False
    return True


def _squeeze(name: str) -> str:
    return _SQUEEZED.sub("", name.lower())
