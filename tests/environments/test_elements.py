"""What is told of elements: in reading order, and never a secret."""

from handeye.actions.geometry import Box
from handeye.environments.element import Element
from handeye.environments.elements import LONGEST_TEXT, reading_order, redacted
from handeye.environments.secrets import Secrets


def element(text: str, left: int = 0, top: int = 0) -> Element:
    return Element(Box(left, top, left + 40, top + 10), "text", text)


def test_a_secret_is_named_before_a_text_is_cut() -> None:
    secrets = Secrets({"pin": "hunter2"})
    (told,) = redacted([element("x" * (LONGEST_TEXT - 3) + "hunter2")], secrets)
    assert told.text == "x" * (LONGEST_TEXT - 3) + "<pi"
    (told,) = redacted([element("a hunter2 b")], secrets)
    assert told.text == "a <pin> b"


def test_lines_are_read_from_the_left() -> None:
    ordered = reading_order([element("c", 0, 20), element("b", 50, 2), element("a", 0, 4)])
    assert [one.text for one in ordered] == ["a", "b", "c"]
