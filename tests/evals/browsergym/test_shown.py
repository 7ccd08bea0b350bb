import io

import pytest
from PIL import Image

from handeye.environments.errors import EnvironmentLost
from handeye.evals.browsergym.shown import read_shown

VALUE = {
    "goal": ["Click", "the button."],
    "urls": ["http://a/", "http://b/"],
    "titles": ["A", "B"],
    "active": 1,
    "error": "",
    "reward": 0,
}


def png(mode: str = "RGB") -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, (5, 3)).save(buffer, "PNG")
    return buffer.getvalue()


def test_it_becomes_an_observation() -> None:
    observation = read_shown(VALUE).observation(png())
    assert observation.size == (5, 3)
    assert (observation.url, observation.title) == ("http://b/", "B")
    assert [tab.active for tab in observation.tabs] == [False, True]


def test_the_goal_is_put_in_words_and_says_what_it_lacks() -> None:
    assert read_shown(VALUE).instruction == "Click\nthe button."
    pictured = read_shown({**VALUE, "pictures": 2}).instruction
    assert pictured.startswith("Click\nthe button.\n")
    assert "2 more picture(s)" in pictured


def test_an_error_is_one_printable_line() -> None:
    assert read_shown(VALUE).problem == ""
    said = read_shown({**VALUE, "error": "\nTimeoutError: \x1b[31mlate\nCall log:\n  x"}).problem
    assert said == "TimeoutError: \\x1b[31mlate"
    assert len(read_shown({**VALUE, "error": "x" * 10_000}).problem) == 300


@pytest.mark.parametrize("change", [{"active": -1}, {"reward": float("nan")}, {"urls": 5}, {"unknown": 1}])
def test_anything_else_is_a_loss(change: dict[str, object]) -> None:
    with pytest.raises(EnvironmentLost, match=r"something else than it should: "):
        read_shown({**VALUE, **change})


@pytest.mark.parametrize("screenshot", [b"", b"nothing", png()[:30], b"\xff\xd8\xff\xe0"])
def test_a_broken_screenshot_is_a_loss(screenshot: bytes) -> None:
    with pytest.raises(EnvironmentLost, match="cannot be read"):
        read_shown(VALUE).observation(screenshot)
