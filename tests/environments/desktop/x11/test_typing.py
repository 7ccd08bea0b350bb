"""Text and keys on X11, in a Tk text field, which tells exactly what it was given."""

import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from handeye.environments.desktop.isolated.environment import IsolatedDesktop
from handeye.environments.desktop.x11.display import open_display
from handeye.environments.desktop.x11.input import X11Input
from handeye.environments.desktop.x11.xkb import Key, read_keys, single, write_keys
from handeye.environments.errors import ActionRejected

CORPUS = {
    "ascii": "".join(map(chr, range(0x20, 0x7F))),
    "accents": "Grüße ñ ø ł ß éèêë ÀÉÎ €µ½",
    "scripts": "第一行 日本語 한국어 кириллица Ελληνικά עברית हिन्दी",
    "emoji": "😀👍🏽 ❤️ 👩‍👩‍👧 🇨🇭",
    "lines": "a\tb\n\n  < c >\n",
    "repeats": "aaaa中中中中éé<<<<>>>>AAaaAA",
}
LONG = ("accents", "scripts", "emoji", "repeats")
# Writes what it holds into a file and empties itself when F2 is pressed, and keeps a list of the other keys.
FIELD = """
import pathlib, sys, tkinter
root = tkinter.Tk()
field = tkinter.Text(root, width=80, height=30)
field.pack()
keys = []
def write(event):
    pathlib.Path(sys.argv[1] + ".new").write_text(field.get("1.0", "end-1c"), encoding="utf-8")
    pathlib.Path(sys.argv[2]).write_text("\\n".join(keys), encoding="utf-8")
    pathlib.Path(sys.argv[1] + ".new").rename(sys.argv[1])
    field.delete("1.0", "end")
    keys.clear()
    return "break"
field.bind("<F2>", write)
field.bind("<KeyPress>", lambda event: keys.append(f"+{event.keysym}"))
field.bind("<KeyRelease>", lambda event: keys.append(f"-{event.keysym}"))
root.after(100, field.focus_force)
root.mainloop()
"""


class Field:
    """A text field on a desktop, and hands that type into it."""

    def __init__(self, desktop: IsolatedDesktop, folder: Path) -> None:
        self.desktop = desktop
        self.input = X11Input(desktop.display)
        self._text, self._keys = folder / "text", folder / "keys"
        desktop.run([sys.executable, "-c", FIELD, str(self._text), str(self._keys)])
        self._answer(60.0)

    def take(self) -> str:
        """What has been typed since the last time."""
        self.input.press(["f2"])
        assert self._wait(60.0), "the field does not answer"
        text = self._text.read_text(encoding="utf-8")
        self._text.unlink()
        return text

    @property
    def keys(self) -> list[str]:
        """The keys that went down (+) and up (-), up to the last `take`."""
        return self._keys.read_text(encoding="utf-8").split()

    def _answer(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.input.press(["f2"])
            if self._wait(0.2):
                self._text.unlink()
                return
        raise AssertionError("the field does not appear")

    def _wait(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while not self._text.exists() and time.monotonic() < deadline:
            time.sleep(0.005)
        return self._text.exists()


@pytest.fixture(scope="module")
def shared_field(isolated: IsolatedDesktop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Field]:
    field = Field(isolated, tmp_path_factory.mktemp("field"))
    yield field
    field.input.close()


@pytest.fixture
def field(shared_field: Field) -> Field:
    shared_field.take()
    return shared_field


@pytest.fixture
def layout(isolated: IsolatedDesktop, needs: Callable[..., None]) -> Iterator[Callable[..., None]]:
    """Sets the keyboard's layout until the end of the test."""
    needs("setxkbmap")

    def set_layout(*arguments: str) -> None:
        subprocess.run(["setxkbmap", "-display", isolated.display, "-option", "", *arguments], check=True)

    yield set_layout
    set_layout("-layout", "us", "-variant", "")


def keymap(desktop: IsolatedDesktop) -> dict[int, Key]:
    display = open_display(desktop.display)
    keys = read_keys(display)
    display.close()
    return keys


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow if name in LONG else ()) for name in CORPUS]
)
def test_every_character_arrives(field: Field, name: str) -> None:
    field.input.type(CORPUS[name])
    assert field.take() == CORPUS[name]


OTHER_LAYOUTS = [("fr",), ("us,ru", "-option", "grp:alt_shift_toggle"), ("us", "intl")]


@pytest.mark.parametrize(
    "arguments", [("de",), *(pytest.param(each, marks=pytest.mark.slow) for each in OTHER_LAYOUTS)]
)
def test_the_layout_does_not_matter(field: Field, layout: Callable[..., None], arguments: tuple[str, ...]) -> None:
    name, *rest = arguments
    layout("-layout", name, *(["-variant", *rest] if rest == ["intl"] else rest))
    if name == "us,ru":
        field.input.press(["alt", "shift"])  # to the second layout
    text = CORPUS["ascii"] + "\nzyqwam ZYQWAM äöü Привет\n"
    field.input.type(text)
    assert field.take() == text


def test_caps_lock_changes_nothing_and_stays_on(field: Field) -> None:
    field.input.press(["capslock"])
    try:
        field.input.type("aB é中")
        field.input.press(["x"])
        field.desktop.run(["xdotool", "key", "y"]).wait()  # what a person would see
    finally:
        field.input.press(["capslock"])
    field.input.type("z")
    assert field.take() == "aB é中xYz"


@pytest.mark.slow
def test_long_text(field: Field) -> None:
    chooser = random.Random(0)
    line = "abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMN,.<>?!{}éü"
    text = "\n".join("".join(chooser.choices(line, k=99)) for _ in range(12))
    field.input.type(text)
    assert field.take() == text


