import pytest

from handeye.actions.geometry import Box, Point, Size
from handeye.actions.schema import Click, Drag, Scroll
from handeye.environments.element import Element
from handeye.evals.simulated_phone.reader import SCROLLS, NotOnScreen, PhoneReader


class Lines:
    """A screen that shows three of its lines at a time, and the next three when it is scrolled."""

    def __init__(self, *lines: str) -> None:
        self._lines = lines
        self.top = 0

    def elements(self) -> tuple[Element, ...]:
        shown = self._lines[self.top : self.top + 3]
        return tuple(
            Element(Box(0, 100 * row, 200, 100 * row + 100), "android.widget.TextView", text)
            for row, text in enumerate(shown)
        )


def test_it_taps_the_middle() -> None:
    reader = PhoneReader(Lines("one", "two", "two"), Size(200, 300))
    assert reader.tap("two").action == Click(point=Point(100, 150))
    assert reader.tap("two", number=1).action == Click(point=Point(100, 250))


def test_it_scrolls_until_it_sees() -> None:
    screen = Lines(*"abcdefgh")
    actions = []
    for move in PhoneReader(screen, Size(200, 300)).reach("h"):
        actions.append(move.action)
        if isinstance(move.action, Scroll):
            screen.top += 3
    assert [action.type for action in actions] == ["scroll", "scroll", "click"]
    assert actions[-1] == Click(point=Point(100, 150))


def test_it_gives_up_and_says_what_it_saw() -> None:
    moves = PhoneReader(Lines("one"), Size(200, 300)).reach("zwei")
    for _ in range(SCROLLS):
        assert isinstance(next(moves).action, Scroll)
    with pytest.raises(NotOnScreen, match="'zwei' is not on the phone's screen, which says 'one'"):
        next(moves)


def test_it_slides_within_the_slider() -> None:
    class Slider:
        def elements(self) -> tuple[Element, ...]:
            return (Element(Box(10, 20, 110, 40), "android.widget.SeekBar", "Volume"),)

    action = PhoneReader(Slider(), Size(200, 300)).slide("Volume", 1.0).action
    assert action == Drag(path=(Point(60, 30), Point(109, 30)))
