import pytest
from hypothesis import given
from hypothesis import strategies as st

from handeye.actions.errors import HandeyeError
from handeye.actions.keys import MODIFIERS, NAMED_KEYS, UnknownKey, canonical_key, canonical_keys
from handeye.actions.keys_adb import key_of_keyevent, keyevent_name


@pytest.mark.parametrize("name", sorted(NAMED_KEYS))
def test_canonical_names_are_their_own(name: str) -> None:
    assert canonical_key(name) == name
    assert canonical_key(name.upper()) == name


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        *[(name, "ctrl") for name in ("Control", "CONTROL", "ctrlleft", "Control_L", "ControlOrMeta", "ctl")],
        *[(name, "meta") for name in ("cmd", "Command", "win", "Super", "Super_L", "winleft", "Meta", "⌘")],
        *[(name, "alt") for name in ("option", "Alt_L", "altright")],
        *[(name, "enter") for name in ("Return", "ENTER", "KP_Enter", "\n", "NumpadEnter", "KEYCODE_ENTER")],
        *[(name, "esc") for name in ("Escape", "escape", "Esc", "\x1b")],
        *[(name, "backspace") for name in ("BackSpace", "back_space", "KEYCODE_DEL", "\b")],
        *[(name, "delete") for name in ("Delete", "del", "KEYCODE_FORWARD_DEL")],
        *[(name, "pagedown") for name in ("pgdn", "PageDown", "Page_Down", "page down", "Next")],
        *[(name, "pageup") for name in ("PgUp", "Prior", "page-up")],
        *[(name, "down") for name in ("ArrowDown", "arrow_down", "Down", "down arrow", "↓", "dpad_down")],
        *[(name, "space") for name in (" ", "Space", "spacebar")],
        *[(name, "printscreen") for name in ("Print", "PrtSc", "print screen")],
        *[(name, "volumeup") for name in ("AudioVolumeUp", "volume_up", "KEYCODE_VOLUME_UP")],
        *[("Digit5", "5"), ("KP_5", "5"), ("KeyQ", "q"), ("plus", "+"), ("slash", "/"), ("F12", "f12")],
        *[("a", "a"), ("A", "A"), ("é", "é"), ("中", "中"), ("+", "+"), ("-", "-"), ("[", "[")],
    ],
)
def test_aliases(written: str, meant: str) -> None:
    assert canonical_key(written) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (["ctrl+c"], ("ctrl", "c")),
        (["Ctrl+C"], ("ctrl", "c")),
        (["ctrl-c"], ("ctrl", "c")),
        (["ctrl c"], ("ctrl", "c")),
        (["ctrl l"], ("ctrl", "l")),
        (["alt left"], ("alt", "left")),
        (["ctrl shift r"], ("ctrl", "shift", "r")),
        (["ctrl_l"], ("ctrl",)),
        (["page down"], ("pagedown",)),
        (["Ctrl + Shift + T"], ("ctrl", "shift", "t")),
        (["ctrl", "C"], ("ctrl", "c")),
        (["Shift", "A"], ("shift", "a")),
        (["A"], ("A",)),
        (["ctrl++"], ("ctrl", "+")),
        (["ctrl+-"], ("ctrl", "-")),
        (["ctrl+Page_Down"], ("ctrl", "pagedown")),
        (["alt+F4"], ("alt", "f4")),
        (["page down"], ("pagedown",)),
        (["shift", "é"], ("shift", "é")),
        ([], ()),
    ],
)
def test_chords(written: list[str], meant: tuple[str, ...]) -> None:
    assert canonical_keys(written) == meant


@pytest.mark.parametrize(
    ("written", "suggested"),
    [("entr", "enter"), ("pagdown", "pagedown"), ("contrl", "ctrl"), ("bckspace", "backspace")],
)
def test_an_unknown_name_suggests_near_ones(written: str, suggested: str) -> None:
    with pytest.raises(UnknownKey, match=rf"no key '{written}': did you mean .*{suggested}"):
        canonical_key(written)


@pytest.mark.parametrize("written", ["", "  ", "hello", "ctrl+hello", "\x00", "+ +", "KEYCODE_HOME", "x" * 100_000])
def test_what_is_no_key_is_refused_in_one_line(written: str) -> None:
    with pytest.raises(UnknownKey) as caught:
        canonical_keys([written])
    assert isinstance(caught.value, HandeyeError)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 250


@pytest.mark.slow
@given(st.lists(st.text(max_size=12), max_size=4))
def test_canonical_keys_stay_as_they_are(names: list[str]) -> None:
    try:
        keys = canonical_keys(names)
    except UnknownKey:
        return
    assert canonical_keys(keys) == keys
    assert all(key in NAMED_KEYS or len(key) == 1 for key in keys)


def test_modifiers_are_keys() -> None:
    assert set(MODIFIERS) <= NAMED_KEYS


@pytest.mark.parametrize("key", sorted(NAMED_KEYS))
def test_android_names_go_both_ways(key: str) -> None:
    name = keyevent_name(key)
    if name is not None:
        assert key_of_keyevent(name) == key
        assert key_of_keyevent(f"KEYCODE_{name.upper()}") == key


def test_android_has_its_own_home_and_delete() -> None:
    assert keyevent_name("home") == "move_home"
    assert key_of_keyevent("home") is None
    assert key_of_keyevent("del") == "backspace"
    assert keyevent_name("f24") is None