def test_what_takes_many_keys_is_pasted_and_the_clipboard_kept(field: Field, needs: Callable[..., None]) -> None:
    needs("xclip")
    clip = ["xclip", "-selection", "clipboard"]
    environ = field.desktop.environ
    subprocess.run(clip, input="copied before, ä中".encode(), env=environ, check=True, stdout=subprocess.DEVNULL)
    display = open_display(field.desktop.display)
    while isinstance(display.get_selection_owner(display.intern_atom("CLIPBOARD")), int):
        time.sleep(0.01)  # it answers when it owns the selection, which may be after it has returned
    display.close()
    text = "".join(map(chr, range(0x4E00, 0x4E00 + 1500))) + "\n\tEnd " + "".join(map(chr, range(0xAC00, 0xAD00)))
    field.input.type(text)
    assert field.take() == text
    assert len(field.keys) < len(text) / 4, "it was typed key by key"
    kept = subprocess.run([*clip, "-o"], env=environ, check=True, capture_output=True).stdout
    assert kept.decode() == "copied before, ä中"


@pytest.mark.slow
def test_without_unused_keys_text_is_pasted(field: Field) -> None:
    field.input.close()
    field.input = X11Input(field.desktop.display)
    display = open_display(field.desktop.display)
    keys = read_keys(display)
    full = {code: key if any(key.keysyms) else single(0x0100_2600 + code) for code, key in keys.items()}
    write_keys(display, full)
    display.sync()
    try:
        field.input.type("plain, 中文 and é")
        assert field.take() == "plain, 中文 and é"
        with pytest.raises(ActionRejected, match="no key"):
            field.input.press(["é"])
    finally:
        write_keys(display, keys)
        display.sync()
        display.close()


def test_what_cannot_be_typed_is_rejected_before_anything_is_done(field: Field) -> None:
    for text in ("abc\x07", "abc\ud800", "a\x00"):
        with pytest.raises(ActionRejected, match="U\\+"):
            field.input.type(text)
        with pytest.raises(ActionRejected):
            field.input.require(text=text)
    for keys in (["ctrl", "camera"], ["a", "power"], ["endcall"]):
        with pytest.raises(ActionRejected, match="no key"):
            field.input.press(keys)
    field.input.require(text="ä中", keys=["ctrl", "f24", "é"])
    assert field.take() == ""
    assert {key[1:] for key in field.keys} <= {"F2"}


def test_chords_go_down_in_order_and_up_in_the_opposite_order(field: Field) -> None:
    field.input.type("one")
    field.input.press(["ctrl", "a"])  # to the beginning of the line
    field.input.press(["A"])
    field.input.press(["?"])
    field.input.press(["中"])
    assert field.take() == "A?中one"
    first = field.keys.index("+Control_L")
    assert field.keys[first : first + 4] == ["+Control_L", "+a", "-a", "-Control_L"]


def test_a_key_is_held_for_as_long_as_asked(field: Field) -> None:
    started = time.monotonic()
    field.input.hold(["shift", "right"], 0.3)
    assert time.monotonic() - started >= 0.3
    field.input.type("a")
    assert field.take() == "a"


def test_a_modifier_that_was_left_held_is_let_go(field: Field) -> None:
    field.desktop.run(["xdotool", "keydown", "ctrl"]).wait()
    field.input.type("qwe")
    assert field.take() == "qwe"


@pytest.mark.slow
def test_the_map_is_restored_at_the_end(isolated: IsolatedDesktop, field: Field) -> None:
    field.input.close()
    before = keymap(isolated)
    field.input = X11Input(isolated.display)
    field.input.type("漢字かな")
    assert keymap(isolated) != before
    field.input.close()
    field.input.close()
    assert keymap(isolated) == before
    field.input = X11Input(isolated.display)
    assert field.take() == "漢字かな"


@pytest.mark.slow
def test_keys_lent_by_a_killed_process_are_used_again_and_taken_back(isolated: IsolatedDesktop, field: Field) -> None:
    field.input.close()
    before = keymap(isolated)
    script = f"""
import os
from handeye.environments.desktop.x11.input import X11Input
hands = X11Input({isolated.display!r})
hands.type("漢字かな")
os.kill(os.getpid(), 9)
"""
    subprocess.run([sys.executable, "-c", script], check=False, timeout=120)
    assert keymap(isolated) != before
    field.input = X11Input(isolated.display)
    text = "абвгдежзийклмнопрстуфхцчшщъыьэюя"
    field.input.type(text)
    assert field.take() == "漢字かな" + text
    field.input.close()
    assert keymap(isolated) == before
    field.input = X11Input(isolated.display)


@pytest.mark.slow
def test_a_terminal_gets_every_character(isolated: IsolatedDesktop, tmp_path: Path, needs: Callable[..., None]) -> None:
    needs("xterm", "xdotool")
    typed = tmp_path / "typed"
    terminal = isolated.run(["xterm", "-u8", "-e", "sh", "-c", f"cat > '{typed}'"])
    hands = X11Input(isolated.display)
    try:
        search = ["xdotool", "search", "--sync", "--onlyvisible", "--class", "xterm", "windowactivate", "--sync"]
        subprocess.run(search, env=isolated.environ, check=True, timeout=120, stdout=subprocess.DEVNULL)
        rare = "".join(map(chr, range(0x4E00, 0x4E00 + 300)))
        text = "\n".join([*(line for line in CORPUS.values() if "\n" not in line), rare]) + "\n"
        hands.type(text)
        hands.press(["ctrl", "d"])
        assert terminal.wait(60) == 0
        assert typed.read_text(encoding="utf-8") == text
    finally:
        terminal.kill()
        terminal.wait()
        hands.close()
