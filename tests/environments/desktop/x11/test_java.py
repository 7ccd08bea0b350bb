"""Java programs, which keep 16 bits of each key's character: every character arrives, or is refused."""

import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from handeye.environments.desktop.input import PartlyDone
from handeye.environments.desktop.isolated.environment import IsolatedDesktop
from handeye.environments.desktop.x11.input import X11Input
from handeye.environments.errors import ActionRejected

TEXTS = {
    "ascii": "".join(map(chr, range(0x20, 0x7F))),
    "dead keys": "^ ~ ` \u00b4 ¨ ê ñ à ő ^^ ``",
    "combining": "e\u0301 o\u0308 \u0915\u094d\u0937 \u05e9\u05c1",
    "scripts": "第一行 한국어 кириллица Ελληνικά עברית",
    "beyond": "🎈 one 🧵🪡 and 🐙",
    "in lines": "first 🎈\n\tsecond 中\n\n🐙",
}
Show = Callable[[IsolatedDesktop, str], Any]


@pytest.fixture
def hands(isolated: IsolatedDesktop) -> Iterator[X11Input]:
    hands = X11Input(isolated.display)
    yield hands
    hands.close()


@pytest.fixture
def layout(isolated: IsolatedDesktop, needs: Callable[..., None]) -> Iterator[Callable[[str], None]]:
    """Sets the keyboard's layout until the end of the test."""
    needs("setxkbmap")

    def set_layout(name: str) -> None:
        subprocess.run(["setxkbmap", "-display", isolated.display, "-layout", name], check=True)

    yield set_layout
    set_layout("us")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["us", "de", "fr", "ru", "us(intl)"])
def test_every_text_arrives_in_any_layout(
    name: str, layout: Callable[[str], None], swing: Show, hands: X11Input, isolated: IsolatedDesktop
) -> None:
    layout(name)
    form = swing(isolated, "area")
    expected = ""
    for text in TEXTS.values():
        hands.type(text)
        expected += text
        assert form.until(lambda told: len(told["text"]) >= len(expected))["text"] == expected  # noqa: B023


@pytest.mark.slow
def test_emoji_arrive_and_what_was_copied_is_kept(
    swing: Show, hands: X11Input, isolated: IsolatedDesktop, needs: Callable[..., None]
) -> None:
    needs("xclip")
    clip = ["xclip", "-selection", "clipboard"]
    subprocess.run(clip, input=b"copied", env=isolated.environ, check=True, stdout=subprocess.DEVNULL)
    form = swing(isolated, "field")
    hands.type("x 🐙 y")
    assert form.until(lambda told: len(told["text"]) >= 5)["text"] == "x 🐙 y"
    kept = subprocess.run([*clip, "-o"], env=isolated.environ, check=True, capture_output=True, timeout=60).stdout
    assert kept == b"copied"


@pytest.mark.slow
def test_where_it_cannot_be_pasted_it_is_refused(
    swing: Show, hands: X11Input, isolated: IsolatedDesktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    from handeye.environments.desktop.x11.clipboard import Clipboard

    monkeypatch.setattr(Clipboard, "paste", lambda *_: False)
    form = swing(isolated, "area")
    with pytest.raises(ActionRejected, match="16 bits"):
        hands.type("🐙")
    with pytest.raises(PartlyDone, match="16 bits") as part:
        hands.type("plain\n🐙")
    assert part.value.count == 6
    assert form.rests()["text"] == "plain\n"
