"""Android's names for keys: the `KEYCODE_` names that `adb shell input keyevent` accepts, without the prefix.

Source: android.view.KeyEvent. Android's `home`, `back` and `app_switch` are not keys here but the actions `home`,
`back` and `recent_apps`.
"""

# One line for each canonical name, followed by Android's names, of which the first is used for output.
_TABLE = """
ctrl ctrl_left ctrl_right
alt alt_left alt_right
shift shift_left shift_right
meta meta_left meta_right
enter enter dpad_center numpad_enter
esc escape
tab tab
space space
insert insert
backspace del
delete forward_del
clear clear
menu menu
search search
up dpad_up
down dpad_down
left dpad_left
right dpad_right
home move_home
end move_end
pageup page_up
pagedown page_down
capslock caps_lock
numlock num_lock
scrolllock scroll_lock
printscreen sysrq
pause break
volumeup volume_up
volumedown volume_down
volumemute volume_mute mute
playpause media_play_pause
nexttrack media_next
prevtrack media_previous
stop media_stop
power power
sleep sleep
wakeup wakeup
camera camera
call call
endcall endcall
, comma
. period
- minus
= equals
/ slash
\\ backslash
; semicolon
' apostrophe
[ left_bracket
] right_bracket
` grave
+ plus
* star
# pound
@ at
"""
_ROWS = [line.split() for line in _TABLE.strip().splitlines()]
_ITSELF = {name: name for name in (*"abcdefghijklmnopqrstuvwxyz0123456789", *(f"f{number}" for number in range(1, 13)))}
_NAMES = _ITSELF | {row[0]: row[1] for row in _ROWS}
_KEYS = _ITSELF | {name: row[0] for row in _ROWS for name in row[1:]}


def keyevent_name(key: str) -> str | None:
    """Return Android's name of a canonical key, such as `del` for `backspace`; None if a phone has no such key."""
    return _NAMES.get(key)


def key_of_keyevent(name: str) -> str | None:
    """Return the canonical key of Android's name, in any case, with or without `KEYCODE_`; None if there is none."""
    return _KEYS.get(name.strip().lower().removeprefix("keycode_"))
